"""The loss of a question: what a delta is the derivative of."""

from __future__ import annotations

from derive.expr.nodes import Partial, Symbol
from derive.expr.walk import refs
from derive.solution.claimable import claimable
from derive.solution.solver import Solver

__all__ = ["loss_of"]


def loss_of(solver: Solver) -> Symbol | None:
    """Return the only number that parts differentiate, or, where none does, the last one made."""
    asked = (ref for part in solver.question.parts for ref in claimable(solver, part))
    tops = {ref.top for ref in asked if isinstance(ref, Partial) and not ref.top.shape}
    found = [top for top in tops or _last(solver) if not top.index]
    return found[0] if len(found) == 1 else None


def _last(solver: Solver) -> set[Symbol]:
    """Return the numbers that no equation reads."""
    equations = solver.model.equations
    read = {ref.family for e in equations for ref in refs(e.rhs)}
    return {e.target for e in equations if isinstance(e.target, Symbol) and not e.target.shape
            and e.target.family not in read}
