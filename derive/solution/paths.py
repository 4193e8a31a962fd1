"""The sum over paths of the unrolled graph, each factor under the derivative it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.calculus.adjoint import Adjoint
from derive.calculus.contributions import ONE, Contribution
from derive.calculus.linear import linear_form, transposed
from derive.calculus.tidy import tidy
from derive.errors import DeriveError
from derive.expr.build import add, is_one, matmul, mul, neg, outer, transpose, zero
from derive.expr.nodes import (
    Expr,
    Eye,
    Literal,
    MatMul,
    Neg,
    Outer,
    Partial,
    Product,
    Reduce,
    Sum,
    Symbol,
)
from derive.expr.positions import assignments, inside, match
from derive.expr.walk import at, replace
from derive.question.question import Part
from derive.solution.forward import identifier
from derive.solution.rules import say, title
from derive.solution.solver import Solver
from derive.solution.step import Line, Step
from derive.syntax.write_text import write

__all__ = ["MOST_PATHS", "path_steps"]

MOST_PATHS = 12
Factor = tuple[Expr, Expr]      # a factor and the derivative that it is


@dataclass(frozen=True)
class _Edge:
    """One equation read on the way: its output, its input, and the term it contributes."""

    source: Symbol
    target: Symbol
    term: Expr


@dataclass(frozen=True)
class _Path:
    """A product of local derivatives: the number in front, then the factors, then the whole."""

    factors: tuple[Factor, ...]
    whole: Expr


def path_steps(solver: Solver, part: Part, top: Symbol, bottoms: Sequence[Symbol],
               may_be_left_out: bool) -> Iterator[Step]:
    """Yield one step per derivative: its paths as products, their values, the sum.

    Where they cannot be written out, that is an error, unless they *may be left out*.
    """
    for bottom in bottoms:
        if solver.depends(top, bottom.name):
            yield _step(solver, part, top, bottom, may_be_left_out)


def _step(solver: Solver, part: Part, top: Symbol, bottom: Symbol, may_be_left_out: bool
          ) -> Step:
    left = Partial(top, bottom)
    name = identifier(solver, part.label, left) + ".paths"
    try:
        return _paths_step(solver, name, left)
    except DeriveError as error:
        if may_be_left_out:     # the recurrence says it all the same
            return Step(name, "no paths", intro=say("no paths", left), detail="normal")
        raise DeriveError(f"part {part.label}: {error.message}",
                          remedy="use form: recurrence") from error


def _paths_step(solver: Solver, name: str, left: Partial) -> Step:
    top, bottom = left.top, left.bottom
    adjoint = solver.adjoint(top)
    found = _some_paths(adjoint, bottom)
    if not found:
        line = Line("result", left, "=", zero(left.shape))
        return Step(name, "zero", (line,), answer=True, intro=say("zero", top, bottom))
    rows = solver.conventions.layout == "jacobian"
    paths = [_product(adjoint, edges, rows and len(bottom.shape) == 1) for edges in found]
    lines = [Line("symbolic", left, "=", add(*(p.whole for p in paths)),
                  terms=tuple(p.factors for p in paths))]
    lines += _numbers(solver, left, paths)
    return Step(name, "paths", tuple(lines), title=title("paths"), detail="normal", answer=True,
                intro=say("paths one" if len(paths) == 1 else "paths", bottom, top))


def _numbers(solver: Solver, left: Partial, paths: Sequence[_Path]) -> Iterator[Line]:
    """Yield the value of each path, then their sum."""
    values: list[Expr] = []
    exact = True
    for path in paths:
        stages = solver.hand.stages(path.whole)
        values.append(stages[-1].expr)
        exact = exact and all(s.exact for s in stages)
    if len(values) > 1:
        yield Line("arithmetic", None, "=" if exact else "≈", Sum(tuple(values)))
    last = solver.hand.stages(Sum(tuple(values)) if len(values) > 1 else values[0])[-1]
    assert isinstance(last.expr, Literal)
    yield Line("result", None, "=" if exact and last.exact else "≈", last.expr)


def _some_paths(adjoint: Adjoint, bottom: Symbol) -> list[list[_Edge]]:
    """Return all ways from *bottom* up to the top; an error where there are too many."""
    found: list[list[_Edge]] = []
    todo: list[tuple[Symbol, list[_Edge]]] = [(bottom, [])]
    while todo:
        member, way = todo.pop()
        if member == adjoint.top:
            found.append(way)
        if max(len(way), len(found) + len(todo)) > 4 * MOST_PATHS or len(found) > MOST_PATHS:
            raise DeriveError(f"there are more than {MOST_PATHS} paths from "
                              f"{write(bottom)} to {write(adjoint.top)}")
        edges = _edges(adjoint, member)
        todo += [(e.source, [*way, e]) for e in reversed(edges)]
    return found


def _edges(adjoint: Adjoint, member: Symbol) -> list[_Edge]:
    """Return the steps up from a member; one reader that reads it twice is one step."""
    found: dict[tuple[Symbol, int], _Edge] = {}
    for k, edge in enumerate(_all_edges(adjoint, member)):
        flat = not edge.source.shape or len(member.shape) < 2   # else x of an outer product
        key = (edge.source, 0 if flat else k + 1)
        other = found.get(key)
        found[key] = edge if other is None else _Edge(
            edge.source, member, add(other.term, edge.term))
    return list(found.values())


def _all_edges(adjoint: Adjoint, member: Symbol) -> Iterator[_Edge]:
    for item in adjoint.contributions(member.name):
        env = match(adjoint.member(member.name), member)
        if env is None or not inside(item.domain, env):
            continue
        body = _body(item)
        for assigned in assignments(item.sums, env):
            yield _Edge(at(item.source, assigned), member, at(body, assigned))


def _body(item: Contribution) -> Expr:
    """Return the term without the sums around it."""
    body = item.expr
    for _ in item.sums:
        assert isinstance(body, Reduce)
        body = body.body
    return body


def _product(adjoint: Adjoint, edges: Sequence[_Edge], rows: bool) -> _Path:
    """Multiply the local derivatives of one path; numbers stand in front."""
    if not edges:
        return _no_step(adjoint)
    if adjoint.form == "jacobian":
        return _jacobian_product(adjoint, edges)
    numbers: list[Factor] = []
    steps: list[Factor] = []
    whole: Expr = ONE
    for edge in reversed(edges):    # from the top down
        local, label = _local(adjoint, edge), Partial(edge.source, edge.target, direct=True)
        if not local.shape:
            numbers.append((local, label))
        else:
            steps.append((local, label))
        whole = _applied(whole, local, edge)
    factors = [f for f in numbers if not is_one(f[0])]
    factors += _ordered(steps, edges[0].target, rows)
    return _Path(tuple(factors or numbers), transposed(whole) if rows else whole)


def _no_step(adjoint: Adjoint) -> _Path:
    """Return the path from the top to itself: d top / d top is 1, or the identity."""
    top = adjoint.top
    whole: Expr = Eye(top.shape[0]) if top.shape else ONE
    return _Path(((whole, Partial(top, top, direct=True)),), whole)


def _jacobian_product(adjoint: Adjoint, edges: Sequence[_Edge]) -> _Path:
    """Multiply Jacobians from the top, an array, down to the bottom: J_n ... J_1."""
    factors: list[Factor] = []
    whole: Expr | None = None
    for edge in reversed(edges):
        local = _jacobian(adjoint.partial(edge.source), edge.term, edge.target)
        factors.append((transpose(local) if edge.target.shape and not edge.source.shape else local,
                        Partial(edge.source, edge.target, direct=True)))
        times = matmul if edge.source.shape else (outer if local.shape else mul)
        whole = local if whole is None else times(whole, local)
    assert whole is not None
    return _Path(tuple(factors), whole)


def _jacobian(partial: Expr, term: Expr, target: Symbol) -> Expr:
    """Return J of a term (d top/d source) J."""
    if isinstance(term, Sum):
        return add(*(_jacobian(partial, part, target) for part in term.terms))
    if isinstance(term, Neg):
        return neg(_jacobian(partial, term.arg, target))
    if isinstance(term, (MatMul, Outer)) and term.left == partial:
        return term.right
    if isinstance(term, Product) and partial in term.factors:
        return mul(ONE, *(f for f in term.factors if f != partial))
    if partial == term:
        return Eye(target.shape[0]) if target.shape else ONE
    raise DeriveError("a path through matrices is no product of matrices")


def _applied(whole: Expr, local: Expr, edge: _Edge) -> Expr:
    """Carry the derivative by the source on to the target."""
    if not edge.source.shape:
        return mul(whole, local)
    if len(edge.target.shape) == 2:
        return outer(whole, local)
    return matmul(transpose(local), whole) if len(edge.target.shape) == 1 else matmul(local, whole)


def _ordered(steps: Sequence[Factor], bottom: Symbol, rows: bool) -> list[Factor]:
    """Order the factors: rows run from the top to the bottom, columns the other way."""
    if rows:
        return [(transpose(f), label) if len(f.shape) == 1 else (f, label) for f, label in steps]
    if len(bottom.shape) == 2:
        before, (last, label) = steps[:-1], steps[-1]
        assert isinstance(label, Partial)
        right = transpose(last) if len(last.shape) == 1 else last   # x of an outer product
        return [*_ordered(before, label.top, rows), (right, label)]
    return [(transpose(f), transpose(label)) if len(f.shape) == 2 else (f, label)
            for f, label in reversed(steps)]


def _local(adjoint: Adjoint, edge: _Edge) -> Expr:
    """Return d source / d target: a number, a gradient, a Jacobian, or x of an outer product."""
    partial = adjoint.partial(edge.source)
    if not edge.source.shape:
        return tidy(replace(edge.term, {partial: ONE}))
    seed = Symbol("'seed", (), edge.source.shape)
    term = replace(edge.term, {partial: seed})
    if len(edge.source.shape) == 1 and len(edge.target.shape) < 2:
        return transposed(linear_form(term, seed))
    if isinstance(term, Outer) and term.left == seed:
        return term.right
    raise DeriveError("a path through matrices is no product of matrices")
