"""Losses with numbers put in, written out the way a person works them: -log 0.839.

One row per operation: from the arguments (numbers by now) to an expression of the same value.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from derive.expr.nodes import (
    Apply,
    Expr,
    Literal,
    Neg,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
)
from derive.expr.walk import children
from derive.ops import ELEMENTWISE

__all__ = ["SPELLED", "spelled"]

LONGEST = 6     # entries; beyond this a loss is worked out in one go


def spelled(node: Expr) -> Expr | None:
    """Return a loss of short vectors written out; None where there is no need."""
    if not isinstance(node, Apply):
        return None
    if node.op == "sum" and not node.shape and isinstance(node.args[0], Product):
        return _weighted(node.args[0])
    if node.op not in SPELLED:
        return None
    short = [a for a in node.args if isinstance(a, Literal) and len(a.shape) <= 1
             and a.values.size <= LONGEST]
    return SPELLED[node.op](*short) if len(short) == len(node.args) else None


def _entries(literal: Literal) -> list[Literal]:
    return [Literal(np.asarray(v, dtype=literal.values.dtype), literal.exact, literal.say)
            for v in literal.values.ravel()]


def _weighted(product: Product) -> Expr | None:
    """sum y_k f(p_k), where y picks some of the terms; None where there is nothing to leave out"""
    if len(product.factors) != 2:
        return None
    y, image = product.factors
    if not (isinstance(y, Literal) and isinstance(image, Apply) and len(image.args) == 1):
        return None
    if (image.op not in ELEMENTWISE or not _has_entries(image.args[0], y) or len(y.shape) != 1
            or y.values.size > LONGEST or np.all(y.values != 0)):
        return None
    return _picked(y, image)


def _has_entries(p: Expr, y: Literal) -> bool:
    """True for numbers of the shape of y, and for a ratio of such numbers."""
    parts = children(p) if isinstance(p, Quotient) else (p,)
    return all(isinstance(part, Literal) and part.shape == y.shape for part in parts)


def _entries_of(p: Expr) -> list[Expr]:
    if isinstance(p, Quotient):
        return [Quotient(a, b) for a, b in zip(*map(_entries_of, children(p)), strict=True)]
    assert isinstance(p, Literal)
    return list(_entries(p))


def _picked(y: Literal, image: Apply) -> Expr:
    """sum y_k f(p_k), without the terms 0 f(p_k)"""
    terms: list[Expr] = []
    for weight, entry in zip(_entries(y), _entries_of(image.args[0]), strict=True):
        if weight.values[()] != 0:
            term = Apply(image.op, (entry,), image.params, ())
            terms.append(term if weight.values[()] == 1 else Product((weight, term)))
    if not terms:
        return Number(Fraction(0))
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))


def _cross_entropy(y: Literal, p: Literal) -> Expr:
    """-sum y_k log p_k"""
    total = _picked(y, Apply("log", (p,), (), p.shape))
    return total if isinstance(total, Number) else Neg(total)


def _squared_error(y: Literal, p: Literal) -> Expr:
    """sum (p_k - y_k)^2"""
    two = Number(Fraction(2))
    terms = [Power(Sum((guess, Neg(target))), two)
             for target, guess in zip(_entries(y), _entries(p), strict=True)]
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))


SPELLED: dict[str, Callable[..., Expr]] = {
    "cross_entropy": _cross_entropy, "squared_error": _squared_error,
}
