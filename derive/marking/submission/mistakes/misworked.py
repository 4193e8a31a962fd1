"""What somebody gets who works with one mistake, or with two: worked out once, and then looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, islice
from typing import Any

import numpy as np

from derive.expr.nodes import Partial, Ref
from derive.marking.comparison import alike
from derive.marking.submission.mistakes.missteps import missteps
from derive.marking.submission.mistakes.redone import UNJUDGED, Redone, Sweeps, Working
from derive.solution.trials import Trial

__all__ = ["Mistakes", "Misworked"]

MOST_PAIRS = 400    # of mistakes made together, in a model of few quantities
WORK = 12_000       # members that all pairs together may work out
LEAST_PAIRS = 40
Named = tuple[str, str, Working]    # a slip's name, the words for it, the working with it


@dataclass(frozen=True)
class Misworked:
    """What somebody gets who makes one mistake, or two."""

    slip: str
    words: str
    value: Any


@dataclass
class _Worked:
    """The values that some mistakes lead to, side by side, so that one look compares with all."""

    found: tuple[Misworked, ...]

    @cached_property
    def _values(self) -> Any:
        return np.stack([m.value for m in self.found])

    def giving(self, value: Any, half: Any, rough: float) -> Iterator[Misworked]:
        """Yield the mistakes that give a value or its transpose, within half a unit and roughly."""
        value, half = np.asarray(value), np.asarray(half)
        if not self.found:
            return
        shape, hit = self._values.shape[1:], np.zeros(len(self.found), dtype=bool)
        if value.size == 1 == np.prod(shape):   # one number in brackets or not
            value, half = np.reshape(value, shape), np.resize(half, shape)
        for turned in (lambda v: v, np.transpose):
            if turned(value).shape == shape:
                room = turned(np.broadcast_to(half, value.shape)) + rough * np.abs(self._values)
                hit |= alike(self._values, turned(value), room)
        yield from (self.found[k] for k in np.flatnonzero(hit))


@dataclass
class Mistakes:
    """The mistakes in the working of every quantity of a question, at one choice of numbers."""

    trial: Trial
    sweeps: tuple[Sweeps, ...]
    _kept: dict[tuple[Ref, int], _Worked] = field(default_factory=dict)
    _last: tuple[Working, dict[str, Named]] | None = None

    def worked(self, ref: Ref, count: int) -> _Worked:
        """Return what *count* mistakes lead to, one or two."""
        if (ref, count) not in self._kept:
            found = self._one(ref) if count == 1 else self._two(ref)
            self._kept[ref, count] = _Worked(tuple(found))
        return self._kept[ref, count]

    def workings(self, ref: Ref) -> Iterator[tuple[Working, Sweeps]]:
        """Yield the ways in which people work: with a loss and its softmax as one, or step by step.
        """
        for sweeps in self.sweeps:
            backward = sweeps.equations(ref) if isinstance(ref, Partial) else None
            yield Working(self.trial.oracle.equations, backward), sweeps

    def _one(self, ref: Ref) -> Iterator[Misworked]:
        for working, sweeps in self.workings(ref):
            for name, words, made in missteps(working):
                yield from self._value(ref, sweeps, made, name, words)

    def _two(self, ref: Ref) -> Iterator[Misworked]:
        """Work out pairs; in the second way of working those that the first one does not have."""
        known: set[str] = set()
        for working, sweeps in self.workings(ref):
            singles = list(missteps(working))
            pairs = ((one, other) for one, other in combinations(singles, 2)
                     if not known.issuperset((one[1], other[1])))
            for one, other in islice(pairs, self._most(ref)):
                yield from self._pair(ref, sweeps, one, other)
            known.update(words for _, words, _ in singles)

    def _pair(self, ref: Ref, sweeps: Sweeps, one: Named, other: Named) -> Iterator[Misworked]:
        """Make the second mistake in the working that has the first, where it can be made there."""
        name, words, made = one
        both = self._besides(made).get(other[1])
        if both is not None:
            yield from self._value(ref, sweeps, both[2], f"{name} + {both[0]}",
                                   f"{words}, and {other[1]}")

    def _besides(self, made: Working) -> dict[str, Named]:
        """Return what else can go wrong, by its words; that of one working is kept."""
        if self._last is None or self._last[0] is not made:
            self._last = made, {found[1]: found for found in reversed([*missteps(made)])}
        return self._last[1]

    def _most(self, ref: Ref) -> int:
        """Return how many pairs are tried: fewer where more has to be worked out for each."""
        working, sweeps = next(self.workings(ref))
        redone = Redone(self.trial, sweeps, working=working)
        try:
            redone.look(ref)
        except UNJUDGED:
            return 0
        return max(LEAST_PAIRS, min(MOST_PAIRS, WORK // max(redone.members, 1)))

    def _value(self, ref: Ref, sweeps: Sweeps, made: Working, name: str, words: str
               ) -> Iterator[Misworked]:
        try:
            with np.errstate(all="ignore"):
                value = np.asarray(Redone(self.trial, sweeps, working=made).look(ref), dtype=float)
                truth = np.asarray(self.trial.look(ref), dtype=float)
        except UNJUDGED:
            return
        if value.shape == truth.shape and not np.allclose(value, truth, rtol=1e-9):
            yield Misworked(name, words, value)
