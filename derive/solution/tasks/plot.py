"""``plot``: the points of each curve, by the sweep and the fast evaluator, judged by the oracle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

import numpy as np

from derive.errors import DeriveError
from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, Partial, Ref, Symbol
from derive.expr.positions import span
from derive.numbers.policy import literal
from derive.numbers.reference import evaluate
from derive.question.keys.plot import Drawn
from derive.question.question import Part
from derive.solution.exhibits import Curve, Plot, Table
from derive.solution.forward import identifier
from derive.solution.members import reads
from derive.solution.solver import Solver
from derive.solution.step import Check, Step
from derive.solution.tasks.task import Solving
from derive.solution.trials import Trial
from derive.solution.words import Sentence
from derive.syntax.write_text import write

__all__ = ["PLOT"]

MOST_ROWS = 12
TOLERANCE = 1e-9
Env = Mapping[str, IntLike]


def _steps(solver: Solver, part: Part, task: Drawn) -> Iterator[Step]:
    positions = list(_positions(solver, task))
    if len(positions) < 2:
        raise DeriveError(f"part {part.label}: a plot needs two points or more",
                          remedy="its quantities have too few positions in common")
    xs = [_value(solver, task.across, env, "x" in task.logarithmic) for env in positions]
    ups = [[_value(solver, up, env, "y" in task.logarithmic) for env in positions]
           for up in task.ups]
    labels: Sequence[Expr | str] = task.labels or task.ups
    curves = tuple(Curve(label, tuple(zip(xs, ys, strict=True)))
                   for label, ys in zip(labels, ups, strict=True))
    plot = Plot(task.across, curves, _table(solver, task, xs, ups), task.logarithmic, task.caption)
    yield Step(identifier(solver, part.label, f"plot_{task.index}"), "plot", exhibits=(plot,),
               answer=True)


def _positions(solver: Solver, task: Drawn) -> Iterator[Env]:
    """Yield the positions at which everything that is drawn has a value."""
    if not solver.numeric:
        raise DeriveError("a plot needs numbers", remedy="give every quantity its numbers")
    swept = {pair for request in task.requests for pair in solver.instances(request)}
    lo, hi = span(solver.question.indices[task.index])
    for n in range(lo, hi + 1):
        env = {task.index: n}
        if all(_exists(solver, ref, swept) for e in (task.across, *task.ups) for ref in
               reads(e, env)):
            yield env


def _exists(solver: Solver, ref: Ref, swept: set[tuple[Symbol, Symbol | None]]) -> bool:
    if isinstance(ref, Partial):
        return (ref.top, ref.bottom) in swept
    return ref.index in solver.values.positions(ref.family)


def _value(solver: Solver, expr: Expr, env: Env, is_logarithmic: bool) -> float:
    value = float(evaluate(expr, solver.float, env))
    if not isfinite(value) or (is_logarithmic and value <= 0):
        place = ", ".join(f"{name} = {n}" for name, n in env.items())
        axis = "on a logarithmic axis" if is_logarithmic else "in a plot"
        raise DeriveError(f"`{write(expr)}` is {value:g} at {place}, which has no place {axis}")
    return value


def _table(solver: Solver, task: Drawn, xs: Sequence[float], ups: Sequence[Sequence[float]]
           ) -> Table:
    """Return the digits of some of the points, the first and the last among them."""
    every = -(-len(xs) // MOST_ROWS)
    shown = dict.fromkeys([*range(0, len(xs), every), len(xs) - 1])
    rows = tuple(tuple(literal(np.asarray(_tidy(column[k])), solver.policy, isinstance(
        _tidy(column[k]), int)) for column in (xs, *ups)) for k in shown)
    return Table((task.across, *task.ups), rows)


def _tidy(value: float) -> float | int:
    """Return a position as the whole number that it is."""
    return int(value) if value == int(value) and abs(value) < 1e6 else value


def _checks(solver: Solver, part: Part, task: Drawn, trials: Sequence[Trial]) -> Iterator[Check]:
    """Work every point out again on the oracle's values."""
    positions = list(_positions(solver, task))
    for expr in dict.fromkeys((task.across, *task.ups)):
        ours = [_value(solver, expr, env, False) for env in positions]
        theirs = [float(trials[0].both(expr, expr, env)[0]) for env in positions]
        gaps = [abs(a - b) / max(abs(b), 1e-12) for a, b in zip(ours, theirs, strict=True)]
        worst = max(gaps)
        yield Check("plot", write(expr), worst, worst <= TOLERANCE, NOTE)


def _asks(solver: Solver, task: Drawn) -> Sentence:
    listed = ", ".join(["{}"] * len(task.ups))
    return Sentence(f"Plot {listed} against {{}}.", (*task.ups, task.across))


NOTE = "one member at a time, derivatives by the complex step"
PLOT = Solving(_steps, _asks, _checks)
