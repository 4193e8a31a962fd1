"""Numbers for which a statement is false: small ones, that a person can check.

Drawn at random, obeying the declared facts; both sides come from the independent evaluation
(`derive.solution.oracle`), not from the derivation that is judged. Formulas without cases that
differ anywhere differ nearly everywhere, so small numbers will do; where a function has cases
(relu, where), large ones are tried as well. There a rounding error might look like a difference,
so it has to be clear, and the same for numbers nearby.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, product
from math import prod
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.build import number, sum_entries, transpose
from derive.expr.equation import Family
from derive.expr.integers import IntLike, named
from derive.expr.nodes import Apply, Expr, Partial, Ref, Symbol
from derive.expr.positions import integers
from derive.expr.walk import at, free_indices, refs, replace, walk
from derive.ops import OPS
from derive.question.question import Fact, Given
from derive.solution.draw import Random, Source
from derive.solution.solver import Solver
from derive.solution.trials import Trial, drawn_trial, trials_of, with_room
from derive.syntax.write_text import write

__all__ = ["Counterexample", "candidate_facts", "counterexample", "has_cases", "largest_error",
           "obeyed", "remedy"]

SIZES = (2, 2, 3, 1)    # of every dimension, one try after the other
SIMPLE = (-1.0, -0.5, 0.5, 1.0, 2.0)
SCALES = (10.0, 100.0)  # of large numbers
NUDGE = 1 + 1e-3
DRAWS = 6               # sets of numbers at each size
CLEAR = 1e-6            # relative; a difference that rounding cannot explain
STEADY = 0.1            # relative; how far a difference may move with numbers that are nudged
MOST_NUMBERS = 16       # more are not listed in a message
RELATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}


class Simple:
    """Halves and small integers; shares are one-hot. *positive* ones for logarithms."""

    least = 0.5

    def __init__(self, seed: int) -> None:
        self.seed, self.rng = seed, np.random.default_rng(seed)
        self.values = SIMPLE[2:] if seed % 2 else SIMPLE

    def array(self, shape: tuple[int, ...]) -> Any:
        return self.rng.choice(self.values, shape)

    def shares(self, shape: tuple[int, ...], axis: tuple[int, ...]) -> Any:
        """One-hot; for every other seed all alike but one: (3, 1)/4, (1, 6, 1)/8."""
        order = self.rng.random(shape)
        one_hot = (order == order.max(axis=axis, keepdims=True)).astype(float)
        if not self.seed % 2:
            return one_hot
        count = prod(shape[a] for a in axis)
        parts = 2 ** (count + 1).bit_length()
        return (1 + (parts - count) * one_hot) / parts

    def labels(self, count: int, shape: tuple[int, ...]) -> Any:
        return self.rng.integers(0, count, shape)


class Decimals(Random):
    """Numbers of two digits, up to *scale*."""

    scale = 1.0

    def array(self, shape: tuple[int, ...]) -> Any:
        return np.round(super().array(shape), 2) * self.scale

    def shares(self, shape: tuple[int, ...], axis: tuple[int, ...]) -> Any:
        parts = self.rng.integers(1, 10, shape)
        return parts / parts.sum(axis=axis, keepdims=True)


class Wide(Decimals):
    """Large ones: what is wrong far from 0 only shows there. *nudge* says by how much larger."""

    def __init__(self, seed: int, nudge: float = 1.0) -> None:
        super().__init__(seed)
        self.scale = SCALES[seed % len(SCALES)] * nudge


def _nudged(seed: int) -> Wide:
    return Wide(seed, NUDGE)


@dataclass(frozen=True)
class Counterexample:
    """The numbers, and one entry of the derivative with what both sides give for it.

    told: whether `numbers` are all that is needed to work both sides out.
    """

    numbers: tuple[tuple[Ref, Any], ...]
    derivative: Partial
    cell: tuple[int, ...]
    left: float
    right: float
    told: bool = True

    def is_confirmed_by(self, other: Counterexample) -> bool:
        """True where nearly the same numbers give the same difference: it is no rounding error."""
        ours, theirs = self.left - self.right, other.left - other.right
        clear = abs(ours) > STEADY * max(abs(self.left), abs(self.right))
        return self.cell == other.cell and clear and abs(ours - theirs) <= STEADY * abs(ours)

    def say(self, derivative: str = "") -> str:
        """Say it in one sentence; *derivative* is what the left side is called, if not itself."""
        cell = f"[{', '.join(map(str, self.cell))}]" if self.cell else ""
        entry = derivative or write(self.derivative)
        entry = f"({entry}){cell}" if cell and entry.endswith("]") else entry + cell
        listed = ", ".join(f"{write(ref)} = {_say(value)}" for ref, value in self.numbers)
        few = sum(np.size(value) for _, value in self.numbers) <= MOST_NUMBERS
        others = "" if self.told else " and others that are not listed"
        where = f"with {listed}{others}: " if few and listed else "for the numbers given: "
        left, right = _told_apart(self.left, self.right)
        return f"{where}{entry} = {left}, but the right side gives {right}"


def _say(value: Any) -> str:
    if value.ndim == 0:
        return _shown(float(value))
    return "(" + ", ".join(map(_say, value)) + ")"


def _shown(value: float, digits: int = 4) -> str:
    return f"{value:.{digits}g}" if value else "0"


def _told_apart(one: float, other: float) -> tuple[str, str]:
    """Write two numbers with as many digits as it takes to see that they differ."""
    pairs = ((_shown(one, digits), _shown(other, digits)) for digits in range(4, 17))
    return next((pair for pair in pairs if pair[0] != pair[1]), (repr(one), repr(other)))


def counterexample(solver: Solver, left: Partial, right: Expr) -> Counterexample | None:
    """Return numbers for which ``left == right`` is false, or None where none were found.

    A `DeriveError` where there is nothing to try: no numbers obey all facts.
    """
    own = (_in_trial(trial, left, right) for trial in trials_of(solver)[:solver.numeric])
    found = next((found for found in own if found is not None), None)
    return found or _drawn_counterexample(solver, left, right)


def _drawn_counterexample(solver: Solver, left: Partial, right: Expr, more: Sequence[Fact] = ()
                          ) -> Counterexample | None:
    tried = False
    for trial in chain(_trials(solver, more), _trials(solver, more, Decimals)):
        tried = True
        found = _in_trial(trial, left, right)
        if found is not None:
            return found
    if not tried:
        raise DeriveError("no numbers were found that obey all facts, so nothing can be tried",
                          remedy="see whether the facts contradict each other")
    return _far_away(solver, left, right, more) if has_cases(solver, left, right) else None


def _far_away(solver: Solver, left: Partial, right: Expr, more: Sequence[Fact]
              ) -> Counterexample | None:
    for wide in zip(_trials(solver, more, Wide), _trials(solver, more, _nudged), strict=False):
        found, again = (_in_trial(trial, left, right) for trial in wide)
        if found is not None and again is not None and found.is_confirmed_by(again):
            return found
    return None


def has_cases(solver: Solver, left: Partial, right: Expr) -> bool:
    """True where a function has cases, or kinks, in the claim or in the model above it."""
    above = solver.named.above(left.top.name)
    sides = [e.rhs for e in solver.named.equations if e.target.family in above]
    names = {n.op for side in (*sides, right) for n in walk(side) if isinstance(n, Apply)}
    ops = [OPS[name] for name in names if name in OPS]
    return any(op.flat or op.labels or {"kink", "ties"} & set(op.params) for op in ops)


def _trials(solver: Solver, more: Sequence[Fact] = (),
            source: Callable[[int], Source] = Simple) -> Iterator[Trial]:
    """Yield trials on drawn numbers that obey the facts and at which the model has a value."""
    for (position, size), seed in product(enumerate(SIZES), range(DRAWS)):
        env: Mapping[str, IntLike] = {
            n: size + (place if position == 1 else 0)
            for place, n in enumerate(sorted(solver.question.sizes))}
        try:
            env = with_room(solver, dict(env))
            with np.errstate(all="ignore"):
                numbers = source(position * DRAWS + seed)
                trial = drawn_trial(solver, env, numbers, more, _needed(solver))
                if not all(obeyed(fact, trial) for fact in (*solver.question.facts, *more)):
                    continue
        except (DeriveError, FloatingPointError):
            continue
        yield trial


def obeyed(fact: Fact, trial: Trial) -> bool:
    """True where a fact holds: numbers are drawn for one fact after the other."""
    for env in _positions(trial, fact.left, fact.right):
        left, right = trial.both(fact.left, fact.right, env)
        near = np.abs(left - right) <= CLEAR * np.maximum(np.abs(left), 1.0)
        if not np.all(near if fact.relation == "==" else near | RELATIONS[fact.relation](
                left, right)):
            return False
    return True


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
        numbers, told = _numbers(trial, at(left, env), at(right, env))
        return Counterexample(numbers, at(left, env), cell, float(ours[cell]), float(theirs[cell]),
                              told)
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


def _positions(trial: Trial, left: Expr, right: Expr) -> Iterator[dict[str, IntLike]]:
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


def _numbers(trial: Trial, left: Partial, right: Expr
             ) -> tuple[tuple[tuple[Ref, Any], ...], bool]:
    """Return what a person needs to check it: all that was drawn, if that is not too much.

    Otherwise what the claim mentions; the second answer says whether that does.
    """
    mentioned = [r for r in (left.bottom, *refs(right)) if isinstance(r, Symbol)
                 and all(isinstance(i, int) for i in r.index)]      # not x[t] under a sum over t
    leaves = [ref for ref in trial.oracle.given if ref.family in trial.solver.named.above(
        left.top.name) or ref in mentioned]
    count = sum(np.size(trial.oracle.given[ref]) for ref in leaves)
    shown = leaves if count <= MOST_NUMBERS else list(dict.fromkeys(mentioned))
    values = tuple((ref, np.asarray(trial.oracle.value(ref), dtype=float)) for ref in shown)
    return values, shown is leaves


def remedy(solver: Solver, left: Partial, right: Expr) -> str:
    """Return what would mend a false statement, where that can be found out cheaply."""
    for symbol in dict.fromkeys(r for r in refs(right) if isinstance(r, Symbol)):
        if len(symbol.shape) == 2 and symbol.shape[0] == symbol.shape[1]:
            turned = replace(right, {transpose(symbol): symbol, symbol: transpose(symbol)})
            if _drawn_counterexample(solver, left, turned) is None:
                return f"it holds with the transpose of {write(symbol)}"
    fact = _missing_fact(solver, left, right)
    return f"it would hold with assume: {fact}" if fact else ""


def _missing_fact(solver: Solver, left: Partial, right: Expr) -> str:
    """Return a fact that was not declared and with which no counterexample is found, as typed."""
    leaves = [n for n in solver.named.above(left.top.name) if n not in solver.named.by_target]
    for name in sorted(leaves):
        for fact in candidate_facts(solver.named.families[name]):
            with suppress(DeriveError):     # no numbers obey it together with the others
                if _drawn_counterexample(solver, left, right, (fact,)) is None:
                    return fact.typed
    return ""


def candidate_facts(family: Family) -> Iterator[Fact]:
    """Yield facts that are often meant unsaid: signs, shares that add up to 1, symmetry."""
    symbol = Symbol(family.name, tuple(map(named, family.indices)), family.shape)
    typed = write(symbol)
    yield Fact(symbol, ">", number(0), f"{typed} > 0")
    if len(family.shape) == 1:
        yield Fact(sum_entries(symbol, (-1,)), "==", number(1), f"sum({typed}) == 1")
    if len(family.shape) == 2:
        yield Fact(sum_entries(symbol, (-1,)), "==", number(1), f"sum({typed}, axis=1) == 1")
        if family.shape[0] == family.shape[1]:
            yield Fact(symbol, "==", transpose(symbol), f"{typed} == {typed}.T")
