"""One step of a recurrence: how h[k] depends on h[k-1], factor by factor.

A state is carried on by a first-order recurrence where every way from h[k-1] upwards comes to h[k]
before it comes to anything later. Then dh[T]/dh[0] is the product of dh[k]/dh[k-1], and each of
these is a sum, over the ways from h[k-1] to h[k], of products of local derivatives. Where another
state is carried along beside it (the cell of an LSTM) that is not so, and it is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from derive.calculus.adjoint import Adjoint
from derive.calculus.contributions import ONE, Contribution
from derive.calculus.linear import linear_form, transposed
from derive.calculus.tidy import tidy
from derive.errors import DeriveError
from derive.expr.build import add, matmul, mul, neg, outer
from derive.expr.integers import IntLike
from derive.expr.nodes import (
    Apply,
    Expr,
    Eye,
    MatMul,
    Neg,
    Outer,
    Product,
    Sum,
    Symbol,
)
from derive.expr.positions import match
from derive.expr.walk import at, refs, walk
from derive.expr.walk import replace as swap
from derive.ops import ELEMENTWISE, derivative
from derive.syntax.write_text import write

__all__ = ["Factor", "OneStep", "one_step"]

MOST_WAYS = 12
Node = TypeVar("Node", bound=Expr)


@dataclass(frozen=True)
class Factor:
    """What one equation does: d top / d bottom, all else held.

    slopes: what is the slope f'(bottom) of a function in that equation, with f(bottom).
    """

    local: Expr
    top: Symbol
    bottom: Symbol
    slopes: Mapping[Expr, Apply] = field(default_factory=dict, compare=False)


Way = tuple[Factor, ...]    # from the bottom up


@dataclass(frozen=True)
class OneStep:
    """All ways from `bottom` (h[t-1]) to `top` (h[t]), or backwards from h[t+1] to h[t]."""

    top: Symbol
    bottom: Symbol
    ways: tuple[Way, ...]

    @property
    def jacobian(self) -> Expr:
        return add(*(multiplied(way) for way in self.ways))

    def put(self, env: Mapping[str, IntLike]) -> OneStep:
        """Put another position in for the index of the state."""
        ways = tuple(tuple(_put(factor, env) for factor in way) for way in self.ways)
        return OneStep(at(self.top, env), at(self.bottom, env), ways)


def _put(factor: Factor, env: Mapping[str, IntLike]) -> Factor:
    slopes = {at(slope, env): at(f, env) for slope, f in factor.slopes.items()}
    return Factor(at(factor.local, env), at(factor.top, env), at(factor.bottom, env), slopes)


def multiplied(way: Way) -> Expr:
    """Multiply the Jacobians of a way, the last one first."""
    whole = way[-1].local
    for before, after in zip(way[-2::-1], way[:0:-1], strict=True):
        if after.bottom.shape:
            whole = matmul(whole, before.local)
        else:
            both = whole.shape and before.local.shape
            whole = outer(whole, before.local) if both else mul(whole, before.local)
    return whole


def one_step(adjoint: Adjoint, family: str) -> OneStep:
    """Return the step of a state with one index; `DeriveError` where it is not first-order."""
    start = adjoint.member(family)
    if len(start.index) != 1 or len(start.shape) > 1:
        raise DeriveError(f"`{write(start)}` is not a vector or a number with one index, so there "
                          "is no product of Jacobians to bound")
    ways = list(_ways(adjoint, start, ()))
    tops = {way[-1].top for way in ways}
    if not tops:
        raise DeriveError(f"`{start.name}` does not depend on its earlier members")
    if len(tops) != 1:
        found = " and ".join(sorted(write(top) for top in tops))
        raise DeriveError(f"`{write(start)}` leads to {found}: a recurrence of one step leads to "
                          "one state only")
    (top,) = tops
    if abs(_distance(top, start)) != 1:
        raise DeriveError(f"`{write(top)}` comes from `{write(start)}`: the recurrence is not one "
                          "of one step")
    shift = {str(start.index[0]): start.index[0] - _distance(top, start)}
    return OneStep(top, start, tuple(ways)).put(shift)


def _distance(top: Symbol, start: Symbol) -> int:
    gap = top.index[0] - start.index[0]
    if not isinstance(gap, int):
        raise DeriveError(f"`{write(top)}` and `{write(start)}` are not a fixed number of steps "
                          "apart")
    return gap


def _ways(adjoint: Adjoint, start: Symbol, before: Way) -> Iterator[Way]:
    """Go up from *start*, which ends *before*, until the state is met again."""
    member = before[-1].top if before else start
    for factor in _factors(adjoint, member):
        way = (*before, factor)
        passed = {step.top.name for step in before}
        if factor.top.name == start.name:
            yield way
        elif factor.top.name in passed or len(way) > MOST_WAYS:
            raise DeriveError(
                f"`{factor.top.name}` is carried along beside `{start.name}`, so the derivative of "
                f"`{start.name}` over several steps is no product of those over one step",
                remedy="only a state that depends on nothing earlier but itself can be bounded")
        else:
            yield from _ways(adjoint, start, way)


def _factors(adjoint: Adjoint, member: Symbol) -> list[Factor]:
    """Return the equations that read a member, each with its local derivative."""
    found: dict[Symbol, Factor] = {}
    for item in adjoint.contributions(member.name):
        env = match(adjoint.member(member.name), member)
        if item.sums or env is None or len(item.target.shape) > 1 or len(item.source.shape) > 1:
            raise DeriveError(f"`{write(item.source)}` reads `{item.target.name}` at several "
                              "positions, or as a matrix: that is no product of Jacobians")
        top, local = at(item.source, env), at(_local(adjoint, item), env)
        other = found.get(top)
        found[top] = Factor(local if other is None else add(other.local, local), top, member,
                            _slopes(item, env))
    return list(found.values())


def _slopes(item: Contribution, env: Mapping[str, IntLike]) -> dict[Expr, Apply]:
    """Return the slopes of the functions of what is read, written as the sweep writes them."""
    rhs, read = item.equation.rhs, refs(item.equation.rhs)
    members = {ref for ref in read if ref.family == item.target.name}
    found: dict[Expr, Apply] = {}
    for node in walk(rhs):
        if isinstance(node, Apply) and node.op in ELEMENTWISE and node.args[0] in members:
            output = item.equation.target if node is rhs else node
            slope = derivative(node.op, node.args[0], output, **dict(node.params))
            found[_at_source(slope, item, env)] = _at_source(node, item, env)
    return found


def _at_source(expr: Node, item: Contribution, env: Mapping[str, IntLike]) -> Node:
    """Move an expression from the equation's own index to where the source is read."""
    there = match(item.equation.target, at(item.source, env))
    return at(expr, there or {})


def _local(adjoint: Adjoint, item: Contribution) -> Expr:
    """Return d source / d target out of the term with which it passes a derivative on."""
    partial = adjoint.partial(item.source)
    if adjoint.form == "jacobian":
        return _jacobian(partial, item.expr, item.target)
    if adjoint.form == "component":
        raise DeriveError("a way through matrices is no product of Jacobians")
    if not item.source.shape:
        return tidy(swap(item.expr, {partial: ONE}))
    seed = Symbol("'seed", (), item.source.shape)
    return transposed(linear_form(swap(item.expr, {partial: seed}), seed))


def _jacobian(partial: Expr, term: Expr, target: Symbol) -> Expr:
    """Return J of a term (d top / d source) J, numbers in front."""
    if term == partial:
        return Eye(target.shape[0]) if target.shape else ONE
    if isinstance(term, Sum):
        return add(*(_jacobian(partial, part, target) for part in term.terms))
    if isinstance(term, Neg):
        return neg(_jacobian(partial, term.arg, target))
    if isinstance(term, (MatMul, Outer)) and term.left == partial:
        return term.right
    if isinstance(term, MatMul):
        return matmul(_jacobian(partial, term.left, target), term.right)
    if isinstance(term, Product):
        inside = [f for f in term.factors if partial in walk(f)]
        if len(inside) == 1:
            others = [f for f in term.factors if f is not inside[0]]
            return mul(*others, _jacobian(partial, inside[0], target))
    raise DeriveError("a way through matrices is no product of Jacobians")
