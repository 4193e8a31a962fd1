"""The derivative of a whole as the sum over its members': dJ/dW = sum over t of dJ[t]/dW."""

from __future__ import annotations

from collections.abc import Iterator

from derive.calculus.adjoint import member
from derive.calculus.recurrences import resolved
from derive.calculus.system import System, reach
from derive.expr.build import mul, sum_over
from derive.expr.nodes import Expr, Partial, Symbol
from derive.expr.walk import refs
from derive.question.question import Part
from derive.solution.forward import identifier
from derive.solution.rules import say
from derive.solution.solver import Solver
from derive.solution.step import Line, Step
from derive.syntax.write_text import write

__all__ = ["member_sum"]


def member_sum(solver: Solver, part: Part, top: Symbol, bottom: Symbol) -> Step | None:
    """Return dJ/dW as a sum, where dJ[t]/dW has been found and W reaches J only through J[t]."""
    for general in _members(solver, top, bottom):
        lines = _lines(solver, top, general, bottom)
        if lines:
            solver.keep(lines)
            left = Partial(top, bottom)
            return Step(identifier(solver, part.label, left) + ".sum", "members", lines,
                        intro=say("members", bottom, top, general), answer=True)
    return None


def _members(solver: Solver, top: Symbol, bottom: Symbol) -> Iterator[Symbol]:
    """Yield the numbers J[t] through which all of the way from W to J leads."""
    for general in solver.tops:
        own = general == member(solver.model, general.name) and not general.shape
        found = write(Partial(general, bottom)) in solver.closed
        if own and found and general.index and not (bottom.index or top.shape) and _all_through(
                solver.named, top.name, general.name, bottom.name):
            yield general


def _all_through(model: System, top: str, family: str, bottom: str) -> bool:
    """True where the top depends on the bottom, but not without the family."""
    without = {name: read for name, read in model.reads.items() if name != family}
    return bottom in reach(family, model.reads) and family in reach(top, model.reads) and (
        top != family) and bottom not in reach(top, without)


def _lines(solver: Solver, top: Symbol, general: Symbol, bottom: Symbol) -> tuple[Line, ...]:
    adjoint = solver.adjoint(top)
    pieces = adjoint.pieces.get(general.name, ())
    weight = resolved(adjoint, adjoint.partial(general))
    if len(pieces) != 1 or any(True for _ in refs(weight)):
        return ()
    share: Expr = Partial(general, bottom)
    (known,) = solver.closed[write(share)][-1:]
    name, bounds = pieces[0].domain[0]
    return (Line("symbolic", Partial(top, bottom), "=", mul(weight, sum_over(name, bounds, share))),
            Line("result", None, "=", mul(weight, sum_over(name, bounds, known.right))))
