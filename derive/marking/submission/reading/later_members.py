"""Members behind the last one: the f_2 of f_k = w_k^T w_k, where the question ends at f_1."""

from __future__ import annotations

from derive.expr.nodes import Expr, Symbol
from derive.expr.positions import integers, match
from derive.expr.walk import at, refs, transform
from derive.solution.solver import Solver

__all__ = ["beyond"]


def beyond(solver: Solver, expr: Expr) -> Expr:
    """Return an expression with what has no value put in, where all that makes it has one."""
    if not solver.numeric:
        return expr
    return transform(expr, lambda part: _made(solver, part) if isinstance(part, Symbol) else None)


def _made(solver: Solver, symbol: Symbol) -> Expr | None:
    equations = solver.model.by_target.get(symbol.name, ())
    if len(equations) != 1 or not symbol.index or _is_there(solver, symbol):
        return None
    env = match(equations[0].target, symbol)
    made = None if env is None else at(equations[0].rhs, env)
    read = () if made is None else tuple(refs(made))
    return made if read and all(isinstance(r, Symbol) and _is_there(solver, r)
                                for r in read) else None


def _is_there(solver: Solver, symbol: Symbol) -> bool:
    """True for a member with a value, and for one whose step is a letter."""
    if not all(isinstance(place, int) for place in symbol.index):
        return True
    return integers(symbol.index) in {*map(integers, solver.values.positions(symbol.name))}
