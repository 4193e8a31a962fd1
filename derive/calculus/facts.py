"""Facts about sums of entries, and where a formula uses them.

A declared fact is a pair of expressions that are equal, ``(sum(y[t]), 1)``; it is about the member
it names, t among them, and about every entry that is left (the rows of ``sum(Y, axis=1) == 1``).
A fact of the function itself (the entries of a softmax sum to 1) is found by summing the formula
of one entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import product

import sympy

from derive.calculus.entries import entry
from derive.calculus.index_notation import Vocabulary
from derive.calculus.matrix_form import matrix_form
from derive.calculus.places import Formula, Positions, integer, position
from derive.calculus.sums import normal
from derive.errors import DeriveError
from derive.expr.build import number, sum_entries
from derive.expr.nodes import Expr, Symbol

__all__ = ["Fact", "cited", "defining_fact", "own_facts"]

Fact = tuple[Expr, Expr]


def cited(expr: Formula, facts: Iterable[Fact]) -> tuple[Formula, tuple[Fact, ...]]:
    """Put facts into a formula (its sums in standard form); return it and the facts used."""
    used: list[Fact] = []
    for fact in facts:
        for left, right in _readable(fact, expr):
            if expr.has(left):
                expr = expr.xreplace({left: right})
                used += [] if fact in used else [fact]
    return expr, tuple(used)


def _instances(fact: Fact, expr: Formula) -> Iterator[tuple[Formula, Formula]]:
    """Read a fact about sums entry by entry, at the positions that occur in *expr*."""
    left, right = fact
    places = _places(expr) if left.shape else []
    for at in product(places, repeat=len(left.shape)):
        own = at[len(at) - len(right.shape):]
        formula = normal(entry(left, at))
        if formula.has(sympy.Sum) or formula.is_Symbol or isinstance(formula, sympy.Indexed):
            yield formula, normal(entry(right, own))


def _readable(fact: Fact, expr: Formula) -> list[tuple[Formula, Formula]]:
    """A fact that has no formula (about a function that is not known) is of no use here."""
    try:
        return list(_instances(fact, expr))
    except DeriveError:
        return []


def _places(expr: Formula) -> list[Formula]:
    found = {p for atom in expr.atoms(sympy.Indexed) for p in atom.indices if p.is_Symbol}
    return sorted(found & expr.free_symbols, key=sympy.default_sort_key)


def own_facts(inner: Expr, y: Symbol) -> Iterator[Fact]:
    """Yield that the entries of y = *inner* along an axis have a known sum, where they do."""
    at: Positions = tuple(position(f"at{m}") for m, _ in enumerate(y.shape))
    formula = entry(inner, at)
    for m, size in enumerate(y.shape):
        total = normal(sympy.Sum(formula, (at[m], 0, integer(size) - 1)))
        if total.is_Rational:
            axis = m - len(y.shape)
            value = number(Fraction(int(total.p), int(total.q)))
            yield sum_entries(y, (axis,)), value


def defining_fact(total: Expr, y: Symbol) -> Fact | None:
    """Return that sum(x) = n m where m = *total* is the mean of x, a multiple of one sum."""
    formula = normal(entry(total)) if not y.shape else sympy.S.Zero
    factors = sympy.Mul.make_args(formula)
    sums = [f for f in factors if isinstance(f, sympy.Sum)]
    others = sympy.Mul(*(f for f in factors if f not in sums))
    if len(sums) != 1 or not all(s.is_integer for s in others.free_symbols):
        return None
    vocabulary = Vocabulary.of(total, y)
    try:
        left, right = (matrix_form(f, (), vocabulary, ()) for f in (sums[0], entry(y) / others))
    except DeriveError:     # the sum of a diagonal: a fact that nobody would cite
        return None
    return left, right
