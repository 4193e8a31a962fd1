"""A derivative in quantities of the model alone: the chain rule put together to one formula."""

from __future__ import annotations

from collections.abc import Collection

from derive.calculus.adjoint import Adjoint
from derive.calculus.matrix_facts import MatrixFacts
from derive.calculus.system import System
from derive.calculus.table_form import table_form
from derive.expr.nodes import Expr, MatrixProduct, Partial, Reduce, Symbol
from derive.expr.walk import refs, transform, walk
from derive.syntax.write_text import write

__all__ = ["assembled", "written_out"]

LONGEST = 240       # characters; a longer formula is no help to anybody
NOTHING = MatrixFacts()
MOST_NODES = 400    # looked at on the way


def assembled(adjoint: Adjoint, family: str, known: MatrixFacts = NOTHING,
              hidden: Collection[str] = ()) -> Expr | None:
    """Return d top / d family as one formula in the form of tables; None where it is too long.

    *hidden* are quantities that are written out as well: names that only the engine gave. Only for
    systems without an index, where every derivative is one equation.
    """
    if adjoint.top.index:
        return None
    found: Expr | None = adjoint.partial(adjoint.member(family))
    while found is not None and any(isinstance(r, Partial) for r in refs(found)):
        found = _one_step(adjoint, found)
    if found is None or any(isinstance(n, (Reduce, MatrixProduct)) for n in walk(found)):
        return None
    shown = table_form(written_out(found, adjoint.model, hidden), known)
    return shown if len(write(shown)) <= LONGEST else None


def _one_step(adjoint: Adjoint, expr: Expr) -> Expr | None:
    """Put in what the sweep says of every derivative in an expression."""
    table: dict[Expr, Expr] = {}
    for ref in refs(expr):
        if not isinstance(ref, Partial):
            continue
        pieces = adjoint.pieces.get(ref.bottom.name, ())
        if ref.bottom.index or len(pieces) != 1 or ref.top != adjoint.top:
            return None
        table[ref] = adjoint.equation(ref.bottom.name, pieces[0]).rhs
        if ref in set(refs(table[ref])):
            return None
    found = transform(expr, table.get)
    return found if sum(1 for _ in walk(found)) <= MOST_NODES else None


def written_out(expr: Expr, model: System, hidden: Collection[str]) -> Expr:
    """Write quantities out that have no name of the author's."""
    def change(part: Expr) -> Expr | None:
        if not isinstance(part, Symbol) or part.name not in hidden or part.index:
            return None
        equations = model.by_target.get(part.name, [])
        return written_out(equations[0].rhs, model, hidden) if len(equations) == 1 else None

    return transform(expr, change)
