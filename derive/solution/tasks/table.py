"""``table``: the numbers of several quantities side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.integers import IntLike, named
from derive.expr.nodes import Dimension, Entry, Expr, Literal, Partial, Symbol
from derive.expr.positions import assignments, integers
from derive.expr.walk import at, walk
from derive.question.keys.table import Tabulate, sides
from derive.question.question import Fact, Part
from derive.solution.columns import cells
from derive.solution.exhibits import Table
from derive.solution.forward import identifier
from derive.solution.members import ancestors, reads
from derive.solution.solver import Solver
from derive.solution.step import Check, Step
from derive.solution.tasks.task import Solving
from derive.solution.trials import Trial
from derive.solution.words import Claim, Sentence
from derive.syntax.write_text import write

__all__ = ["SOLVING"]

MOST_ROWS = 40
SHOWN_OF_MORE = 10
TOLERANCE = 1e-9
EXACT = 1e-12   # numbers this close are the same: what is compared by == was worked out in floats
Env = Mapping[str, IntLike]
Cell = Expr | Sentence
RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: abs(a - b) <= EXACT * max(1, abs(a), abs(b)),
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}


def _steps(solver: Solver, part: Part, task: Tabulate) -> Iterator[Step]:
    rows = list(_positions(solver, task))
    if not rows:
        raise DeriveError("a table without rows: its quantities have no position in common")
    with solver.aside():    # the telling is left to the parts that ask for it
        _work_out(solver, task, rows)
        body: list[tuple[Cell, ...]] = [tuple(_row(solver, task, env)) for env in rows]
    if len(body) > MOST_ROWS:
        dots = tuple(Sentence("...") for _ in body[0])
        body = [*body[:SHOWN_OF_MORE], dots, body[-1]]
    name = "_".join(task.indices)
    yield Step(identifier(solver, part.label, f"table_{name}"), "table", answer=True,
               exhibits=(Table(tuple(_head(task)), tuple(body)),))


def _positions(solver: Solver, task: Tabulate) -> Iterator[Env]:
    """Yield the positions at which all columns have a value."""
    if not solver.numeric:
        raise DeriveError("a table needs numbers", remedy="give every quantity its numbers")
    domain = tuple((n, solver.question.indices[n]) for n in task.indices)
    read = [side for column in task.columns for side in sides(column)]
    swept = {pair for request in task.requests for pair in solver.instances(request)}
    for env in assignments(domain, {}):
        for side in read:
            _refuse_outside(side, env)
        if all(_exists(solver, ref, swept) for side in read for ref in reads(side, env)):
            yield env


def _refuse_outside(side: Expr, env: Env) -> None:
    """An entry y[n] of a vector is counted from 0, whatever the index starts from."""
    for part in walk(side):
        if isinstance(part, Entry):
            place = integers(part.at, env)
            if not all(0 <= p < n for p, n in zip(place, integers(part.arg.shape), strict=True)):
                found = f"entry {', '.join(map(str, place))} of `{write(part.arg)}`"
                raise DeriveError(f"there is no {found}: entries are counted from 0",
                                  remedy="give a series by its index, as in {1: 2, 2: 5}")


def _exists(solver: Solver, ref: Any, swept: Collection[tuple[Symbol, Symbol | None]]) -> bool:
    if isinstance(ref, Partial):
        return (ref.top, ref.bottom) in swept
    return isinstance(ref, Symbol) and ref.index in solver.values.positions(ref.name)


def _work_out(solver: Solver, task: Tabulate, rows: Sequence[Env]) -> None:
    """Work everything out as on paper, so that exact numbers stay exact."""
    needed = [r for env in rows for c in task.columns for s in sides(c) for r in reads(s, env)]
    for ref in ancestors(dict.fromkeys(needed), solver.parents, solver.is_known):
        solver.work_out(ref)


def _row(solver: Solver, task: Tabulate, env: Env) -> Iterator[Cell]:
    yield from (Dimension(env[n]) for n in task.indices)
    for column in task.columns:
        if isinstance(column, Fact):
            yield Sentence("yes" if _holds(column, partial(_number, solver, env)) else "no")
        else:
            yield from cells(_literal(solver, column, env))


def _literal(solver: Solver, expr: Expr, env: Env) -> Literal:
    found = solver.hand.stages(at(expr, env))[-1].expr
    assert isinstance(found, Literal), "numbers all the way"
    return found


def _number(solver: Solver, env: Env, expr: Expr) -> Any:
    return _literal(solver, expr, env).values[()]


def _holds(claim: Fact, value: Callable[[Expr], Any]) -> bool:
    return RELATIONS[claim.relation](value(claim.left), value(claim.right))


def _head(task: Tabulate) -> Iterator[Cell]:
    yield from (Dimension(named(n)) for n in task.indices)
    for column in task.columns:
        if isinstance(column, Fact):
            yield Sentence("{}", (_claim(column),))
        else:
            yield from cells(column)


def _claim(column: Fact) -> Claim:
    relation = "=" if column.relation == "==" else column.relation
    return Claim(column.left, relation, column.right)


def _asks(solver: Solver, task: Tabulate) -> Sentence:
    parts = [_claim(c) if isinstance(c, Fact) else c for c in task.columns]
    listed = ", ".join(["{}"] * len(parts))
    return Sentence(f"Make a table of {listed}.", tuple(parts))


def _checks(solver: Solver, part: Part, task: Tabulate, trials: Sequence[Trial]
            ) -> Iterator[Check]:
    """Judge each column on the oracle's values."""
    rows = list(_positions(solver, task))
    with solver.aside():
        _work_out(solver, task, rows)
        for column in task.columns:
            judge = _claim_check if isinstance(column, Fact) else _number_check
            yield judge(solver, column, rows, trials[0])


def _claim_check(solver: Solver, claim: Any, rows: Sequence[Env], trial: Trial) -> Check:
    ours = [_holds(claim, partial(_number, solver, env)) for env in rows]
    theirs = [_holds(claim, partial(_judged, trial, env)) for env in rows]
    return Check("table", claim.typed, None, ours == theirs, NOTE)


def _number_check(solver: Solver, column: Any, rows: Sequence[Env], trial: Trial) -> Check:
    """Compare; the digits of numbers that were rounded on the way are judged where they stand."""
    errors = [_difference(_literal(solver, column, env).values,
                          _judged(trial, env, column)) for env in rows]
    rounded = solver.policy.carry == "rounded"
    return Check("table", write(column), max(errors), rounded or max(errors) <= TOLERANCE, NOTE)


def _judged(trial: Trial, env: Env, expr: Expr) -> Any:
    """Return the oracle's value, derivatives by the complex step."""
    return trial.both(expr, expr, env)[0]


def _difference(ours: Any, theirs: Any) -> float:
    a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    scale = max(float(np.max(np.abs(b), initial=0.0)), 1.0)
    return float(np.max(np.abs(a - b), initial=0.0)) / scale


NOTE = "one member at a time, one operation at a time"
SOLVING = Solving(_steps, _asks, _checks)
