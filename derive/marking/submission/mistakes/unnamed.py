"""Own values of what has no name: W h_0 = (1, 2), and then h_1, which that is a part of.

Such a value gets a symbol, which stands wherever the expression does: as it is, with its terms or
factors in another order, or as some of the terms of a sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from derive.errors import ShapeError
from derive.expr.nodes import Expr, MatMul, Product, Ref, Sum, Symbol
from derive.expr.shapes import Shape
from derive.expr.walk import children, digits, rebuild, walk
from derive.syntax.write_text import write

__all__ = ["ordered", "symbol_for", "with_own"]


def symbol_for(expr: Expr) -> Symbol:
    """Return a symbol for an expression, called as one would type that."""
    return Symbol(write(expr), (), expr.shape)


def with_own(expr: Expr, own: Mapping[Expr, Symbol]) -> Expr:
    """Put symbols in for what has own values; the keys are in order (`ordered`)."""
    return _put_in(ordered(expr), own) if own else expr


def _put_in(expr: Expr, own: Mapping[Expr, Symbol]) -> Expr:
    if expr in own:
        return own[expr]
    if isinstance(expr, Sum):
        expr = _with_terms(expr, own)
    if isinstance(expr, Ref):
        return expr
    return rebuild(expr, tuple(_put_in(part, own) for part in children(expr)))


def _with_terms(expr: Sum, own: Mapping[Expr, Symbol]) -> Sum:
    """Put symbols in for some of the terms of a sum."""
    left = Counter(expr.terms)
    found: list[Expr] = []
    for known, symbol in own.items():
        if isinstance(known, Sum) and known.shape == expr.shape and left >= Counter(known.terms):
            left -= Counter(known.terms)
            found.append(symbol)
    return Sum((*found, *left.elements())) if found else expr


def ordered(expr: Expr) -> Expr:
    """Return an expression with terms, factors and the vectors of a product in one order."""
    return _ordered(expr, digits(expr), tuple(part.shape for part in walk(expr)))


@lru_cache(maxsize=4096)
def _ordered(expr: Expr, typed: tuple[str, ...], shapes: tuple[Shape, ...]) -> Expr:
    """Do that; *typed* tells 0.5 and 0.50 apart, *shapes* the W of two questions: all are equal."""
    parts = tuple(map(ordered, children(expr)))
    try:
        found = rebuild(expr, parts) if parts else expr
    except ShapeError:
        return expr
    if isinstance(found, Sum):
        return Sum(tuple(sorted(found.terms, key=write)))
    if isinstance(found, Product):
        return Product(tuple(sorted(found.factors, key=write)))
    if isinstance(found, MatMul) and len(found.left.shape) == len(found.right.shape) == 1:
        return MatMul(*sorted((found.left, found.right), key=write))
    return found
