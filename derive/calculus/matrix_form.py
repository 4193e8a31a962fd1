"""From SymPy's index notation to matrix form.

At position i, ``-y[i]/p[i]`` is the quotient of two vectors, ``Sum(A[i, k]*b[k], (k, 0, n - 1))``
is ``A @ b``. What has no such form is a `DeriveError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy

from derive.calculus.entries import entry
from derive.calculus.index_notation import Vocabulary, free_names, letter, whole, write_around
from derive.calculus.places import Formula, Positions
from derive.calculus.sums import vanishes
from derive.errors import DeriveError
from derive.expr.build import matmul, mul, sum_entries, transpose
from derive.expr.nodes import Dimension, Entry, Expr, Fill, Range, Reduce, Transpose
from derive.expr.shapes import Shape, broadcast

__all__ = ["matrix_form"]


def matrix_form(expr: Formula, at: Positions, vocabulary: Vocabulary, shape: Shape) -> Expr:
    """Write a formula that holds for every position *at* as one expression of that *shape*.

    The entry of what is written is compared with the formula before it is handed out.
    """
    written = Matrices(vocabulary).write(expr, at)
    if written.shape != shape and broadcast(written.shape, shape) == shape:
        written = mul(written, Fill(Fraction(1), shape))
    if written.shape != shape or not vanishes(entry(written, at) - expr):
        raise DeriveError("the formula has no matrix form")
    return written


@dataclass(frozen=True, slots=True)
class Matrices:
    """Writes formulas in matrix form; `letters` names indices bound by sums over series."""

    vocabulary: Vocabulary
    letters: dict[Formula, str] = field(default_factory=dict)

    def write(self, expr: Formula, at: Positions) -> Expr:
        return write_around(expr, lambda part: self.atom(part, at))

    def atom(self, part: Formula, at: Positions) -> Expr:
        if isinstance(part, sympy.Sum):
            return self.total(part, at)
        if isinstance(part, sympy.KroneckerDelta):
            raise DeriveError("a delta has no matrix form here")
        if part.is_integer:
            return self.size(part, at)
        return self.member(part, at)

    def size(self, part: Formula, at: Positions) -> Expr:
        if part in at:
            raise DeriveError("a position used as a number has no matrix form")
        return Dimension(whole(part, self.letters))

    def member(self, part: Formula, at: Positions) -> Expr:
        """y[i] at i is y, A[j, i] at (i, j) its transpose, b[j] at (i, j) is repeated."""
        member, own = self.vocabulary.read(part, self.letters)
        if own == at[len(at) - len(own):]:
            return member
        if own == at[::-1]:
            return transpose(member)
        if any(p.free_symbols & set(at) for p in own):
            raise DeriveError(f"`{part}` has no matrix form")
        return Entry(member, tuple(whole(p, self.letters) for p in own))

    def total(self, part: Formula, at: Positions) -> Expr:
        """The outermost sum: over a series, or over an axis (then a product of matrices)."""
        *inner, limits = part.limits
        body = sympy.Sum(part.function, *inner) if inner else part.function
        k = limits[0]
        outside, inside = body.as_independent(k, as_Add=False)
        if outside != 1:
            rest = sympy.Sum(inside, limits)
            return mul(self.write(outside, at), self.atom(rest, at))
        if self.in_series(body, k):
            return self.over_series(body, limits, at)
        return self.over_axis(body, k, at)

    def in_series(self, body: Formula, k: Formula) -> bool:
        symbols = self.vocabulary.symbols
        cuts = ((a, len(symbols[str(a.base.label)].index)) for a in body.atoms(sympy.Indexed))
        return any(k in i.free_symbols for atom, cut in cuts for i in atom.indices[:cut])

    def over_series(self, body: Formula, limits: Any, at: Positions) -> Expr:
        k, low, high = limits
        name = letter({*self.letters.values(), *free_names(body, self.letters)}, "tskijmruvw")
        inner = Matrices(self.vocabulary, {**self.letters, k: name})
        span = Range((whole(low, self.letters),), (whole(high, self.letters),))
        return Reduce("sum", name, span, inner.write(body, at))

    def over_axis(self, body: Formula, k: Formula, at: Positions) -> Expr:
        """Sort the factors by the positions they hold and read off the product."""
        groups: dict[Positions, list[Formula]] = {}
        for factor in _factors(body):
            held = tuple(p for p in at if p in factor.free_symbols)
            groups.setdefault(held, []).append(factor)
        rule = AXIS_RULES.get((len(at), tuple(sorted(tuple(at.index(p) for p in held)
                                                    for held in groups))))
        if rule is None:
            raise DeriveError("the sum has no matrix form")
        return rule(self, {held: groups[held] for held in sorted(groups, key=len)}, k, at)

    def of(self, factors: list[Formula], at: Positions) -> Expr:
        return self.write(sympy.Mul(*factors), at)


def _factors(body: Formula) -> Iterator[Formula]:
    """Yield the factors, a square as two."""
    for factor in sympy.Mul.make_args(body):
        square = factor.is_Pow and factor.exp == 2
        yield from (factor.base, factor.base) if square else (factor,)


Groups = dict[Positions, list[Formula]]


def _dot(m: Matrices, groups: Groups, k: Formula, at: Positions) -> Expr:
    """sum_k a_k b_k = a^T b, sum_k a_k = the sum of the entries."""
    first, *rest = groups[()]
    a = m.of([first], (k,))
    return matmul(a, m.of(rest, (k,))) if rest else sum_entries(a, (-1,))


def _matrix_vector(m: Matrices, groups: Groups, k: Formula, at: Positions) -> Expr:
    """sum_k A_ik b_k = A b, sum_k A_ik = the sum of each row (of each column for A^T)."""
    a = m.of(groups[at], (*at, k))
    if () in groups:
        return matmul(a, m.of(groups[()], (k,)))
    return sum_entries(a.arg, (-2,)) if isinstance(a, Transpose) else sum_entries(a, (-1,))


def _matrix_matrix(m: Matrices, groups: Groups, k: Formula, at: Positions) -> Expr:
    """sum_k A_ik B_kj = A B."""
    return matmul(m.of(groups[at[:1]], (at[0], k)), m.of(groups[at[1:]], (k, at[1])))


def _row_sums(m: Matrices, groups: Groups, k: Formula, at: Positions) -> Expr:
    """sum_k A_ik at (i, j): one number per row, repeated along it."""
    factors = groups[at[:1]] + groups.get((), [])
    return sum_entries(m.of(factors, (at[0], k)), (-1,), keepdims=True)


def _column_sums(m: Matrices, groups: Groups, k: Formula, at: Positions) -> Expr:
    """sum_k A_kj at (i, j): one number per column, repeated down it."""
    factors = groups[at[1:]] + groups.get((), [])
    return sum_entries(m.of(factors, (k, at[1])), (-2,))


# (rank, which positions the factors under the sum hold beside k) -> how the sum is written
AXIS_RULES: dict[Any, Callable[[Matrices, Groups, Formula, Positions], Expr]] = {
    (0, ((),)): _dot,
    (1, ((),)): _dot,
    (2, ((),)): _dot,
    (1, ((0,),)): _matrix_vector,
    (1, ((), (0,))): _matrix_vector,
    (2, ((0,), (1,))): _matrix_matrix,
    (2, ((0,),)): _row_sums,
    (2, ((1,),)): _column_sums,
    (2, ((), (0,))): _row_sums,
    (2, ((), (1,))): _column_sums,
}
