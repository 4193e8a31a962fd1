"""Matrix expressions as reference tables print them: (A + A^T) x, not A x + A^T x.

Every rule is an identity of matrices: products are associative, (A B)^T = B^T A^T, equal terms are
added up, a factor that all terms share stands in front or behind, what is above and below a bar
is left out, X X^-1 = I. Nothing is multiplied out that does not get shorter. `chains`, `bars`,
`like_terms` and `contractions` hold the rules; here they are applied, from the leaves up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from derive.calculus.bars import letters_first, over_one_bar
from derive.calculus.chains import Chains, chain, same_terms, scalars_and_rest
from derive.calculus.contractions import Contractions
from derive.calculus.layers import collected, length
from derive.calculus.like_terms import LikeTerms
from derive.calculus.matrix_facts import MatrixFacts
from derive.calculus.pullback import fixed_number
from derive.calculus.tidy import BUILD
from derive.calculus.transposes import transposed
from derive.expr.build import add, mul, neg, number, outer, power, transpose
from derive.expr.equation import Equation
from derive.expr.nodes import (
    Apply,
    Diag,
    Expr,
    Fill,
    MatMul,
    Neg,
    Outer,
    Power,
    Product,
    Quotient,
    Sum,
    Transpose,
)
from derive.expr.walk import children, rebuild, walk

__all__ = ["as_row", "table_form", "with_quantities"]

NOTHING = MatrixFacts()
ROUNDS = 3      # until nothing changes any more; two are enough in practice


def as_row(expr: Expr, known: MatrixFacts = NOTHING) -> Expr:
    """Write a column as a row: 2 A^T (A x - b) is 2 (A x - b)^T A."""
    return _Form(known).as_row(expr)


def with_quantities(known: MatrixFacts, equations: Sequence[Equation]) -> MatrixFacts:
    """Add the quantities that are symmetric because of what they are: s A + c I, X^T X."""
    for equation in equations:
        rhs, target = equation.rhs, equation.target
        if len(rhs.shape) == 2 and rhs.shape[0] == rhs.shape[1] and not equation.domain:
            form = _Form(known)
            made = form.of(rhs)
            if same_terms(made, form.chains.transposed(made)):
                known = replace(known, symmetric=known.symmetric | {target})
    return known


def table_form(expr: Expr, known: MatrixFacts = NOTHING) -> Expr:
    """Return *expr* as a table would print it, with what is known of its matrices."""
    powers = any(isinstance(e, Apply) and e.op == "matrix_power" for e in walk(expr))
    form = _Form(known, powers)
    found = form.of(expr)
    for _ in range(ROUNDS):
        shorter = form.of(collected(found, known.sums, grown=False))
        if shorter == found or length(shorter) > length(found):
            break
        found = shorter
    return form.finished(found)


@dataclass(frozen=True)
class _Form:
    """`powers`: X X is written X^2, as the author writes powers."""

    known: MatrixFacts
    powers: bool = False

    @cached_property
    def chains(self) -> Chains:
        return Chains(self.known, self.powers)

    @cached_property
    def like_terms(self) -> LikeTerms:
        return LikeTerms(self.chains, self.of)

    @cached_property
    def contractions(self) -> Contractions:
        return Contractions(self.chains, self.of)

    def of(self, expr: Expr) -> Expr:
        parts = tuple(map(self.of, children(expr)))
        build = BUILD.get(type(expr))
        made = build(*parts) if build else rebuild(expr, parts)
        if made.shape != expr.shape:
            made = rebuild(expr, parts)
        rule = RULES.get(type(made))
        found = rule(self, made) if rule else made
        return found if found.shape == expr.shape else made

    def product(self, expr: Expr) -> Expr:
        assert isinstance(expr, MatMul), "registered for products"
        scalars, factors = self._in_order(expr)
        factors = self.chains.joined(factors)
        if len(factors) > 1 and len(factors[-1].shape) == 1 and isinstance(factors[-2], Diag):
            more, entrywise = scalars_and_rest(self.of(mul(factors[-2].arg, factors[-1])))
            scalars, factors = [*scalars, *more], [*factors[:-2], entrywise]
        made = chain(factors) if expr.shape or len(factors) < 3 else self._number(factors)
        return self.entrywise(mul(*scalars, made)) if scalars else made

    def _in_order(self, expr: MatMul) -> tuple[list[Expr], list[Expr]]:
        """Return scalars and factors; x^T A is A^T x, and (A x)^T y is x^T A^T y."""
        (one, left), (two, right) = map(self.chains.scaled_factors, (expr.left, expr.right))
        ranks = len(expr.left.shape), len(expr.right.shape)
        if ranks[0] == 1:
            row = [self.chains.transposed(f) for f in reversed(left)]
            if ranks[1] == 2:
                return [*one, *two], [*(self.chains.transposed(f) for f in reversed(right)), *left]
            left = row
        return [*one, *two], [*left, *right]

    def _number(self, factors: list[Expr]) -> Expr:
        """Write a number x^T A^T y with as few transposes as possible: y^T A x."""
        turned = [self.chains.transposed(f) for f in reversed(factors)]
        return chain(min(factors, turned, key=lambda fs: sum(map(_transposes, fs))))

    def entrywise(self, expr: Expr) -> Expr:
        return _repeated(self.like_terms.multiplied_out(over_one_bar(expr)))

    def raised(self, expr: Expr) -> Expr:
        assert isinstance(expr, Power), "registered for powers"
        base, n = expr.base, fixed_number(expr.exponent)
        inner = fixed_number(base.exponent) if isinstance(base, Power) else None
        if isinstance(base, Power) and n is not None and inner is not None and (
                inner.denominator == n.denominator == 1 and (inner % 2 or n > 0)):
            return power(base.base, number(inner * n))
        return over_one_bar(expr) if isinstance(base, Apply) and base.op == "sqrt" and n == 2 \
            else expr

    def outer(self, expr: Expr) -> Expr:
        """Write (A x) (B y)^T as A x y^T B^T."""
        return chain(self.chains.joined(self.chains.factors(expr)))

    def total(self, expr: Expr) -> Expr:
        assert isinstance(expr, Sum), "registered for sums"
        return self.like_terms.total(Sum(tuple(map(_plain_mean, expr.terms))))

    # the last touch

    def finished(self, expr: Expr) -> Expr:
        """Write (A - B)^T C for (A^T - B^T) C, and letters in front of other numbers."""
        parts = tuple(map(self.finished, children(expr)))
        if isinstance(expr, MatMul):
            parts = tuple(map(self._turned, parts))
        return letters_first(rebuild(expr, parts))

    def _turned(self, expr: Expr) -> Expr:
        """Write a sum of transposes as the transpose of a sum where that takes no more of them."""
        if not isinstance(expr, Sum) or not isinstance(_unsigned(expr.terms[0]), Transpose):
            return expr
        other = add(*map(self.chains.transposed, expr.terms))
        return transpose(other) if _transposes(other) < _transposes(expr) else expr

    def as_row(self, expr: Expr) -> Expr:
        if isinstance(expr, Neg):
            return neg(self.as_row(expr.arg))
        if isinstance(expr, Product):
            arrays = [f for f in expr.factors if f.shape]
            if len(arrays) == 1:
                return mul(*(f for f in expr.factors if not f.shape), self.as_row(arrays[0]))
        if isinstance(expr, Quotient) and not expr.bottom.shape:
            return rebuild(expr, (self.as_row(expr.top), expr.bottom))
        if isinstance(expr, Sum):
            return add(*map(self.as_row, expr.terms))
        if isinstance(expr, MatMul) and len(expr.shape) == 1:
            *matrices, last = self.chains.factors(expr)
            if len(last.shape) == 1:
                turned = (self._turned_factor(m) for m in reversed(matrices))
                return chain([last, *turned])
        return transposed(expr)

    def _turned_factor(self, matrix: Expr) -> Expr:
        """Return a transpose; A + A^T is its own."""
        made = self.chains.transposed(matrix)
        return matrix if same_terms(made, matrix) else self._turned(made)


def _turned_round(expr: Expr) -> Expr:
    """Write p - y for -(y - p)."""
    (inner,) = children(expr)
    if not isinstance(inner, Sum) or len(inner.terms) != 2 or not isinstance(inner.terms[1], Neg):
        return expr
    return add(inner.terms[1].arg, neg(inner.terms[0]))


def _plain_mean(term: Expr) -> Expr:
    """Write a mean of one entry as the number it is: x - mean(x)."""
    if isinstance(term, Neg):
        return neg(_plain_mean(term.arg))
    if not isinstance(term, Apply) or term.op not in ("mean", "sum") or not dict(
            term.params).get("keepdims") or any(
                n != 1 for n in term.shape) or len(dict(term.params)["axis"]) != len(term.shape):
        return term
    return Apply(term.op, term.args, (("axis", dict(term.params)["axis"]), ("keepdims", False)), ())


def _repeated(expr: Expr) -> Expr:
    """Write a row that is repeated below itself as 1 v^T, and a column as v 1^T."""
    if not isinstance(expr, Product) or len(expr.shape) != 2:
        return expr
    scalars, arrays = [f for f in expr.factors if not f.shape], [f for f in expr.factors if f.shape]
    if len(arrays) != 2 or not isinstance(arrays[1], Fill) or arrays[1].value != 1:
        return expr
    ones = [Fill(Fraction(1), (n,)) for n in expr.shape]
    v = arrays[0]
    if len(v.shape) == 1:
        return mul(*scalars, outer(ones[0], v))
    if isinstance(v, Apply) and v.op == "expand" and len(v.args[0].shape) == 1 and v.shape[1] == 1:
        return mul(*scalars, outer(v.args[0], ones[1]))
    return expr


def _transposes(expr: Expr) -> int:
    return sum(isinstance(part, Transpose) for part in walk(expr))


def _unsigned(expr: Expr) -> Expr:
    return expr.arg if isinstance(expr, Neg) else expr


Rule = Callable[[_Form, Expr], Expr]
RULES: dict[type[Expr], Rule] = {
    Neg: lambda form, e: _turned_round(e),
    Transpose: lambda form, e: form.chains.transposed(children(e)[0]),
    MatMul: _Form.product,
    Outer: _Form.outer,
    Product: _Form.entrywise,
    Quotient: _Form.entrywise,
    Power: _Form.raised,
    Sum: lambda form, e: form.total(e),
    Apply: lambda form, e: form.contractions.shortened(e),
}
