"""Losses with numbers put in, written out the way a person works them: -log 0.839.

One row per operation: from the arguments (numbers by now) to an expression of the same value.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from derive.expr.nodes import Apply, Expr, Literal, Neg, Number, Power, Product, Sum

__all__ = ["SPELLED", "spelled"]

LONGEST = 6     # entries; beyond this a loss is worked out in one go


def spelled(node: Expr) -> Expr | None:
    """Return a loss of short vectors written out; None where there is no need."""
    if not isinstance(node, Apply) or node.op not in SPELLED:
        return None
    short = [a for a in node.args if isinstance(a, Literal) and len(a.shape) <= 1
             and a.values.size <= LONGEST]
    return SPELLED[node.op](*short) if len(short) == len(node.args) else None


def _entries(literal: Literal) -> list[Literal]:
    return [Literal(np.asarray(v, dtype=literal.values.dtype), literal.exact, literal.say)
            for v in literal.values.ravel()]


def _cross_entropy(y: Literal, p: Literal) -> Expr:
    """-sum y_k log p_k, without the terms 0 log p_k"""
    terms: list[Expr] = []
    for weight, chance in zip(_entries(y), _entries(p), strict=True):
        if weight.values[()] != 0:
            log = Apply("log", (chance,), (), ())
            terms.append(log if weight.values[()] == 1 else Product((weight, log)))
    if not terms:
        return Number(Fraction(0))
    return Neg(terms[0] if len(terms) == 1 else Sum(tuple(terms)))


def _squared_error(y: Literal, p: Literal) -> Expr:
    """sum (p_k - y_k)^2"""
    two = Number(Fraction(2))
    terms = [Power(Sum((guess, Neg(target))), two)
             for target, guess in zip(_entries(y), _entries(p), strict=True)]
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))


SPELLED: dict[str, Callable[..., Expr]] = {
    "cross_entropy": _cross_entropy, "squared_error": _squared_error,
}
