"""The chain rule entry by entry: the ways from a top down to x, each through a quantity y.

d top_a / d x_i = (what the equation of the top itself does) + sum over y, k of
d top_a / d y_k  dy_k / dx_i, every slope SymPy's derivative of one entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from derive.calculus.facts import Fact
from derive.calculus.index_notation import Vocabulary, in_entries, letter
from derive.calculus.places import Formula, Positions, position
from derive.calculus.slopes import Part, Slope, outer_of, parts, slope_of
from derive.calculus.sums import put
from derive.errors import DeriveError
from derive.expr.build import sum_over
from derive.expr.integers import IntLike, named, names_in
from derive.expr.nodes import Entry, Expr, Partial, Range, Symbol
from derive.expr.walk import free_indices, walk

__all__ = ["Composition", "Letters", "Way", "composition", "entry_symbol", "way"]


@dataclass(frozen=True, slots=True)
class Letters:
    """What positions are called, and what quantities formulas speak of.

    `rows` are the positions of the top, `i` those of x; `spelled` says how each is written.
    """

    rows: Positions
    i: Positions
    spelled: dict[Formula, str]
    vocabulary: Vocabulary
    taken: frozenset[str]

    @classmethod
    def choose(cls, top: Symbol, x: Symbol, exprs: Iterable[Expr], reserved: Iterable[str] = (),
               ) -> Letters:
        """Name the positions of the top and of x; *reserved* letters mean something else."""
        exprs = tuple(exprs)
        vocabulary = Vocabulary.of(*exprs, top, x)
        taken = {name for expr in exprs for name in (*free_indices(expr), *_sizes(expr))}
        taken |= {*reserved, *vocabulary.symbols}
        rows = _letters(len(top.shape), "ijruvwabcd", taken)
        columns = _letters(len(x.shape), "ijruvwabcd", taken.union(rows.values()))
        return cls(tuple(rows), tuple(columns), {**rows, **columns}, vocabulary, frozenset(taken))

    def between(self, y: Symbol) -> dict[Formula, str]:
        """Name the positions of a quantity between the top and x."""
        return _letters(len(y.shape), "kmqsuvwabcd", self.taken.union(self.spelled.values()))

    def also(self, more: Mapping[Formula, str]) -> Letters:
        return Letters(self.rows, self.i, {**self.spelled, **more}, self.vocabulary, self.taken)

    def written(self, formula: Formula) -> Expr:
        """Write a formula; no sum takes a letter of the top's or of x's positions."""
        own = (self.spelled[p] for p in (*self.rows, *self.i))
        return in_entries(formula, self.vocabulary, self.spelled, self.taken.union(own))

    def spell(self, at: Positions) -> tuple[IntLike, ...]:
        """Return positions as ours; an axis of one entry has the position 0."""
        if any(not p.is_Integer and p not in self.spelled for p in at):
            raise DeriveError("a label that is a quantity is no position")
        return tuple(int(p) if p.is_Integer else named(self.spelled[p]) for p in at)


def _letters(count: int, choices: str, taken: Iterable[str]) -> dict[Formula, str]:
    found: dict[Formula, str] = {}
    for _ in range(count):
        c = letter({*taken, *found.values()}, choices)
        found[position(c)] = c
    return found


def _sizes(expr: Expr) -> Iterator[str]:
    return (name for part in walk(expr) for size in part.shape for name in names_in(size))


@dataclass(frozen=True, slots=True)
class Way:
    """One way from the top to x: through the entries k of y, with both slopes.

    `outer` is d top_a / d y_k, `told` where that has been shown already; `inner` is dy_k / dx_i,
    and `parts` the same taken apart by its deltas. Where top_a reads y_a alone, k is a, and nothing
    is summed (`fixed`).
    """

    y: Symbol
    k: Positions
    outer: Slope
    inner: Slope
    parts: tuple[Part, ...]
    told: bool = False
    fixed: bool = False

    def alone(self, i: Positions) -> bool:
        """True where y_k depends on x_k alone."""
        return not self.fixed and 0 < len(self.k) == len(i) and len(self.parts) == 1 and (
            dict(self.parts[0].picks) == dict(zip(self.k, i, strict=True)))

    def at_one(self, formula: Formula, i: Positions) -> Formula:
        """Read a formula of y_k at the one k = i that counts."""
        return put(formula, dict(zip(self.k, i, strict=True))) if self.alone(i) else formula


@dataclass(frozen=True, slots=True)
class Composition:
    """One chain rule, all its ways."""

    top: Symbol
    x: Symbol
    ways: tuple[Way, ...]
    direct: Slope | None
    letters: Letters

    @property
    def i(self) -> Positions:
        return self.letters.i

    @property
    def summed(self) -> bool:
        """True where the chain rule adds up over the entries of a quantity."""
        return any(w.k and not w.fixed and not w.alone(self.i) for w in self.ways)

    def by_outer(self, w: Way, at: Positions) -> Expr:
        """d top_a / d y_k"""
        return self._partial(self.top, self.letters.rows, w.y, at)

    def by_inner(self, w: Way, at: Positions) -> Expr:
        """dy_k / dx_i"""
        return self._partial(w.y, at, self.x, self.i, direct=True)

    def by_all(self, at: Positions | None = None) -> Expr:
        """d top_a / d x_i; *at* in place of i"""
        return self._partial(self.top, self.letters.rows, self.x, self.i if at is None else at)

    def _partial(self, top: Symbol, rows: Positions, bottom: Symbol, at: Positions,
                 direct: bool = False) -> Expr:
        whole = Partial(top, bottom, (), self.letters.spell(rows), direct)
        return Entry(whole, self.letters.spell(at)) if at else whole

    def over_k(self, w: Way, body: Expr) -> Expr:
        """sum_k, without a sum for a scalar y"""
        if w.fixed:
            return body
        for k, size in zip(reversed(w.k), reversed(w.y.shape), strict=True):
            body = sum_over(self.letters.spelled[k], Range((0,), (size - 1,)), body)
        return body


def way(y: Symbol, k: Positions, outer: Slope, inner: Callable[[Positions], Slope],
        told: bool = False) -> Way:
    """Return the way through y; ``inner(k)`` is dy_k / dx_i."""
    *others, single = parts(outer.final, k) if k else [Part((), outer.final)]
    at = tuple(dict(single.picks).get(p) for p in k)
    if k and not others and None not in at:
        here = outer.map(lambda f: put(f, dict(zip(k, at, strict=True))))
        return Way(y, at, here, inner(at), (), told, fixed=True)
    slope = inner(k)
    return Way(y, k, outer, slope, tuple(parts(slope.final, k)), told)


def composition(outer: Expr, inner: Expr, y: Symbol, x: Symbol, top: Symbol,
                facts: tuple[Fact, ...], reserved: frozenset[str] = frozenset()) -> Composition:
    """Return the chain rule of the scalar *outer* of y alone, where y = *inner* of x."""
    exprs = (outer, inner, y, *(side for fact in facts for side in fact))
    letters = Letters.choose(top, x, exprs, reserved)
    spelled = letters.between(y)
    letters = letters.also(spelled)
    k = tuple(spelled)
    made = way(y, k, outer_of(outer, y, k), lambda at: slope_of(inner, y, x, at, letters.i))
    return Composition(top, x, (made,), None, letters)


def entry_symbol(left: Partial, letters: Letters) -> Expr:
    """Return one entry of a derivative, as a symbol."""
    whole = Partial(left.top, left.bottom, (), letters.spell(letters.rows))
    return Entry(whole, letters.spell(letters.i)) if letters.i else whole
