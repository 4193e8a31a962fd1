"""A derivative written in the quantities of the model alone: what was found on the way, put in.

``dL/dW = X^T (dL/dZ)`` is how a chain rule is told; ``X^T (P - Y)/N`` is what a course expects to
read in the end. Where that would be long, or the derivatives on the way are a recurrence, the chain
rule stays the answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace as changed

from derive.calculus.adjoint import Adjoint
from derive.calculus.facts import Fact
from derive.calculus.layers import collected, length
from derive.calculus.pieces import Piece
from derive.calculus.table_form import table_form
from derive.calculus.tidy import tidy
from derive.calculus.windowed import has_windows
from derive.expr.equation import Equation
from derive.expr.integers import names_in
from derive.expr.nodes import (
    Apply,
    Expr,
    MatMul,
    Outer,
    Partial,
    Product,
    Quotient,
    Reduce,
    Symbol,
)
from derive.expr.positions import match
from derive.expr.walk import at, free_indices, refs, replace, walk
from derive.solution.chain import everywhere, laid_out
from derive.solution.rules import say
from derive.solution.solver import Solver
from derive.solution.step import Line

__all__ = ["with_answer"]

LONGEST = 48        # signs of an answer that is put together
SHORT = 30          # signs of a definition that may be recognised in it
MOST_DEFINITIONS = 6
ROOM = 10           # how much longer it may get for doing without the engine's own names


def with_answer(solver: Solver, adjoint: Adjoint, family: str, lines: list[Line], asked: bool
                ) -> list[Line]:
    """Return the lines of a chain rule with the answer put together at their end.

    On the way to what is *asked* that is only worth a line where something cancels.
    """
    pieces = adjoint.pieces[family]
    if solver.numeric or len(pieces) != 1 or adjoint.cases is not None or not lines:
        return lines
    rhs = adjoint.equation(family, pieces[0]).rhs
    found = _put_together(solver, adjoint, family, rhs)
    if found is None or found == rhs or has_windows(found):
        return lines
    if not asked and length(found) >= length(rhs):
        return lines
    right = laid_out(solver, found)
    if right == lines[-1].right or right.shape != lines[-1].right.shape:
        return lines    # the same, or the chain is written entry by entry
    reason = say("put together") if any(isinstance(r, Partial) for r in refs(rhs)) else None
    last = Line(lines[-1].kind, None, "=", right, lines[-1].where, reason)
    return [*lines[:-1], changed(lines[-1], kind="simplified"), last]


def _put_together(solver: Solver, adjoint: Adjoint, family: str, rhs: Expr) -> Expr | None:
    whole = _whole(solver, adjoint, rhs, {family})
    if whole is None:
        return None
    spelled = _without_helpers(solver, whole)
    facts, known = _facts(solver), _definitions(solver, {*refs(whole), *refs(spelled)})
    found = collected(tidy(whole), facts, known)
    if spelled != whole:
        other = collected(tidy(spelled), facts, known)
        found = other if length(other) <= length(found) + ROOM else found
    found = _as_in_tables(solver, found)
    return found if length(found) <= LONGEST and found.shape == rhs.shape else None


def _as_in_tables(solver: Solver, found: Expr) -> Expr:
    """Use what is known of matrices, where that makes an answer shorter."""
    if solver.question.indices or any(len(p.shape) > 2 for p in walk(found)):
        return found
    other = table_form(found, solver.matrix_facts)
    return other if length(other) < length(found) else found


def _definitions(solver: Solver, read: Collection[Expr]) -> tuple[tuple[Expr, Expr], ...]:
    """Return what stands in a formula, or is made of what does, with what it is, entry by entry."""
    found: list[tuple[Expr, Expr]] = []
    for equation in solver.model.equations:
        own = {n for n, _ in equation.domain}
        about = equation.target in read or any(r in read for r in refs(equation.rhs))
        if (about and len(solver.model.by_target[equation.target.family]) == 1
                and own == free_indices(equation.target) and _is_a_layer(equation.rhs)):
            found.append((equation.target, equation.rhs))
    return tuple(found[:MOST_DEFINITIONS])


def _is_a_layer(rhs: Expr) -> bool:
    return length(rhs) <= SHORT and (isinstance(rhs, (Product, Quotient)) or (
        isinstance(rhs, Apply) and rhs.op == "gather" and not rhs.shape))


def _facts(solver: Solver) -> tuple[Fact, ...]:
    return tuple((f.left, f.right) for f in solver.question.facts if f.relation == "==")


def _whole(solver: Solver, adjoint: Adjoint, expr: Expr, above: Collection[str]) -> Expr | None:
    """Put the formulas of all derivatives in; None where one needs itself, or has cases."""
    table: dict[Expr, Expr] = {}
    for ref in dict.fromkeys(r for r in refs(expr) if isinstance(r, Partial)):
        name = ref.bottom.name
        pieces = adjoint.pieces.get(name, ())
        if ref.top != adjoint.top or ref.direct or name in above or len(pieces) != 1:
            return None
        formula = _formula(solver, adjoint, ref, pieces[0])
        inner = formula and _whole(solver, adjoint, formula, {*above, name})
        if inner is None:
            return None
        table[ref] = inner
    whole = replace(expr, table) if table else expr
    return whole if length(whole) <= 4 * LONGEST else None


def _formula(solver: Solver, adjoint: Adjoint, ref: Partial, piece: Piece) -> Expr | None:
    """Return what a derivative is at its position; None where a letter would mean two things."""
    if ref.component != adjoint.component or not everywhere(solver, piece):
        return None
    formula = adjoint.equation(ref.bottom.name, piece).rhs
    env = match(adjoint.member(ref.bottom.name), ref.bottom,
                set(adjoint.model.families[ref.bottom.name].indices))
    taken = {n for position in ref.bottom.index for n in names_in(position)}
    if env is None or any(isinstance(p, Reduce) and p.index in taken for p in walk(formula)):
        return None
    return at(formula, env)


def _without_helpers(solver: Solver, expr: Expr) -> Expr:
    """Put in what the engine has given a name, where that is worked out entry by entry."""
    table: dict[Expr, Expr] = {}
    for ref in dict.fromkeys(refs(expr)):
        if isinstance(ref, Symbol) and ref.name in solver.named.helpers:
            equations = solver.named.by_target[ref.name]
            made = _definition(equations[0], ref) if len(equations) == 1 else None
            if made is not None:
                table[ref] = _without_helpers(solver, made)
    return replace(expr, table) if table else expr


def _definition(equation: Equation, ref: Symbol) -> Expr | None:
    if any(isinstance(p, (MatMul, Outer, Reduce)) or (isinstance(p, Apply) and p.op in WHOLE)
           for p in walk(equation.rhs)):
        return None
    env = match(equation.target, ref, {n for n, _ in equation.domain})
    return None if env is None else at(equation.rhs, env)


WHOLE = frozenset(("softmax", "logsumexp", "inv", "conv1d", "conv2d", "conv_transpose1d",
                   "conv_transpose2d"))
