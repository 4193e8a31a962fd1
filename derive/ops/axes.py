"""Axes, counted from the end as negative numbers, and index notation over them.

Positions in index notation count from 0, as in NumPy: an axis of n runs from 0 to n - 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from derive.errors import ShapeError
from derive.expr.shapes import Shape, say

__all__ = ["all_axes", "counted_from_end", "expanded", "over", "reduced", "same", "weave"]

Axes = tuple[int, ...]
LETTERS = "klmqrsuvabcdefg"


def all_axes(rank: int) -> Axes:
    return tuple(range(-rank, 0))


def counted_from_end(axis: int | Axes | None, rank: int) -> Axes:
    """Return *axis* as sorted negative numbers; None means all axes."""
    if axis is None:
        return all_axes(rank)
    wanted = axis if isinstance(axis, tuple) else (axis,)
    bad = [a for a in wanted if not -rank <= a < rank]
    if bad:
        raise ShapeError(f"axis {bad[0]} is out of range for {rank} axes")
    return tuple(sorted({a - rank if a >= 0 else a for a in wanted}))


def reduced(shape: Shape, axis: Axes, keepdims: bool) -> Shape:
    """Return the shape that is left when *axis* is summed away."""
    gone = {len(shape) + a for a in axis}
    return tuple(1 if i in gone else n for i, n in enumerate(shape) if keepdims or i not in gone)


def expanded(shape: Shape, axis: Axes) -> Shape:
    """Return the shape with a 1 put in at each of *axis* (positions in the result)."""
    rank = len(shape) + len(axis)
    if not all(-rank <= a < 0 for a in axis):
        raise ShapeError(f"no room for axes {axis} in {say(shape)}")
    sizes = iter(shape)
    return tuple(1 if i - rank in axis else next(sizes) for i in range(rank))


def weave(rank: int, axis: Axes, outer: Iterator[Any], inner: Iterator[Any]) -> tuple[Any, ...]:
    """Return a position in the argument: *inner* along *axis*, *outer* along what is left."""
    return tuple(next(inner) if a in axis else next(outer) for a in range(-rank, 0))


def over(S: Any, kind: Any, sizes: tuple[Any, ...], body: Callable[..., Any]) -> Any:
    """Return ``kind`` (S.Sum or S.Product) of body(k, l, ...), each letter along its size.

    The letters are chosen so that none of them means something else in the body or is a size.
    """
    held = [S.Dummy(integer=True) for _ in sizes]
    inside = body(*held)
    parts = (inside, *map(S.sympify, sizes))
    taken = {symbol.name for part in parts for symbol in part.atoms(S.Symbol)}
    free = islice((c for c in LETTERS if c not in taken), len(sizes))
    letters = [S.Symbol(c, integer=True) for c in free]
    bounds = [(k, 0, n - 1) for k, n in zip(letters, sizes, strict=True)]
    renamed = inside.xreplace(dict(zip(held, letters, strict=True)))
    return kind(renamed, *bounds) if bounds else renamed


def same(S: Any, i: Any, j: Any) -> Any:
    """Return 1 where two positions are equal, else 0.

    Not a `KroneckerDelta`: SymPy solves that for one letter when it sums, and of 2 i + a = m it
    would take i = (m - a)/2 for a position.
    """
    return S.Piecewise((1, S.Eq(i, j)), (0, True))
