"""Sums over windows written in one way, so that a convolution can be seen to be another one.

An operation says with a case which entries lie under which window: 1 where i + a = m, else 0. Where
no letter counts more than once that is a delta of what must be 0, the same however it was typed:
i + 1 - a = m + 1 is i - a - m = 0. A filter that is turned round is summed from its other end, so
that sum_a K_(h-1-a) is sum_a K_a. Only identities that hold for any size are used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

__all__ = ["in_one_way", "with_deltas"]

Formula = Any  # SymPy ships no types
LEAST_LETTERS = 3   # m = i would be summed away, although m may lie outside


def with_deltas(formula: Formula) -> Formula:
    """Write what holds only where positions are equal with Kronecker's delta, as people do."""
    return formula.replace(lambda f: isinstance(f, sympy.Piecewise),
                           lambda f: _as_deltas(f, _is_equation))


def in_one_way(formula: Formula) -> Formula:
    """Return *formula* with its sums over windows written in one way."""
    return formula.replace(lambda f: isinstance(f, sympy.Sum), _rewritten)


def _rewritten(total: Formula) -> Formula:
    if any(low == high for _, low, high in total.limits):
        return total
    body = total.function.replace(lambda f: isinstance(f, sympy.Piecewise),
                                  lambda f: _as_deltas(f, _ties_letters))
    for k, low, high in total.limits:
        if _is_read_backwards(body, k):
            body = body.xreplace({k: low + high - k})
    body = body.replace(lambda f: isinstance(f, sympy.KroneckerDelta), _balanced)
    return sympy.Sum(body, *total.limits)


def _as_deltas(cases: Formula, fits: Callable[[Formula], bool]) -> Formula:
    """Return f times deltas for (f where all of these are equal, else 0)."""
    (value, condition), *rest = cases.args
    equal = condition.args if isinstance(condition, sympy.And) else (condition,)
    if [tuple(pair) for pair in rest] != [(0, True)] or not all(map(fits, equal)):
        return cases
    return value * sympy.Mul(*(sympy.KroneckerDelta(*e.args) for e in equal))


def _is_equation(condition: Formula) -> bool:
    return isinstance(condition, sympy.Eq)


def _ties_letters(condition: Formula) -> bool:
    if not _is_equation(condition):
        return False
    gap = sympy.expand(condition.lhs - condition.rhs)
    return (len(gap.free_symbols) >= LEAST_LETTERS
            and all(abs(gap.coeff(s)) == 1 for s in gap.free_symbols))


def _is_read_backwards(body: Formula, k: Formula) -> bool:
    """True where every entry that k picks is counted down by it: K_(h-1-k)."""
    places = [place for entry in body.atoms(sympy.Indexed) for place in entry.indices
              if place.has(k)]
    return bool(places) and all(sympy.expand(place).coeff(k) == -1 for place in places)


def _balanced(delta: Formula) -> Formula:
    """Write what must be 0 with the sign that leaves fewer letters with a plus."""
    gap = sympy.expand(delta.args[0] - delta.args[1])
    if len(gap.free_symbols) < LEAST_LETTERS:
        return delta
    ahead = sum(1 if gap.coeff(s) > 0 else -1 for s in gap.free_symbols)
    return sympy.KroneckerDelta(0, -gap if ahead > 0 else gap, evaluate=False)
