"""A loss and the softmax it reads, differentiated as one: where p - y comes from.

Nothing is tabulated: any scalar that reads p = f(o) is tried in index notation
(`derive.calculus.index_proof`), for a vector or for the rows of a matrix; where the sums collapse
to a closed form that form is used, else the two steps stay apart. For an elementwise f (a sigmoid)
they do so unless something cancels.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from derive.calculus.derived_facts import DerivedFact, derived_facts
from derive.calculus.index_proof import LocalProof, compose
from derive.calculus.system import System
from derive.expr.equation import Domain, Equation, Family
from derive.expr.integers import named as position
from derive.expr.nodes import (
    Apply,
    Entry,
    Expr,
    Neg,
    Product,
    Quotient,
    Reduce,
    Symbol,
)
from derive.expr.positions import match
from derive.expr.walk import at, children, free_indices, refs, replace, walk
from derive.ops import ELEMENTWISE

__all__ = ["Fusion", "alone", "find_fusions", "instantiate", "with_named_losses"]

FactPair = tuple[Expr, Expr]


@dataclass(frozen=True)
class Fusion:
    """The scalar `loss` inside an equation of `outer`, through `inner` = f(argument).

    `top` names the loss; `value` = `function` of `argument`; `derivative` is d loss / d argument,
    of its shape; `proof` holds the lines that show it, `lemmas` the facts it rests on that are not
    declared but follow from the model.
    """

    outer: str
    inner: str
    top: Symbol
    loss: Expr
    value: Symbol
    argument: Symbol
    function: Expr
    derivative: Expr
    proof: LocalProof
    lemmas: tuple[DerivedFact, ...] = ()


def find_fusions(model: System, facts: Sequence[FactPair],
                 letters: frozenset[str] = frozenset()) -> tuple[Fusion, ...]:
    """Return every pair whose derivative has a closed form.

    No entry is called by one of *letters*, which mean something else in the question.
    """
    inner = dict(_inner_equations(model))
    found: list[Fusion] = []
    for equation in model.equations:
        if not equation.rhs.shape:  # losses inside other expressions have names by now
            found += _fused(equation.rhs, equation, inner, model, facts, letters)
    return tuple(found)


def alone(fusions: Sequence[Fusion], model: System, active: Collection[str]
          ) -> tuple[Fusion, ...]:
    """Keep the pairs whose inner quantity nothing else reads.

    Where p also enters elsewhere its own derivative is needed, and all ways have to go through it.
    """
    found = []
    for fusion in fusions:
        losses = {f.loss for f in fusions if f.inner == fusion.inner}
        readers = [e.rhs for e in model.equations if e.target.family in active]
        if not any(_reads(rhs, fusion.inner, losses) for rhs in readers):
            found.append(fusion)
    return tuple(found)


def _reads(expr: Expr, family: str, leaving_out: Collection[Expr]) -> bool:
    if isinstance(expr, Symbol):
        return expr.family == family
    return any(_reads(part, family, leaving_out) for part in children(expr)
               if part not in leaving_out) and expr not in leaving_out


def with_named_losses(model: System) -> System:
    """Give a loss that stands inside a sum a name, as in l_t = CE(y_t, p_t), L = sum_t l_t."""
    inner = dict(_inner_equations(model))
    families, equations, added = dict(model.families), [], list(model.helpers)
    for equation in model.equations:
        named = [n for n in _scalars(equation.rhs) if not _is_scaled(equation.rhs, n)
                 and any(r.family in inner for r in refs(n))]
        named += [n for n in _summed(equation.rhs) if _is_loss(n, inner)]
        rhs = equation.rhs
        for node in named:
            domain = tuple((n, r) for n, r in _around(equation, node) if n in free_indices(node))
            printed = {other.replace("_", "") for other in families}   # l1 and l_1 print alike
            name = next(n for n in NAMES if n not in printed)
            symbol = Symbol(name, tuple(position(n) for n, _ in domain), ())
            families[name] = Family(name, tuple(n for n, _ in domain), ())
            added.append(name)
            equations.append(Equation(symbol, domain, node))
            rhs = replace(rhs, {node: symbol})
        equations.append(Equation(equation.target, equation.domain, rhs))
    return System(tuple(equations), families, tuple(added))


def _is_scaled(whole: Expr, loss: Expr) -> bool:
    """True for a loss and its multiples: -sum(y * log(p)) has the name of its own equation."""
    if whole == loss:
        return True
    varying = [part for part in children(whole) if any(True for _ in refs(part))]
    return (isinstance(whole, (Neg, Product, Quotient)) and len(varying) == 1
            and _is_scaled(varying[0], loss))


NAMES = ("l", "e", "q", *(f"l{k}" for k in range(1, 1000)))


def _around(equation: Equation, node: Expr) -> Domain:
    """Return the ranges of all indices that are free or bound around a part of an equation."""
    bound = tuple((e.index, e.range) for e in walk(equation.rhs)
                  if isinstance(e, Reduce) and any(n == node for n in walk(e.body)))
    return (*equation.domain, *bound)


def _inner_equations(model: System) -> Iterator[tuple[str, Equation]]:
    for equation in model.equations:
        rhs = equation.rhs
        if (isinstance(rhs, Apply) and len(rhs.args) == 1 and isinstance(rhs.args[0], Symbol)
                and len(rhs.shape) <= 2 and rhs.shape == rhs.args[0].shape
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


def _summed(expr: Expr) -> Iterator[Expr]:
    """Yield what is summed over an index where it is made of numbers alone."""
    if isinstance(expr, Reduce) and expr.kind != "prod" and not any(
            part.shape or isinstance(part, Reduce) for part in walk(expr.body)):
        yield expr.body
        return
    for part in children(expr):
        yield from _summed(part)


def _is_loss(node: Expr, inner: Mapping[str, Equation]) -> bool:
    """True for what cancels against an elementwise function that it reads: a sigmoid's loss."""
    read = [r for r in dict.fromkeys(refs(node)) if isinstance(r, Symbol) and r.name in inner]
    return not isinstance(node, Symbol) and any(
        _tried(node, Symbol("'loss", (), ()), r, inner[r.name], (), frozenset())
        for r in read if [o.name for o in read].count(r.name) == 1)


def _fused(node: Expr, equation: Equation, inner: Mapping[str, Equation], model: System,
           facts: Sequence[FactPair], indices: frozenset[str]) -> Iterator[Fusion]:
    top = equation.target
    if not isinstance(top, Symbol):
        return
    read = {r for r in refs(node) if isinstance(r, Symbol)}
    for name in sorted({r.name for r in read} & set(inner)):
        members = [r for r in read if r.name == name]
        if len(members) == 1 and free_indices(members[0]) <= free_indices(node):
            letters = {n for family in model.families.values() for n in family.indices}
            known = [f for pair in facts for f in instantiate(pair, read, letters)]
            lemmas = [lemma for other in sorted(read, key=repr) if other.name != name
                      for lemma in _lemmas(model, other, facts, letters)]
            fusion = _tried(node, top, members[0], inner[name],
                            [*known, *(lemma.fact for lemma in lemmas)], model.sizes | indices)
            if fusion:
                used = tuple(lm for lm in lemmas if lm.fact in fusion.proof.facts)
                fusion = dataclasses.replace(fusion, lemmas=used)
            others = {r.name for r in read} - {name}
            # where the target depends on the argument too, the pair is not the whole derivative
            if fusion and not others & model.below(fusion.argument.name):
                yield fusion


def _lemmas(model: System, symbol: Symbol, facts: Sequence[FactPair], letters: Collection[str]
            ) -> Iterator[DerivedFact]:
    """Yield what the entries of a quantity add up to, by the facts about what it is made of."""
    made = {r for e in model.by_target.get(symbol.name, []) for r in refs(e.rhs)
            if isinstance(r, Symbol)}
    yield from derived_facts(model, symbol, [
        f for pair in facts for f in instantiate(pair, made, letters)])


def _tried(node: Expr, top: Symbol, value: Symbol, inner: Equation, facts: Sequence[FactPair],
           reserved: frozenset[str]) -> Fusion | None:
    env = match(inner.target, value, {n for n, _ in inner.domain})
    rhs = at(inner.rhs, env) if env is not None else None
    argument = rhs.args[0] if isinstance(rhs, Apply) else None
    if rhs is None or not isinstance(argument, Symbol):
        return None
    proof = compose(node, rhs, value, argument, facts, top, reserved)
    assert isinstance(rhs, Apply), "its argument was found"
    if proof.result is None or (rhs.op in ELEMENTWISE and not _cancels(proof)):
        return None
    return Fusion(top.name, value.name, top, node, value, argument, rhs, proof.result, proof)


def _cancels(proof: LocalProof) -> bool:
    """True where the derivative by the argument is no longer than that by the value.

    So it is for a sigmoid under its loss, p - y from (p - y)/(p (1 - p)); else the two steps of
    the chain rule say more.
    """
    by_value = [line.rhs for line in proof.lines if line.rule == "outer"]
    return bool(by_value) and _length(proof.lines[-1].rhs) <= _length(by_value[-1])


def _length(expr: Expr) -> int:
    """Count what is written, entries as one sign each; a minus sign is free."""
    parts = () if isinstance(expr, Entry) else children(expr)
    return (not isinstance(expr, Neg)) + sum(map(_length, parts))


def instantiate(fact: FactPair, read: set[Symbol], letters: Collection[str]
                ) -> Iterator[FactPair]:
    """Yield a declared fact (about y[t]) for every member that is read (y[t+1])."""
    patterns = [r for side in fact for r in refs(side) if isinstance(r, Symbol)]
    if not patterns:
        return
    seen = []
    for symbol in sorted((r for r in read if r.name == patterns[0].name), key=repr):
        env = match(patterns[0], symbol, letters)
        if env is not None and env not in seen:
            seen.append(env)
            yield at(fact[0], env), at(fact[1], env)
