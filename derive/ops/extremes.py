"""How far a function and its derivative can go: sup |f'| = 1/4 for the sigmoid, |tanh| <= 1.

Nothing is tabulated. SymPy differentiates each smooth piece of the function and finds where the
result is level; the supremum is the largest of what stands there, at the ends of the piece and at
infinity. Where these places have no formula (SiLU), and for a function of which nothing is known,
the largest slope is a number with a name of its own, ``largest_slope``: gamma. Its value is found
by search. `tests/test_extremes.py` holds every row against a fine grid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.ops.elementwise import ELEMENTWISE, settings
from derive.ops.op import Elementwise, Op
from derive.ops.pieces import cells, kinks
from derive.ops.unknown import UNKNOWN

__all__ = ["LARGEST_SLOPE", "Params", "has_largest_slope", "largest_slope", "range_of"]

REACH, GRID = 40.0, 400_001     # beyond 40 the functions here are straight to the last digit

Params = tuple[tuple[str, Any], ...]
Stretch = tuple[Any, Any, Any]      # a formula, and the ends of the interval where it holds


@cache
def largest_slope(name: str, params: Params) -> Any | None:
    """Return sup |f'(x)| over all x as a SymPy number; None where there is none, or none found."""
    row = ELEMENTWISE[name]
    found = _extremes(_stretches(row, params, differentiate=True))
    at_kinks = [abs(value) for _, value in kinks(row, dict(params))]
    return None if found is None else max([*map(abs, found), *at_kinks])


@cache
def has_largest_slope(name: str, params: Params) -> bool:
    """True where f' is bounded: a smooth piece is, where it is at both of its ends.

    Of an unknown function it is taken for granted, as every statement about its slope must.
    """
    import sympy as S

    if ELEMENTWISE[name] is UNKNOWN or largest_slope(name, params) is not None:
        return True
    for formula, low, high in _stretches(ELEMENTWISE[name], params, differentiate=True):
        for x in formula.free_symbols:
            if not all(v.is_finite for v in _at_ends(S, formula, x, low, high)):
                return False
    return True


@cache
def range_of(name: str, params: Params) -> tuple[Any, Any] | None:
    """Return inf f and sup f as SymPy numbers; None where either is infinite or not found."""
    import sympy as S

    row = ELEMENTWISE[name]
    found = _extremes(_stretches(row, params, differentiate=False))
    if found is None:
        return None
    there = [row.sympy(S, place, **settings(row, dict(params)))
             for place, _ in kinks(row, dict(params))]
    return min(*found, *there), max(*found, *there)


def _letter(row: Elementwise) -> Any:
    import sympy

    return sympy.Symbol("x", **({"positive": True} if row.positive else {"real": True}))


def _stretches(row: Elementwise, params: Params, differentiate: bool) -> list[Stretch]:
    """Return the smooth pieces of f or of f', each with its interval."""
    import sympy as S

    x, given = _letter(row), dict(params)
    f = row.sympy(S, x, **settings(row, given))
    low, high = _ends(S, row)
    if not row.kinks:
        return [(S.diff(f, x) if differentiate else f, low, high)]
    found = cells(S, f, x, kinks(row, given), differentiate)
    ends = [low, *(place for place, _ in found.kinks), high]
    return list(zip(found.pieces, ends, ends[1:], strict=False))


def _ends(S: Any, row: Elementwise) -> tuple[Any, Any]:
    """Return where the interval begins and ends on which the function has a value."""
    low, high = row.within
    start = 0 if row.positive and low is None else low
    return (-S.oo if start is None else S.Integer(start),
            S.oo if high is None else S.Integer(high))


def _extremes(stretches: Sequence[Stretch]) -> tuple[Any, Any] | None:
    """Return the least and the largest of what the pieces reach or come close to."""
    found: list[Any] = []
    for formula, low, high in stretches:
        values = _candidates(formula, low, high)
        if values is None:
            return None
        found += values
    return min(found), max(found)


def _candidates(formula: Any, low: Any, high: Any) -> list[Any] | None:
    """Return the values at level places and at both ends; None where one is not a finite number."""
    import sympy as S

    letters = formula.free_symbols
    if not letters:
        return [formula]
    x = letters.pop()
    found = [*_at_ends(S, formula, x, low, high), *_where_level(S, formula, x, low, high)]
    return found if all(v.is_number and v.is_finite for v in found) else None


def _at_ends(S: Any, formula: Any, x: Any, low: Any, high: Any) -> Iterator[Any]:
    """Yield the limits; where there is none as the function swings, the bounds of the swing."""
    for end, side in ((low, "+"), (high, "-")):
        limit = S.limit(formula, x, end, side)
        swings = isinstance(limit, S.AccumBounds)
        yield from (limit.min, limit.max) if swings else (limit,)


def _where_level(S: Any, formula: Any, x: Any, low: Any, high: Any) -> Iterator[Any]:
    """Yield the values where the derivative is 0; `nan` where these places cannot be listed."""
    places = S.solveset(S.diff(formula, x).rewrite(S.exp), x, S.Interval(low, high, True, True))
    if places is S.S.EmptySet:
        return
    if not isinstance(places, S.FiniteSet):
        yield S.nan
        return
    yield from (S.simplify(formula.subs(x, place)) for place in places)


# ---- the largest slope as a number on the page


def _searched(function: str, **params: Any) -> float:
    """Return max |f'| by the complex step on a grid, then on a finer one around its best place."""
    given = dict(params)
    row = ELEMENTWISE[function]
    own = settings(row, given)
    low = 1e-6 if row.positive else -REACH
    best, step = np.linspace(low, REACH, GRID), (REACH - low) / (GRID - 1)
    for _ in range(2):
        slope = np.abs(np.imag(row.evaluate(best + 1e-30j, **own))) / 1e-30
        at = best[np.argmax(slope)]
        best, step = np.linspace(max(at - step, low), at + step, 2001), step / 1000
    return float(np.max(slope))


def _no_entry(S: Any, at: Any, args: Any, function: str, **params: Any) -> Any:
    exact = largest_slope(function, tuple(sorted(params.items())))
    if exact is None:
        raise DeriveError(f"the largest slope of {function} has no formula")
    return exact


LARGEST_SLOPE = Op(
    "largest_slope", lambda function, **params: (), _searched, _no_entry, (),
    params=("function", *sorted({n for row in ELEMENTWISE.values() for n in row.params})),
    latex=r"\gamma", samples=(((), {"function": "tanh"}), ((), {"function": "sigmoid"})),
    sentence="A constant.")
