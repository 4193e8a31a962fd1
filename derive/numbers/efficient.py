"""Rewriting products for speed only: diag(d) v costs n multiplications, not n squared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.expr.build import add, matmul, mul, neg
from derive.expr.nodes import Diag, Expr, MatMul, Neg, Outer, Sum
from derive.expr.walk import children, rebuild
from derive.numbers.idle import guarded

__all__ = ["efficient"]


def efficient(expr: Expr) -> Expr:
    """Return an expression of the same value that does not build diag(d) or a b^T for nothing.

    Where a logarithm may be multiplied by 0, its argument may be 0 too.
    """
    expr = guarded(rebuild(expr, tuple(efficient(part) for part in children(expr))))
    if not isinstance(expr, MatMul):
        return expr
    left = LEFT.get(type(expr.left))
    right = RIGHT.get(type(expr.right))
    if len(expr.right.shape) == 1 and left:
        return left(expr.left, expr.right) or expr
    if len(expr.left.shape) == 1 and right:
        return right(expr.left, expr.right) or expr
    return expr


def _sum_left(a: Sum, v: Expr) -> Expr | None:
    if all(type(t.arg if isinstance(t, Neg) else t) in LEFT for t in a.terms):
        return add(*(efficient(matmul(t, v)) for t in a.terms))
    return None


def _sum_right(v: Expr, a: Sum) -> Expr | None:
    if all(type(t.arg if isinstance(t, Neg) else t) in RIGHT for t in a.terms):
        return add(*(efficient(matmul(v, t)) for t in a.terms))
    return None


LEFT: dict[type[Expr], Callable[[Any, Expr], Expr | None]] = {
    Diag: lambda a, v: mul(a.arg, v),
    Outer: lambda a, v: mul(MatMul(a.right, v), a.left),
    Neg: lambda a, v: neg(efficient(matmul(a.arg, v))),
    Sum: _sum_left,
}
RIGHT: dict[type[Expr], Callable[[Expr, Any], Expr | None]] = {
    Diag: lambda v, a: mul(v, a.arg),
    Outer: lambda v, a: mul(MatMul(v, a.left), a.right),
    Neg: lambda v, a: neg(efficient(matmul(v, a.arg))),
    Sum: _sum_right,
}

