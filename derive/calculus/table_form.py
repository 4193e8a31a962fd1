"""Matrix expressions as reference tables print them: (A + A^T) x, not A x + A^T x.

Every rule is an identity of matrices: products are associative, (A B)^T = B^T A^T, equal terms are
added up, a factor that all terms share stands in front or behind, what is above and below a bar
is left out, X X^-1 = I. Nothing is multiplied out. Sources: Petersen and Pedersen, The Matrix
Cookbook (2012), sec. 1; Magnus and Neudecker, Matrix Differential Calculus, ch. 1.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from derive.calculus.pullback import fixed_number
from derive.calculus.tidy import BUILD
from derive.calculus.transposes import transposed
from derive.expr.build import add, diag, div, matmul, mul, neg, number, outer, power, transpose
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
    Sum,
    Transpose,
)
from derive.expr.walk import children, rebuild, walk
from derive.ops.products import matrix_power

__all__ = ["as_row", "symmetric_in", "table_form"]

Term = tuple[Fraction, Expr]


def as_row(expr: Expr) -> Expr:
    """Write a column as a row: 2 A^T (A x - b) is 2 (A x - b)^T A."""
    if isinstance(expr, Neg):
        return neg(as_row(expr.arg))
    if isinstance(expr, Product):
        arrays = [f for f in expr.factors if f.shape]
        if len(arrays) == 1:
            return mul(*(f for f in expr.factors if not f.shape), as_row(arrays[0]))
    if isinstance(expr, MatMul) and len(expr.shape) == 1:
        *matrices, last = _factors(expr)
        if len(last.shape) == 1:
            form = _Form(frozenset())
            return _chain([last, *(form.transposed(m) for m in reversed(matrices))])
    return transposed(expr)


def symmetric_in(facts: Collection[tuple[Expr, Expr]]) -> frozenset[Expr]:
    """Return the matrices that are declared to be symmetric: ``A == A.T``."""
    return frozenset(a for fact in facts for a, b in (fact, fact[::-1]) if b == Transpose(a))


def table_form(expr: Expr, symmetric: Collection[Expr] = ()) -> Expr:
    """Return *expr* as a table would print it; `symmetric` are matrices with A^T = A."""
    powers = any(isinstance(e, Apply) and e.op == "matrix_power" for e in walk(expr))
    return _Form(frozenset(symmetric), powers).of(expr)


@dataclass(frozen=True)
class _Form:
    """`powers`: X X is written X^2, as the author writes powers."""

    symmetric: frozenset[Expr]
    powers: bool = False

    def of(self, expr: Expr) -> Expr:
        parts = tuple(map(self.of, children(expr)))
        build = BUILD.get(type(expr))
        made = build(*parts) if build else rebuild(expr, parts)
        if made.shape != expr.shape:
            made = rebuild(expr, parts)
        rule = RULES.get(type(made))
        found = rule(self, made) if rule else made
        return found if found.shape == expr.shape else made

    # transposes, pushed inside

    def transposed(self, expr: Expr) -> Expr:
        """Return the transpose of what is in table form already."""
        if len(expr.shape) < 2 or expr in self.symmetric:
            return expr
        rule = TRANSPOSED.get(type(expr))
        return rule(self, expr) if rule else transpose(expr)

    def _applied_transposed(self, expr: Apply) -> Expr:
        if expr.op == "matrix_power":
            return Apply(expr.op, (self.transposed(expr.args[0]),), expr.params, expr.shape)
        if expr.op == "inv" and self.transposed(expr.args[0]) == expr.args[0]:
            return expr
        return transpose(expr)

    # products of matrices

    def product(self, expr: Expr) -> Expr:
        assert isinstance(expr, MatMul), "registered for products"
        left, right = expr.left, expr.right
        if (len(left.shape), len(right.shape)) == (1, 2):   # x^T A is A^T x
            return self.product(MatMul(self.transposed(right), left))
        if (len(left.shape), len(right.shape)) == (1, 1):   # (A x)^T y is x^T A^T y
            row = [self.transposed(f) for f in reversed(_factors(left))]
            return _chain(self._joined([*row, *_factors(right)]))
        factors = self._joined(_factors(expr))
        if len(factors) > 1 and len(factors[-1].shape) == 1 and isinstance(factors[-2], Diag):
            entrywise = self.of(mul(factors[-2].arg, factors[-1]))
            return _chain([*factors[:-2], entrywise])
        return _chain(factors)

    def _joined(self, factors: Sequence[Expr]) -> list[Expr]:
        """Leave X X^-1 and I out, write X^2 X as X^3 and diag(a) diag(b) as one."""
        found: list[Expr] = []
        for factor in factors:
            last = found[-1] if found else None
            if last is None or isinstance(last, Eye):
                found[-1:] = [factor]
            elif self._cancel(last, factor):
                found[-1] = Eye(factor.shape[0])
            elif (joined := self._both(last, factor)) is not None:
                found[-1] = joined
            elif not isinstance(factor, Eye):
                found.append(factor)
        return found

    def _both(self, a: Expr, b: Expr) -> Expr | None:
        if isinstance(a, Diag) and isinstance(b, Diag):
            return diag(self.of(mul(a.arg, b.arg)))
        (x, m), (y, n) = _base(a), _base(b)
        powers = self.powers or m > 1 or n > 1
        return matrix_power(x, m + n) if powers and x == y and len(x.shape) == 2 else None

    def _cancel(self, a: Expr, b: Expr) -> bool:
        return _inverse_of(a) == b or _inverse_of(b) == a

    # entry by entry

    def entrywise(self, expr: Expr) -> Expr:
        """Leave out what stands above and below a bar, and join powers of one thing."""
        found, sign = _powers(expr)
        bases = list(dict.fromkeys(base for base, _ in found))
        if len(bases) == len(found) and not _split_bar(expr):
            return self._multiplied_out(expr)
        total = {base: sum((n for b, n in found if b == base), Fraction(0)) for base in bases}
        up = [power(b, number(n)) for b, n in total.items() if n > 0]
        down = [power(b, number(-n)) for b, n in total.items() if n < 0]
        made = _barred(sign, up, down)
        return self._multiplied_out(made) if made.shape == expr.shape else expr

    def _multiplied_out(self, expr: Expr) -> Expr:
        """Multiply p (1 - p) (-y/p + (1 - y)/(1 - p)) out, if that makes it shorter."""
        if not isinstance(expr, Product):
            return expr
        over = [f for f in expr.factors if isinstance(f, Sum) and any(
            isinstance(n, Quotient) and n.shape for n in walk(f))]
        if len(over) != 1:
            return expr
        others = [f for f in expr.factors if f is not over[0]]
        terms = [self.entrywise(mul(*others, t)) for t in over[0].terms]
        terms = [t for term in terms for t in _terms_of(term)]
        made = self.total(Sum(tuple(terms))) if len(terms) > 1 else terms[0]
        return made if made.shape == expr.shape and _size(made) < _size(expr) else expr

    def raised(self, expr: Expr) -> Expr:
        assert isinstance(expr, Power), "registered for powers"
        base, n = expr.base, fixed_number(expr.exponent)
        inner = fixed_number(base.exponent) if isinstance(base, Power) else None
        if isinstance(base, Power) and n is not None and inner is not None and (
                inner.denominator == n.denominator == 1 and (inner % 2 or n > 0)):
            return power(base.base, number(inner * n))
        return expr

    # sums

    def total(self, expr: Expr) -> Expr:
        """Add equal terms up, and take out what all of them share."""
        assert isinstance(expr, Sum), "registered for sums"
        if any(term.shape != expr.shape for term in expr.terms):
            return expr
        found: dict[Expr, Fraction] = {}
        for term in expr.terms:
            c, rest = _coefficient(term)
            found[rest] = found.get(rest, Fraction(0)) + c
        kept = [(c, rest) for rest, c in found.items() if c]
        if not kept:
            return mul(number(0), expr)
        if all(isinstance(rest, Diag) for _, rest in kept) and len(kept) > 1:
            inner = [_scaled(c, children(rest)[0]) for c, rest in kept]
            return diag(self.of(add(*inner)))
        kept = _positive_first(kept)
        return self._grouped(_plain_first(kept)) if expr.shape else add(
            *(_scaled(c, rest) for c, rest in kept))

    def _grouped(self, terms: Sequence[Term]) -> Expr:
        """Take out factors that terms share, the last one first: (A + A^T) x + b."""
        for end in (-1, 0):
            for c, rest in terms:
                scalars, chain = _scalars_and_chain(rest)
                alike = [t for t in terms if _shares(t[1], scalars, chain[end], end)]
                if len(chain) > 1 and len(alike) > 1:
                    taken = self._taken_out(alike, scalars, chain[end], end)
                    return add(*(taken if t == (c, rest) else _scaled(*t) for t in terms
                                 if t not in alike or t == (c, rest)))
        return add(*(_scaled(c, rest) for c, rest in terms))

    def _taken_out(self, terms: Sequence[Term], scalars: Sequence[Expr], shared: Expr, end: int
                   ) -> Expr:
        common = terms[0][0] if len({abs(c) for c, _ in terms}) == 1 else Fraction(1)
        rests = [_scaled(c / common, _chain(_without(_scalars_and_chain(rest)[1], end)))
                 for c, rest in terms]
        inner = self.of(add(*rests))
        pair = (inner, shared) if end else (shared, inner)
        return _scaled(common, self.entrywise(mul(*scalars, matmul(*pair))))


def _shares(expr: Expr, scalars: Sequence[Expr], factor: Expr, end: int) -> bool:
    own, chain = _scalars_and_chain(expr)
    return own == scalars and len(chain) > 1 and chain[end] == factor


def _positive_first(terms: list[Term]) -> list[Term]:
    """Write p - y in place of -y + p."""
    first = next((t for t in terms if t[0] > 0), terms[0])
    return [first, *(t for t in terms if t is not first)] if len(terms) == 2 else terms


def _plain_first(terms: list[Term]) -> list[Term]:
    """Put A in front of A^T."""
    if len(terms) == 2 and terms[0][0] == terms[1][0] and terms[0][1] == transpose(
            terms[1][1]) and isinstance(terms[0][1], Transpose):
        return terms[::-1]
    return terms


def _terms_of(expr: Expr) -> list[Expr]:
    """Multiply an entrywise product out."""
    if isinstance(expr, Neg):
        return [neg(t) for t in _terms_of(expr.arg)]
    if isinstance(expr, Sum):
        return [t for term in expr.terms for t in _terms_of(term)]
    if not isinstance(expr, Product):
        return [expr]
    found: list[Expr] = [number(1)]
    for factor in expr.factors:
        found = [mul(a, b) for a in found for b in _terms_of(factor)]
    return found


def _size(expr: Expr) -> int:
    return sum(1 for _ in walk(expr))


def _split_bar(expr: Expr) -> bool:
    """True for (1/s) x, which is x/s, and for a vector of ones above a bar."""
    parts = expr.factors if isinstance(expr, Product) else (expr,)
    if any(isinstance(f, Quotient) and (_is_ones(f.top) or (
            f.shape and len(parts) > 1 and fixed_number(f.top) == 1)) for f in parts):
        return True
    return isinstance(expr, Product) and bool(expr.shape) and any(
        isinstance(f, Quotient) and not f.shape and fixed_number(f) is None for f in expr.factors)


def _without(chain: Sequence[Expr], end: int) -> Sequence[Expr]:
    return chain[:-1] if end else chain[1:]


def _scaled(c: Fraction, expr: Expr) -> Expr:
    """Return c times an expression; a number goes into a product in front."""
    if c == 1:
        return expr
    return neg(expr) if c == -1 else mul(number(c), expr)


def _coefficient(expr: Expr) -> Term:
    """Split the number in front off."""
    if isinstance(expr, Neg):
        c, rest = _coefficient(expr.arg)
        return -c, rest
    if isinstance(expr, Product) and len(expr.factors) > 1:
        first = fixed_number(expr.factors[0])
        if first is not None:
            return first, mul(*expr.factors[1:])
    own = None if expr.shape else fixed_number(expr)
    return (own, Number(Fraction(1))) if own else (Fraction(1), expr)


def _barred(sign: int, up: Sequence[Expr], down: Sequence[Expr]) -> Expr:
    """Write a fraction; sizes stand before a matrix product as people write them, 1/n X^T r."""
    if not down:
        return mul(number(sign), *up)
    if any(isinstance(f, MatMul) for f in up) and all(isinstance(f, Dimension) for f in down):
        return mul(number(sign), div(number(1), mul(*down)), *up)
    return div(mul(number(sign), *up), mul(*down))


def _scalars_and_chain(expr: Expr) -> tuple[list[Expr], list[Expr]]:
    if isinstance(expr, Product):
        arrays = [f for f in expr.factors if f.shape]
        if len(arrays) == 1:
            return [f for f in expr.factors if not f.shape], _factors(arrays[0])
    if isinstance(expr, Quotient) and not expr.bottom.shape:
        scalars, chain = _scalars_and_chain(expr.top)
        return [mul(*scalars, div(number(1), expr.bottom))], chain
    return [], _factors(expr)


def _factors(expr: Expr) -> list[Expr]:
    if isinstance(expr, MatMul):
        return [*_factors(expr.left), *_factors(expr.right)]
    if isinstance(expr, Outer) and isinstance(expr.left, MatMul):   # (A x) y^T = A (x y^T)
        *before, last = _factors(expr.left)
        if len(last.shape) == 1:
            return [*before, outer(last, expr.right)]
    return [expr]


def _chain(factors: Sequence[Expr]) -> Expr:
    return reduce(matmul, factors)


def _inverse_of(expr: Expr) -> Expr | None:
    """Return X for X^-1, and X^T for X^-T."""
    if isinstance(expr, Transpose):
        inner = _inverse_of(expr.arg)
        return None if inner is None else transpose(inner)
    return expr.args[0] if isinstance(expr, Apply) and expr.op == "inv" else None


def _base(expr: Expr) -> tuple[Expr, int]:
    if isinstance(expr, Apply) and expr.op == "matrix_power":
        n = dict(expr.params)["n"][0]
        if isinstance(n, int):
            return expr.args[0], n
    return expr, 1


def _powers(expr: Expr, exponent: Fraction = Fraction(1)
            ) -> tuple[list[tuple[Expr, Fraction]], int]:
    """Take products and quotients apart into bases with their exponents, and a sign."""
    if isinstance(expr, Neg):
        found, sign = _powers(expr.arg, exponent)
        return found, -sign
    if isinstance(expr, (Product, Quotient)):
        signs = (exponent, -exponent) if isinstance(expr, Quotient) else (
            exponent,) * len(expr.factors)
        parts = [_powers(p, n) for p, n in zip(children(expr), signs, strict=True)]
        sign = 1
        for _, s in parts:
            sign *= s
        return [one for found, _ in parts for one in found], sign
    n = fixed_number(expr.exponent) if isinstance(expr, Power) else None
    if isinstance(expr, Power) and n is not None and n.denominator == 1:
        if isinstance(expr.base, (Product, Quotient)):
            return _powers(expr.base, exponent * n)[0], 1 if n % 2 == 0 else _powers(expr.base)[1]
        return [(expr.base, exponent * n)], 1
    value = fixed_number(expr) if not expr.shape else None
    if value == 1 or _is_ones(expr):
        return [], 1
    return [(expr, exponent)], 1


def _is_ones(expr: Expr) -> bool:
    return isinstance(expr, Fill) and expr.value == 1


def _summed(form: _Form, expr: Expr) -> Expr:
    """The sum of all entries of G * H is tr(G^T H); kron with I beside it is a trace too."""
    assert isinstance(expr, Apply), "registered for operations"
    if expr.op == "inv":
        inner = _inverse_of(expr.args[0])
        return expr if inner is None else inner
    part = expr.args[0]
    if isinstance(part, Neg) and expr.op in ("sum", "trace"):
        return neg(form.of(Apply(expr.op, (part.arg,), expr.params, expr.shape)))
    pair = [f for f in part.factors if f.shape] if isinstance(part, Product) else []
    if expr.op != "sum" or expr.shape or len(pair) != 2 or len(part.shape) != 2 or not any(
            isinstance(f, (MatMul, Transpose)) or _inverse_of(f) for f in pair) or any(
            f.shape != part.shape for f in pair):
        return expr
    assert isinstance(part, Product), "a pair has a product"
    made = form.of(matmul(form.transposed(pair[0]), pair[1]))
    minus, made = (True, made.arg) if isinstance(made, Neg) else (False, made)
    found = mul(*(f for f in part.factors if not f.shape), Apply("trace", (made,), (), ()))
    return neg(found) if minus else found


Rule = Callable[[_Form, Expr], Expr]
RULES: dict[type[Expr], Rule] = {
    Transpose: lambda form, e: form.transposed(children(e)[0]),
    MatMul: _Form.product,
    Product: _Form.entrywise,
    Quotient: _Form.entrywise,
    Power: _Form.raised,
    Sum: _Form.total,
    Apply: _summed,
}
TRANSPOSED: dict[type[Expr], Callable[[_Form, Expr], Expr]] = {
    Transpose: lambda form, e: children(e)[0],
    Neg: lambda form, e: neg(form.transposed(children(e)[0])),
    Sum: lambda form, e: add(*map(form.transposed, children(e))),
    Product: lambda form, e: mul(*map(form.transposed, children(e))),
    Quotient: lambda form, e: div(*map(form.transposed, children(e))),
    MatMul: lambda form, e: _chain([form.transposed(f) for f in reversed(_factors(e))]),
    Outer: lambda form, e: outer(*reversed(children(e))),
    Eye: lambda form, e: e,
    Diag: lambda form, e: e,
    Apply: lambda form, e: form._applied_transposed(e) if isinstance(e, Apply) else e,
}
