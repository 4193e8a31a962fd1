"""The formulas of a solution by key, as one would type them: ``dL/dh[t]``."""

from __future__ import annotations

from collections.abc import Mapping

from derive.expr.nodes import Partial, Symbol
from derive.solution.chain import everywhere, laid_out, places_of
from derive.solution.solver import Solver
from derive.solution.step import Line
from derive.syntax.write_text import write

__all__ = ["formulas_of"]


def formulas_of(solver: Solver) -> Mapping[str, tuple[Line, ...]]:
    """Return the equations of the model and of every sweep, one line per case."""
    found: dict[str, tuple[Line, ...]] = {}
    for equation in solver.named.equations:
        key = write(equation.target)
        line = Line("definition", equation.target, "=", equation.rhs, equation.domain)
        found[key] = (*found.get(key, ()), line)
    for top in _tops(solver):
        adjoint = solver.adjoint(top)
        for family, pieces in adjoint.pieces.items():
            left = adjoint.partial(adjoint.member(family))
            plain = len(pieces) == 1 and everywhere(solver, pieces[0])
            found[write(left)] = tuple(
                Line("symbolic", left, "=", laid_out(solver, adjoint.equation(family, p).rhs),
                     () if plain else places_of(p)) for p in reversed(pieces))
    return found | solver.closed


def _tops(solver: Solver) -> list[Symbol]:
    tops = dict.fromkeys(top for part in solver.question.parts for request in part.requests
                         for top, bottom in solver.instances(request)
                         if isinstance(bottom, Symbol) and
                         bottom.name in solver.named.above(top.name))
    return [t for t in tops if isinstance(Partial(t, t), Partial)]
