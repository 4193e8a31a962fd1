"""Numbers as they are written, apart from what has to be worked out."""

from __future__ import annotations

from collections.abc import Container
from fractions import Fraction

from derive.calculus.system import System
from derive.expr.nodes import Array, Entry, Expr, Neg, Number, Power, Product, Symbol
from derive.expr.walk import refs, walk

__all__ = ["has_numbers", "is_plain", "is_put_in", "is_scientific", "is_with_numbers"]

TEN = 10
RULES = 2       # numbers up to this come from rules: 2 x of x^2, 1/2 of a root


def is_with_numbers(subject: Expr, expr: Expr, system: System) -> bool:
    """True for a formula with numbers put in, which says nothing of other numbers."""
    return has_numbers(expr) or is_put_in(expr, system.by_target) or (
        isinstance(subject, Entry) and isinstance(expr, Entry)) or (
        bool(_values(expr) - _of_model(system)))


def _values(expr: Expr) -> set[Fraction]:
    """Return the numbers in a formula that no rule brings in, 27 and 1/27 as the same."""
    found = {part.value for part in walk(expr) if isinstance(part, Number)}
    found |= {Fraction(n) for value in found for n in (value.numerator, value.denominator)}
    return {abs(n) for n in found if abs(n) > RULES and n.denominator == 1}


def _of_model(system: System) -> set[Fraction]:
    """Return the numbers that a model itself brings in, and those of its sizes."""
    sizes = {Fraction(n) for f in system.families.values() for n in f.shape if isinstance(n, int)}
    return sizes.union(*(_values(e.rhs) for e in system.equations))


def has_numbers(expr: Expr) -> bool:
    """True for a formula into which some numbers were put: X^T (-2, 0.833)."""
    return any((isinstance(part, Array) and is_plain(part)) or (
        isinstance(part, Number) and "." in part.typed) for part in walk(expr))


def is_put_in(expr: Expr, made: Container[str]) -> bool:
    """True for a formula that has numbers for all that is given: h_2 = h_1 + 1."""
    read = list(refs(expr))
    return bool(read) and all(isinstance(r, Symbol) and r.name in made for r in read) and any(
        isinstance(part, Number) for part in walk(expr))


def is_plain(expr: Expr) -> bool:
    """True for numbers as they are, not to be worked out first."""
    return all(isinstance(part, (Array, Number, Neg)) for part in walk(expr))


def is_scientific(expr: Expr) -> bool:
    """True for numbers as they are, with powers of ten: 2.2 * 10^{-5}."""
    parts = list(walk(expr))
    tens = all(isinstance(p.base, Number) and p.base.value == TEN for p in parts
               if isinstance(p, Power))
    return tens and all(isinstance(p, (Array, Number, Neg, Product, Power)) for p in parts) and (
        is_plain(expr) or any(isinstance(p, Power) for p in parts))
