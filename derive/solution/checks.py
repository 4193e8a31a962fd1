"""Every independent check of a solution: its lines, its derivatives, its digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.integers import names_in
from derive.expr.nodes import Expr, Literal, Partial, Symbol
from derive.expr.shapes import say
from derive.expr.walk import at, free_indices, walk
from derive.question.question import Gradient
from derive.solution.derivatives import directions
from derive.solution.differentials import differential_checks
from derive.solution.lint import digit_checks, misprinted
from derive.solution.solver import Solver
from derive.solution.step import (
    INEQUALITIES,
    Check,
    Line,
    PartSolution,
    claims_in,
    deep,
    statements,
)
from derive.solution.tasks import solving
from derive.solution.trials import Trial, trials_of
from derive.solution.two_meanings import refuse_two_meanings
from derive.syntax.write_text import write

__all__ = ["checks_of"]

TOLERANCE = 1e-9        # relative; float64 rounding of a few thousand operations
MOST_NOTED = 64         # entries of the largest array of numbers that a note spells out
SMALL = 1e-300          # a bound of 0 is compared as it is
DIRECTIONS = 2          # random ones, where moving every entry is too much


def checks_of(solver: Solver, parts: Sequence[PartSolution]) -> list[Check]:
    """Return all checks: lines and derivatives in order, then values, digits last."""
    trials = trials_of(solver)
    refuse_two_meanings(solver, trials)
    found = list(_line_checks(solver, parts, trials))
    found += _gradient_checks(solver, trials)
    found += _derived_checks(solver, trials)
    found += differential_checks(solver, trials)
    found += _task_checks(solver, trials)
    if solver.numeric:
        found += [_value_check(solver, name, trials[0]) for name in solver.question.families]
        found += digit_checks(solver)
    return found


def _task_checks(solver: Solver, trials: Sequence[Trial]) -> Iterator[Check]:
    for part in solver.question.parts:
        for task in part.tasks:
            yield from solving(task).checks(solver, part, task, trials)


def _line_checks(solver: Solver, parts: Sequence[PartSolution], trials: Sequence[Trial]
                 ) -> Iterator[Check]:
    for part in parts:
        for step in deep(part.steps):
            for number, (left, line) in enumerate(statements(step.lines), start=1):
                if line.kind in ("condition", "differential"):
                    continue    # judged by the task that asks for its solutions, or below
                yield _line_check(solver, f"{step.id}, line {number}", left, line, trials)
            for number, claim in enumerate(claims_in(step), start=1):
                line = Line("symbolic", claim.left, "=", claim.right)
                yield _line_check(solver, f"{step.id}, words {number}", claim.left, line, trials)


def _line_check(solver: Solver, target: str, left: Expr, line: Line, trials: Sequence[Trial]
                ) -> Check:
    try:
        errors = [e for trial in trials for e in _errors(solver, left, line, trial)]
    except DeriveError as error:
        return Check("line", target, None, False, str(error))
    if not errors:
        return Check("line", target, None, False, "no position at which the line could be tried")
    worst = max(errors)
    wrong = misprinted(line.right, solver.policy)
    note = _note(left, line)
    note += f"; the digits of {wrong} are not those of its value" if wrong else ""
    return Check("line", target, worst, worst <= _allowed(solver, line) and not wrong, note)


def _note(left: Expr, line: Line) -> str:
    numbers = (n for n in walk(line.right) if isinstance(n, Literal))
    if any(n.values.size > MOST_NOTED for n in numbers):
        return f"{write(left)} {line.relation} {say(line.right.shape)} in numbers"
    return f"{write(left)} {line.relation} {write(line.right)}"[:200]


def _allowed(solver: Solver, line: Line) -> float:
    """Rounded carrying moves numbers on purpose; its lines are judged digit by digit instead."""
    numeric = (line.kind in ("substituted", "arithmetic", "result")
               and line.relation not in INEQUALITIES)
    return np.inf if solver.policy.carry == "rounded" and numeric else TOLERANCE


def _errors(solver: Solver, left: Expr, line: Line, trial: Trial) -> Iterator[float]:
    ends = (names_in(b) for _, r in line.where for b in (*r.los, *r.his))
    free = sorted(free_indices(left).union(free_indices(line.right), *ends))
    for env in trial.positions(free, line, left):
        judged = EXCESS.get(line.relation)
        yield (trial.difference(left, line.right, env) if judged is None
               else judged(*trial.both(left, line.right, env)))
        for factor, label in (pair for term in line.terms for pair in term):
            if label.shape == factor.shape:
                yield trial.difference(label, factor, env)
            if line.shapes:
                yield trial.misshapen(factor, env)


def _too_large(a: Any, b: Any) -> float:
    """Return by how much a <= b fails, relative to b; 0 where it holds at every entry."""
    if a.shape != b.shape or not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
        return float("inf")
    return float(np.max((a - b) / np.maximum(np.abs(b), SMALL), initial=0.0))


def _not_below(a: Any, b: Any) -> float:
    """Return 0 where a < b at every entry; a tie is wrong."""
    return _too_large(a, b) if np.all(a < b) else float("inf")


EXCESS: dict[str, Callable[[Any, Any], float]] = {
    "<=": _too_large, ">=": lambda a, b: _too_large(b, a),
    "<": _not_below, ">": lambda a, b: _not_below(b, a),
}


def _value_check(solver: Solver, name: str, trial: Trial) -> Check:
    """Judge the values of a quantity at all positions: two evaluators that share no code."""
    shape = solver.question.families[name].shape
    members = [Symbol(name, at, shape) for at in solver.values.positions(name)]
    worst = max((relative(solver.float(m), trial.oracle.value(m)) for m in members), default=0.0)
    return Check("value", name, worst, worst <= TOLERANCE, NOTES["value"])


def _gradient_checks(solver: Solver, trials: Sequence[Trial]) -> Iterator[Check]:
    for trial in trials:
        trial.derivatives.work = 0
    seen: set[tuple[Symbol, Symbol]] = set()
    for part in solver.question.parts:
        for request in part.requests:
            for top, bottom in solver.instances(request):
                if bottom is not None and (top, bottom) not in seen:
                    seen.add((top, bottom))
                    yield from _one_gradient(solver, top, bottom, trials)


def _derived_checks(solver: Solver, trials: Sequence[Trial]) -> Iterator[Check]:
    """Judge the derivatives that stand in equations: their own equations, and the complex step."""
    for name, wanted in solver.question.gradients.items():
        target = write(Partial(wanted.top, wanted.bottom))
        try:
            errors = [e for trial in trials for e in _derived_errors(trial, name, wanted)]
        except DeriveError as error:
            yield Check("gradient", target, None, False, str(error))
            continue
        worst = max(errors, default=np.inf)
        yield Check("gradient", target, worst, worst <= TOLERANCE, NOTES["gradient"])


def _derived_errors(trial: Trial, name: str, wanted: Gradient) -> Iterator[float]:
    for place in trial.forward.positions(name):
        env = {**trial.env, **dict(zip(wanted.letters, place, strict=True))}
        top, bottom = at(wanted.top, env), at(wanted.bottom, env)
        ours = trial.oracle.value(Symbol(name, place, (*top.shape, *bottom.shape)))
        yield relative(ours, trial.derivatives.total(top, bottom))


def _one_gradient(solver: Solver, top: Symbol, bottom: Symbol, trials: Sequence[Trial]
                  ) -> Iterator[Check]:
    name = write(Partial(top, bottom))
    for kind, judge in (("gradient", _by_complex_step), ("unrolled", _by_unrolling)):
        try:
            errors = [e for trial in trials for e in judge(trial, top, bottom)]
        except DeriveError as error:
            yield Check(kind, name, None, False, str(error))
            continue
        if errors:
            worst = max(errors)
            yield Check(kind, name, worst, worst <= TOLERANCE, NOTES[kind])
        elif kind == "gradient":
            yield Check(kind, name, None, False, "no length at which it could be tried")


NOTES = {"value": "one member at a time, one operation at a time",
         "gradient": "complex step of an independent evaluation",
         "unrolled": "reverse sweep over the unrolled graph"}


def _by_complex_step(trial: Trial, top: Symbol, bottom: Symbol) -> Iterator[float]:
    for one, other in trial.members(top, bottom):
        ours = trial.swept(one, other)
        if trial.derivatives.affords(one, other):
            yield relative(ours, trial.oracle.total(one, other))
        elif one.shape or trial.derivatives.affords(one, other, DIRECTIONS):
            yield from _along_directions(trial, one, other, ours)
        else:
            yield relative(ours, trial.derivatives.total(one, other))


def _along_directions(trial: Trial, top: Symbol, bottom: Symbol, ours: Any) -> Iterator[float]:
    rng = directions()
    for _ in range(DIRECTIONS):
        direction = rng.standard_normal(np.shape(trial.oracle.value(bottom)))
        theirs = trial.oracle.moved(top, bottom, direction)
        axes = np.ndim(direction)
        along = np.tensordot(ours, direction, axes=axes) if axes else ours * direction
        yield relative(along, theirs)


def _by_unrolling(trial: Trial, top: Symbol, bottom: Symbol) -> Iterator[float]:
    for one, other in trial.members(top, bottom):
        if not one.shape:
            yield relative(trial.swept(one, other), trial.derivatives.unrolled.gradient(one, other))


def relative(ours: Any, theirs: Any) -> float:
    """Return the largest difference, relative to the size of the numbers (at least 1e-3)."""
    a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    if a.shape != b.shape:
        return float("inf")
    same = np.isinf(a) & (a == b)   # both masked
    a, b = np.where(same, 0.0, a), np.where(same, 0.0, b)
    scale = max(float(np.max(np.abs(b), initial=0.0)), 1e-3)
    return float(np.max(np.abs(a - b), initial=0.0)) / scale
