"""What a part asks for that an answer can claim: quantities and derivatives, not tables or proofs.

Marks are awarded for these, and marking schemes tell what each is worth.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.expr.nodes import Partial, Ref
from derive.question.keys.bound import Bound
from derive.question.keys.holding import Held
from derive.question.question import Part
from derive.solution.solver import Solver

__all__ = ["claimable"]


def claimable(solver: Solver, part: Part) -> Iterator[Ref]:
    """Yield what a part asks for, member by member; what is held is held."""
    for task in part.tasks:
        held = task.held if isinstance(task, Held) else ()
        if isinstance(task, Bound) and solver.numeric:
            continue    # of many members norms are asked for, which a table shows
        for request in task.answers:
            for top, bottom in solver.instances(request):
                yield top if bottom is None else Partial(top, bottom, held)
