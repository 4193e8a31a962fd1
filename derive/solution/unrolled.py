"""The same derivative over the unrolled graph, one member at a time, with nothing fused.

Every member becomes a quantity of its own, so that indices, ranges, cases and fusions play no part.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.calculus.pullback import pullback
from derive.expr.expand import expanded
from derive.expr.nodes import Expr, Number, Ref, Symbol
from derive.expr.walk import children
from derive.numbers.reference import evaluate
from derive.solution.oracle import Oracle

__all__ = ["unrolled_gradient"]


def unrolled_gradient(oracle: Oracle, top: Symbol, bottom: Symbol) -> Any:
    """Return d top / d bottom by accumulating numeric cotangents backwards, member by member."""
    key = f"sweep {top!r}"
    found: dict[Ref, Any] | None = oracle.__dict__.get(key)
    if found is None:
        found = oracle.__dict__[key] = _sweep(oracle, top)
    zero = np.zeros(np.shape(oracle.value(bottom)))
    return found.get(bottom, zero)


def _sweep(oracle: Oracle, top: Symbol) -> dict[Ref, Any]:
    cotangents: dict[Ref, Any] = {top: np.ones(())}
    for member in reversed(oracle._above(top)):
        made = oracle.making(member)
        if member in cotangents and made is not None:
            _down(expanded(made.rhs, most=10**6), cotangents[member], oracle, cotangents)
    return cotangents


def _down(expr: Expr, g: Any, oracle: Oracle, out: dict[Ref, Any]) -> None:
    if isinstance(expr, Ref):
        out[expr] = out.get(expr, 0.0) + g
        return
    if not children(expr):
        return
    hole = Symbol("'g", (), expr.shape)

    def look(ref: Ref) -> Any:
        return g if ref is hole or ref == hole else oracle.value(ref)

    for part, cotangent in zip(children(expr), pullback(expr, hole), strict=True):
        if cotangent is not None and not isinstance(part, Number):
            _down(part, np.asarray(evaluate(cotangent, look)), oracle, out)
