"""Are there x >= 0 with A x = b? Answered exactly, with a proof either way.

Phase one of the simplex method on Fractions with Bland's rule, which cannot cycle (Bland, New
finite pivoting rules for the simplex method, Mathematics of Operations Research 2, 1977).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

__all__ = ["solution_or_multipliers"]

Numbers = Sequence[Fraction]
Row = list[Fraction]


def solution_or_multipliers(columns: Sequence[Numbers], b: Numbers
                            ) -> tuple[Row | None, Row | None]:
    """Return (x, None) with x >= 0 and A x = b, or (None, y) with y A <= 0 and y b > 0.

    columns: the columns of A, each as long as b; b >= 0.
    The second answer proves that the first is impossible (Farkas): 0 < y b = y A x <= 0.
    """
    rows, cost = _start(columns, b)
    basis = [len(columns) + i for i in range(len(b))]
    while (entering := _entering(cost, len(columns))) is not None:
        leaving = _leaving(rows, basis, entering)
        _pivot(rows, cost, leaving, entering)
        basis[leaving] = entering
    if cost[-1] < 0:    # the sum of what is left over, with a minus
        return None, [1 - c for c in cost[len(columns):-1]]
    x = [Fraction(0)] * len(columns)
    for row, place in zip(rows, basis, strict=True):
        if place < len(columns):
            x[place] = row[-1]
    return x, None


def _start(columns: Sequence[Numbers], b: Numbers) -> tuple[list[Row], Row]:
    """Return the tableau [A I b] and what a unit of each column adds to the sum left over."""
    size = len(b)
    rows = [[*(column[i] for column in columns), *(Fraction(i == k) for k in range(size)), b[i]]
            for i in range(size)]
    cost = [-sum((row[j] for row in rows), Fraction(0)) for j in range(len(columns))]
    return rows, [*cost, *[Fraction(0)] * size, -sum(b, Fraction(0))]


def _entering(cost: Row, count: int) -> int | None:
    return next((j for j in range(count) if cost[j] < 0), None)


def _leaving(rows: Sequence[Row], basis: Sequence[int], entering: int) -> int:
    """Return the row whose variable reaches 0 first; the lowest variable of several."""
    reached = [(row[-1] / row[entering], basis[i], i) for i, row in enumerate(rows)
               if row[entering] > 0]
    return min(reached)[2]


def _pivot(rows: list[Row], cost: Row, leaving: int, entering: int) -> None:
    scale = rows[leaving][entering]
    rows[leaving] = [value / scale for value in rows[leaving]]
    for row in (*(r for i, r in enumerate(rows) if i != leaving), cost):
        factor = row[entering]
        if factor:
            row[:] = [a - factor * p for a, p in zip(row, rows[leaving], strict=True)]
