"""The chain rule for one adjoint: with symbols, with local derivatives put in, with constants."""

from __future__ import annotations

from collections.abc import Iterator

from derive.calculus.adjoint import Adjoint
from derive.calculus.contributions import Contribution
from derive.calculus.general_top import at_top, settled
from derive.calculus.linear import transposed
from derive.calculus.pieces import Piece, least_lengths
from derive.calculus.ranges import at_most
from derive.calculus.tidy import tidy
from derive.calculus.windowed import has_windows
from derive.expr.build import add, matmul, mul, sum_over, transpose
from derive.expr.build import outer as dyad
from derive.expr.equation import Domain, Equation
from derive.expr.expand import expanded
from derive.expr.integers import names_in
from derive.expr.nodes import Apply, Expr, Partial, Ref
from derive.expr.walk import at, free_indices, refs, replace, transform
from derive.ops import OPS
from derive.solution.solver import Solver
from derive.solution.step import Line
from derive.solution.windows import chain_lines

__all__ = ["at_top", "everywhere", "expanded_layout", "laid_out", "piece_lines", "places_of",
           "reader_sums", "settled"]


def piece_lines(solver: Solver, adjoint: Adjoint, family: str, piece: Piece, many: bool
                 ) -> Iterator[Line]:
    """Yield the chain rule with symbols, then with the local derivatives put in."""
    equation = adjoint.equation(family, piece)
    where = places_of(piece) if many or not everywhere(solver, piece) else ()
    chain = _chain(adjoint, piece, solver.conventions.layout == "jacobian")
    point = at_top(adjoint, piece)
    if point:
        equation = Equation(at(equation.target, point), (), settled(adjoint, equation.rhs, point))
        chain, where = chain and settled(adjoint, chain, point), ()
    elif adjoint.cases is not None:
        rhs = settled(adjoint, equation.rhs, {})
        equation = Equation(equation.target, equation.domain, rhs)
        chain = chain and settled(adjoint, chain, {})
    if chain is not None and chain != _direct(equation.target) and _reads_top(adjoint, chain):
        chain = None    # da_t/dz_t as a symbol would mean all ways at once
    first: Ref | None = equation.target
    if chain is not None and chain not in (equation.rhs, equation.target, _direct(equation.target)):
        yield Line("symbolic", first, "=", chain, where)
        first = None
    if has_windows(equation.rhs) and isinstance(equation.target, Partial):
        alone = len(piece.terms) == 1 and not any(reader_sums(c) for c in piece.terms
                                                  if isinstance(c, Contribution))
        found = chain_lines(solver, equation.target, equation.rhs, where, alone)
        if found:
            yield from found
            return
    rhs = laid_out(solver, equation.rhs)
    yield Line("symbolic" if chain is None else "simplified", first, "=", rhs, where)
    known = _constants_in(adjoint, equation.rhs)
    if known != equation.rhs:
        yield Line("simplified", None, "=", laid_out(solver, known), where)


def _reads_top(adjoint: Adjoint, chain: Expr) -> bool:
    """True where the equation of a general top is one of the ways."""
    return adjoint.cases is not None and any(
        isinstance(r, Partial) and r.direct and r.top == adjoint.top for r in refs(chain))


def _direct(ref: Ref) -> Expr:
    return Partial(ref.top, ref.bottom, direct=True) if isinstance(ref, Partial) else ref


def places_of(piece: Piece) -> Domain:
    """Return where a case holds, and for which lengths if not for all."""
    return (*piece.domain, *least_lengths(piece))


def everywhere(solver: Solver, piece: Piece) -> bool:
    """True where a case holds on the whole declared range of its indices, which needs no saying."""
    declared = solver.question.indices
    return all(n in declared and at_most(r.lo, declared[n].lo) and at_most(declared[n].hi, r.hi)
               for n, r in piece.domain)


def _constants_in(adjoint: Adjoint, expr: Expr) -> Expr:
    """Put derivatives in that are the same number everywhere: dL/dl_t = 1/T."""
    table: dict[Expr, Expr] = {}
    for ref in refs(expr):
        if isinstance(ref, Partial) and ref.top == adjoint.top:
            pieces = adjoint.pieces.get(ref.bottom.name, ())
            rhs = adjoint.equation(ref.bottom.name, pieces[0]).rhs if len(pieces) == 1 else ref
            if not any(True for _ in refs(rhs)) and not free_indices(rhs) & _letters(adjoint, ref):
                table[ref] = rhs
    return tidy(replace(expr, table)) if table else expr


def _letters(adjoint: Adjoint, ref: Partial) -> set[str]:
    return set(adjoint.model.families[ref.bottom.name].indices)


def as_given(expr: Expr) -> Expr:
    """Write h for sg(h): in a derivative that is found nothing is left to be stopped."""
    return transform(expr, lambda e: as_given(e.args[0]) if isinstance(e, Apply) and OPS[
        e.op].stops else None)


def laid_out(solver: Solver, expr: Expr) -> Expr:
    """Write a right side in the layout of the sheet."""
    expr = as_given(expr)
    if solver.conventions.layout == "jacobian" and len(expr.shape) == 1:
        return transposed(expr)
    return expr


def _chain(adjoint: Adjoint, piece: Piece, rows: bool) -> Expr | None:
    """Return sum over readers u of (du/dv)^T dL/du, for rows dL/du du/dv.

    None where a factor is no matrix.
    """
    if _overlapping(piece):
        return None
    terms: list[Expr] = []
    for item in piece.terms:
        if not isinstance(item, Contribution):
            return None
        if len(item.target.shape) > 1 or len(item.source.shape) > 1:
            return None
        term = _chain_term(adjoint, item, rows)
        if term is not item.expr:
            for name, bounds in reversed(reader_sums(item)):
                term = sum_over(name, bounds, term)
            if term in terms:
                continue    # an equation that reads v twice: du/dv holds both
        terms.append(term)
    return add(*terms)


def reader_sums(item: Contribution) -> Domain:
    """Return the sums over readers; those inside the reader's equation belong to du/dv."""
    reached = {n for i in item.source.index for n in names_in(i)}
    return tuple(s for s in item.sums if s[0] in reached)


def _overlapping(piece: Piece) -> bool:
    """True where a reader is met alone and in a sum over readers: du/dv would count twice."""
    found: dict[str, list[bool]] = {}
    for item in piece.terms:
        if isinstance(item, Contribution):
            found.setdefault(item.source.name, []).append(bool(reader_sums(item)))
    return any(len(several) > 1 and any(several) for several in found.values())


def _chain_term(adjoint: Adjoint, item: Contribution, rows: bool) -> Expr:
    outer = adjoint.partial(item.source)
    local = Partial(item.source, adjoint.member(item.target.name), direct=True)
    if item.source == adjoint.top and not adjoint.top.index and adjoint.form != "component":
        return item.expr  # dL/dv as a symbol would mean all ways at once
    if adjoint.form == "jacobian" and not item.source.shape and item.target.shape:
        return dyad(outer, local)
    if adjoint.form == "jacobian" or rows:
        return matmul(outer, local) if item.source.shape else mul(outer, local)
    if not item.source.shape:
        return mul(outer, local)
    if not item.target.shape:
        return matmul(local, outer)
    return matmul(transpose(local), outer)


def expanded_layout(solver: Solver, rhs: Expr) -> Expr:
    """Sums over the index are written out before the layout is chosen, term by term."""
    rhs = as_given(rhs)
    if solver.conventions.layout == "jacobian" and len(rhs.shape) == 1:
        return transposed(expanded(rhs))
    return rhs
