"""What each equation contributes to the adjoint of each quantity it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Self

from derive.calculus.linear import linear_form, transposed
from derive.calculus.pullback import parted, pullback
from derive.calculus.ranges import Limit, ranges_of
from derive.calculus.system import System
from derive.errors import DeriveError
from derive.expr.build import add, fraction, matmul, mul, outer, sum_over, transpose
from derive.expr.equation import Domain, Equation
from derive.expr.integers import IntLike, coefficient, letters_from, named, names_in, put
from derive.expr.nodes import (
    Expr,
    MatMul,
    Neg,
    Number,
    Partial,
    Product,
    Range,
    Reduce,
    Ref,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.positions import solved_for
from derive.expr.walk import at, bound_apart, children, free_indices, put_range, rebuild, refs
from derive.expr.walk import replace as swap
from derive.syntax.write_text import write

if TYPE_CHECKING:
    from derive.calculus.fusion import Fusion

__all__ = ["ONE", "Contribution", "Term", "collect"]

ONE = Number(Fraction(1))


@dataclass(frozen=True)
class Term:
    """One term of an adjoint equation, written in the index names of its target.

    expr:     the whole term, sums included.
    domain:   where the term exists: the range of each index of the target.
    sums:     indices summed over, with their ranges (they are inside `expr` already).
    distance: how far its source is from the target along the indices.
    The term that is not a `Contribution` is the seed, the derivative of the top by itself.
    """

    expr: Expr
    domain: Domain
    sums: Domain = ()
    distance: int = 0

    def put(self, env: Mapping[str, IntLike]) -> Self:
        inner = {n: v for n, v in env.items() if n not in {d for d, _ in self.domain}}
        domain = tuple((n, put_range(r, inner)) for n, r in self.domain)
        sums = tuple((n, put_range(r, inner)) for n, r in self.sums)
        return replace(self, expr=at(self.expr, inner), domain=domain, sums=sums)


@dataclass(frozen=True, kw_only=True)
class Contribution(Term):
    """What one equation contributes to the adjoint of a quantity it reads.

    source:   the quantity that the equation defines, through which the derivative comes.
    target:   the quantity whose adjoint this is, as the equation reads it.
    equation: the equation; `fused` the loss-and-softmax pair, if it is one.
    """

    source: Symbol
    target: Symbol
    equation: Equation
    fused: Fusion | None = None


@dataclass(frozen=True)
class _Flow:
    """A cotangent that has reached a leaf: which leaf, what, and the indices bound on the way."""

    leaf: Symbol
    cotangent: Expr
    bound: Domain
    fused: Fusion | None = None


def collect(model: System, top: Symbol, active: set[str] | frozenset[str], form: str,
            component: tuple[IntLike, ...], fusions: Sequence[Fusion]
            ) -> dict[str, list[Contribution]]:
    """Return every contribution to every active family, the seed left out."""
    out: dict[str, list[Contribution]] = {name: [] for name in model.families if name in active}
    for equation in map(_plain_columns, model.equations):
        target = equation.target
        if not isinstance(target, Symbol) or target.family not in active:
            continue
        for flow in _merged(_flows(equation, target, active, top, form, component, fusions)):
            out[flow.leaf.family].append(_moved(flow, equation, target, model))
    return out


def _plain_columns(equation: Equation) -> Equation:
    """Leave the transposes of vectors out: with one axis, ``x.T @ A @ x`` means ``x @ A @ x``."""
    rhs = _untransposed(equation.rhs)
    return equation if rhs == equation.rhs else replace(equation, rhs=rhs)


def _untransposed(expr: Expr) -> Expr:
    if isinstance(expr, Transpose) and len(expr.shape) == 1:
        return _untransposed(expr.arg)
    parts = children(expr)
    return rebuild(expr, tuple(map(_untransposed, parts))) if parts else expr


def _merged(flows: Iterable[_Flow]) -> list[_Flow]:
    """Add up what one equation sends to one quantity: x @ x gives 2 x, not x + x."""
    found: dict[tuple[Symbol, Domain], _Flow] = {}
    for flow in flows:
        key = (flow.leaf, flow.bound)
        other = found.get(key)
        found[key] = flow if other is None else replace(
            flow, cotangent=_together(other.cotangent, flow.cotangent),
            fused=other.fused or flow.fused)
    return list(found.values())


def _together(a: Expr, b: Expr) -> Expr:
    return mul(Number(Fraction(2)), a) if a == b else add(a, b)


def _flows(equation: Equation, target: Symbol, active: set[str] | frozenset[str], top: Symbol,
           form: str, component: tuple[IntLike, ...], fusions: Sequence[Fusion]
           ) -> Iterator[_Flow]:
    partial: Expr = Partial(top, target, (), component)
    if form != "jacobian":
        seeded = ONE if target == top and not top.index and not top.shape else partial
        yield from _down(equation.rhs, seeded, (), equation, active, fusions)
        return
    seed = Symbol("'seed", (), target.shape)
    for flow in _down(equation.rhs, seed, (), equation, active, fusions):
        whole = partial if target != top or target.index else None
        yield replace(flow, cotangent=_through(whole, flow.cotangent, seed, flow.leaf))


def _through(partial: Expr | None, cotangent: Expr, seed: Symbol, leaf: Symbol
             ) -> Expr:
    """Return (d top/d u) (du/d leaf), given the cotangent of the leaf for a seed at u."""
    if not seed.shape:
        local = swap(cotangent, {seed: ONE})
        if partial is None:
            return transposed(local)
        return outer(partial, local) if leaf.shape else mul(partial, local)
    jacobian = transposed(linear_form(cotangent, seed))
    return jacobian if partial is None else matmul(partial, jacobian)


def _down(expr: Expr, g: Expr, bound: Domain, equation: Equation,
          active: set[str] | frozenset[str], fusions: Sequence[Fusion]) -> Iterator[_Flow]:
    """Carry the cotangent *g* of *expr* down to every quantity it reads."""
    expr = parted(expr)
    if isinstance(expr, Ref):
        if expr.family in active and isinstance(expr, Symbol):
            yield _Flow(expr, g, bound)
        return
    fused = [f for f in fusions if f.loss == expr]
    for fusion in fused:
        yield _Flow(fusion.argument, mul(g, fusion.derivative), bound, fusion)
    hidden = {f.inner for f in fused}
    parts = _reduction(expr, g) if isinstance(expr, Reduce) else _plain(expr, g, equation)
    for part, cotangent, more in parts:
        if any(r.family in active and r.family not in hidden for r in refs(part)):
            yield from (flow for flow in _down(part, cotangent, bound + more, equation, active,
                                               fusions) if flow.leaf.family not in hidden)


def _plain(expr: Expr, g: Expr, equation: Equation) -> Iterator[tuple[Expr, Expr, Domain]]:
    value = equation.target if expr is equation.rhs else None
    for part, cotangent in zip(children(expr), pullback(expr, g, value), strict=True):
        if cotangent is not None:
            yield part, cotangent, ()


def _reduction(expr: Reduce, g: Expr) -> Iterator[tuple[Expr, Expr, Domain]]:
    """d sum = each term; d mean = each term / count; d prod = the product of all others."""
    bounds = expr.range
    here: Domain = ((expr.index, bounds),)
    if expr.kind == "sum":
        yield expr.body, g, here
    elif expr.kind == "mean":
        yield expr.body, mul(fraction(1, bounds.hi - bounds.lo + 1), g), here
    else:
        yield expr.body, mul(g, *_others(expr)), here


def _others(expr: Reduce) -> tuple[Expr, Expr]:
    """Return the products over the positions before and after the index itself."""
    taken = free_indices(expr.body) | {expr.index}
    other = next(c for c in letters_from("skjiruvw") if c not in taken)
    body = at(expr.body, {expr.index: named(other)})
    here = named(expr.index)
    before = Range(expr.range.los, (here - 1,))
    after = Range((here + 1,), expr.range.his)
    return (Reduce("prod", other, before, body), Reduce("prod", other, after, body))


def _moved(flow: _Flow, equation: Equation, own: Symbol, model: System) -> Contribution:
    """Write a flow in the index names of the quantity it reaches.

    The leaf is v[sigma(i)], where i are the equation's indices: sigma(i) = s is solved for as many
    of them as possible; the others are summed over.
    """
    domain = (*equation.domain, *flow.bound)
    # the equation's own letters, out of the way
    hidden: dict[str, IntLike] = {n: named(f"'{n}") for n, _ in domain}
    family = model.families[flow.leaf.family]
    solved, conditions = _solve(flow.leaf, hidden, domain, family.indices)
    left = [(n, r) for n, r in domain if f"'{n}" not in solved]
    final = _letters([n for n, _ in left], family.indices, solved, model.names)
    env: dict[str, IntLike] = {n: solved.get(f"'{n}", final.get(n, 0)) for n, _ in domain}
    body = _as_column(at(flow.cotangent, env))
    limits = [(env[n], put_range(r, env)) for n, r in domain if f"'{n}" in solved]
    sums = {str(final[n]): put_range(r, env) for n, r in left}
    ranges = ranges_of(family.indices, [*limits, *conditions], sums)
    body = bound_apart(body, {*family.indices, *sums, *model.names})
    for name in reversed(list(sums)):
        body = sum_over(name, sums[name], body)
    source, target = at(own, env), at(flow.leaf, env)
    return Contribution(body, ranges, tuple(sums.items()), _distance(source, target),
                        source=source, target=target, equation=equation, fused=flow.fused)


def _as_column(expr: Expr) -> Expr:
    """Write a column that is a row times a matrix with the matrix first: x A is A^T x."""
    if isinstance(expr, MatMul) and (len(expr.left.shape), len(expr.right.shape)) == (1, 2):
        return matmul(transpose(expr.right), expr.left)
    if isinstance(expr, (Neg, Product, Sum)):
        return rebuild(expr, tuple(map(_as_column, children(expr))))
    return expr


def _distance(source: Symbol, target: Symbol) -> int:
    far = 0
    for a, b in zip(source.index, target.index, strict=False):
        gap = a - b
        far = max(far, abs(gap)) if isinstance(gap, int) else far
    return far


def _solve(leaf: Symbol, hidden: Mapping[str, IntLike], domain: Domain, names: Sequence[str]
           ) -> tuple[dict[str, IntLike], list[Limit]]:
    """Solve leaf positions = target positions for the equation's indices, one axis at a time.

    A position that holds no unknown index any more is a condition: v[3] or v[t, t] is read there
    only.
    """
    solved: dict[str, IntLike] = {}
    conditions: list[Limit] = []
    for name, position in zip(names, leaf.index, strict=True):
        where = put(put(position, hidden), solved)
        unknown = [f"'{n}" for n, _ in domain if f"'{n}" in names_in(where)]
        if not unknown:
            conditions.append((named(name), Range((where,), (where,))))
            continue
        value = _inverse(where, unknown[0], named(name), leaf)
        solved = {n: put(v, {unknown[0]: value}) for n, v in solved.items()}
        solved[unknown[0]] = value
    return solved, conditions


def _inverse(where: IntLike, index: str, value: IntLike, leaf: Symbol) -> IntLike:
    if coefficient(where, index) not in (1, -1):
        raise DeriveError(f"`{write(leaf)}`: this position cannot be solved for `{index[1:]}`",
                          remedy="use an index with step 1")
    return solved_for(index, where, value)


def _letters(left: Sequence[str], taken: Sequence[str], solved: dict[str, IntLike],
             names: Set[str]) -> dict[str, IntLike]:
    """Keep the letters of summed indices where they are free, else give them others."""
    used = set(taken)
    out: dict[str, IntLike] = {}
    for name in left:
        letter = name if name not in used else next(
            c for c in letters_from("skjiruvw") if c not in used.union(left, names))
        used.add(letter)
        out[name] = named(letter)
    # indices solved in terms of a summed one carry its hidden letter: show the final one
    back = {f"'{n}": v for n, v in out.items()}
    for index, value in list(solved.items()):
        solved[index] = put(value, back)
    return out
