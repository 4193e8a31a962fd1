"""What somebody writes who makes one mistake in a derivation with letters.

The formulas of a quantity are worked out anew with one mistake in them, and told apart by their
values at drawn numbers; one that may be what is written is then compared at all of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from derive.expr.integers import IntLike
from derive.expr.nodes import Entry, Expr, Ref
from derive.expr.shapes import Shape
from derive.marking.mutations import mutants
from derive.marking.samples import value_of
from derive.marking.submission.mistakes.formulas import formulas
from derive.marking.submission.mistakes.redone import UNJUDGED
from derive.marking.submission.told import Told
from derive.solution.solver import Solver
from derive.solution.trials import Trial

__all__ = ["Misformed", "Misformulas"]

MOST = 600      # mistakes in all formulas of one quantity
CLOSE = 1e-6    # relative


@dataclass(frozen=True)
class Misformed:
    """A formula with one mistake in it: the slip's name, and the words for it."""

    slip: str
    words: str
    formula: Expr


Together = tuple[Any, Sequence[Misformed]]      # values one behind the other


@dataclass
class Misformulas:
    """The formulas of every quantity of a question with one mistake, at one choice of numbers."""

    solver: Solver
    told: Told
    trial: Trial
    _made: dict[Expr, Sequence[Misformed]] = field(default_factory=dict)
    _values: dict[tuple[Expr, Hashable], Sequence[Together]] = field(default_factory=dict)

    def of(self, subject: Expr) -> Sequence[Misformed]:
        """Return the formulas of a quantity, or of its entry, with one mistake, each once."""
        if subject not in self._made:
            whole, cell = (subject.arg, subject.at) if isinstance(subject, Entry) else (subject, ())
            known = formulas(self.solver, self.told, whole) if isinstance(whole, Ref) else [whole]
            once = {made: Misformed(name, words, Entry(made, cell) if cell else made)
                    for formula in known for name, words, made in mutants(formula)}
            self._made[subject] = list(islice(once.values(), MOST))
        return self._made[subject]

    def giving(self, subject: Expr, value: Any, env: Mapping[str, IntLike]) -> Iterator[Misformed]:
        """Yield those that give a value, or its transpose, at one place."""
        for values, found in self._at(subject, env):
            ways = [way for way in (value, np.transpose(value)) if way.shape == values.shape[1:]]
            hit = [np.isclose(values, way, rtol=CLOSE).reshape(len(found), -1).all(1)
                   for way in ways]
            for place in np.flatnonzero(np.any(hit, axis=0)) if hit else ():
                yield found[int(place)]

    def _at(self, subject: Expr, env: Mapping[str, IntLike]) -> Sequence[Together]:
        """Return the values of all of them at one place, those of one shape side by side."""
        key = subject, tuple(sorted(env.items()))
        if key not in self._values:
            by_shape: dict[Shape, list[tuple[Any, Misformed]]] = {}
            for found in self.of(subject):
                with suppress(*UNJUDGED), np.errstate(all="ignore"):
                    value = value_of(self.trial, found.formula, env)
                    by_shape.setdefault(value.shape, []).append((value, found))
            self._values[key] = [(np.stack([v for v, _ in pairs]), [f for _, f in pairs])
                                 for pairs in by_shape.values()]
        return self._values[key]
