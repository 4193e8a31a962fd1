"""Facts about sums of entries, and where a formula uses them.

A declared fact is a pair of expressions that are equal, ``(sum(y[t]), 1)``; its indices stand for
every value in their range. A fact of the function itself (the entries of a softmax sum to 1) is
found by summing the formula of one entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import product

import sympy

from derive.calculus.entries import entry, fresh, integer, place
from derive.calculus.index_notation import Formula, Positions
from derive.calculus.sums import normal
from derive.expr.build import number, sum_entries
from derive.expr.integers import IntLike, named
from derive.expr.nodes import Expr, Symbol
from derive.expr.walk import walk

__all__ = ["Fact", "cited", "own_facts"]

Fact = tuple[Expr, Expr]


def cited(expr: Formula, facts: Iterable[Fact]) -> tuple[Formula, tuple[Fact, ...]]:
    """Put facts into a formula (its sums in standard form); return it and the facts used."""
    used: list[Fact] = []
    for fact in facts:
        for left, right in _instances(fact, expr):
            if expr.has(left):
                expr = expr.xreplace({left: right})
                used += [] if fact in used else [fact]
    return expr, tuple(used)


def _instances(fact: Fact, expr: Formula) -> Iterator[tuple[Formula, Formula]]:
    """Read a fact entry by entry, at the positions and index values that occur in *expr*."""
    left, right = fact
    places = _places(expr) if left.shape else []
    for at in product(places, repeat=len(left.shape)):
        own = at[len(at) - len(right.shape):]
        formulas = (normal(entry(left, at)), normal(entry(right, own)))
        for env in _index_values(left, expr):
            yield tuple(side.xreplace(env) for side in formulas)  # type: ignore[misc]


def _places(expr: Formula) -> list[Formula]:
    found = {p for atom in expr.atoms(sympy.Indexed) for p in atom.indices if p.is_Symbol}
    return sorted(found & expr.free_symbols, key=sympy.default_sort_key)


def _index_values(left: Expr, expr: Formula) -> Iterator[dict[Formula, Formula]]:
    """Match h[t] of the fact with every member h[t+1] of the same series in *expr*."""
    series = next((part for part in walk(left) if isinstance(part, Symbol) and part.index), None)
    if series is None:
        yield {}
        return
    for atom in expr.atoms(sympy.Indexed):
        if str(atom.base.label) == series.name:
            yield {place(str(own)): value for own, value in zip(series.index, atom.indices,
                                                               strict=False) if _is_name(own)}


def _is_name(value: IntLike) -> bool:
    return value == named(str(value))


def own_facts(inner: Expr, y: Symbol) -> Iterator[Fact]:
    """Yield that the entries of y = *inner* along an axis have a known sum, where they do."""
    at: Positions = tuple(fresh() for _ in y.shape)
    formula = entry(inner, at)
    for m, size in enumerate(y.shape):
        total = normal(sympy.Sum(formula, (at[m], 0, integer(size) - 1)))
        if total.is_Rational:
            axis = m - len(y.shape)
            value = number(Fraction(int(total.p), int(total.q)))
            yield sum_entries(y, (axis,)), value
