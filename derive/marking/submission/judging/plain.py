"""Numbers as they are written, apart from what has to be worked out."""

from __future__ import annotations

from collections.abc import Container

from derive.expr.nodes import Array, Expr, Neg, Number, Power, Product, Symbol
from derive.expr.walk import refs, walk

__all__ = ["has_numbers", "is_plain", "is_put_in", "is_scientific"]

TEN = 10


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
