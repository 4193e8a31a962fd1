"""Numbers for which a statement is false: small ones, that a person can check.

Drawn at random, obeying the declared facts; both sides come from the independent evaluation
(`derive.solution.oracle`), not from the derivation that is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.build import number, sum_entries, transpose
from derive.expr.equation import Family
from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, Partial, Ref, Symbol
from derive.expr.positions import integers
from derive.expr.walk import at, free_indices, refs, replace
from derive.question.question import Fact, Given
from derive.solution.draw import Random, Source
from derive.solution.solver import Solver
from derive.solution.trials import Trial, drawn_trial, trials_of
from derive.syntax.write_text import write

__all__ = ["Counterexample", "counterexample", "largest_error", "remedy"]

SIZES = (2, 2, 3, 1)    # of every dimension, one try after the other
SIMPLE = (-1.0, -0.5, 0.5, 1.0, 2.0)
DRAWS = 6               # sets of numbers at each size
CLEAR = 1e-6            # relative; a difference that rounding cannot explain
MOST_NUMBERS = 16       # more are not listed in a message


class Simple:
    """Halves and small integers; shares are one-hot. *positive* ones for logarithms."""

    least = 0.5

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.values = SIMPLE[2:] if seed % 2 else SIMPLE

    def array(self, shape: tuple[int, ...]) -> Any:
        return self.rng.choice(self.values, shape)

    def shares(self, shape: tuple[int, ...], axis: tuple[int, ...]) -> Any:
        order = self.rng.random(shape)
        return (order == order.max(axis=axis, keepdims=True)).astype(float)

    def labels(self, count: int, shape: tuple[int, ...]) -> Any:
        return self.rng.integers(0, count, shape)


@dataclass(frozen=True)
class Counterexample:
    """The numbers, and one entry of the derivative with what both sides give for it."""

    numbers: tuple[tuple[Ref, Any], ...]
    derivative: Partial
    cell: tuple[int, ...]
    left: float
    right: float

    def say(self, derivative: str = "") -> str:
        """Say it in one sentence; *derivative* is what the left side is called, if not itself."""
        cell = f"[{', '.join(map(str, self.cell))}]" if self.cell else ""
        entry = (derivative or write(self.derivative)) + cell
        listed = ", ".join(f"{write(ref)} = {_say(value)}" for ref, value in self.numbers)
        few = sum(np.size(value) for _, value in self.numbers) <= MOST_NUMBERS
        where = f"with {listed}: " if few and listed else "for the numbers given: "
        return (f"{where}{entry} = {_shown(self.left)}, but the right side gives "
                f"{_shown(self.right)}")


def _say(value: Any) -> str:
    if value.ndim == 0:
        return _shown(float(value))
    return "(" + ", ".join(map(_say, value)) + ")"


def _shown(value: float) -> str:
    return f"{value:.4g}" if value else "0"


def counterexample(solver: Solver, left: Partial, right: Expr) -> Counterexample | None:
    """Return numbers for which ``left == right`` is false, or None where none were found."""
    own = (_in_trial(trial, left, right) for trial in trials_of(solver)[:solver.numeric])
    drawn = (_in_trial(trial, left, right) for trial in _trials(solver))
    return next((found for found in chain(own, drawn) if found is not None), None)


def _trials(solver: Solver, more: Sequence[Fact] = (),
            source: Callable[[int], Source] = Simple) -> Iterator[Trial]:
    """Yield trials on drawn numbers; those at which the model has no value are left out."""
    for (position, size), seed in product(enumerate(SIZES), range(DRAWS)):
        env: Mapping[str, IntLike] = {
            n: size + (place if position == 1 else 0)
            for place, n in enumerate(sorted(solver.question.sizes))}
        try:
            with np.errstate(all="ignore"):
                numbers = source(position * DRAWS + seed)
                yield drawn_trial(solver, env, numbers, more, _needed(solver))
        except (DeriveError, FloatingPointError):
            continue


def _needed(solver: Solver) -> dict[str, Given]:
    """Return the given numbers that are not to be drawn: initial states, labels."""
    defined = solver.named.by_target
    return {name: item for name, item in solver.question.given.items() if name in defined}


def _in_trial(trial: Trial, left: Partial, right: Expr) -> Counterexample | None:
    for env in _positions(trial, left, right):
        try:
            with np.errstate(all="ignore"):
                ours, theirs = both_sides(trial, left, right, env)
        except DeriveError:
            continue
        worse = np.abs(ours - theirs) > CLEAR * np.maximum(np.abs(ours), 1.0)
        if not np.all(np.isfinite(ours)) or not np.all(np.isfinite(theirs)) or not worse.any():
            continue
        cell = tuple(map(int, np.argwhere(worse)[0]))
        return Counterexample(tuple(_numbers(trial, at(left, env), at(right, env))), at(left, env),
                              cell, float(ours[cell]), float(theirs[cell]))
    return None


def both_sides(trial: Trial, left: Partial, right: Expr, env: Mapping[str, IntLike]
               ) -> tuple[Any, Any]:
    """Return both sides in numbers, of one shape."""
    left_side, right_side = np.broadcast_arrays(*trial.both(left, right, env))
    return left_side, right_side


def largest_error(trial: Trial, left: Partial, right: Expr) -> float:
    """Return the largest relative difference of both sides."""
    worst = 0.0
    for env in _positions(trial, left, right):
        ours, theirs = both_sides(trial, left, right, env)
        scale = max(float(np.max(np.abs(theirs), initial=0.0)), 1e-3)
        worst = max(worst, float(np.max(np.abs(ours - theirs), initial=0.0)) / scale)
    return worst


def _positions(trial: Trial, left: Partial, right: Expr) -> Iterator[dict[str, IntLike]]:
    """Yield the index values of the first and the last members that a statement is about."""
    letters = sorted((free_indices(left) | free_indices(right)) - trial.env.keys())
    spans = []
    for letter in letters:
        bounds = trial.ranges[letter]
        lo, hi = integers((bounds.lo, bounds.hi))
        spans.append(sorted({lo, min(lo + 1, hi), max(hi - 1, lo), hi}))
    for cell in product(*spans):
        env = {**trial.env, **dict(zip(letters, cell, strict=True))}
        if trial.exists(left, env) and trial.exists(right, env):
            yield env


def _numbers(trial: Trial, left: Partial, right: Expr) -> Iterator[tuple[Ref, Any]]:
    """Yield what a person needs to check it: all that was drawn, if that is not too much."""
    mentioned = [r for r in (left.bottom, *refs(right)) if isinstance(r, Symbol)]
    leaves = [ref for ref in trial.oracle.given if ref.family in trial.solver.named.above(
        left.top.name) or ref in mentioned]
    count = sum(np.size(trial.oracle.given[ref]) for ref in leaves)
    for ref in leaves if count <= MOST_NUMBERS else dict.fromkeys(mentioned):
        yield ref, np.asarray(trial.oracle.value(ref), dtype=float)


def remedy(solver: Solver, left: Partial, right: Expr) -> str:
    """Return what would mend a false statement, where that can be found out cheaply."""
    for symbol in dict.fromkeys(r for r in refs(right) if isinstance(r, Symbol)):
        if len(symbol.shape) == 2 and symbol.shape[0] == symbol.shape[1]:
            turned = replace(right, {transpose(symbol): symbol, symbol: transpose(symbol)})
            if counterexample(solver, left, turned) is None:
                return f"it holds with the transpose of {write(symbol)}"
    fact = _missing_fact(solver, left, right)
    return f"it would hold with assume: {fact}" if fact else ""


def _missing_fact(solver: Solver, left: Partial, right: Expr) -> str:
    """Return a fact that was not declared and with which no counterexample is found, as typed."""
    leaves = [n for n in solver.named.above(left.top.name) if n not in solver.named.by_target]
    for name in sorted(leaves):
        for fact in _candidates(solver.named.families[name]):
            trials = list(_trials(solver, (fact,), Random))
            if trials and not any(_in_trial(t, left, right) for t in trials):
                return fact.typed
    return ""


def _candidates(family: Family) -> Iterator[Fact]:
    symbol = Symbol(family.name, (), family.shape)
    if family.indices:
        return
    if len(family.shape) == 1:
        yield Fact(sum_entries(symbol, (-1,)), "==", number(1), f"sum({family.name}) == 1")
    if len(family.shape) == 2:
        yield Fact(sum_entries(symbol, (-1,)), "==", number(1),
                   f"sum({family.name}, axis=1) == 1")
        if family.shape[0] == family.shape[1]:
            yield Fact(symbol, "==", transpose(symbol), f"{family.name} == {family.name}.T")
