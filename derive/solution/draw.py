"""Random numbers for what a symbolic question leaves open, drawn so that declared facts hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.equation import Equation, Family
from derive.expr.integers import IntLike
from derive.expr.nodes import Apply, Ref, Symbol, Transpose
from derive.expr.positions import assignments, integers
from derive.expr.walk import at, refs, walk
from derive.numbers.reference import evaluate
from derive.ops import OPS
from derive.question.question import Fact, Given
from derive.solution.members import reads
from derive.solution.solver import Solver

__all__ = ["draw"]


def draw(solver: Solver, equations: Sequence[Equation], families: Mapping[str, Family],
         env: Mapping[str, IntLike], seed: int) -> dict[str, Given]:
    """Return numbers for every member that is read but defined by no equation."""
    rng = np.random.default_rng(seed)
    defined = {m for e in equations for m in _targets(e, env)}
    facts = [replace(f, left=at(f.left, env), right=at(f.right, env))
             for f in solver.question.facts]
    choices = dict(_choices(equations))
    members: dict[str, dict[tuple[int, ...], Any]] = {}
    for ref in sorted(set(_read(equations, env)) - defined, key=lambda r: (r.family, r.index)):
        place = integers(ref.index)
        given = solver.question.given.get(ref.family)
        if given is not None and place in given.members:
            array = given.members[place]
        elif ref.family in choices:
            array = rng.integers(0, choices[ref.family], integers(families[ref.family].shape))
        else:
            array = _drawn(ref, families[ref.family], facts, rng)
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


def _drawn(ref: Ref, family: Family, facts: Sequence[Fact], rng: Any) -> Any:
    array = rng.uniform(-1.0, 1.0, integers(family.shape))
    # equations last: positive numbers stay positive when they are scaled to their sum
    for fact in sorted(facts, key=lambda f: f.relation == "=="):
        if any(r.family == ref.family for side in (fact.left, fact.right) for r in refs(side)):
            array = _obeying(fact, array)
    return array


def _obeying(fact: Fact, array: Any) -> Any:
    """Change numbers so that a fact about them holds; facts of other forms are refused."""
    left, right = fact.left, fact.right
    if fact.relation == "==" and isinstance(left, Apply) and left.op == "sum":
        return _summing(left, np.asarray(evaluate(right, _nothing)), array)
    if fact.relation == "==" and (Transpose(left) == right or left == Transpose(right)):
        return (array + array.T) / 2
    if fact.relation in (">", ">=") and isinstance(left, Symbol):
        return np.abs(array) + 0.1 + float(evaluate(right, _nothing))
    if fact.relation in ("<", "<=") and isinstance(left, Symbol):
        return -np.abs(array) - 0.1 + float(evaluate(right, _nothing))
    raise DeriveError(f"no numbers can be drawn for the fact `{fact.typed}`",
                      remedy="facts such as sum(y) == 1, A == A.T and x > 0 are known")


def _summing(total: Apply, value: Any, array: Any) -> Any:
    axis = dict(total.params).get("axis", tuple(range(-array.ndim, 0)))
    positive = np.abs(array) + 0.1
    each = np.expand_dims(value, axis) if value.ndim == array.ndim - len(axis) else value
    return positive / positive.sum(axis=axis, keepdims=True) * each


def _nothing(ref: Ref) -> Any:
    raise DeriveError(f"the fact depends on {ref}")
