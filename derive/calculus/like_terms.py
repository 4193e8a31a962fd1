"""Sums as tables print them: equal terms added up, and what terms share taken out.

A x + A^T x is (A + A^T) x, and 2 c M + 3 c N is c (2 M + 3 N). Nothing is multiplied out unless it
gets shorter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.calculus.bars import over_one_bar
from derive.calculus.chains import Chains, chain, scalars_and_rest
from derive.calculus.layers import collected, length
from derive.calculus.pullback import fixed_number
from derive.expr.build import add, diag, matmul, mul, neg, number, transpose
from derive.expr.nodes import Diag, Expr, Neg, Number, Product, Quotient, Sum, Transpose
from derive.expr.walk import children, walk

__all__ = ["LikeTerms", "scaled"]

Term = tuple[Fraction, Expr]


def scaled(c: Fraction, expr: Expr) -> Expr:
    """Return c times an expression; a number goes into a product in front."""
    if c == 1:
        return expr
    return neg(expr) if c == -1 else mul(number(c), expr)


@dataclass(frozen=True)
class LikeTerms:
    """*of* brings what was put together into table form once more."""

    chains: Chains
    of: Callable[[Expr], Expr]

    def total(self, expr: Sum) -> Expr:
        """Add equal terms up, and take out what all of them share."""
        if any(term.shape != expr.shape for term in expr.terms):
            return expr
        found: dict[Expr, Fraction] = {}
        for term in expr.terms:
            c, rest = _coefficient(term)
            found[rest] = found.get(rest, Fraction(0)) + c
        kept = self._by_array([(c, rest) for rest, c in found.items() if c])
        if not kept:
            return mul(number(0), expr)
        if all(isinstance(rest, Diag) for _, rest in kept) and len(kept) > 1:
            inner = [scaled(c, children(rest)[0]) for c, rest in kept]
            return diag(self.of(add(*inner)))
        kept = _plain_first(_positive_first(kept))
        while expr.shape and (grouped := self._grouped(kept)) is not None:
            kept = grouped
        return add(*(scaled(c, rest) for c, rest in kept))

    def _by_array(self, terms: list[Term]) -> list[Term]:
        """Write s x/q + n x/q as (s + n)/q x, where that is shorter."""
        split = [scalars_and_rest(rest) for _, rest in terms]
        shared = next((b for k, (a, b) in enumerate(split) if a and any(
            b == other for _, other in split[k + 1:])), None)
        if shared is None:
            return terms
        alike = [k for k, (_, rest) in enumerate(split) if rest == shared]
        factor = collected(add(*(scaled(terms[k][0], mul(*split[k][0])) for k in alike)))
        made = over_one_bar(mul(factor, shared))
        if length(made) >= sum(length(scaled(*terms[k])) for k in alike):
            return terms
        return [_coefficient(made) if k == alike[0] else t for k, t in enumerate(terms)
                if k == alike[0] or k not in alike]

    def _grouped(self, terms: Sequence[Term]) -> list[Term] | None:
        """Take out a factor that terms share, the last one first: (A + A^T) x + b."""
        for end in (-1, 0):
            for term in terms:
                scalars, factors = self._parts(term[1])
                alike = [t for t in terms if self._shares(t[1], scalars, factors[end], end)]
                if len(factors) > 1 and len(alike) > 1:
                    taken = _coefficient(self._taken_out(alike, scalars, factors[end], end))
                    return [taken if t == term else t for t in terms
                            if t not in alike or t == term]
        return None

    def _parts(self, expr: Expr) -> tuple[list[Expr], list[Expr]]:
        scalars, rest = scalars_and_rest(expr)
        return scalars, self.chains.factors(rest)

    def _shares(self, expr: Expr, scalars: Sequence[Expr], factor: Expr, end: int) -> bool:
        own, factors = self._parts(expr)
        return own == scalars and len(factors) > 1 and factors[end] == factor

    def _taken_out(self, terms: Sequence[Term], scalars: Sequence[Expr], shared: Expr, end: int
                   ) -> Expr:
        common = _common([c for c, _ in terms])
        rests = [scaled(c / common, chain(_without(self._parts(rest)[1], end)))
                 for c, rest in terms]
        inner = self.of(add(*rests))
        pair = (inner, shared) if end else (shared, inner)
        return scaled(common, over_one_bar(mul(*scalars, self.of(matmul(*pair)))))

    def multiplied_out(self, expr: Expr) -> Expr:
        """Multiply p (1 - p) (-y/p + (1 - y)/(1 - p)) out, if that makes it shorter."""
        if not isinstance(expr, Product):
            return expr
        over = [f for f in expr.factors if isinstance(f, Sum) and any(
            isinstance(n, Quotient) and n.shape for n in walk(f))]
        if len(over) != 1:
            return expr
        others = [f for f in expr.factors if f is not over[0]]
        terms = [over_one_bar(mul(*others, t)) for t in over[0].terms]
        terms = [t for term in terms for t in _terms_of(term)]
        made = self.total(Sum(tuple(terms))) if len(terms) > 1 else terms[0]
        return made if made.shape == expr.shape and _size(made) < _size(expr) else expr


def _common(numbers: Sequence[Fraction]) -> Fraction:
    """Return what numbers share: 2 of 2 and -2, -2 of -2 and -2, else 1."""
    if len(set(map(abs, numbers))) > 1:
        return Fraction(1)
    return max(numbers)


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


def _without(factors: Sequence[Expr], end: int) -> Sequence[Expr]:
    return factors[:-1] if end else factors[1:]


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
