"""Solving adjoint recurrences: from a_i = M_{i+1} a_{i+1} + s_i to a product over the index.

An adjoint equation is linear in the adjoints, always. A first-order one has the solution

    a_i = sum_{j >= i} (M_{i+1} M_{i+2} ... M_j) s_j,

the empty product being the identity. Matrices do not commute: for columns the factors stand in
rising order, for rows (Jacobians of a top that is an array) in falling order. A model that runs
backwards has a_i = M_{i-1} a_{i-1} + s_i, and everything is mirrored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce

from derive.calculus.adjoint import Adjoint
from derive.calculus.contributions import ONE
from derive.calculus.linear import linear_form, transposed
from derive.calculus.ranges import large, tight
from derive.calculus.recurrences import Flow, NotClosed, circle_of, numbers_in, put_in, state_of
from derive.calculus.tidy import tidy
from derive.errors import DeriveError
from derive.expr.build import add, diag, matmul, mul, neg, power, sum_over
from derive.expr.integers import IntLike, named, names_in
from derive.expr.nodes import (
    Diag,
    Dimension,
    Expr,
    Eye,
    MatMul,
    MatrixProduct,
    Neg,
    Outer,
    Partial,
    Product,
    Range,
    Reduce,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.walk import at, children, free_indices, rebuild
from derive.expr.walk import replace as swap

__all__ = ["Recurrence", "recurrence_of"]

WRITTEN_OUT = (2, 3)    # so few factors stand one beside the other


@dataclass(frozen=True)
class Recurrence:
    """a_i = M_{i+step} a_{i+step} + s_i for the adjoint a of one family, the state.

    letter:  the index i; `first` and `last` are the ends of the range on which a is not zero.
    factor:  M at k, written with the letter `bound`: a matrix, a vector (entry by entry) or a
             number; where it is the sum of several ways, the derivative of one state by the next.
    written: that derivative and what it is, where it stands in the place of M.
    sources: the terms s_i with the range on which each is there.
    circle:  the families whose adjoints were put in.
    """

    adjoint: Adjoint
    state: Symbol
    circle: frozenset[str]
    step: int
    bound: str
    factor: Expr
    first: IntLike
    last: IntLike
    sources: tuple[tuple[Range, Expr], ...]
    written: tuple[Partial, Expr] | None = None

    @property
    def letter(self) -> str:
        return self.adjoint.model.families[self.state.name].indices[0]

    @property
    def end(self) -> IntLike:
        """The position at which the recurrence begins, its base case."""
        return self.last if self.step == 1 else self.first

    @property
    def rows(self) -> bool:
        """True for Jacobians: the adjoint stands to the left of its factors."""
        return self.adjoint.form == "jacobian"

    def a(self, i: IntLike) -> Partial:
        """Return the adjoint at a position, as a symbol."""
        return self.adjoint.partial(at(self.state, {self.letter: i}))

    def times(self, k: IntLike, a: Expr) -> Expr:
        """Return M_k a."""
        return _applied(at(self.factor, {self.bound: k}), a, self.rows)

    def source(self, i: IntLike) -> Expr:
        """Return what is added at position i, where all of it is there."""
        return add(*(at(s, {self.letter: i}) for _, s in self.sources))

    @cached_property
    def other(self) -> str:
        """A letter for the positions j of the sources."""
        return _letter("jsruvw", self.adjoint, {self.bound})

    @cached_property
    def threshold(self) -> IntLike | None:
        """Return the position where sources at every step begin; None for one at the end only."""
        starts = [r.lo if self.step == 1 else r.hi for r, _ in self.sources if r.los != r.his]
        return starts[0] if starts else None

    def solution(self, i: IntLike, known: Range) -> Expr:
        """Return a_i as a sum of products; *known* is where the letter in i runs."""
        return add(*(self._part(bounds, s, i, known) for bounds, s in self.sources))

    def _part(self, bounds: Range, s: Expr, i: IntLike, known: Range) -> Expr:
        if bounds.los == bounds.his:
            return self._through(i, bounds.lo, at(s, {self.letter: bounds.lo}))
        j = named(self.other)
        body = self._through(i, j, at(s, {self.letter: j}))
        ends = Range((i, *bounds.los), bounds.his) if self.step == 1 else Range(
            bounds.los, (i, *bounds.his))
        ends = _for_long(tight(ends, (), {self.letter: known}))
        if ends.los == ends.his:
            return self._through(i, ends.lo, at(s, {self.letter: ends.lo}))
        return sum_over(self.other, ends, body)

    def _through(self, i: IntLike, j: IntLike, a: Expr) -> Expr:
        """Return (M_{i+1} ... M_j) a; for a model that runs backwards (M_{i-1} ... M_j) a."""
        lo, hi = (i + 1, j) if self.step == 1 else (j, i - 1)
        count = hi - lo + 1
        if count == 0:
            return a
        if count == 1 or (count in WRITTEN_OUT and self.bound in free_indices(self.factor)):
            nearest_first = reversed(range(int(count)))
            places = [lo + k if self.step == 1 else hi - k for k in nearest_first]
            return reduce(lambda so_far, k: self.times(k, so_far), places, a)
        return _applied(self._product(Range((lo,), (hi,)), count), a, self.rows)

    def _product(self, bounds: Range, count: IntLike) -> Expr:
        if len(self.factor.shape) == 2:
            return MatrixProduct(self.bound, bounds, self.factor,
                                 falling=(self.step == 1) == self.rows)
        if self.bound in free_indices(self.factor):
            return Reduce("prod", self.bound, bounds, self.factor)
        return ONE if self.factor == ONE else power(self.factor, Dimension(count))


def _for_long(bounds: Range) -> Range:
    """Of two ends that names cannot tell apart, keep the one that counts for long ranges."""
    return Range((max(bounds.los, key=large),), (min(bounds.his, key=large),))


def _applied(factor: Expr, a: Expr, rows: bool) -> Expr:
    """Multiply an adjoint by a number, entry by entry by a vector, or by a matrix."""
    if not factor.shape:
        return mul(factor, a)
    if rows:
        return matmul(a, diag(factor) if len(factor.shape) == 1 else factor)
    return mul(factor, a) if len(factor.shape) == 1 else matmul(factor, a)


def recurrence_of(adjoint: Adjoint, family: str) -> Recurrence | None:
    """Return the recurrence in which the adjoint of a family takes part, None where in none.

    Raises `NotClosed` where it is not one first-order recurrence.
    """
    circle = circle_of(adjoint, family)
    if not circle:
        return None
    name = state_of(adjoint, circle)
    state = adjoint.member(name)
    if any(len(adjoint.model.families[n].indices) != 1 for n in circle):
        raise NotClosed("two indices", state)
    flows = put_in(adjoint, name, name, circle)
    own = [f for f in flows if f.source is not None and f.source.name == name]
    others = [f for f in flows if f not in own]
    step, bounds = _only_step(state, own)
    sources = tuple((r, numbers_in(adjoint, s)) for r, s in _grouped(others))
    bound = _letter("ksjruvw", adjoint, set())
    k = {adjoint.model.families[name].indices[0]: named(bound) - step}
    factor = _joined(at(add(*(_factor(adjoint, f) for f in own)), k))
    first, last = (bounds.lo, bounds.hi + 1) if step == 1 else (bounds.lo - 1, bounds.hi)
    _refuse_other_ends(state, sources, step, first, last)
    found = Recurrence(adjoint, state, circle, step, bound, _plain(factor), first, last, sources)
    return _shortened(found) if isinstance(factor, Sum) and len(factor.shape) == 2 else found


def _shortened(r: Recurrence) -> Recurrence:
    """Let one step stand as dh_k/dh_{k-1}: a sum of several ways is too long for every place."""
    k = named(r.bound)
    one = Partial(at(r.state, {r.letter: k}), at(r.state, {r.letter: k - r.step}))
    whole = r.factor if r.rows else transposed(r.factor)
    return replace(r, factor=one if r.rows else Transpose(one), written=(one, whole))


def _only_step(state: Symbol, own: list[Flow]) -> tuple[int, Range]:
    """Return how far the recurrence goes back in one step, and where it holds."""
    if any(f.sums for f in own):
        raise NotClosed("whole past", state)
    gaps = {f.source.index[0] - state.index[0] for f in own if f.source is not None}
    if len(gaps) > 1 or not gaps <= {1, -1}:
        raise NotClosed("order", state)
    ranges = {dict(f.domain)[n] for f in own for n in names_in(state.index[0])}
    if len(ranges) != 1 or len((*next(iter(ranges)).los, *next(iter(ranges)).his)) != 2:
        raise NotClosed("cases", state)
    step = gaps.pop()
    assert isinstance(step, int)
    return step, ranges.pop()


def _grouped(flows: list[Flow]) -> Iterator[tuple[Range, Expr]]:
    """Add up the sources that are there on the same range."""
    found: dict[Range, list[Expr]] = {}
    for flow in flows:
        found.setdefault(flow.domain[0][1], []).append(flow.expr)
    for bounds, terms in found.items():
        yield bounds, add(*terms)


def _refuse_other_ends(state: Symbol, sources: tuple[tuple[Range, Expr], ...], step: int,
                       first: IntLike, last: IntLike) -> None:
    """All sources must reach the base case; those at every step must begin at one position."""
    plain = all(len(r.los) == len(r.his) == 1 for r, _ in sources)
    ends = {(r.hi if step == 1 else r.lo) for r, _ in sources} if plain else set()
    starts = {(r.lo if step == 1 else r.hi) for r, _ in sources if r.los != r.his}
    if ends != {last if step == 1 else first} or len(starts) > 1:
        raise NotClosed("cases", state)


def _factor(adjoint: Adjoint, flow: Flow) -> Expr:
    """Return M of a term M a, or of a row a M."""
    assert flow.source is not None
    partial = adjoint.partial(flow.source)
    if adjoint.form == "jacobian":
        return _behind(flow.expr, partial, flow.source)
    if not partial.shape:
        return tidy(swap(flow.expr, {partial: ONE}))
    seed = Symbol("'seed", (), partial.shape)
    try:
        return linear_form(swap(flow.expr, {partial: seed}), seed)
    except DeriveError:
        raise NotClosed("matrices", flow.source) from None


def _behind(expr: Expr, partial: Partial, state: Symbol) -> Expr:
    """Return M of a term (d top/d state) M."""
    if expr == partial:
        return Eye(state.shape[0]) if state.shape else ONE
    if isinstance(expr, Sum):
        return add(*(_behind(term, partial, state) for term in expr.terms))
    if isinstance(expr, Neg):
        return neg(_behind(expr.arg, partial, state))
    if isinstance(expr, (MatMul, Outer)):
        left = _behind(expr.left, partial, state)
        return _then(left, expr.right)
    if isinstance(expr, Product):
        inside = [f for f in expr.factors if f.shape]
        rest = [f for f in expr.factors if not f.shape]
        if len(inside) == 1:
            return mul(*rest, _behind(inside[0], partial, state))
    raise NotClosed("matrices", state)


def _then(left: Expr, right: Expr) -> Expr:
    """Go on from the state's own shape to that of the next factor."""
    if not left.shape or not right.shape:
        return mul(left, right)
    return matmul(left, right)


def _joined(expr: Expr) -> Expr:
    """Write diagonal matrices as one: diag(a) + diag(b) is diag(a + b), diag(a) diag(b) likewise.
    """
    expr = rebuild(expr, tuple(map(_joined, children(expr))))
    if isinstance(expr, MatMul) and isinstance(expr.left, Diag) and isinstance(expr.right, Diag):
        return diag(mul(expr.left.arg, expr.right.arg))
    if not isinstance(expr, Sum):
        return expr
    plus = [_plain(t) for t in expr.terms if not isinstance(t, Neg)]
    minus = [neg(_plain(t.arg)) for t in expr.terms if isinstance(t, Neg)]
    return diag(add(*plus, *minus)) if all(
        isinstance(t.arg if isinstance(t, Neg) else t, Diag) for t in expr.terms) else expr


def _plain(factor: Expr) -> Expr:
    """Write a diagonal matrix as the vector on it (its product is entry by entry), c I as c."""
    if isinstance(factor, Diag):
        return factor.arg
    number = _multiple_of_eye(factor)
    return factor if number is None else number


def _multiple_of_eye(expr: Expr) -> Expr | None:
    """Return c where a matrix is c I."""
    if isinstance(expr, Eye):
        return ONE
    if isinstance(expr, Neg):
        found = _multiple_of_eye(expr.arg)
        return None if found is None else neg(found)
    if isinstance(expr, Product):
        numbers = [f if not f.shape else _multiple_of_eye(f) for f in expr.factors]
        return mul(*(n for n in numbers if n is not None)) if None not in numbers else None
    if isinstance(expr, Sum):
        terms = [_multiple_of_eye(term) for term in expr.terms]
        return add(*(t for t in terms if t is not None)) if None not in terms else None
    return None


def _letter(choice: str, adjoint: Adjoint, taken: set[str]) -> str:
    model = adjoint.model
    used = taken | model.used
    used |= {n for p in adjoint.top.index for n in names_in(p)}
    used |= {n for c in adjoint.component for n in names_in(c)}
    spare = (f"{choice[0]}{number}" for number in range(1, 1000))
    return next((c for c in choice if c not in used), None) or next(
        c for c in spare if c not in used)
