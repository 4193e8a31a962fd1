"""The numbers on which both sides are compared: many, of several sizes, obeying all facts.

Every draw has its own fixed seed, so that a verdict is the same each time. Where a side has no
value (the logarithm of a negative number) the numbers are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.integers import IntLike, names_in, put
from derive.expr.nodes import Expr, MatrixProduct, Reduce
from derive.expr.positions import inside, integers
from derive.expr.walk import free_indices, put_range, walk
from derive.numbers.reference import evaluate
from derive.question.question import Fact, Given
from derive.solution.counterexample import obeyed
from derive.solution.draw import Random, Source
from derive.solution.solver import Solver
from derive.solution.trials import LONGEST, Trial, drawn_trial, farthest, sizes_at

__all__ = ["MOST_PLACES", "Draws", "Sample", "drawn", "entries_of", "places", "value_of"]

MOST_PLACES = 12        # of an index, at one set of numbers
LENGTHS = (2, 3, 1, 4)
ORDERS = ((2, 3, 4), (4, 3, 2))     # of sizes: matrices that are wide, and tall
SPREAD = 3.0


class Positive(Random):
    """Numbers from 0.1 to 1.2: logarithms and roots have values."""

    def array(self, shape: tuple[int, ...]) -> Any:
        return self.rng.uniform(0.1, 1.2, shape)


class Spread(Random):
    """Numbers of both signs, up to three: on both sides of kinks that lie away from 0."""

    def array(self, shape: tuple[int, ...]) -> Any:
        return SPREAD * super().array(shape)


class Large(Random):
    """Numbers from 1 to 4: what only has a value there is tried too."""

    def array(self, shape: tuple[int, ...]) -> Any:
        return self.rng.uniform(1.0, 4.0, shape)


SOURCES: tuple[Callable[[int], Source], ...] = (Random, Positive, Spread, Large)
FINE = 1e-9
# 1 - tanh(9)**2 has lost eight digits: large numbers are there to find gross errors, beyond kinks
SLACK: Mapping[Any, float] = {Positive: 1e-6, Spread: 1e-2, Large: 1e-2}
Draws = Sequence[tuple[int, Callable[[int], Source], int]]     # length, source, seed
MANY: Draws = tuple((length, source, 10 * n + k) for n, length in enumerate(LENGTHS)
                    for k, source in enumerate(SOURCES) if n < 2 or k < 2)
FEW: Draws = tuple((2, source, 100 + k) for k, source in enumerate(SOURCES))


LARGE = 20_000      # numbers of a model, beyond which one set of drawn ones has to do


def entries_of(solver: Solver) -> int:
    """Return how many numbers the model holds, given and worked out; 0 where it has symbols."""
    return sum(s.array.size for s in solver.values.stores.values()) if solver.numeric else 0


def _draws(solver: Solver) -> Draws:
    if not solver.numeric:
        far = farthest(solver)
        longer = far + 1 if LENGTHS[1] < far < LONGEST else 0
        return (*MANY, *((longer, source, 200 + k) for k, source in enumerate(SOURCES) if longer))
    return FEW[:1] if entries_of(solver) > LARGE else FEW


@dataclass(frozen=True)
class Sample:
    """Both sides at one position of one set of numbers.

    half:  how far each entry may be off: half a unit of the last digit written.
    where: the entries to compare, those at which both sides have a value.
    slack: what rounding may do, relative to the numbers: more, where functions saturate.
    """

    trial: Trial
    env: Mapping[str, IntLike]
    truth: Any
    got: Any
    half: Any = 0.0
    where: Any = True
    slack: float = 0.0

    @property
    def room(self) -> Any:
        """How far each entry may be off for either reason."""
        noise = self.slack * (np.abs(np.where(np.isfinite(self.truth), self.truth, 0.0)) + 1e-3)
        return self.half + noise


def drawn(solver: Solver, known: Mapping[str, Given] | None = None, more: Sequence[Fact] = ()
          ) -> Iterator[tuple[Trial, float]]:
    """Yield trials on drawn numbers, each with the slack that their rounding needs.

    *known* numbers are not drawn, by default those of the question; *more* facts hold as well.
    """
    for length, source, seed in _draws(solver):
        try:
            with np.errstate(all="ignore"):
                env = {} if solver.numeric else sizes_at(solver, length, ORDERS[seed % 2])
                trial = drawn_trial(solver, env, source(seed), more, known)
                if all(obeyed(fact, trial) for fact in (*solver.question.facts, *more)):
                    yield trial, SLACK.get(source, FINE)
        except (DeriveError, FloatingPointError):
            continue


def places(trial: Trial, sides: Sequence[Expr], own: Sequence[str] = ()
           ) -> Iterator[dict[str, IntLike]]:
    """Yield index values at which everything that both sides read is there.

    *own* are letters of entries, which are no index of the question.
    """
    free = frozenset().union(*map(free_indices, sides)) - trial.env.keys() - set(own)
    letters = [*_bounding(trial, free), *sorted(free)]
    domain = [(n, put_range(trial.ranges[n], trial.env)) for n in letters if n in trial.ranges]
    cells = product(*(_span(trial, letter) for letter in letters))
    seen: set[tuple[int, ...]] = set()
    for cell in cells:
        env = {**trial.env, **dict(zip(letters, cell, strict=True))}
        settled = [(n, put_range(bounds, env)) for n, bounds in domain]
        own_cell = cell[len(letters) - len(free):]
        if own_cell not in seen and inside(settled, env) and all(
                trial.exists(side, env) and _is_run_forward(side, env) for side in sides):
            yield env
            seen.add(own_cell)
        if len(seen) >= MOST_PLACES:
            return
    if not seen and len(letters) == 1:
        yield from _at_the_first(trial, letters[0], sides)


def _at_the_first(trial: Trial, letter: str, sides: Sequence[Expr]) -> Iterator[dict[str, IntLike]]:
    """Yield the position in front of the first one, if all is there: where T is 1, the t of h_t and
    z_{t+1} can only be that of the first state.
    """
    env = {**trial.env, letter: _span(trial, letter)[0] - 1}
    if letter in trial.ranges and all(trial.exists(side, env) for side in sides):
        yield env


def _is_run_forward(side: Expr, env: Mapping[str, IntLike]) -> bool:
    """False where a product would run backwards: nobody means f_i ... f_{t+1} to be 1."""
    products = (n for n in walk(side) if isinstance(n, MatrixProduct) or (
        isinstance(n, Reduce) and n.kind == "prod"))
    lengths = (put(hi - lo + 1, env) for n in products for lo in n.range.los for hi in n.range.his)
    return not any(isinstance(length, int) and length < 0 for length in lengths)


def _bounding(trial: Trial, letters: Collection[str]) -> list[str]:
    """Return the letters on which the ranges of others depend, and which nothing here names.

    Where i runs from 1 to t, what is said of i alone holds for some t.
    """
    ranges = [trial.ranges[letter] for letter in letters if letter in trial.ranges]
    named = {n for r in ranges for bound in (*r.los, *r.his) for n in names_in(bound)}
    return sorted(named - set(letters) - trial.env.keys())


def _span(trial: Trial, letter: str) -> Sequence[int]:
    bounds = trial.ranges.get(letter)
    ends = [put_range(bounds, trial.env)] if bounds is not None else []
    if ends and all(isinstance(b, int) for b in (ends[0].lo, ends[0].hi)):
        lo, hi = integers((ends[0].lo, ends[0].hi))
        every = range(lo, hi + 1)
        return every if len(every) <= MOST_PLACES else sorted({*every[:4], *every[-4:]})
    return range(-1, 8)


def value_of(trial: Trial, expr: Expr, env: Mapping[str, IntLike], letters: Sequence[str] = (),
             shape: tuple[int, ...] = ()) -> Any:
    """Return an expression's value; with *letters* it is one entry of an array of *shape*."""
    if not letters:
        return np.asarray(evaluate(expr, trial.look, env), dtype=float)
    found = np.empty(shape)
    for cell in np.ndindex(*shape):
        inner = {**env, **dict(zip(letters, cell, strict=True))}
        found[cell] = evaluate(expr, trial.look, inner)
    return found
