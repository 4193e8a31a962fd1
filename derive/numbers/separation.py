"""Is there a vector w with w x > 0 for some rows and w x <= 0, or < 0, for the others? Exactly.

Either such weights are found or a proof that there are none: multipliers that are not negative,
for which the rows of one side add up to what those of the other side do (Gordan, 1873; with sides
that may be 0, Motzkin's transposition theorem, 1936). Then w times the first sum would have to be
greater than w times the second, though both are the same vector.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import gcd, lcm

from derive.numbers.linear_program import solution_or_multipliers

__all__ = ["Condition", "Separation", "separation"]

MOST_TRIED = 20_000     # vectors of small whole numbers
LARGEST_TRIED = 3
Numbers = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """What is asked of w at one row: w x > 0, or w x <= 0 (< 0 where `strict`)."""

    x: Numbers
    above: bool
    strict: bool = True

    @property
    def relation(self) -> str:
        return ">" if self.above else "<" if self.strict else "<="

    def value(self, w: Sequence[Fraction]) -> Fraction:
        return sum((a * b for a, b in zip(w, self.x, strict=True)), Fraction(0))

    def holds(self, w: Sequence[Fraction]) -> bool:
        value = self.value(w) if self.above else -self.value(w)
        return value > 0 if self.strict else value >= 0

    @property
    def signed(self) -> Numbers:
        """The row, turned so that w times it is to be positive."""
        return self.x if self.above else tuple(-a for a in self.x)


@dataclass(frozen=True, slots=True)
class Separation:
    """Weights that meet all conditions, or multipliers, one a row, that prove there are none."""

    weights: Numbers | None = None
    multipliers: tuple[int, ...] | None = None


@lru_cache(maxsize=64)
def separation(conditions: tuple[Condition, ...]) -> Separation:
    """Decide whether all conditions can be met; whole numbers as small as they are found."""
    columns = [(*c.signed, Fraction(c.strict)) for c in conditions]
    size = len(conditions[0].x)
    found, against = solution_or_multipliers(columns, [Fraction(0)] * size + [Fraction(1)])
    if found is not None:
        return Separation(multipliers=_whole(found))
    assert against is not None
    exact = tuple(map(Fraction, _whole([-y for y in against[:-1]])))
    return Separation(next(_small(conditions, size), exact))


def _whole(numbers: Sequence[Fraction]) -> tuple[int, ...]:
    """Scale to the smallest whole numbers of the same direction."""
    scale = lcm(*(n.denominator for n in numbers))
    scaled = [int(n * scale) for n in numbers]
    return tuple(n // (gcd(*scaled) or 1) for n in scaled)


def _small(conditions: Sequence[Condition], size: int) -> Iterator[Numbers]:
    """Yield weights of small whole numbers that meet the conditions, the smallest first."""
    for largest in range(1, LARGEST_TRIED + 1):
        if (2 * largest + 1) ** size > MOST_TRIED:
            return
        tried = product(range(-largest, largest + 1), repeat=size)
        new = (w for w in tried if max(map(abs, w)) == largest)
        for w in sorted(new, key=lambda w: (sum(map(abs, w)), [-n for n in w])):
            weights = tuple(map(Fraction, w))
            if all(c.holds(weights) for c in conditions):
                yield weights
