"""A loss and the softmax it reads, differentiated as one: where p - y comes from.

Nothing is tabulated: any scalar that reads a vector p = f(o), with f no elementwise function, is
tried in index notation (`derive.calculus.index_proof`); where the sums collapse to a closed form
that form is used, else the two steps stay apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from derive.calculus.index_proof import LocalProof, compose
from derive.calculus.system import System
from derive.expr.equation import Equation
from derive.expr.integers import IntLike, coefficient, names_in, put
from derive.expr.nodes import Apply, Expr, Reduce, Symbol
from derive.expr.walk import at, children, refs
from derive.ops import ELEMENTWISE

__all__ = ["Fusion", "find_fusions", "instantiate"]

FactPair = tuple[Expr, Expr]


@dataclass(frozen=True)
class Fusion:
    """The scalar `loss` inside an equation of `outer`, through `inner` = f(argument).

    `top` names the loss; `derivative` is d loss / d argument, a vector; `proof` holds the lines
    that show it.
    """

    outer: str
    inner: str
    top: Symbol
    loss: Expr
    value: Symbol
    argument: Symbol
    derivative: Expr
    proof: LocalProof


def find_fusions(model: System, facts: Sequence[FactPair]) -> tuple[Fusion, ...]:
    """Return every pair whose derivative has a closed form."""
    inner = dict(_inner_equations(model))
    found: list[Fusion] = []
    for equation in model.equations:
        for node in _scalars(equation.rhs):
            found += _fused(node, equation, inner, model, facts)
    return tuple(found)


def _inner_equations(model: System) -> Iterator[tuple[str, Equation]]:
    for equation in model.equations:
        rhs = equation.rhs
        if (isinstance(rhs, Apply) and rhs.op not in ELEMENTWISE and len(rhs.args) == 1
                and isinstance(rhs.args[0], Symbol) and len(rhs.shape) == 1
                and len(model.by_target[equation.target.family]) == 1):
            yield equation.target.family, equation


def _scalars(expr: Expr) -> Iterator[Expr]:
    """Yield the topmost scalars that are made of arrays."""
    parts = children(expr)
    if not expr.shape and not isinstance(expr, Reduce) and any(p.shape for p in parts):
        yield expr
        return
    for part in parts:
        yield from _scalars(part)


def _fused(node: Expr, equation: Equation, inner: Mapping[str, Equation], model: System,
           facts: Sequence[FactPair]) -> Iterator[Fusion]:
    read = {r for r in refs(node) if isinstance(r, Symbol)}
    for name in sorted({r.name for r in read} & set(inner)):
        members = [r for r in read if r.name == name]
        if len(members) == 1:
            known = [f for pair in facts for f in instantiate(pair, read)]
            top = equation.target if node == equation.rhs else _fresh(model)
            assert isinstance(top, Symbol)
            fusion = _tried(node, equation.target.family, top, members[0], inner[name], known)
            if fusion:
                yield fusion


def _fresh(model: System) -> Symbol:
    """Return a name for a scalar that the model does not use."""
    return Symbol(next(n for n in ("l", "e", "q", "l_1", "l_2") if n not in model.families), (), ())


def _tried(node: Expr, outer: str, top: Symbol, value: Symbol, inner: Equation,
           facts: Sequence[FactPair]) -> Fusion | None:
    env = match(inner.target, value)
    if env is None:
        return None
    rhs = at(inner.rhs, env)
    argument = rhs.args[0] if isinstance(rhs, Apply) else None
    assert isinstance(argument, Symbol)
    proof = compose(node, rhs, value, argument, facts, top)
    if proof.result is None:
        return None
    return Fusion(outer, value.name, top, node, value, argument, proof.result, proof)


def match(pattern: Expr, found: Symbol) -> dict[str, IntLike] | None:
    """Return the index values at which *pattern* (h[t]) is *found* (h[t+1]); None if never."""
    if not isinstance(pattern, Symbol) or pattern.name != found.name:
        return None
    env: dict[str, IntLike] = {}
    for own, other in zip(pattern.index, found.index, strict=True):
        free = [n for n in names_in(own) if n not in env and coefficient(own, n) in (1, -1)]
        if not free:
            if put(own, env) != other:
                return None
            continue
        rest = put(own, {free[0]: 0})
        env[free[0]] = other - rest if coefficient(own, free[0]) == 1 else rest - other
    return env


def instantiate(fact: FactPair, read: set[Symbol]) -> Iterator[FactPair]:
    """Yield a declared fact (about y[t]) for every member that is read (y[t+1])."""
    patterns = [r for side in fact for r in refs(side) if isinstance(r, Symbol)]
    if not patterns:
        return
    seen = []
    for symbol in sorted(read, key=repr):
        env = match(patterns[0], symbol)
        if env is not None and env not in seen:
            seen.append(env)
            yield at(fact[0], env), at(fact[1], env)
