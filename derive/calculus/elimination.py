"""Linear equations solved exactly, by elimination as it is done by hand.

Every equation keeps how it came about: its multiples of the equations at the start. So each line
of the elimination can be said ("(2) - (1)"), and where there is no solution the last one is a
certificate: a combination of the equations that reads 0 = 1. Strang, Introduction to Linear
Algebra, chapters 2 and 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

__all__ = ["Row", "Solved", "distinct", "eliminate", "primitive"]

Vector = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """``coefficients @ unknowns = right``; `parts` are the multiples of the first equations."""

    coefficients: Vector
    right: Fraction
    parts: Vector

    @property
    def is_empty(self) -> bool:
        return not any(self.coefficients)

    def less(self, factor: Fraction, other: Row) -> Row:
        """Subtract a multiple of another equation."""
        return Row(_less(self.coefficients, factor, other.coefficients),
                   self.right - factor * other.right, _less(self.parts, factor, other.parts))

    def times(self, factor: Fraction) -> Row:
        return Row(tuple(factor * c for c in self.coefficients), factor * self.right,
                   tuple(factor * p for p in self.parts))


def _less(a: Vector, factor: Fraction, b: Vector) -> Vector:
    return tuple(x - factor * y for x, y in zip(a, b, strict=True))


@dataclass(frozen=True, slots=True)
class Solved:
    """What elimination leaves.

    stages:     the equations found on the way, in their order.
    rows:       the solved form: each row has an unknown of its own, its pivot, with factor 1.
    pivots:     the unknown of each row; all others are free.
    conflict:   an equation 0 = c with c not 0, which no numbers satisfy, or None.
    """

    stages: tuple[Row, ...]
    rows: tuple[Row, ...]
    pivots: tuple[int, ...]
    conflict: Row | None = None

    def particular(self, unknowns: int) -> Vector:
        """Return the solution whose free unknowns are 0."""
        found = dict(zip(self.pivots, (row.right for row in self.rows), strict=True))
        return tuple(found.get(m, Fraction(0)) for m in range(unknowns))

    def free(self, unknowns: int) -> tuple[int, ...]:
        return tuple(m for m in range(unknowns) if m not in self.pivots)

    def basis(self, unknowns: int) -> tuple[Vector, ...]:
        """Return, for each free unknown, the solution of A x = 0 where it is 1, the others 0."""
        return tuple(self._direction(m, unknowns) for m in self.free(unknowns))

    def _direction(self, free: int, unknowns: int) -> Vector:
        moved = {p: -row.coefficients[free] for p, row in zip(self.pivots, self.rows, strict=True)}
        return tuple(Fraction(1) if m == free else moved.get(m, Fraction(0))
                     for m in range(unknowns))


def primitive(row: Row) -> Row:
    """Scale an equation to small whole numbers, its first coefficient positive."""
    values = [v for v in (*row.coefficients, row.right) if v]
    if not values:
        return row
    whole = lcm(*(v.denominator for v in values))
    scale = Fraction(whole, gcd(*((v * whole).numerator for v in values)))
    return row.times(scale if values[0] > 0 else -scale)


def distinct(equations: Sequence[tuple[Vector, Fraction]]) -> tuple[Row, ...]:
    """Return the equations that say something, each once, in their order, in small numbers."""
    found: dict[tuple[Vector, Fraction], None] = {}
    for coefficients, right in equations:
        row = primitive(Row(coefficients, right, ()))
        if any(row.coefficients) or row.right:
            found.setdefault((row.coefficients, row.right))
    return tuple(Row(c, r, tuple(Fraction(m == n) for m in range(len(found))))
                 for n, (c, r) in enumerate(found))


def eliminate(rows: Sequence[Row]) -> Solved:
    """Bring equations to the solved form, taking the shortest equation first each time."""
    left = list(rows)
    done: list[Row] = []
    pivots: list[int] = []
    stages: list[Row] = []
    while left:
        conflict = next((row for row in left if row.is_empty and row.right), None)
        if conflict is not None:
            return Solved(tuple(stages), tuple(done), tuple(pivots), conflict)
        left = [row for row in left if not row.is_empty]
        if not left:
            break
        chosen = min(left, key=lambda row: sum(map(bool, row.coefficients)))
        left.remove(chosen)
        pivot = next(m for m, c in enumerate(chosen.coefficients) if c)
        chosen = chosen.times(1 / chosen.coefficients[pivot])
        left = [_cleared(row, chosen, pivot, stages) for row in left]
        done = [_cleared(row, chosen, pivot, stages) for row in done]
        done.append(chosen)
        pivots.append(pivot)
    order = sorted(range(len(pivots)), key=pivots.__getitem__)
    return Solved(tuple(stages), tuple(done[m] for m in order), tuple(pivots[m] for m in order))


def _cleared(row: Row, chosen: Row, pivot: int, stages: list[Row]) -> Row:
    """Subtract so much of the chosen equation that its unknown is gone."""
    if not row.coefficients[pivot]:
        return row
    found = row.less(row.coefficients[pivot], chosen)
    if not found.is_empty or found.right:
        stages.append(found)
    return found
