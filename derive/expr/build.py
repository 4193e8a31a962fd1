"""Making expressions the way a person writes a derivation: no 1 x, no 0 +, no double minus.

Only the rules of the calculus use these; a reader builds nodes as the author typed them.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod

from derive.expr.integers import IntLike
from derive.expr.nodes import (
    Apply,
    Diag,
    Dimension,
    Expr,
    Eye,
    Fill,
    MatMul,
    Neg,
    Number,
    Outer,
    Power,
    Product,
    Quotient,
    Reduce,
    Sum,
    Transpose,
)
from derive.expr.nodes import Range as IndexRange
from derive.expr.shapes import Shape, broadcast

__all__ = [
    "add", "diag", "div", "fraction", "is_one", "is_zero", "matmul", "mul", "neg", "number",
    "outer", "power", "sub", "sum_entries", "sum_over", "transpose", "zero",
]


def number(value: int | Fraction) -> Expr:
    """Return an exact number; a proper fraction becomes a quotient, as people write it."""
    value = Fraction(value)
    if value < 0:
        return Neg(number(-value))
    if value.denominator == 1:
        return Number(value)
    return Quotient(Number(Fraction(value.numerator)), Number(Fraction(value.denominator)))


def fraction(top: IntLike, bottom: IntLike) -> Expr:
    """Return top/bottom for two sizes, which may be symbols."""
    if isinstance(top, int) and isinstance(bottom, int):
        return number(Fraction(top, bottom))
    return div(Dimension(top) if not isinstance(top, int) else number(top),
               Dimension(bottom) if not isinstance(bottom, int) else number(bottom))


def zero(shape: Shape) -> Expr:
    return Fill(Fraction(0), shape) if shape else Number(Fraction(0))


def is_zero(expr: Expr) -> bool:
    return isinstance(expr, (Number, Fill)) and expr.value == 0


def is_one(expr: Expr) -> bool:
    return isinstance(expr, Number) and expr.value == 1


def add(*terms: Expr) -> Expr:
    """Add up, leaving zeros out; the result keeps the broadcast shape."""
    shape = broadcast(*(t.shape for t in terms))
    flat: list[Expr] = []
    for term in terms:
        flat.extend(term.terms if isinstance(term, Sum) else (term,))
    kept = [t for t in flat if not is_zero(t)]
    if not kept:
        return zero(shape)
    if len(kept) == 1 and kept[0].shape == shape:
        return kept[0]
    total = Sum(tuple(kept)) if len(kept) > 1 else kept[0]
    return total if total.shape == shape else Sum((*kept, zero(shape)))


def neg(expr: Expr) -> Expr:
    if isinstance(expr, Neg):
        return expr.arg
    return expr if is_zero(expr) else Neg(expr)


def sub(a: Expr, b: Expr) -> Expr:
    return add(a, neg(b))


def _is_ones(expr: Expr) -> bool:
    return isinstance(expr, (Number, Fill)) and expr.value == 1


def mul(*factors: Expr) -> Expr:
    """Multiply entry by entry: signs and numbers to the front, numbers multiplied, no ones."""
    shape = broadcast(*(f.shape for f in factors))
    flat: list[Expr] = []
    minus = False
    for factor in factors:
        if isinstance(factor, Neg):
            minus, factor = not minus, factor.arg
        flat.extend(factor.factors if isinstance(factor, Product) else (factor,))
    if any(is_zero(f) for f in flat):
        return zero(shape)
    kept = [f for f in _numbers_first(flat) if not _is_ones(f)]
    if broadcast(*(f.shape for f in kept)) != shape:
        kept.append(Fill(Fraction(1), shape))
    if not kept:
        result: Expr = Number(Fraction(1))
    else:
        result = kept[0] if len(kept) == 1 else Product(tuple(kept))
    return Neg(result) if minus else result


def _numbers_first(factors: list[Expr]) -> list[Expr]:
    """Return one number in front of everything else; a single number keeps its typed digits."""
    numbers = [f for f in factors if _value(f) is not None]
    others = [f for f in factors if _value(f) is None]
    if len(numbers) > 1:
        numbers = [number(prod((_value(f) or Fraction(0) for f in numbers), start=Fraction(1)))]
    return numbers + others


def _value(expr: Expr) -> Fraction | None:
    """Return the value of a number or of a quotient of numbers."""
    if isinstance(expr, Quotient):
        top, bottom = _value(expr.top), _value(expr.bottom)
        return top / bottom if top is not None and bottom else None
    return expr.value if isinstance(expr, Number) else None


def div(a: Expr, b: Expr) -> Expr:
    if is_one(b) or is_zero(a):
        return a
    if isinstance(a, Neg):
        return neg(div(a.arg, b))
    return Quotient(a, b)


def power(base: Expr, exponent: Expr) -> Expr:
    return base if is_one(exponent) else Power(base, exponent)


def matmul(a: Expr, b: Expr) -> Expr:
    """Return a @ b with identity matrices left out and a sign brought to the front."""
    if is_zero(a) or is_zero(b):
        return zero(MatMul(a, b).shape)
    if isinstance(a, Neg):
        return neg(matmul(a.arg, b))
    if isinstance(b, Neg):
        return neg(matmul(a, b.arg))
    if isinstance(a, Eye):
        return b
    return a if isinstance(b, Eye) else MatMul(a, b)


def outer(a: Expr, b: Expr) -> Expr:
    if isinstance(a, Neg):
        return neg(outer(a.arg, b))
    if isinstance(b, Neg):
        return neg(outer(a, b.arg))
    return zero(Outer(a, b).shape) if is_zero(a) or is_zero(b) else Outer(a, b)


def diag(expr: Expr) -> Expr:
    if isinstance(expr, Fill) and expr.value == 1:
        return Eye(expr.shape[0])
    return neg(diag(expr.arg)) if isinstance(expr, Neg) else Diag(expr)


def transpose(expr: Expr) -> Expr:
    """Return the transpose, without doubling it; a scalar and the identity are their own."""
    if isinstance(expr, Transpose):
        return expr.arg
    if isinstance(expr, Neg):
        return neg(transpose(expr.arg))
    if not expr.shape or isinstance(expr, (Eye, Diag)):
        return expr
    return Transpose(expr)


def sum_entries(expr: Expr, axes: tuple[int, ...], keepdims: bool = False) -> Expr:
    """Sum over *axes*, counted from the end (-1 is the last)."""
    if not axes:
        return expr
    rank = len(expr.shape)
    gone = {axis + rank for axis in axes}
    kept = tuple(n if i not in gone else 1 for i, n in enumerate(expr.shape))
    shape = kept if keepdims else tuple(n for i, n in enumerate(expr.shape) if i not in gone)
    if is_zero(expr):
        return zero(shape)
    params = (("axis", tuple(sorted(axes))), ("keepdims", keepdims))
    return Apply("sum", (expr,), params, shape)


def sum_over(index: str, bounds: IndexRange, body: Expr) -> Expr:
    return body if is_zero(body) else Reduce("sum", index, bounds, body)
