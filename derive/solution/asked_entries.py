"""Single entries that a part asks for: ``h[1][0]``, ``dL/dW[0, 1]``."""

from __future__ import annotations

from collections.abc import Iterator

from derive.expr.nodes import Entry, Literal, Partial, Ref
from derive.numbers.policy import literal
from derive.question.question import Find, Part
from derive.solution.forward import identifier
from derive.solution.solver import Solver
from derive.solution.step import Line, Step

__all__ = ["asked_entries", "entry_steps"]


def asked_entries(solver: Solver, task: Find | Part) -> Iterator[tuple[Ref, tuple[int, ...]]]:
    """Yield each quantity or derivative of which an entry is asked for, and the entry."""
    for request in task.requests:
        if request.entry and solver.numeric:
            for top, bottom in solver.instances(request):
                yield (top if bottom is None else Partial(top, bottom)), request.entry


def entry_steps(solver: Solver, part: Part, task: Find) -> Iterator[Step]:
    """Read the entries off what has been worked out."""
    for ref, at in asked_entries(solver, task):
        if isinstance(ref, Partial) and ref.top.shape:
            continue    # the entries of a Jacobian by an array are all shown
        value = solver.literal(ref)
        number = _entry(solver, value, at)
        line = Line("result", Entry(ref, at), "=" if number.exact else "≈", number)
        name = identifier(solver, part.label, ref) + "." + "_".join(map(str, at))
        yield Step(name, "value", (line,), answer=True)


def _entry(solver: Solver, whole: Literal, at: tuple[int, ...]) -> Literal:
    exact = whole.values.dtype == object
    return literal(whole.values[at], solver.policy, exact)
