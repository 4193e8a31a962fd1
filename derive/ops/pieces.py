"""Functions with kinks, taken piece by piece.

Between its kinks such a function is smooth and SymPy differentiates the piece that holds there;
at a kink the derivative is a convention. Written down, each piece stands with the indicator of
its interval, and a kink joins the neighbour whose value it has: 1[x > 0] + 1/100 1[x <= 0].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from derive.errors import DeriveError
from derive.ops.elementwise import settings
from derive.ops.op import Elementwise

__all__ = ["Cells", "cells", "kinks", "written_in_indicators"]

Kinks = tuple[tuple[Any, Any], ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """What holds in the intervals between the kinks (one more than kinks), and at the kinks."""

    pieces: tuple[Any, ...]
    kinks: Kinks


def kinks(row: Elementwise, params: Mapping[str, Any]) -> Kinks:
    """Return the places of the kinks and the derivative's value there, as SymPy numbers."""
    import sympy

    own = settings(row, params)
    named = ((place, own[value] if isinstance(value, str) else value) for place, value in row.kinks)
    return tuple((sympy.Rational(place), sympy.Rational(params.get("kink", value)))
                 for place, value in named)


def cells(S: Any, f: Any, x: Any, kinks: Kinks, differentiate: bool) -> Cells:
    """Take f (or f') piece by piece; a break that is not declared a kink is refused."""
    pieces = S.piecewise_fold(f.rewrite(S.Piecewise))
    places = [place for place, _ in kinks]
    undeclared = set(_breaks(S, pieces, x)) - set(places)
    if undeclared:
        raise DeriveError(f"{f} has a break at {min(undeclared)} that is not among its kinks")
    held = [_holding(pieces, x, place) for place in _between(places)]
    return Cells(tuple(S.diff(e, x) if differentiate else e for e in held), kinks)


def _breaks(S: Any, f: Any, x: Any) -> Iterator[Any]:
    for relation in f.atoms(S.Rel):
        sides = (relation.lhs, relation.rhs)
        if x not in sides:
            raise DeriveError(f"the condition {relation} is not a bound on the argument")
        yield sides[1] if sides[0] == x else sides[0]


def _between(places: list[Any]) -> Iterator[Any]:
    """Yield one place inside each interval that sorted *places* cut."""
    yield places[0] - 1
    yield from ((a + b) / 2 for a, b in pairwise(places))
    yield places[-1] + 1


def _holding(f: Any, x: Any, place: Any) -> Any:
    """Return the formula that holds around *place*."""
    if not f.is_Piecewise:
        return f
    return next(formula for formula, holds in f.args if bool(holds.subs(x, place)))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A formula and the interval where it holds; an end that is None is infinite."""

    formula: Any
    low: Any = None
    high: Any = None
    low_in: bool = False
    high_in: bool = False


def written_in_indicators(S: Any, given: Cells, x: Any) -> Any:
    """Return the sum of the pieces, each times the indicator of where it holds."""
    stretches = _stretches(given, x)
    if len(stretches) == 1:
        return stretches[0].formula
    return sum((s.formula * _indicator(S, s, x) for s in stretches), S.Integer(0))


def _stretches(given: Cells, x: Any) -> list[_Stretch]:
    """Join each kink to the neighbour that has its value there, the right one first."""
    done: list[_Stretch] = []
    last = _Stretch(given.pieces[0])
    for (place, value), after in zip(given.kinks, given.pieces[1:], strict=True):
        left, right = (piece.subs(x, place) == value for piece in (last.formula, after))
        if left and right and last.formula == after:
            continue
        closed = left and not right
        done.append(_Stretch(last.formula, last.low, place, last.low_in, closed))
        if not left and not right:
            done.append(_Stretch(value, place, place, True, True))
        last = _Stretch(after, place, low_in=right)
    return [*done, last]


def _indicator(S: Any, stretch: _Stretch, x: Any) -> Any:
    low, high = stretch.low, stretch.high
    if low is not None and low == high:
        return S.Function("at_zero")(x - low)
    above = S.Function("nonnegative" if stretch.low_in else "step")
    below = S.Function("nonpositive" if stretch.high_in else "negative")
    return ((above(x - low) if low is not None else S.Integer(1))
            * (below(x - high) if high is not None else S.Integer(1)))
