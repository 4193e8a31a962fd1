"""``find``: values with their forward working, derivatives with theirs."""

from __future__ import annotations

from collections.abc import Iterator

from derive.expr.nodes import Expr, Partial, Symbol
from derive.question.question import Find, Part, Request
from derive.solution.asked_entries import entry_steps
from derive.solution.backward import derivative_steps
from derive.solution.forward import formula_steps, value_steps
from derive.solution.paths import path_steps
from derive.solution.solver import Solver
from derive.solution.step import Step
from derive.solution.tasks.task import Solving
from derive.solution.words import Sentence

__all__ = ["SOLVING"]


def _steps(solver: Solver, part: Part, task: Find) -> Iterator[Step]:
    values: list[Symbol] = []
    derivatives: dict[Symbol, list[Symbol]] = {}
    for request in task.requests:
        for top, bottom in solver.instances(request):
            if bottom is None:
                values.append(top)
            else:
                derivatives.setdefault(top, []).append(bottom)
    if values:
        yield from (value_steps if solver.numeric else formula_steps)(solver, part, values)
    for top, bottoms in derivatives.items():
        if task.form != "paths":
            yield from derivative_steps(solver, part, top, bottoms)
        if task.form in ("paths", "both"):
            yield from path_steps(solver, part, top, bottoms, task)
    yield from entry_steps(solver, part, task)


def _asks(solver: Solver, task: Find) -> Sentence:
    wanted = tuple(map(_as_typed, task.requests))
    return Sentence(f"Find {', '.join('{}' for _ in wanted)}.", wanted)


def _as_typed(request: Request) -> Expr:
    return request.top if request.bottom is None else Partial(request.top, request.bottom)


SOLVING = Solving(_steps, _asks)
