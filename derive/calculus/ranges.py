"""Ranges with symbolic ends: solving bounds for an index, comparing ends, the tightest bound."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from derive.expr.equation import Domain
from derive.expr.integers import (
    IntLike,
    coefficient,
    constant_part,
    is_nonnegative,
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


def at_most(a: IntLike, b: IntLike, indices: Iterable[str] = ()) -> bool:
    """True where a <= b for certain, for sizes >= 1; nothing is known of an index."""
    gap = b - a
    if isinstance(gap, int):
        return gap >= 0
    return not names_in(gap) & set(indices) and is_nonnegative(gap)


def tight(bounds: Range, indices: Iterable[str] = ()) -> Range:
    """Leave out bounds that others make useless."""
    los = [b for k, b in enumerate(bounds.los)
           if not any(_beats(b, c, k, m, indices) for m, c in enumerate(bounds.los))]
    his = [b for k, b in enumerate(bounds.his)
           if not any(_beats(c, b, m, k, indices, upper=True) for m, c in enumerate(bounds.his))]
    return Range(tuple(los), tuple(his))


def _beats(small: IntLike, big: IntLike, k: int, m: int, indices: Iterable[str],
           upper: bool = False) -> bool:
    """Is *small* (lower bounds) or *big* (upper bounds) made useless by the other one?"""
    if k == m or not at_most(small, big, indices):
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

    A position that holds several indices bounds the last of them, in terms of those before.
    """
    order = [*names, *sums]
    found: dict[str, Range] = {n: Range((), ()) for n in names} | sums
    for position, bounds in limits:
        inside = [n for n in order if n in names_in(position)]
        if inside:  # else a fixed position inside its own range
            index = inside[-1]
            both, more = found[index], _solved(position, bounds, index)
            found[index] = Range(both.los + more.los, both.his + more.his)
    for name in sums:
        sums[name] = tight(found[name], order)
    return tuple((n, tight(found[n], order)) for n in names)


def _solved(position: IntLike, bounds: Range, index: str) -> Range:
    slope = coefficient(position, index)
    rest = put(position, {index: 0})
    if slope == 1:
        return Range(tuple(b - rest for b in bounds.los), tuple(b - rest for b in bounds.his))
    return Range(tuple(rest - b for b in bounds.his), tuple(rest - b for b in bounds.los))
