"""The derivatives that lines are judged by: every entry moved, or, in a large system, a sample.

A small system is moved entry by entry (complex step). What that costs grows with the square of the
number of steps and of the size, so only so many members are worked out in this way; beyond that,
derivatives of a number come from the sweep over the unrolled graph. That sweep is not taken on
trust: the member whose derivative is used (or, for a loss at the top of everything, all members of
its family at once) is moved along a random direction, and the change of the top must be what the
swept derivatives say. A wrong derivative passes only if its error is orthogonal to the direction
drawn, which has probability zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import sqrt
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.nodes import Partial, Ref, Symbol
from derive.expr.positions import integers
from derive.solution.oracle import EPS, Oracle
from derive.solution.unrolled import Cell, Unrolled

__all__ = ["Derivatives", "directions"]

MOST_WORK = 20_000      # members worked out again for derivatives entry by entry
MOST_ENTRIES = 500      # entries of the bottom of a local derivative that are moved one by one
MOST_KEPT = 1_000_000   # numbers in local derivatives that are remembered
TOLERANCE = 1e-10       # relative to the length of the gradient that is confirmed


@dataclass
class Derivatives:
    """Total and local derivatives of a system, independent of the sweep on equations.

    Both take an entry of an array on top (`cell`), or give the derivative of all its entries.
    `broad` names the tops whose derivatives by most members will be used: one pass confirms them
    for a whole family. `steady` says, for the names of some tops, what keeps its values while they
    are differentiated: the steps of other parameters. `work` counts members worked out again;
    `confirmed` names what of the sweeps was found right.
    """

    oracle: Oracle
    broad: frozenset[Symbol] = frozenset()
    steady: Mapping[str, frozenset[str]] = field(default_factory=dict)
    work: int = 0
    confirmed: set[tuple[Symbol, Cell, str | Symbol]] = field(default_factory=set)
    _locals: dict[tuple[Symbol, Symbol], Any] = field(default_factory=dict)
    _kept: int = 0
    _last: tuple[Any, Any] = (None, None)   # a sum asks for the same one at every term

    @cached_property
    def unrolled(self) -> Unrolled:
        return Unrolled(self.oracle)

    def partial(self, ref: Partial) -> Any:
        """Return the value of a derivative symbol; one entry of its top where it names one."""
        if ref.held:
            oracle = self.oracle.holding(ref.held)
            return oracle.total(ref.top, ref.bottom)[integers(ref.component)]
        find = self.local if ref.direct else self.total
        return find(ref.top, ref.bottom, integers(ref.component))

    def total(self, top: Symbol, bottom: Symbol, cell: Cell = ()) -> Any:
        """Return d top / d bottom through all ways: top.shape + bottom.shape."""
        held = tuple(Symbol(n, (), ()) for n in sorted(
            self.steady.get(top.name, frozenset()) - {bottom.name}))
        if held:
            return self.oracle.holding(held).total(top, bottom)[cell]
        if (top.shape and not cell) or self.affords(top, bottom):
            return self.oracle.total(top, bottom)[cell]
        found = self.unrolled.gradient(top, bottom, cell)
        if top in self.broad:
            self._confirm_family(top, bottom.name, cell)
        else:
            self._confirm(top, bottom, cell, found)
        return found

    def local(self, top: Symbol, bottom: Symbol, cell: Cell = ()) -> Any:
        """Return what the equation of *top* alone does when *bottom* moves.

        Where that equation does not read *bottom*, the derivative goes through what it reads.
        """
        if bottom not in self.oracle.parents(top) and bottom != top:
            return self.total(top, bottom, cell)
        size = int(np.size(self.oracle.value(bottom)))
        if size > MOST_ENTRIES and (cell or not top.shape):
            return self._local_entry(top, bottom, cell)
        return self._local(top, bottom)[cell]

    def _local(self, top: Symbol, bottom: Symbol) -> Any:
        found = self._locals.get((top, bottom))
        if found is None and self._last[0] == (top, bottom):
            return self._last[1]
        if found is None:
            found = self.oracle.local(top, bottom)
            self._last = ((top, bottom), found)
            if self._kept + found.size <= MOST_KEPT:
                self._locals[top, bottom] = found
                self._kept += found.size
        return found

    def _local_entry(self, top: Symbol, bottom: Symbol, cell: Cell) -> Any:
        found = self.unrolled.local(top, bottom, cell)
        direction = directions().standard_normal(found.shape)
        moved = np.asarray(self.oracle.local_along(top, bottom, direction))
        _same(top, bottom.name, _along(found, direction), _length(found), float(moved[cell]))
        return found

    def affords(self, top: Symbol, bottom: Symbol, directions: int | None = None) -> bool:
        """True where *bottom* may still be moved along so many directions, or entry by entry."""
        if (top, bottom) in self.oracle.totals:
            return True
        count = int(np.size(self.oracle.value(bottom))) if directions is None else directions
        self.oracle.value(top)
        graph = self.oracle.graph
        # looking for the way costs as much as going it once; below everything it is long anyway
        way = graph.above(top) if top in self.broad else graph.between(bottom, top)
        needed = count * len(way)
        if self.work + needed > MOST_WORK:
            return False
        self.work += needed
        return True

    def _confirm(self, top: Symbol, bottom: Symbol, cell: Cell, found: Any) -> None:
        """Move one member along a random direction, and compare with what the sweep says."""
        if (top, cell, bottom) not in self.confirmed:
            direction = directions().standard_normal(found.shape)
            moved = self.oracle.moved(top, bottom, direction)
            _same(top, bottom.name, _along(found, direction), _length(found), float(moved[cell]))
            self.confirmed.add((top, cell, bottom))

    def _confirm_family(self, top: Symbol, family: str, cell: Cell) -> None:
        """Move all members of a family at once, and compare with what the sweep says."""
        if (top, cell, family) in self.confirmed:
            return
        rng = directions()
        changed: dict[Ref, Any] = {}
        look = self.oracle.over(changed)
        said = length = 0.0
        for member in self.oracle.graph.above(top):
            if not changed.keys().isdisjoint(self.oracle.parents(member)):
                changed[member] = self.oracle.made(member, look)
            if member.family == family:
                found = self.unrolled.gradient(top, member, cell)
                direction = rng.standard_normal(found.shape)
                changed[member] = look(member) + 1j * EPS * direction
                said += _along(found, direction)
                length += _length(found) ** 2
        moved = float(np.imag(look(top)[cell])) / EPS
        _same(top, family, said, sqrt(length), moved)
        self.confirmed.add((top, cell, family))


def directions() -> np.random.Generator:
    """Return the source of random directions: the same ones every time."""
    return np.random.default_rng(20240229)


def _along(gradient: Any, direction: Any) -> float:
    return float(np.sum(gradient * direction))


def _length(gradient: Any) -> float:
    return float(np.sqrt(np.sum(np.square(gradient))))


def _same(top: Symbol, family: str, said: float, length: float, moved: float) -> None:
    if abs(said - moved) > TOLERANCE * max(length, abs(moved), 1e-3):
        raise DeriveError(f"d{top.name}/d{family}: the unrolled graph gives {said}, moving "
                          f"{family} gives {moved}")
