"""Writing sums over an index out, term by term."""

from __future__ import annotations

from fractions import Fraction

from derive.expr.build import fraction, mul, zero
from derive.expr.nodes import Dots, Expr, Fill, Number, Product, Reduce, Sum
from derive.expr.positions import span
from derive.expr.walk import at, transform

__all__ = ["MOST_TERMS", "expanded", "terms"]

MOST_TERMS = 6


def terms(expr: Reduce) -> list[Expr]:
    """Return the terms of a sum over an index with integer ends."""
    lo, hi = span(expr.range)
    return [at(expr.body, {expr.index: k}) for k in range(lo, hi + 1)]


def expanded(expr: Expr, most: int = MOST_TERMS) -> Expr:
    """Write reductions over an index out; a long sum keeps two terms and the last."""
    def change(e: Expr) -> Expr | None:
        if isinstance(e, Reduce):
            return _written_out(e, most)
        if isinstance(e, Product) and any(isinstance(f, Reduce) for f in e.factors):
            return mul(*(expanded(f, most) for f in e.factors))  # an empty product is no factor
        return None

    return transform(expr, change)


def _written_out(expr: Reduce, most: int) -> Expr | None:
    if not all(isinstance(b, int) for b in (*expr.range.los, *expr.range.his)):
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
