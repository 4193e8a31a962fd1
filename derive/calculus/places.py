"""What SymPy calls our sizes, positions and quantities."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import count
from typing import Any

import sympy

from derive.expr.integers import Int, IntLike, WholePart
from derive.expr.shapes import Shape

__all__ = ["Formula", "Positions", "aligned", "integer", "place", "position", "quantity", "unused"]

Formula = Any  # SymPy ships no types
Positions = tuple[Formula, ...]


@cache
def place(name: str) -> Formula:
    """Return the SymPy integer called *name*: a size, a length or an index.

    It is not declared positive: an index may start at 0 or -1, and SymPy would then take
    Kronecker's delta between it and 0 for zero.
    """
    if isinstance(name, WholePart):
        return sympy.floor(integer(name.top) / integer(name.bottom))
    return sympy.Symbol(name, integer=True)


def integer(value: IntLike) -> Formula:
    """Return a size or position as a SymPy integer."""
    if not isinstance(value, Int):
        return sympy.Integer(value)
    return sympy.Add(*(c * sympy.Mul(*map(place, names)) for names, c in value.terms))


@cache
def position(letter: str) -> Formula:
    """Return the position written *letter*, which no name of a file can mean.

    The same one every time: SymPy remembers what it has worked out for a symbol.
    """
    return sympy.Dummy(letter, integer=True)


def unused(*formulas: Formula) -> Formula:
    """Return a position that does not occur, free or bound, in the formulas."""
    taken = set().union(*(f.atoms(sympy.Dummy) for f in formulas))
    return next(p for p in map(position, map("k{}".format, count())) if p not in taken)


class Member(sympy.Indexed):  # type: ignore[misc]
    """One entry, the same object each time: SymPy works out anew what is known of each new one."""

    def __new__(cls, base: Formula, *at: Formula) -> Formula:
        return _member(base, at)


@lru_cache(maxsize=4096)
def _member(base: Formula, at: Positions) -> Formula:
    return sympy.Indexed.__new__(Member, base, *at)


@cache
def _family(name: str) -> Formula:
    return sympy.IndexedBase(name, real=True)


def quantity(name: str, at: Iterable[Formula]) -> Formula:
    """Return the real number ``name[at]``, or the real symbol *name* where there is no place."""
    positions = tuple(at)
    return Member(_family(name), *positions) if positions else sympy.Symbol(name, real=True)


def aligned(shape: Shape, at: Positions) -> Positions:
    """Return where a part of *shape* is read for place *at* of the whole it is broadcast to."""
    own = at[len(at) - len(shape):]
    return tuple(sympy.S.Zero if n == 1 else p for n, p in zip(shape, own, strict=True))
