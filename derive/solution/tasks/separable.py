"""``separable``: weights that put every row on its side, or a proof that there are none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.build import add, mul, number
from derive.expr.nodes import Expr
from derive.numbers.separation import Separation, separation
from derive.question.keys.separable import Separable
from derive.question.question import Part
from derive.solution.examples import Example, exact_row, examples_of
from derive.solution.forward import identifier, value_steps
from derive.solution.perceptron import learned
from derive.solution.rules import say, say_lists
from derive.solution.solver import Solver
from derive.solution.step import Check, Line, Step
from derive.solution.tasks.task import Solving
from derive.solution.threshold import Threshold, exactly
from derive.solution.trials import Trial
from derive.solution.words import Claim, Sentence

__all__ = ["SOLVING"]

TOLERANCE = 1e-9
EPOCHS = 2000


def _steps(solver: Solver, part: Part, task: Separable) -> Iterator[Step]:
    yield from _worked_out(solver, part, task)
    threshold = _threshold(solver, task)
    name = identifier(solver, part.label, f"{task.features.name}_separable")
    if task.weights is not None:
        yield _judged(threshold, f"{name}_judged")
    if _judged_right(threshold):
        return
    yield Step(f"{name}_conditions", "separable", intro=threshold.needed(),
               exhibits=(threshold.conditions(),))
    yield from _decided(threshold, name)


def _worked_out(solver: Solver, part: Part, task: Separable) -> Iterator[Step]:
    """Work out what equations define and no part has worked out before."""
    if not solver.numeric:
        raise DeriveError("separability is decided for numbers", task.place,
                          "give every quantity its numbers")
    read = (task.features, task.labels, *((task.weights,) if task.weights else ()))
    members = [m for symbol in read for m in solver.members(symbol) if not solver.is_known(m)]
    yield from (replace(step, answer=False) for step in value_steps(solver, part, members))


def _threshold(solver: Solver, task: Separable) -> Threshold:
    return Threshold(solver, task, examples_of(solver, task))


def _decision(threshold: Threshold) -> Separation:
    """Return the weights that the question gives, where they are right, or the ones found."""
    if _judged_right(threshold):
        return Separation(weights=_given(threshold))
    return separation(tuple(e.condition for e in threshold.examples))


# given weights


def _given(threshold: Threshold) -> tuple[Fraction, ...]:
    weights = threshold.task.weights
    assert weights is not None, "the question gives weights"
    return exact_row(threshold.solver, weights, threshold.task)


def _wrong(threshold: Threshold) -> list[Example]:
    weights = _given(threshold)
    return [e for e in threshold.examples if not e.condition.holds(weights)]


def _judged_right(threshold: Threshold) -> bool:
    return threshold.task.weights is not None and not _wrong(threshold)


def _judged(threshold: Threshold, name: str) -> Step:
    weights, wrong = threshold.task.weights, _wrong(threshold)
    verdict = (say_lists("weights wrong", [weights], [e.number for e in wrong]) if wrong
               else say("weights right", weights))
    return Step(name, "separable", intro=threshold.needed(weights), note=verdict,
                exhibits=(threshold.judged(_given(threshold), weights),), answer=not wrong,
                said=True)


# weights that are found, or none


def _decided(threshold: Threshold, name: str) -> Iterator[Step]:
    found = _decision(threshold)
    if found.weights is not None:
        yield Step(name, "separable", intro=_found(threshold, found.weights),
                   exhibits=(threshold.judged(found.weights),), answer=True,
                   note=say("separated"), said=True)
        return
    assert found.multipliers is not None, "there are weights, or a proof that there are none"
    yield _impossible(threshold, found.multipliers, name)


def _found(threshold: Threshold, found: Sequence[Fraction]) -> Sentence:
    own = len(found) - threshold.task.bias
    parts: list[Any] = [threshold.weights, *map(exactly, found[:own])]
    words = f"{{}} = ({', '.join(['{}'] * own)})"
    if threshold.task.bias:
        words += " and {} = {}"
        parts += [threshold.bias, exactly(found[own])]
    return Sentence(f"With {words} every row is on its side:", tuple(parts))


def _impossible(threshold: Threshold, multipliers: Sequence[int], name: str) -> Step:
    """Add up the rows of either side: both sums are the same vector."""
    above, below = (_taken(threshold, multipliers, side) for side in (True, False))
    lines = [line for side in (above, below) if side for line in _summed(side)]
    return Step(name, "separable", tuple(lines), intro=say("rows add up"), answer=True,
                note=_contradiction(threshold, above, below), said=True)


Taken = list[tuple[int, Example]]


def _taken(threshold: Threshold, multipliers: Sequence[int], above: bool) -> Taken:
    return [(m, e) for m, e in zip(multipliers, threshold.examples, strict=True)
            if m and e.condition.above == above]


def _total(side: Taken) -> Expr:
    return add(*(mul(number(m), e.features) for m, e in side))


def _summed(side: Taken) -> Iterator[Line]:
    rows = [(m, e.condition.x[:_size(e.features)]) for m, e in side]
    total = tuple(sum((m * x[i] for m, x in rows), Fraction(0)) for i in range(len(rows[0][1])))
    if len(side) == 1 and side[0][0] == 1:
        yield Line("result", _total(side), "=", exactly(total))
        return
    yield Line("substituted", _total(side), "=", add(*(mul(number(m), exactly(x))
                                                       for m, x in rows)))
    yield Line("result", None, "=", exactly(total))


def _size(features: Expr) -> int:
    size = features.shape[0]
    assert isinstance(size, int), "a row of numbers"
    return size


def _contradiction(threshold: Threshold, above: Taken, below: Taken) -> Sentence:
    """Say why no weights can do it."""
    claims = [_bound(threshold, side) for side in (above, below) if side]
    if len(claims) == 1:
        return say("none to zero", threshold.weights, claims[0])
    if not threshold.task.bias:
        return say("none", threshold.weights, *claims)
    times = number(sum(m for m, _ in above))
    return say("none with bias", threshold.weights, threshold.bias, *claims, threshold.bias, times)


def _bound(threshold: Threshold, side: Taken) -> Claim:
    """Return what the conditions of one side add up to: w (x_1 + x_4) <= 0."""
    strict = any(e.condition.strict for _, e in side)
    relation = ">" if side[0][1].condition.above else "<" if strict else "<="
    terms = [mul(number(m), threshold.at(e.features)) for m, e in side]
    return Claim(add(*terms), relation, number(0))


# checks


def _checks(solver: Solver, part: Part, task: Separable, trials: Sequence[Trial]
            ) -> Iterator[Check]:
    """Judge the answer on the oracle's floats, and by the perceptron's own attempt."""
    threshold = _threshold(solver, task)
    rows = np.array([_oracle_row(e.features, trials[0], task) for e in threshold.examples])
    found = _decision(threshold)
    above = np.array([e.condition.above for e in threshold.examples])
    strict = np.array([e.condition.strict for e in threshold.examples])

    def is_right(values: Any) -> Any:
        signed = np.where(above, values, -values)
        return np.where(strict, signed > TOLERANCE, signed >= -TOLERANCE)

    judge = _by_weights if found.weights is not None else _by_multipliers
    ok = judge(found, rows, above, strict, is_right)
    yield Check("separable", task.features.name, None, ok, "each row again, by plain arithmetic")
    if found.multipliers is not None:
        tried = learned(rows, above, is_right, EPOCHS)
        yield Check("separable", task.features.name, None, tried is None,
                    f"the perceptron finds no weights in {EPOCHS} corrections either")


def _oracle_row(features: Expr, trial: Trial, task: Separable) -> list[float]:
    from derive.numbers.reference import evaluate

    row = np.asarray(evaluate(features, trial.oracle.value), dtype=float)
    return [*row.tolist(), *([1.0] if task.bias else [])]


def _by_weights(found: Separation, rows: Any, above: Any, strict: Any, is_right: Any) -> bool:
    assert found.weights is not None, "judged for weights only"
    return bool(np.all(is_right(rows @ np.array(found.weights, dtype=float))))


def _by_multipliers(found: Separation, rows: Any, above: Any, strict: Any, is_right: Any) -> bool:
    multipliers = np.array(found.multipliers, dtype=float)
    total = (multipliers * np.where(above, 1.0, -1.0)) @ rows
    least = TOLERANCE * max(1.0, float(np.max(np.abs(rows))) * float(np.sum(multipliers)))
    return bool(np.all(multipliers >= 0) and np.any(multipliers[strict] > 0)
                and np.all(np.abs(total) <= least))


# what is asked, and what programs get


def _asks(solver: Solver, task: Separable) -> Sentence:
    words = "Is there a linear threshold for the labels {} of {}?"
    weights = task.weights
    return (Sentence(f"Do the weights {{}} classify every row right? {words}",
                     (weights, task.labels, task.features)) if weights
            else Sentence(words, (task.labels, task.features)))


def _values(solver: Solver, task: Separable) -> Iterator[tuple[str, str, Any]]:
    found = _decision(_threshold(solver, task))
    if found.weights is None:
        yield "separable", _key(solver, task), {"certificate": list(found.multipliers or ())}
        return
    weights = [_plain(n) for n in found.weights]
    bias = {"bias": weights.pop()} if task.bias else {}
    yield "separable", _key(solver, task), {"weights": weights, **bias}


def _key(solver: Solver, task: Separable) -> str:
    """Return the name of the features; with labels and more where they are asked about twice."""
    others = [t for part in solver.question.parts for t in part.tasks
              if isinstance(t, Separable) and t.features == task.features and t != task]
    given = (task.features, task.labels, *((task.weights,) if task.weights else ()))
    names = [symbol.name for symbol in given] + (["bias"] if task.bias else [])
    return ", ".join(names) if others else names[0]


def _plain(value: Fraction) -> int | float:
    return value.numerator if value.denominator == 1 else float(value)


SOLVING = Solving(_steps, _asks, _checks, _values)
