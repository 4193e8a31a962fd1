"""Ranges with symbolic ends: solving bounds for an index, comparing ends, the tightest bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from derive.expr.equation import Domain
from derive.expr.integers import (
    IntLike,
    coefficient,
    constant_part,
    is_nonnegative,
    named,
    names_in,
    put,
)
from derive.expr.nodes import Range

__all__ = [
    "Limit", "at_most", "is_empty", "large", "meet", "ranges_of", "tight",
]

Limit = tuple[IntLike, Range]
LARGE = 10**6


def large(value: IntLike) -> int:
    """Return *value* where every name is a large number: the order of ends for long ranges."""
    return constant_part(put(value, dict.fromkeys(names_in(value), LARGE)))


Known = Mapping[str, Range]


def at_most(a: IntLike, b: IntLike, indices: Iterable[str] = (), known: Known | None = None
            ) -> bool:
    """True where a <= b for certain, for sizes >= 1 and indices in their *known* ranges."""
    gap = b - a
    for index, bounds in reversed(list((known or {}).items())):
        slope = coefficient(gap, index) or 0
        ends = bounds.los if slope > 0 else bounds.his
        if abs(slope) == 1 and len(ends) == 1:
            gap = put(gap, {index: ends[0]})    # the least it can be
    if isinstance(gap, int):
        return gap >= 0
    return not names_in(gap) & set(indices) and is_nonnegative(gap)


def tight(bounds: Range, indices: Iterable[str] = (), known: Known | None = None) -> Range:
    """Leave out bounds that others make useless."""
    def below(a: IntLike, b: IntLike) -> bool:
        return at_most(a, b, indices, known)

    los = [b for k, b in enumerate(bounds.los)
           if not any(_beats(b, c, k, m, below) for m, c in enumerate(bounds.los))]
    his = [b for k, b in enumerate(bounds.his)
           if not any(_beats(c, b, m, k, below, upper=True) for m, c in enumerate(bounds.his))]
    return Range(tuple(los), tuple(his))


def _beats(small: IntLike, big: IntLike, k: int, m: int, below: Callable[[IntLike, IntLike], bool],
           upper: bool = False) -> bool:
    """Is *small* (lower bounds) or *big* (upper bounds) made useless by the other one?"""
    if k == m or not below(small, big):
        return False
    tie = small == big
    return not tie or (m > k if upper else m < k)


def meet(a: Range, b: Range, indices: Iterable[str] = ()) -> Range:
    """Return the intersection."""
    return tight(Range(a.los + b.los, a.his + b.his), indices)


def is_empty(bounds: Range) -> bool:
    """True where nothing can lie in the range, whatever the sizes (>= 1) are."""
    gaps = [hi - lo for lo in bounds.los for hi in bounds.his]
    return any(isinstance(gap, int) and gap < 0 for gap in gaps)


def ranges_of(names: Sequence[str], limits: Sequence[Limit], sums: dict[str, Range]) -> Domain:
    """Turn ``lo <= position <= hi`` into a range for each index; *sums* are narrowed in place.

    A condition on several indices bounds the last of them, in terms of those before; what that
    asks of those before (t <= s <= T asks t <= T) is kept (elimination after Fourier and Motzkin).
    """
    order = [*names, *sums]
    asked = [(named(n), r) for n, r in sums.items()] + list(limits)
    gaps = [g for position, bounds in asked for g in _gaps(position, bounds)]
    found: dict[str, Range] = {}
    for index in reversed(order):
        bounds = _solved([g for g in gaps if index in names_in(g)], index)
        found[index] = bounds
        gaps = [g for g in gaps if index not in names_in(g)]
        gaps += [hi - lo for lo in bounds.los for hi in bounds.his]
    known: dict[str, Range] = {}
    for name in order:
        known[name] = tight(found[name], order, known)
    sums |= {name: known[name] for name in sums}
    return tuple((n, known[n]) for n in names)


def _gaps(position: IntLike, bounds: Range) -> list[IntLike]:
    """Return what has to be >= 0."""
    return [position - b for b in bounds.los] + [b - position for b in bounds.his]


def _solved(gaps: Sequence[IntLike], index: str) -> Range:
    here = named(index)
    return Range(tuple(here - g for g in gaps if coefficient(g, index) == 1),
                 tuple(here + g for g in gaps if coefficient(g, index) == -1))
