"""The sum over paths of the unrolled graph, each factor under the derivative it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from derive.calculus.adjoint import Adjoint
from derive.calculus.contributions import ONE, Contribution
from derive.calculus.linear import linear_form, transposed
from derive.calculus.tidy import tidy
from derive.errors import DeriveError
from derive.expr.build import add, is_one, matmul, mul, outer, transpose
from derive.expr.nodes import Expr, Eye, Literal, Outer, Partial, Reduce, Sum, Symbol
from derive.expr.positions import assignments, inside, match
from derive.expr.walk import at, replace
from derive.question.question import Part
from derive.solution.forward import identifier
from derive.solution.rules import say, title
from derive.solution.solver import Solver
from derive.solution.step import Line, Step

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


def path_steps(solver: Solver, part: Part, top: Symbol, bottoms: Sequence[Symbol]
               ) -> Iterator[Step]:
    """Yield one step per derivative: its paths as products, their values, the sum."""
    for bottom in bottoms:
        if bottom.name in solver.named.above(top.name):
            yield _step(solver, part, top, bottom)


def _step(solver: Solver, part: Part, top: Symbol, bottom: Symbol) -> Step:
    adjoint = solver.adjoint(top)
    left = Partial(top, bottom)
    name = identifier(solver, part.label, left) + ".paths"
    found = _some_paths(adjoint, bottom)
    if found is None:
        raise DeriveError(f"part {part.label}: there are more than {MOST_PATHS} paths from "
                          f"{bottom.name} to {top.name}, or one that is no product of matrices",
                          remedy="use form: recurrence")
    rows = solver.conventions.layout == "jacobian" and len(bottom.shape) == 1
    multiply = _jacobians if adjoint.form == "jacobian" else _product
    paths = [multiply(adjoint, edges, rows) for edges in found]
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


def _some_paths(adjoint: Adjoint, bottom: Symbol) -> list[list[_Edge]] | None:
    """Return all ways from *bottom* up to the top, or None where there are too many."""
    found: list[list[_Edge]] = []
    todo: list[tuple[Symbol, list[_Edge]]] = [(bottom, [])]
    while todo:
        member, way = todo.pop()
        if member == adjoint.top:
            found.append(way)
        elif len(way) > 4 * MOST_PATHS:
            return None
        if len(found) + len(todo) > 4 * MOST_PATHS or len(found) > MOST_PATHS:
            return None
        edges = list(_edges(adjoint, member))
        todo += [(e.source, [*way, e]) for e in reversed(edges)]
    return found


def _edges(adjoint: Adjoint, member: Symbol) -> Iterator[_Edge]:
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


def _jacobians(adjoint: Adjoint, edges: Sequence[_Edge], rows: bool) -> _Path:
    """Multiply the Jacobians of one path for a vector on top, from the top down."""
    factors: list[Factor] = []
    for edge in reversed(edges):
        partial = adjoint.partial(edge.source)
        whole = Eye(partial.shape[0]) if len(partial.shape) == 2 else None
        if whole is None or len(edge.target.shape) != 1:
            raise DeriveError("a path through scalars or matrices is no product of Jacobians",
                              remedy="use form: recurrence")
        local = tidy(replace(edge.term, {partial: whole}))
        factors.append((local, Partial(edge.source, edge.target, direct=True)))
    return _Path(tuple(factors), reduce(matmul, (factor for factor, _ in factors)))


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
        before, last = steps[:-1], steps[-1]
        return [*_ordered(before, last[1].top, rows), (transpose(last[0]), last[1])] \
            if isinstance(last[1], Partial) else []
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
    raise DeriveError("a path through matrices is no product of matrices",
                      remedy="use form: recurrence")
