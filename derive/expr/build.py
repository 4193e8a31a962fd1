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
    Ref,
    Sum,
    Transpose,
)
from derive.expr.nodes import Range as IndexRange
from derive.expr.shapes import Shape, broadcast

__all__ = [
    "add", "diag", "div", "fraction", "is_one", "is_zero", "matmul", "mul", "neg", "number",
    "outer", "power", "sub", "sum_entries", "sum_over", "transpose", "unbroadcast",
    "zero",
]

LARGEST_DENOMINATOR = 99    # of a fraction that is written as one
MOST_PLACES = 30


def number(value: int | Fraction) -> Expr:
    """Return an exact number; a proper fraction becomes a quotient, as people write it.

    A long one stays a decimal where it is one: 0.134145 and not 26829/200000.
    """
    value = Fraction(value)
    if value < 0:
        return Neg(number(-value))
    if value.denominator == 1:
        return Number(value)
    if value.denominator > LARGEST_DENOMINATOR and (digits := _decimal(value)):
        return Number(value, digits)
    return Quotient(Number(Fraction(value.numerator)), Number(Fraction(value.denominator)))


def _decimal(value: Fraction) -> str:
    """Return all digits of a positive number, "" where they do not end soon."""
    for places in range(1, MOST_PLACES):
        if 10 ** places % value.denominator == 0:
            digits = str(value.numerator * 10 ** places // value.denominator).rjust(places + 1, "0")
            return f"{digits[:-places]}.{digits[-places:]}"
    return ""


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
    kept = _put_together([t for t in flat if not is_zero(t)])
    if not kept:
        return zero(shape)
    if len(kept) == 1 and kept[0].shape == shape:
        return kept[0]
    total = Sum(tuple(kept)) if len(kept) > 1 else kept[0]
    return total if total.shape == shape else Sum((*kept, zero(shape)))


def _put_together(terms: list[Expr]) -> list[Expr]:
    """Write [a; 0] + [0; b] as [a; b], where the parts fill the whole."""
    parts = _filling(terms)
    if len(parts) < 2:
        return terms
    axis = _cut(parts[0]) - len(parts[0].shape)
    whole = Apply("concatenate", tuple(part.args[0] for part in parts), (("axis", (axis,)),),
                  parts[0].shape)
    kept = [t for t in terms if not any(t is part for part in parts[1:])]
    return [whole if t is parts[0] else t for t in kept]


def _filling(terms: list[Expr]) -> list[Apply]:
    """Return parts between zeros that follow each other from the first place to the last."""
    placed = [t for t in terms if isinstance(t, Apply) and t.op == "placed" and _cut(t) >= 0]
    if not placed:
        return []
    axis, shape = _cut(placed[0]), placed[0].shape
    ends = {dict(t.params)["starts"][axis]: t for t in placed
            if _cut(t) == axis and t.shape == shape}
    found, end = [], _FIRST
    while end in ends:
        found.append(ends.pop(end))
        end = dict(found[-1].params)["stops"][axis]
    return found if end == shape[axis] else []


_FIRST: IntLike = 0


def _cut(term: Apply) -> int:
    """Return the only axis along which a part has zeros around it; -1 where it is not one."""
    given = dict(term.params)
    ends = zip(given["starts"], given["stops"], term.shape, strict=True)
    cut = [k for k, (a, b, n) in enumerate(ends) if (a, b) != (0, n)]
    return cut[0] if len(cut) == 1 and all(given["kept"]) else -1


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
    factors = _collected(factors)
    numbers = [f for f in factors if _value(f) is not None]
    others = [f for f in factors if _value(f) is None]
    scalars = [f for f in others if _goes_first(f)]
    if len(numbers) > 1:
        numbers = [number(prod((_value(f) or Fraction(0) for f in numbers), start=Fraction(1)))]
    return numbers + scalars + [f for f in others if not _goes_first(f)]


def _goes_first(factor: Expr) -> bool:
    """True for a scalar; a sum stays where it is, as what follows would seem to be under it."""
    summed = isinstance(factor, Reduce) or (isinstance(factor, Apply) and factor.op == "sum")
    return not factor.shape and not summed


def _collected(factors: list[Expr]) -> list[Expr]:
    """Multiply the numbers inside quotients by those outside: 2 (1/(2 n)) is 1/n."""
    if not any(_value(f) is not None for f in factors):
        return factors
    factors = _over_one_bar(factors)
    split = [_coefficient(f) for f in factors]
    if sum(c != 1 for c, _ in split) < 2:
        return factors
    total = prod((c for c, _ in split), start=Fraction(1))
    return [number(total), *(rest for _, rest in split)]


def _over_one_bar(factors: list[Expr]) -> list[Expr]:
    """Put a number in front of a quotient of a number into it: 2 (1/n) is 2/n."""
    at = next((k for k, f in enumerate(factors) if isinstance(f, Quotient) and not f.shape
               and _value(f) is None and _value(f.top) is not None), None)
    if at is None:
        return factors
    numbers = [v for f in factors if (v := _value(f)) is not None]
    quotient = factors[at]
    assert isinstance(quotient, Quotient)
    (n, bottom), top = _coefficient(quotient.bottom), _value(quotient.top) or Fraction(0)
    total = prod(numbers, start=top / n)
    under = mul(number(Fraction(total.denominator)), bottom)
    merged = Quotient(number(Fraction(total.numerator)), under)
    return [merged if k == at else f for k, f in enumerate(factors) if k == at or _value(f) is None]


def _coefficient(expr: Expr) -> tuple[Fraction, Expr]:
    """Split a scalar into the number in it and the rest; what is no number has 1."""
    value = _value(expr)
    if value is not None:
        return value, Number(Fraction(1))
    if isinstance(expr, Quotient) and not expr.shape:
        (m, top), (n, bottom) = _coefficient(expr.top), _coefficient(expr.bottom)
        return (m / n, div(top, bottom)) if m / n != 1 else (Fraction(1), expr)
    if isinstance(expr, Product) and not expr.shape and _value(expr.factors[0]):
        return _value(expr.factors[0]) or Fraction(1), mul(*expr.factors[1:])
    return Fraction(1), expr


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
    if isinstance(a, Ref) and a == b:
        return Fill(Fraction(1), a.shape) if a.shape else number(1)
    if isinstance(a, Quotient) and not a.shape and not b.shape:
        return div(a.top, _gathered(mul(b, a.bottom)))      # one bar, not two
    return Quotient(a, b)


def _gathered(expr: Expr) -> Expr:
    """Write equal factors as one power: 2 r r^2 is 2 r^3."""
    if not isinstance(expr, Product) or expr.shape:
        return expr
    found: dict[Expr, Fraction] = {}
    for factor in expr.factors:
        base, exponent = _base(factor)
        found[base] = found.get(base, Fraction(0)) + exponent
    if len(found) == len(expr.factors):
        return expr
    return mul(*(power(base, number(n)) for base, n in found.items()))


def _base(factor: Expr) -> tuple[Expr, Fraction]:
    if isinstance(factor, Power) and isinstance(factor.exponent, Number):
        return factor.base, factor.exponent.value
    return factor, Fraction(1)


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
    factor, a, b = _number_out(a, b)
    made = a if isinstance(b, Eye) else MatMul(a, b)
    return made if factor is None else mul(factor, made)


def outer(a: Expr, b: Expr) -> Expr:
    if isinstance(a, Neg):
        return neg(outer(a.arg, b))
    if isinstance(b, Neg):
        return neg(outer(a, b.arg))
    if is_zero(a) or is_zero(b):
        return zero(Outer(a, b).shape)
    factor, a, b = _number_out(a, b)
    return Outer(a, b) if factor is None else mul(factor, Outer(a, b))


def _number_out(a: Expr, b: Expr) -> tuple[Expr | None, Expr, Expr]:
    """Take the scalars in front of two factors out: A (2 x) is written 2 A x."""
    (m, a), (n, b) = _split_scalars(a), _split_scalars(b)
    found = [f for f in (m, n) if f is not None]
    return (mul(*found) if found else None), a, b


def _split_scalars(expr: Expr) -> tuple[Expr | None, Expr]:
    if isinstance(expr, Product):
        scalars = [f for f in expr.factors if not f.shape]
        rest = mul(*(f for f in expr.factors if f.shape))
        if scalars and rest.shape == expr.shape:
            return mul(*scalars), rest
    return None, expr


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
    if isinstance(expr, Outer):
        return Outer(expr.right, expr.left)
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
    if isinstance(expr, Apply) and expr.op == "sum" and expr.params == (
            ("axis", tuple(sorted(axes))), ("keepdims", True)):
        return sum_entries(expr.args[0], axes, keepdims)    # these axes are summed over already
    params = (("axis", tuple(sorted(axes))), ("keepdims", keepdims))
    return Apply("sum", (expr,), params, shape)


def sum_over(index: str, bounds: IndexRange, body: Expr) -> Expr:
    return body if is_zero(body) else Reduce("sum", index, bounds, body)


def unbroadcast(g: Expr, shape: Shape) -> Expr:
    """Sum *g* over the axes along which something of *shape* was repeated."""
    ahead = len(g.shape) - len(shape)
    extra = tuple(axis - len(g.shape) for axis in range(ahead))
    if extra:
        g = sum_entries(g, extra)
    stretched = tuple(axis - len(shape) for axis, (own, whole)
                      in enumerate(zip(shape, g.shape, strict=True)) if own == 1 != whole)
    return sum_entries(g, stretched, keepdims=True) if stretched else g
