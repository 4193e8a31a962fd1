"""A loss of y and y of x, entry by entry: the positions k of y and i of x, and both slopes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.calculus.facts import Fact
from derive.calculus.index_notation import Vocabulary, in_entries, letter
from derive.calculus.places import Formula, Positions, position
from derive.calculus.slopes import Part, inner_slope, outer_slope, parts
from derive.calculus.sums import put
from derive.expr.build import sum_over
from derive.expr.integers import IntLike, named, names_in
from derive.expr.nodes import Entry, Expr, Partial, Range, Symbol
from derive.expr.walk import free_indices, walk

__all__ = ["Composition", "composition"]


def _letters(count: int, choices: str, taken: set[str]) -> dict[Formula, str]:
    found: dict[Formula, str] = {}
    for _ in range(count):
        c = letter({*taken, *found.values()}, choices)
        found[position(c)] = c
    return found


@dataclass(frozen=True, slots=True)
class Composition:
    """One chain rule: the positions k of y and i of x, and both slopes at them."""

    y: Symbol
    x: Symbol
    top: Symbol
    k: Positions
    i: Positions
    letters: dict[Formula, str]
    vocabulary: Vocabulary
    outer: Formula
    inner: Formula
    parts: tuple[Part, ...]

    @property
    def alone(self) -> bool:
        """True where y_k depends on x_k alone."""
        return bool(self.k) and len(self.parts) == 1 and (
            dict(self.parts[0].picks) == dict(zip(self.k, self.i, strict=False)))

    def at_one(self, formula: Formula) -> Formula:
        """Read a formula of y_k at the one k = i that counts."""
        return put(formula, dict(zip(self.k, self.i, strict=True))) if self.alone else formula

    def written(self, formula: Formula) -> Expr:
        return in_entries(formula, self.vocabulary, self.letters)

    def spelled(self, at: Positions) -> tuple[IntLike, ...]:
        return tuple(named(self.letters[p]) for p in at)

    def by_outer(self, at: Positions) -> Expr:
        """dl/dy_k"""
        return _entry_at(Partial(self.top, self.y), self.spelled(at))

    def by_inner(self, at: Positions) -> Expr:
        """dy_k/dx_i"""
        whole = Partial(self.y, self.x, (), self.spelled(at))
        return _entry_at(whole, self.spelled(self.i))

    def by_all(self) -> Expr:
        """dl/dx_i"""
        return _entry_at(Partial(self.top, self.x), self.spelled(self.i))

    def over_k(self, body: Expr) -> Expr:
        """sum_k, without a sum for a scalar y"""
        for k, size in zip(reversed(self.k), reversed(self.y.shape), strict=True):
            body = sum_over(self.letters[k], Range((0,), (size - 1,)), body)
        return body


def _entry_at(expr: Expr, at: tuple[IntLike, ...]) -> Expr:
    return Entry(expr, at) if at else expr


def composition(outer: Expr, inner: Expr, y: Symbol, x: Symbol, top: Symbol,
                 facts: tuple[Fact, ...], reserved: frozenset[str] = frozenset()) -> Composition:
    """Name the positions and find both slopes; letters that are *reserved* mean something else."""
    vocabulary = Vocabulary.of(outer, inner, y, x, *(side for fact in facts for side in fact))
    taken = {name for expr in (outer, inner) for name in (*free_indices(expr), *_sizes(expr))}
    taken |= reserved
    rows = _letters(len(y.shape), "kmqsuvwabcd", taken.union(vocabulary.symbols))
    columns = _letters(len(x.shape), "ijruvwabcd", {*taken, *vocabulary.symbols, *rows.values()})
    k, i = tuple(rows), tuple(columns)
    slope = inner_slope(inner, y, x, k, i)
    return Composition(y, x, top, k, i, {**rows, **columns}, vocabulary,
                        outer_slope(outer, y, k), slope, tuple(parts(slope, k)))


def _sizes(expr: Expr) -> Iterator[str]:
    return (name for part in walk(expr) for size in part.shape for name in names_in(size))
