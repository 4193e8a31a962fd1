"""Products and quotients over one bar: equal factors as one power, x/s and not (1/s) x.

What is done entry by entry commutes, so a product is a table of bases with their exponents.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from derive.calculus.pullback import fixed_number
from derive.expr.build import div, mul, number, power
from derive.expr.nodes import (
    Apply,
    Diag,
    Dimension,
    Expr,
    Eye,
    Fill,
    MatMul,
    Neg,
    Outer,
    Power,
    Product,
    Quotient,
    Symbol,
    Transpose,
)
from derive.expr.walk import children, walk
from derive.ops import apply

__all__ = ["letters_first", "over_one_bar"]


def over_one_bar(expr: Expr) -> Expr:
    """Leave out what stands above and below a bar, and join powers of one thing."""
    found = _Powers()
    found.take(expr, Fraction(1))
    if not found.changed and not _split_bar(expr):
        return expr
    found.absolute()
    up = [_to(base, n) for base, n in found.total.items() if n > 0]
    down = [_to(base, -n) for base, n in found.total.items() if n < 0]
    made = _barred(found.factor, up, down)
    filled = mul(made, Fill(Fraction(1), expr.shape)) if made.shape != expr.shape else made
    return filled if filled.shape == expr.shape else expr


@dataclass
class _Powers:
    """A product: a number, and bases with their exponents in the order in which they came."""

    factor: Fraction = Fraction(1)
    total: dict[Expr, Fraction] = field(default_factory=dict)
    changed: bool = False
    numbers: int = 0

    def take(self, expr: Expr, n: Fraction) -> None:
        """Multiply by expr^n."""
        value = None if expr.shape else fixed_number(expr)
        rule = TAKEN.get(type(expr))
        if value is not None and n.denominator == 1:
            self._number(value, n)
        elif rule is not None:
            rule(self, expr, n)
        else:
            self._base(expr, n)

    def sign(self, expr: Expr, n: Fraction) -> None:
        self.factor = -self.factor if n % 2 else self.factor
        self.take(children(expr)[0], n)

    def product(self, expr: Expr, n: Fraction) -> None:
        for part in children(expr):
            self.take(part, n)

    def quotient(self, expr: Expr, n: Fraction) -> None:
        top, bottom = children(expr)
        self.take(top, n)
        self.take(bottom, -n)

    def power(self, expr: Expr, n: Fraction) -> None:
        base, exponent = children(expr)
        own = fixed_number(exponent)
        if own is not None and own.denominator == 1 == n.denominator:
            self.take(base, n * own)
        elif own is not None and not base.shape:
            self._base(base, n * own)
        else:
            self._base(expr, n)

    def root(self, expr: Expr, n: Fraction) -> None:
        if isinstance(expr, Apply) and expr.op == "sqrt":
            self._base(expr.args[0], n / 2)
        else:
            self._base(expr, n)

    def ones(self, expr: Expr, n: Fraction) -> None:
        if not _is_ones(expr):
            self._base(expr, n)

    def _number(self, value: Fraction, n: Fraction) -> None:
        self.factor *= value ** int(n)
        self.numbers += value != 1
        self.changed = self.changed or self.numbers > 1

    def _base(self, base: Expr, n: Fraction) -> None:
        self.changed = self.changed or base in self.total
        self.total[base] = self.total.get(base, Fraction(0)) + n

    def absolute(self) -> None:
        """Write sign(u) u as |u| and sign(u) |u| as u."""
        signs = [b for b in self.total if isinstance(b, Apply) and b.op == "sign"]
        for sign in signs:
            u, absolute = sign.args[0], apply("abs", sign.args[0])
            if self.total[sign] != 1:
                continue
            for one, other in ((u, absolute), (absolute, u)):
                n = self.total.get(one, Fraction(0))
                if n % 2 == 1:
                    del self.total[sign], self.total[one]
                    self._base(other, n)
                    break


TAKEN: dict[type[Expr], Callable[[_Powers, Expr, Fraction], None]] = {
    Neg: _Powers.sign, Product: _Powers.product, Quotient: _Powers.quotient,
    Power: _Powers.power, Apply: _Powers.root, Fill: _Powers.ones,
}


def _to(base: Expr, n: Fraction) -> Expr:
    if n.denominator == 2:
        return power(apply("sqrt", base), number(2 * n))
    return power(base, number(n))


def _split_bar(expr: Expr) -> bool:
    """True for (1/s) x, which is x/s, for a vector of ones above a bar, and for bars in bars."""
    parts = expr.factors if isinstance(expr, Product) else (expr,)
    bars = [f for f in parts if isinstance(f, Quotient)]
    if any(_is_ones(f.top) or (f.shape and len(parts) > 1) for f in bars):
        return True
    if any(isinstance(f, Power) and (fixed_number(f.exponent) or 0) < 0 for f in parts):
        return True
    if isinstance(expr, Quotient) and any(isinstance(p, Quotient) and fixed_number(p) is None
                                          for p in children(expr)):
        return True
    if isinstance(expr, Quotient) and _counts(expr.bottom) and _is_block(expr.top):
        return True
    return len(parts) > 1 and any(not f.shape and fixed_number(f) is None and (
        bool(expr.shape) or not _counts(f.bottom)) for f in bars)


def _is_ones(expr: Expr) -> bool:
    return isinstance(expr, Fill) and expr.value == 1


def _barred(factor: Fraction, up: Sequence[Expr], down: Sequence[Expr]) -> Expr:
    """Write a fraction; sizes stand before a matrix product as people write them, 1/n X^T r."""
    arrays = [f for f in up if f.shape or _is_block(f)]
    scalars = [f for f in up if f not in arrays]
    if not down and not scalars:
        return mul(number(factor), *up)
    sign, top, bottom = (-1 if factor < 0 else 1), abs(factor.numerator), factor.denominator
    under = letters_first(mul(number(bottom), *down))
    if arrays and all(map(_counts, down)) and all(map(_is_block, arrays)):
        return mul(number(sign), div(mul(number(top), *scalars), under), *arrays)
    return div(mul(number(sign * top), *up), under)


def letters_first(expr: Expr) -> Expr:
    """Order c det(X) M: numbers, letters, other scalars, arrays."""
    return Product(tuple(sorted(expr.factors, key=_place))) if isinstance(expr, Product) else expr


def _place(factor: Expr) -> int:
    if fixed_number(factor) is not None and not factor.shape:
        return 0
    return 3 if factor.shape else 1 if isinstance(factor, (Symbol, Dimension)) else 2


def _counts(expr: Expr) -> bool:
    """True for what is made of numbers and sizes."""
    return all(not isinstance(p, (Symbol, Apply)) or isinstance(p, Dimension) for p in walk(expr))


def _is_block(expr: Expr) -> bool:
    """True for a matrix, or a product of some, in front of which a fraction reads well."""
    return isinstance(expr, (MatMul, Outer, Eye, Diag, Transpose)) or (
        isinstance(expr, Apply) and expr.op in ("inv", "trace")) or (
        isinstance(expr, Symbol) and len(expr.shape) == 2) or (
        isinstance(expr, Product) and any(map(_is_block, expr.factors)))


