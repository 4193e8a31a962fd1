"""Random numbers for what a symbolic question leaves open, drawn so that declared facts hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from derive.errors import DeriveError
from derive.expr.equation import Equation, Family
from derive.expr.integers import IntLike
from derive.expr.nodes import Apply, Eye, MatMul, Ref, Symbol, Transpose
from derive.expr.positions import assignments, integers
from derive.expr.walk import at, refs, walk
from derive.numbers.reference import evaluate
from derive.ops import OPS
from derive.question.question import Fact, Given
from derive.solution.members import reads
from derive.solution.solver import Solver

__all__ = ["Random", "Shares", "Source", "draw"]


INSIDE = 0.9    # how much of an interval is drawn from


class Source(Protocol):
    """Where numbers come from."""

    least: float    # how far from its bound a number is at least, that is to be above it

    def array(self, shape: tuple[int, ...]) -> Any:
        """Return numbers of both signs."""

    def shares(self, shape: tuple[int, ...], axis: tuple[int, ...]) -> Any:
        """Return numbers from 0 to 1 that add up to 1 along the axes."""

    def labels(self, count: int, shape: tuple[int, ...]) -> Any:
        """Return integers from 0 on, below *count*."""


class Random:
    """Numbers from -1 to 1, the same ones for the same seed."""

    least = 0.1

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def array(self, shape: tuple[int, ...]) -> Any:
        return self.rng.uniform(-1.0, 1.0, shape)

    def shares(self, shape: tuple[int, ...], axis: tuple[int, ...]) -> Any:
        positive = np.abs(self.array(shape)) + self.least
        return positive / positive.sum(axis=axis, keepdims=True)

    def labels(self, count: int, shape: tuple[int, ...]) -> Any:
        return self.rng.integers(0, count, shape)


class Shares(Random):
    """Numbers between 0 and 1, for what is the argument of a logarithm."""

    def array(self, shape: tuple[int, ...]) -> Any:
        return self.rng.uniform(self.least, 1.0 - self.least, shape)


def draw(solver: Solver, equations: Sequence[Equation], families: Mapping[str, Family],
         env: Mapping[str, IntLike], source: Source, more: Sequence[Fact] = (),
         known: Mapping[str, Given] | None = None) -> dict[str, Given]:
    """Return numbers for every member that is read but defined by no equation.

    *more* are facts to be obeyed beside the declared ones; *known* numbers are not drawn, by
    default those of the question.
    """
    known = solver.question.given if known is None else known
    defined = {m for e in equations for m in _targets(e, env)}
    facts = [replace(f, left=at(f.left, env), right=at(f.right, env))
             for f in (*solver.question.facts, *more)]
    choices = dict(_choices(equations))
    members: dict[str, dict[tuple[int, ...], Any]] = {}
    needed = {*_read(equations, env), *_unread(equations, families)}
    for ref in sorted(needed - defined, key=lambda r: (r.family, r.index)):
        place = integers(ref.index)
        given = known.get(ref.family)
        if given is not None and place in given.members:
            array = given.members[place]
        elif ref.family in choices:
            array = source.labels(choices[ref.family], integers(families[ref.family].shape))
        else:
            array = _drawn(ref, families[ref.family], facts, source)
        members.setdefault(ref.family, {})[place] = array
    return {name: Given(name, cells) for name, cells in members.items()}


def _choices(equations: Sequence[Equation]) -> Iterator[tuple[str, int]]:
    """Yield each quantity that is a label or a mask, with how many values it may take."""
    for node in (n for e in equations for n in walk(e.rhs) if isinstance(n, Apply)):
        for place in OPS[node.op].labels if node.op in OPS else ():
            count = node.args[0].shape[0] if node.op == "gather" else 2
            label = node.args[place]
            if isinstance(label, Symbol) and isinstance(count, int):
                yield label.family, count


def _targets(equation: Equation, env: Mapping[str, IntLike]) -> Iterator[Ref]:
    for assigned in assignments(equation.domain, env):
        yield at(equation.target, assigned)


def _read(equations: Sequence[Equation], env: Mapping[str, IntLike]) -> Iterator[Ref]:
    for equation in equations:
        for assigned in assignments(equation.domain, env):
            yield from reads(equation.rhs, assigned)


def _unread(equations: Sequence[Equation], families: Mapping[str, Family]) -> Iterator[Ref]:
    """Yield what is declared and read by no equation; a derivative by it is asked for and zero."""
    known = {r.family for e in equations for r in (e.target, *refs(e.rhs))}
    for name, family in families.items():
        if name not in known and not family.indices:
            yield Symbol(name, (), family.shape)


def _drawn(ref: Ref, family: Family, facts: Sequence[Fact], source: Source) -> Any:
    array = source.array(integers(family.shape))
    # equations last: positive numbers stay positive when they are scaled to their sum
    about = [f for f in sorted(facts, key=lambda f: f.relation == "==")
             if any(r.family == ref.family for side in (f.left, f.right) for r in refs(side))]
    bounded = [f for f in about if f.relation != "==" and isinstance(f.left, Symbol)]
    if {f.relation[0] for f in bounded} == {"<", ">"}:
        array = _between(bounded, array)
        about = [f for f in about if f not in bounded]
    for fact in about:
        array = _obeying(fact, array, source)
    return array


def _between(bounds: Sequence[Fact], array: Any) -> Any:
    """Move numbers from -1 to 1 into the middle of 0 < rho < 1."""
    ends = [(f.relation[0], float(evaluate(f.right, _nothing))) for f in bounds]
    low = max(value for relation, value in ends if relation == ">")
    high = min(value for relation, value in ends if relation == "<")
    return (low + high) / 2 + INSIDE * (high - low) / 2 * np.clip(array, -1.0, 1.0)


def _obeying(fact: Fact, array: Any, source: Source) -> Any:
    """Change numbers so that a fact about them holds; facts of other forms are refused."""
    left, right = fact.left, fact.right
    if fact.relation == "==" and isinstance(left, Apply) and left.op == "sum":
        return _summing(left, np.asarray(evaluate(right, _nothing)), array, source)
    if fact.relation == "==" and (Transpose(left) == right or left == Transpose(right)):
        return (array + array.T) / 2
    if fact.relation == "==" and isinstance(right, Eye) and isinstance(left, MatMul):
        return _orthogonal(left, array)
    if fact.relation != "==" and not isinstance(left, Symbol):
        return array    # the trial sees whether it holds
    if fact.relation in (">", ">=") and isinstance(left, Symbol):
        return np.abs(array) + source.least + float(evaluate(right, _nothing))
    if fact.relation in ("<", "<=") and isinstance(left, Symbol):
        return -np.abs(array) - source.least + float(evaluate(right, _nothing))
    raise DeriveError(f"no numbers can be drawn for the fact `{fact.typed}`",
                      remedy="facts such as sum(y) == 1, A == A.T and x > 0 are known")


def _orthogonal(product: MatMul, array: Any) -> Any:
    """Return columns, or rows, of length 1 at right angles."""
    rows = isinstance(product.right, Transpose)
    tall = array.T if rows else array
    if tall.shape[0] < tall.shape[1]:
        raise DeriveError("so many vectors at right angles do not fit")
    made = np.linalg.qr(tall)[0]
    return made.T if rows else made


def _summing(total: Apply, value: Any, array: Any, source: Source) -> Any:
    axis = dict(total.params).get("axis", tuple(range(-array.ndim, 0)))
    each = np.expand_dims(value, axis) if value.ndim == array.ndim - len(axis) else value
    return source.shares(array.shape, axis) * each


def _nothing(ref: Ref) -> Any:
    raise DeriveError(f"the fact depends on {ref}")
