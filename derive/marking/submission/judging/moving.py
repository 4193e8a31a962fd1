"""What moves with what: both sides of an equation between differentials at drawn numbers.

Every quantity whose differential stands on the right is moved by itself, in a direction that is
drawn; all others are held. What stands on the left then moves as the model says (central
differences).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np

from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, Ref, Symbol, Transpose
from derive.expr.walk import at, free_indices, refs, transform
from derive.marking.samples import drawn, places
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.mistakes.redone import Redone
from derive.numbers.reference import evaluate
from derive.solution.counterexample import candidate_facts
from derive.solution.trials import Trial
from derive.syntax.write_text import write

__all__ = ["MOVED", "Moving"]

MOVED = "d "            # begins the name of a differential
STEP = 1e-5
CLOSE = 1e-5            # relative to the largest entry
TRIALS, PLACES = 4, 3
Env = Mapping[str, IntLike]


def _plain(expr: Expr) -> Expr:
    """Return a formula with quantities in the place of their differentials."""
    return transform(expr, lambda part: replace(part, name=part.name.removeprefix(MOVED))
                     if isinstance(part, Symbol) and part.name.startswith(MOVED) else None)


@dataclass
class _Moved:
    """Quantities that are moved by themselves, each in a direction that is drawn."""

    marker: Marker
    trial: Trial
    whole: Expr
    expr: Expr
    env: Env
    directions: dict[Ref, Any] = field(default_factory=dict)
    pinned: tuple[Ref, ...] = ()    # what does not move

    def sides(self) -> Iterator[tuple[Any, Any]]:
        """Yield how the left side moves, and what the right one says; nothing without values."""
        with suppress(*UNJUDGED), np.errstate(all="ignore"):
            said = np.asarray(evaluate(self.expr, self._look, self.env), dtype=float)
            if self.directions and at(self.whole, self.env) not in self.directions:
                yield self._slope(self.directions), said

    def _look(self, ref: Ref) -> Any:
        if not isinstance(ref, Symbol) or not ref.name.startswith(MOVED):
            return self.trial.look(ref)
        member = replace(ref, name=ref.name.removeprefix(MOVED))
        if member not in self.directions:
            numbers = np.random.default_rng(len(self.directions))
            self.directions[member] = numbers.standard_normal(self.trial.look(member).shape)
        return self.directions[member]

    def _slope(self, directions: Mapping[Ref, Any]) -> Any:
        """Return how the left side moves, by central differences; all that may move is pinned."""
        ends = []
        for sign in (1.0, -1.0):
            own = {ref: self.trial.look(ref) + 0.0 for ref in (*self.pinned, *self.directions)}
            for ref, direction in directions.items():
                own[ref] = self.trial.look(ref) + sign * STEP * direction
            redone = Redone(self.trial, self.marker.slips.sweeps[0], own)
            ends.append(redone.value(at(self.whole, self.env)))
        return (ends[0] - ends[1]) / (2 * STEP)

    def held(self) -> str:
        """Return what is given, moves the left side too, and is differentiated by in the question.

        One given quantity that moves by itself is a derivative by that alone.
        """
        made = self.marker.solver.named.by_target
        moved = {ref.family for ref in self.directions}
        asked = {at(r.bottom, self.env): None for r in self.marker.asking.families}
        alone = len(moved) == 1 and not moved & made.keys()
        for member in () if alone else asked:
            if member.name in made or member in self.directions or free_indices(member):
                continue
            with suppress(*UNJUDGED):
                if np.any(np.abs(self._slope({member: np.ones(member.shape)})) > CLOSE):
                    return write(member)
        return ""


@dataclass(frozen=True)
class Found:
    """How the left side moves, and how it is said to."""

    moves: Any
    said: Any
    moved: _Moved

    @property
    def same(self) -> bool:
        size = np.max(np.abs(self.moves), initial=0.0) + np.max(np.abs(self.said), initial=0.0)
        return np.shape(self.moves) == np.shape(self.said) and bool(
            np.all(np.abs(self.moves - self.said) <= CLOSE * size + CLOSE ** 2))


@dataclass(frozen=True)
class Moving:
    """Compares how quantities move with what is said of it."""

    marker: Marker

    def compared(self, whole: Expr, expr: Expr, trials: Iterable[Trial] = (),
                 pinned: Sequence[Ref] = ()) -> Found | None:
        """Compare both sides at drawn numbers; None where they have no values.

        Some quantities may be pinned.
        """
        tried = [_Moved(self.marker, trial, whole, expr, env,
                        pinned=tuple(ref for p in pinned if isinstance(ref := at(p, env), Symbol)))
                 for trial in (*trials,) or self._trials()
                 for env in islice(places(trial, (whole, _plain(expr))), PLACES)]
        found = [Found(*pair, moved) for moved in tried for pair in moved.sides()]
        return next((f for f in found if not f.same), found[0]) if found else None

    def _trials(self) -> Iterator[Trial]:
        if self.marker.solver.numeric:
            yield from (self.marker.judge.given, self.marker.slips.mistakes_elsewhere.trial)
        else:
            yield from islice((trial for trial, _ in self.marker.judge.drawn()), TRIALS)

    def holding(self, whole: Expr, expr: Expr) -> str:
        """Return what has to be held for both sides to be the same; "" for nothing.

        It is worked out, and stands on the right beside differentials: d(W h) = dW h.
        """
        made = self.marker.solver.named.by_target
        moved = {ref.name.removeprefix(MOVED) for ref in refs(expr)
                 if isinstance(ref, Symbol) and ref.name.startswith(MOVED)}
        pinned = tuple(dict.fromkeys(ref for ref in refs(expr) if isinstance(ref, Symbol)
                                     and ref.name in made and ref.name not in moved))
        found = self.compared(whole, expr, pinned=pinned) if pinned else None
        return ", ".join(map(write, pinned)) if found is not None and found.same else ""

    def fact(self, whole: Expr, expr: Expr) -> str:
        """Return the fact, A == A.T, with which both sides are the same; "" for none."""
        solver = self.marker.solver
        given = {r.name for r in refs(expr) if isinstance(r, Symbol)
                 and r.name in solver.named.families and r.name not in solver.named.by_target}
        for fact in (f for name in sorted(given) for f in candidate_facts(
                solver.named.families[name]) if isinstance(f.right, Transpose)):
            with suppress(*UNJUDGED):
                trials = (trial for trial, _ in drawn(solver, self.marker.slips.states, (fact,)))
                found = self.compared(whole, expr, islice(trials, TRIALS))
                if found is not None and found.same:
                    return fact.typed
        return ""
