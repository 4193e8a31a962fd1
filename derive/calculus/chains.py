"""Products of matrices as lists of factors: A (B x) is A B x, (A x) y^T is A x y^T, X X^-1 = I.

Sources: Petersen and Pedersen, The Matrix Cookbook (2012), sec. 1; Magnus and Neudecker, Matrix
Differential Calculus, ch. 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from derive.calculus.bars import over_one_bar
from derive.calculus.matrix_facts import MatrixFacts
from derive.expr.build import (
    add,
    diag,
    div,
    matmul,
    mul,
    neg,
    number,
    outer,
    sum_entries,
    transpose,
)
from derive.expr.nodes import (
    Apply,
    Diag,
    Expr,
    Eye,
    Fill,
    MatMul,
    Neg,
    Outer,
    Product,
    Quotient,
    Sum,
    Transpose,
)
from derive.expr.walk import children
from derive.ops.products import matrix_power
from derive.ops.square import inverse

__all__ = ["Chains", "chain", "inverse_of", "same_terms", "scalars_and_rest"]


def chain(factors: Sequence[Expr]) -> Expr:
    return reduce(matmul, factors)


def inverse_of(expr: Expr) -> Expr | None:
    """Return X for X^-1, and X^T for X^-T."""
    if isinstance(expr, Transpose):
        inner = inverse_of(expr.arg)
        return None if inner is None else transpose(inner)
    return expr.args[0] if isinstance(expr, Apply) and expr.op == "inv" else None


def same_terms(one: Expr, other: Expr) -> bool:
    """True for equal expressions, and for sums of the same terms in any order."""
    if isinstance(one, Sum) and isinstance(other, Sum):
        return set(one.terms) == set(other.terms)
    return one == other


def scalars_and_rest(expr: Expr) -> tuple[list[Expr], Expr]:
    """Split c A/s into the scalars c and 1/s, with a sign, and A."""
    if isinstance(expr, Neg):
        scalars, rest = scalars_and_rest(expr.arg)
        return [number(-1), *scalars], rest
    if isinstance(expr, Product):
        scalars = [f for f in expr.factors if not f.shape]
        rest = mul(*(f for f in expr.factors if f.shape))
        if rest.shape == expr.shape and expr.shape and not isinstance(rest, Product):
            inner, rest = scalars_and_rest(rest)
            return [*scalars, *inner], rest
        return (scalars, rest) if rest.shape == expr.shape and expr.shape else ([], expr)
    if isinstance(expr, Quotient) and expr.shape == expr.top.shape and not expr.bottom.shape:
        scalars, rest = scalars_and_rest(expr.top) if expr.shape else ([], expr)
        return ([*scalars, div(number(1), expr.bottom)], rest) if expr.shape else ([], expr)
    return [], expr


@dataclass(frozen=True)
class Chains:
    """*powers*: X X is written X^2, as the author writes powers."""

    known: MatrixFacts
    powers: bool = False

    # transposes, pushed inside

    def transposed(self, expr: Expr) -> Expr:
        """Return the transpose of what is in table form already."""
        if len(expr.shape) < 2 or expr in self.known.symmetric:
            return expr
        rule = TRANSPOSED.get(type(expr))
        return rule(self, expr) if rule else transpose(expr)

    def applied_transposed(self, expr: Expr) -> Expr:
        assert isinstance(expr, Apply), "registered for operations"
        if expr.op == "matrix_power":
            return Apply(expr.op, (self.transposed(expr.args[0]),), expr.params, expr.shape)
        if expr.op == "inv" and same_terms(self.transposed(expr.args[0]), expr.args[0]):
            return expr
        return transpose(expr)

    # factors

    def factors(self, expr: Expr) -> list[Expr]:
        if isinstance(expr, MatMul):
            return [*self.factors(expr.left), *self.factors(expr.right)]
        if isinstance(expr, Outer):     # (A x) (B y)^T = A (x y^T) B^T
            *before, x = self._column(expr.left)
            *after, y = self._column(expr.right)
            turned = [self.transposed(f) for f in reversed(after)]
            return [*before, outer(x, y), *turned]
        return [expr]

    def _column(self, expr: Expr) -> list[Expr]:
        """Return the factors of A B x; what is no such product is one factor."""
        found = self.factors(expr) if isinstance(expr, MatMul) else [expr]
        return found if len(found[-1].shape) == 1 and all(
            len(f.shape) == 2 for f in found[:-1]) else [expr]

    def scaled_factors(self, expr: Expr) -> tuple[list[Expr], list[Expr]]:
        """Return the scalars that stand anywhere in a product, and its arrays in order."""
        outside, rest = scalars_and_rest(expr)
        if isinstance(rest, MatMul):
            (one, left), (two, right) = (self.scaled_factors(p) for p in children(rest))
            return [*outside, *one, *two], [*left, *right]
        return outside, self.factors(rest)

    def row(self, expr: Expr) -> list[Expr]:
        """Return the factors of a column as a row: y^T A^T for A y."""
        return [self.transposed(f) for f in reversed(self.factors(expr))]

    # neighbours

    def joined(self, factors: Sequence[Expr]) -> list[Expr]:
        """Leave X X^-1 and I out, write X^2 X as X^3 and diag(a) diag(b) as one."""
        found: list[Expr] = []
        for factor in factors:
            found.append(factor)
            while len(found) > 1 and (one := self._both(*found[-2:])) is not None:
                found[-2:] = [one]
        return found

    def _both(self, a: Expr, b: Expr) -> Expr | None:
        if isinstance(a, Eye) and a.shape[1] == b.shape[0]:
            return b
        if isinstance(b, Eye) and a.shape[-1] == b.shape[0]:
            return a
        found = _multiplied(a, b)
        return self._power(a, b) if found is None else found

    def _power(self, a: Expr, b: Expr) -> Expr | None:
        if len(a.shape) != 2 or len(b.shape) != 2:
            return None
        if inverse_of(a) == b or inverse_of(b) == a or (
                (a, b) in self.known.identities):
            return Eye(a.shape[0])
        (x, m), (y, n) = _base(a), _base(b)
        powers = self.powers or abs(m) > 1 or abs(n) > 1 or m * n < 0
        return _raised(x, m + n) if powers and x == y else None


def _spread(a: Expr, b: Expr) -> Expr | None:
    """Multiply each row of b by its entry of a."""
    if isinstance(b, Diag):
        return diag(over_one_bar(mul(a, b.arg)))
    if isinstance(b, Outer):
        return outer(over_one_bar(mul(a, b.left)), b.right)
    return None


def _multiplied(a: Expr, b: Expr) -> Expr | None:
    """Multiply out what is entry by entry, or where something cancels."""
    if isinstance(a, Diag) and isinstance(b, (Diag, Outer)):
        return _spread(a.arg, b)
    if isinstance(b, Diag) and isinstance(a, Outer):
        return outer(a.left, over_one_bar(mul(b.arg, a.right)))
    if isinstance(a, Diag) and isinstance(b, Sum):
        return _shorter(a, b)
    return _applied(a, b) if isinstance(a, Sum) else None


def _applied(a: Sum, b: Expr) -> Expr | None:
    """Multiply (diag(p) - p p^T) (y/p) out, where something cancels: y - p (1^T y)."""
    v = b.left if isinstance(b, Outer) else b
    if not isinstance(v, Quotient) or len(v.shape) != 1:
        return None
    terms = [_on_quotient(term, v) for term in a.terms]
    if any(term is None for term in terms):
        return None
    made = add(*(term for term in terms if term is not None))
    return outer(made, b.right) if isinstance(b, Outer) else made


def _on_quotient(term: Expr, v: Quotient) -> Expr | None:
    if isinstance(term, Neg):
        inner = _on_quotient(term.arg, v)
        return None if inner is None else neg(inner)
    if isinstance(term, Diag) and term.arg == v.bottom:
        return v.top if v.top.shape else mul(v.top, Fill(Fraction(1), v.shape))
    if isinstance(term, Outer) and term.right == v.bottom and v.top.shape:
        return mul(sum_entries(v.top, (-1,)), term.left)
    return None


def _shorter(a: Diag, b: Sum) -> Expr | None:
    """Multiply diag(1/p) (diag(p) - p p^T) out, where something cancels: I - 1 p^T."""
    made: list[Expr] = []
    for term in b.terms:
        minus, inner = (True, term.arg) if isinstance(term, Neg) else (False, term)
        if isinstance(inner, Outer) and _cancels(a.arg, inner.left):
            spread: Expr = outer(_over(a.arg, inner.left), inner.right)
        elif isinstance(inner, Diag) and _cancels(a.arg, inner.arg):
            spread = diag(_over(a.arg, inner.arg))
        else:
            return None
        made.append(neg(spread) if minus else spread)
    return add(*made)


def _cancels(a: Expr, b: Expr) -> bool:
    return isinstance(a, Quotient) and a.bottom == b and a.shape == b.shape


def _over(a: Expr, b: Expr) -> Expr:
    assert isinstance(a, Quotient), "something cancels"
    return mul(a.top, Fill(Fraction(1), b.shape)) if not a.top.shape else a.top


def _base(expr: Expr) -> tuple[Expr, int]:
    """Return X and n for X^n; X^-n is the inverse of a power."""
    inner = inverse_of(expr)
    if inner is not None:
        base, n = _base(inner)
        return base, -n
    turned = expr.arg if isinstance(expr, Transpose) else expr
    if isinstance(turned, Apply) and turned.op == "matrix_power":
        n = dict(turned.params)["n"][0]
        if isinstance(n, int):
            base, m = _base(turned.args[0])
            return (transpose(base) if turned is not expr else base), m * n
    return expr, 1


def _raised(base: Expr, n: int) -> Expr:
    if n >= 0:
        return matrix_power(base, n)
    turned = isinstance(base, Transpose)
    found = transpose(inverse(transpose(base))) if turned else inverse(base)
    return matrix_power(found, -n)


def _all_turned(form: Chains, expr: Expr, build: Callable[..., Expr]) -> Expr:
    """Turn what is done entry by entry; a row that is repeated has no transpose of its own."""
    if any(0 < len(part.shape) < len(expr.shape) for part in children(expr)):
        return transpose(expr)
    return build(*map(form.transposed, children(expr)))


TRANSPOSED: dict[type[Expr], Callable[[Chains, Expr], Expr]] = {
    Transpose: lambda form, e: children(e)[0],
    Neg: lambda form, e: neg(form.transposed(children(e)[0])),
    Sum: lambda form, e: _all_turned(form, e, add),
    Product: lambda form, e: _all_turned(form, e, mul),
    Quotient: lambda form, e: _all_turned(form, e, div),
    MatMul: lambda form, e: chain([form.transposed(f) for f in reversed(form.factors(e))]),
    Outer: lambda form, e: outer(*reversed(children(e))),
    Eye: lambda form, e: e,
    Diag: lambda form, e: e,
    Fill: lambda form, e: Fill(e.value, e.shape[::-1]) if isinstance(e, Fill) else e,
    Apply: lambda form, e: form.applied_transposed(e),
}
