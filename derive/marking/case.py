"""An answer that is to be judged: what it is about, and both sides on numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from derive.expr.nodes import Expr
from derive.expr.walk import at
from derive.marking.comparison import differing, same
from derive.marking.samples import Sample, entries_of, value_of
from derive.marking.target import Target
from derive.solution.solver import Solver

__all__ = ["Case"]

ROUGHLY = 1e-4      # relative; of a guess at what somebody did
WORK = 1_000_000    # numbers of the model that all guesses together may look at
LEAST_TRIES = 5


@dataclass(frozen=True)
class Case:
    """A target and the samples on which an answer to it was compared.

    figures: how many digits its numbers have; None for a formula and for exact numbers.
    """

    solver: Solver
    target: Target
    samples: Sequence[Sample]
    figures: int | None = None
    is_formula: bool = True
    explains: bool = True       # whether slips are looked for
    either: bool = False        # whether all of them are told that fit

    def tries(self, most: int) -> int:
        """Return how many guesses may be tried: fewer in a large model, so that a verdict takes
        seconds."""
        return max(LEAST_TRIES, min(most, WORK // max(entries_of(self.solver), 1)))

    @property
    def agrees(self) -> bool:
        return all(same(s.truth, s.got, s.room, s.where) for s in self.samples)

    @property
    def first_wrong(self) -> Sample:
        return next(s for s in self.samples if not same(s.truth, s.got, s.room, s.where))

    def is_explained_by(self, values: Sequence[Any]) -> bool:
        """True where other values are what the answer says, at all samples, and not the right ones.
        """
        pairs = list(zip(self.samples, values, strict=True))
        told = all(same(v, s.got, self._guess(s), s.where) for s, v in pairs)
        return told and any(self._is_wrong(s, v) for s, v in pairs)

    def _guess(self, sample: Sample) -> Any:
        """Return how far a guess may be off: a number with many digits may come from rounded ones.
        """
        if self.is_formula:
            return sample.room
        return np.maximum(sample.room, ROUGHLY * np.abs(sample.got))

    def _is_wrong(self, sample: Sample, values: Any) -> bool:
        return bool(np.any(differing(sample.truth, values, sample.room, sample.where)))

    @property
    def member(self) -> Case:
        """The same for one member at the first numbers where it is wrong."""
        first = self.first_wrong
        here = {n: first.env[n] for n in self.target.letters if n in first.env}
        placed = replace(self.target, expr=at(self.target.expr, {**first.trial.env, **here}),
                         letters=())
        return replace(self, target=placed, samples=[replace(first, env=first.trial.env)])

    def values(self, expr: Expr) -> list[Any]:
        """Return the values of another expression at the same numbers."""
        return [value_of(s.trial, expr, s.env) for s in self.samples]
