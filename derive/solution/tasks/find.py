"""``find``: values with their forward working, derivatives with theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.expr.integers import names_in
from derive.expr.nodes import Expr, Partial, Symbol
from derive.numbers.policy import literal
from derive.question.question import Find, Part, Request
from derive.solution.aliases import alias_for
from derive.solution.asked_entries import entry_steps
from derive.solution.backward import derivative_steps
from derive.solution.derivation import gradient_steps
from derive.solution.differentials import by_scalar, differential_steps
from derive.solution.forward import formula_steps, identifier, value_steps
from derive.solution.member_sums import member_sum
from derive.solution.paths import path_steps
from derive.solution.rules import say, title
from derive.solution.solver import Solver
from derive.solution.step import Line, Step
from derive.solution.tasks.task import Solving
from derive.solution.words import Claim, Sentence

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
        yield from gradient_steps(solver, part, _read_by(solver, values))
        yield from (value_steps if solver.numeric else formula_steps)(solver, part, values)
    for top, bottoms in derivatives.items():
        yield from _derivatives(solver, part, task, top, bottoms)
    yield from entry_steps(solver, part, task)
    if task.name:
        yield _named(solver, part, task)


def _read_by(solver: Solver, values: Sequence[Symbol]) -> list[str]:
    """Return the derivatives that the equations of some quantities read."""
    above = set[str]().union(*(solver.named.above(v.name) for v in values))
    return [name for name in solver.question.gradients if name in above]


def _derivatives(solver: Solver, part: Part, task: Find, top: Symbol, bottoms: Sequence[Symbol]
                 ) -> Iterator[Step]:
    """Yield the derivatives of one quantity, in the form that is asked for."""
    if not solver.numeric and task.form in ("", "closed"):
        found = {b: step for b in bottoms if (step := member_sum(solver, part, top, b))}
        yield from found.values()
        bottoms = [b for b in bottoms if b not in found]
    scalars = {b: rhs for b in bottoms if (rhs := by_scalar(solver, top, b)) is not None}
    yield from (_by_scalar(solver, part, top, b, rhs) for b, rhs in scalars.items())
    bottoms = [b for b in bottoms if b not in scalars]
    if task.form != "paths" and bottoms:
        yield from differential_steps(solver, part, top, bottoms)
        yield from derivative_steps(solver, part, top, bottoms, _closes(solver, task, top))
    if task.form in ("paths", "both") and bottoms:
        yield from path_steps(solver, part, top, bottoms, task)


def _by_scalar(solver: Solver, part: Part, top: Symbol, bottom: Symbol, rhs: Expr) -> Step:
    left = Partial(top, bottom)
    lines = [Line("result", left, "=", rhs)]
    if solver.numeric:
        worked = literal(solver.float(left), solver.policy, False)
        lines = [replace(lines[0], kind="symbolic"), Line("result", None, "≈", worked)]
    return Step(identifier(solver, part.label, left), "by scalar", tuple(lines), answer=True,
                title=title("by scalar", bottom), intro=say("by scalar"))


def _named(solver: Solver, part: Part, task: Find) -> Step:
    """Give the result the name by which later parts call it."""
    alias = solver.aliases[task.name] = alias_for(solver, task.name, task.requests[0])
    name = alias.of(alias.pattern)
    assert name is not None, "a pattern is what it stands for"
    return Step(identifier(solver, part.label, f"name_{task.name}"), "named", detail="normal",
                intro=say("named", Claim(name, "=", alias.pattern)))


def _closes(solver: Solver, task: Find, top: Symbol) -> bool:
    """True where a closed form is wanted: on request, or for a general member on top."""
    general = any(names_in(position) for position in top.index)
    return task.form == "closed" or (not task.form and general and not solver.numeric)


def _asks(solver: Solver, task: Find) -> Sentence:
    wanted = tuple(map(_as_typed, task.requests))
    return Sentence(f"Find {', '.join('{}' for _ in wanted)}.", wanted)


def _as_typed(request: Request) -> Expr:
    return request.top if request.bottom is None else Partial(request.top, request.bottom)


SOLVING = Solving(_steps, _asks)
