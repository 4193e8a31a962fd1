"""Facts about sums that follow from the model: sum s = 1 for s = (1 - e) y + e/K, as sum y = 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy

from derive.calculus.entries import entry
from derive.calculus.facts import Fact, cited
from derive.calculus.places import Positions, integer, position
from derive.calculus.sums import normal
from derive.calculus.system import System
from derive.errors import DeriveError
from derive.expr.build import number, sum_entries
from derive.expr.nodes import (
    Apply,
    Expr,
    Eye,
    MatMul,
    Neg,
    Outer,
    Product,
    Quotient,
    Reduce,
    Sum,
    Symbol,
)
from derive.expr.positions import match
from derive.expr.walk import at, walk

__all__ = ["DerivedFact", "derived_facts"]

LAYER = (Sum, Neg, Product, Quotient)


@dataclass(frozen=True, slots=True)
class DerivedFact:
    """``total = spelled = value``: the sum, the same with the equation put in, what it is."""

    total: Expr
    spelled: Expr
    value: Fraction
    facts: tuple[Fact, ...]

    @property
    def fact(self) -> Fact:
        return self.total, number(self.value)


def derived_facts(model: System, symbol: Symbol, facts: Sequence[Fact]) -> Iterator[DerivedFact]:
    """Yield what the entries of *symbol* add up to along its last axis, where that is a number."""
    equations = model.by_target.get(symbol.name, [])
    if len(equations) != 1 or not symbol.shape or not _is_simple(equations[0].rhs):
        return
    env = match(equations[0].target, symbol, {n for n, _ in equations[0].domain})
    if env is None:
        return
    rhs = at(equations[0].rhs, env)
    one = sum_entries(symbol, (-1,)), sum_entries(rhs, (-1,))
    if isinstance(rhs, Apply):
        yield DerivedFact(*one, Fraction(1), ())
        return
    places: Positions = tuple(position(f"at{m}") for m, _ in enumerate(symbol.shape))
    try:
        total = normal(sympy.Sum(entry(rhs, places),
                                 (places[-1], 0, integer(symbol.shape[-1]) - 1)))
    except DeriveError:
        return
    put, used = cited(total, facts)
    value = sympy.cancel(put) if put.is_number or not put.has(sympy.Sum) else put
    if value.is_Rational:
        yield DerivedFact(*one, Fraction(int(value.p), int(value.q)), used)


def _is_simple(rhs: Expr) -> bool:
    if isinstance(rhs, Apply):
        if rhs.op == "gather":      # one_hot(k, n) is row k of the identity
            return isinstance(rhs.args[0], Eye)
        return rhs.op == "softmax" and dict(rhs.params).get("axis", (-1,)) == (-1,)
    return isinstance(rhs, LAYER) and not any(
        isinstance(part, (MatMul, Outer, Reduce, Apply)) for part in walk(rhs))
