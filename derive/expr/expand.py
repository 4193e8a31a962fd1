"""Writing sums over an index out, term by term."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

from derive.expr.build import fraction, matmul, mul, zero
from derive.expr.nodes import (
    Dots,
    Expr,
    Eye,
    Fill,
    MatrixProduct,
    Number,
    Product,
    Range,
    Reduce,
    Sum,
)
from derive.expr.positions import span
from derive.expr.walk import at, transform

__all__ = ["MOST_TERMS", "expanded", "terms"]

MOST_TERMS = 6


def terms(expr: Reduce | MatrixProduct) -> list[Expr]:
    """Return the terms of a sum, the factors of a product, over an index with integer ends."""
    lo, hi = span(expr.range)
    found = [at(expr.body, {expr.index: k}) for k in range(lo, hi + 1)]
    return found[::-1] if isinstance(expr, MatrixProduct) and expr.falling else found


def expanded(expr: Expr, most: int = MOST_TERMS) -> Expr:
    """Write reductions over an index out; a long sum keeps two terms and the last."""
    def change(e: Expr) -> Expr | None:
        if isinstance(e, Reduce):
            return _written_out(e, most)
        if isinstance(e, MatrixProduct):
            return _multiplied_out(e, most)
        if isinstance(e, Product) and any(isinstance(f, Reduce) for f in e.factors):
            return mul(*(expanded(f, most) for f in e.factors))  # an empty product is no factor
        return None

    return transform(expr, change)


def _has_numbers(bounds: Range) -> bool:
    return all(isinstance(b, int) for b in (*bounds.los, *bounds.his))


def _multiplied_out(expr: MatrixProduct, most: int) -> Expr | None:
    """Write an ordered product out, factor by factor; a long one stays as it is."""
    found = terms(expr) if _has_numbers(expr.range) else []
    if not _has_numbers(expr.range) or len(found) > most:
        return None
    start: Expr = Eye(expr.shape[0])
    return reduce(matmul, (expanded(factor, most) for factor in found), start)


def _written_out(expr: Reduce, most: int) -> Expr | None:
    if not _has_numbers(expr.range):
        return None
    found = [expanded(term, most) for term in terms(expr)]
    if expr.kind == "prod":
        one = Fill(Fraction(1), expr.shape) if expr.shape else Number(Fraction(1))
        return mul(one, *found)
    total = _sum(expr, found, most)
    if expr.kind == "mean":
        return Product((fraction(1, len(found)), total)) if len(found) > 1 else total
    return total


def _sum(expr: Reduce, found: list[Expr], most: int) -> Expr:
    if len(found) > most:
        whole = Reduce("sum", expr.index, expr.range, expr.body)
        return Dots(tuple(found[:2]), tuple(found[-1:]), whole)
    if not found:
        return zero(expr.shape)
    return found[0] if len(found) == 1 else Sum(tuple(found))
