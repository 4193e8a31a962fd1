"""Leaving out what a derivation has made trivial: a factor 1, a sum of one term."""

from __future__ import annotations

from collections.abc import Callable

from derive.expr.build import add, div, matmul, mul, neg, outer
from derive.expr.nodes import Expr, MatMul, Neg, Outer, Product, Quotient, Sum
from derive.expr.walk import children, rebuild

__all__ = ["tidy"]

BUILD: dict[type[Expr], Callable[..., Expr]] = {
    Sum: add, Product: mul, Neg: neg, Quotient: div, MatMul: matmul, Outer: outer,
}


def tidy(expr: Expr) -> Expr:
    """Make an expression again with the builders that drop ones and zeros."""
    parts = tuple(tidy(part) for part in children(expr))
    build = BUILD.get(type(expr))
    if build is None:
        return rebuild(expr, parts)
    made = build(*parts)
    return made if made.shape == expr.shape else rebuild(expr, parts)
