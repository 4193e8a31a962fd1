"""Ways through the unrolled graph as products of local derivatives, from a member up to the top."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from derive.calculus.adjoint import Adjoint
from derive.calculus.contributions import ONE, Contribution
from derive.calculus.fusion import Fusion
from derive.calculus.linear import linear_form, transposed
from derive.calculus.ranges import at_most, large
from derive.calculus.tidy import tidy
from derive.errors import DeriveError
from derive.expr.build import add, is_one, matmul, mul, neg, outer, transpose
from derive.expr.equation import Domain
from derive.expr.integers import IntLike, coefficient, names_in, put, text
from derive.expr.nodes import (
    Expr,
    Eye,
    MatMul,
    Neg,
    Outer,
    Partial,
    Product,
    Range,
    Reduce,
    Sum,
    Symbol,
)
from derive.expr.positions import assignments, match
from derive.expr.walk import at, replace
from derive.solution.members import is_held
from derive.syntax.write_text import write

__all__ = ["MOST_PATHS", "Edge", "Factor", "Path", "product_of", "some_paths"]

MOST_PATHS = 12
Factor = tuple[Expr, Expr]      # a factor and the derivative that it is


@dataclass(frozen=True)
class Edge:
    """One equation read on the way: its output, its input, and the term it contributes.

    `fused` is the loss-and-softmax pair behind it, if it is one.
    """

    source: Symbol
    target: Symbol
    term: Expr
    fused: Fusion | None = None


@dataclass(frozen=True)
class Path:
    """A product of local derivatives: the number in front, then the factors, then the whole."""

    factors: tuple[Factor, ...]
    whole: Expr


def some_paths(adjoint: Adjoint, bottom: Symbol, held: Sequence[Symbol] = ()
               ) -> list[list[Edge]]:
    """Return all ways from *bottom* up to the top; an error where there are too many.

    No way leads through what is *held*.
    """
    found: list[list[Edge]] = []
    todo: list[tuple[Symbol, list[Edge]]] = [(bottom, [])]
    while todo:
        member, way = todo.pop()
        if member == adjoint.top:
            found.append(way)
        if max(len(way), len(found) + len(todo)) > 4 * MOST_PATHS or len(found) > MOST_PATHS:
            raise DeriveError(f"there are more than {MOST_PATHS} paths from "
                              f"{write(bottom)} to {write(adjoint.top)}")
        edges = [e for e in _edges(adjoint, member) if not is_held(e.source, held)]
        todo += [(e.source, [*way, e]) for e in reversed(edges)]
    return found


def _edges(adjoint: Adjoint, member: Symbol) -> list[Edge]:
    """Return the steps up from a member; one reader that reads it twice is one step."""
    found: dict[tuple[Symbol, int], Edge] = {}
    for k, edge in enumerate(_all_edges(adjoint, member)):
        flat = not edge.source.shape or len(member.shape) < 2   # else x of an outer product
        key = (edge.source, 0 if flat else k + 1)
        other = found.get(key)
        found[key] = edge if other is None else Edge(
            edge.source, member, add(other.term, edge.term), edge.fused or other.fused)
    return list(found.values())


def _all_edges(adjoint: Adjoint, member: Symbol) -> Iterator[Edge]:
    for item in adjoint.contributions(member.name):
        env = match(adjoint.member(member.name), member)
        if env is None or not _inside(adjoint, item.domain, env):
            continue
        body = _body(item)
        for assigned in assignments(item.sums, env):
            yield Edge(at(item.source, assigned), member, at(body, assigned), item.fused)


def _inside(adjoint: Adjoint, domain: Domain, env: Mapping[str, IntLike]) -> bool:
    """True where positions lie in their ranges; those that are asked for exist."""
    known = {n: r for e in adjoint.model.equations for n, r in e.domain}
    ends = ((env[name], put(lo, env), put(hi, env)) for name, bounds in domain
            for lo, hi in product(bounds.los, bounds.his))
    return all(_comes_before(lo, place, known) and _comes_before(place, hi, known)
               for place, lo, hi in ends)


def _comes_before(a: IntLike, b: IntLike, known: Mapping[str, Range]) -> bool:
    """True where a <= b; an error where that depends on two letters, as for i <= t - 1."""
    if at_most(a, b, (), known) or at_most(b + 1, a, (), known):
        return at_most(a, b, (), known)
    gap = b - a
    signs = {(coefficient(gap, n) or 0) > 0 for n in names_in(gap)}
    first = put(gap, {n: r.lo for n, r in known.items() if len(r.los) == 1})
    inside = signs == {False} and isinstance(first, int) and first > 0   # t <= 2 for t = 1..3
    if len(signs) > 1 or inside:
        raise DeriveError(f"whether {text(a)} comes before {text(b)} is open, and so is how many "
                          "paths there are", remedy="ask for members a fixed number of steps "
                          "apart, or use form: closed")
    return large(gap) >= 0


def _body(item: Contribution) -> Expr:
    """Return the term without the sums around it."""
    body = item.expr
    for _ in item.sums:
        assert isinstance(body, Reduce)
        body = body.body
    return body


def product_of(adjoint: Adjoint, edges: Sequence[Edge], rows: bool) -> Path:
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
    return Path(tuple(factors or numbers), transposed(whole) if rows else whole)


def _no_step(adjoint: Adjoint) -> Path:
    """Return the path from the top to itself: d top / d top is 1, or the identity."""
    top = adjoint.top
    whole: Expr = Eye(top.shape[0]) if top.shape else ONE
    return Path(((whole, Partial(top, top, direct=True)),), whole)


def _jacobian_product(adjoint: Adjoint, edges: Sequence[Edge]) -> Path:
    """Multiply Jacobians from the top, an array, down to the bottom: J_n ... J_1."""
    factors: list[Factor] = []
    whole: Expr | None = None
    for edge in reversed(edges):
        local = edge.term   # of a top without an index it is the Jacobian already
        if edge.source != adjoint.top or adjoint.top.index:
            local = _jacobian(adjoint.partial(edge.source), edge.term, edge.target)
        factors.append((transpose(local) if edge.target.shape and not edge.source.shape else local,
                        Partial(edge.source, edge.target, direct=True)))
        times = matmul if edge.source.shape else (outer if local.shape else mul)
        whole = local if whole is None else times(whole, local)
    assert whole is not None
    return Path(tuple(factors), whole)


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


def _applied(whole: Expr, local: Expr, edge: Edge) -> Expr:
    """Carry the derivative by the source on to the target."""
    if not edge.source.shape:
        return mul(whole, local)
    if len(edge.target.shape) == 2:
        return outer(whole, local)
    return matmul(transposed(local) if len(edge.target.shape) == 1 else local, whole)


def _ordered(steps: Sequence[Factor], bottom: Symbol, rows: bool) -> list[Factor]:
    """Order the factors: rows run from the top to the bottom, columns the other way."""
    if rows:
        return [(transpose(f), label) if len(f.shape) == 1 else (f, label) for f, label in steps]
    if len(bottom.shape) == 2:
        before, (last, label) = steps[:-1], steps[-1]
        assert isinstance(label, Partial)
        right = transpose(last) if len(last.shape) == 1 else last   # x of an outer product
        return [*_ordered(before, label.top, rows), (right, label)]
    return [(transposed(f), transpose(label)) if len(f.shape) == 2 else (f, label)
            for f, label in reversed(steps)]


def _local(adjoint: Adjoint, edge: Edge) -> Expr:
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
