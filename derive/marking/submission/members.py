"""Members and entries that letters stand for, and the conditions under which something is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice, product
from math import prod

from derive.expr.integers import IntLike, named, names_in, put
from derive.expr.nodes import (
    Dimension,
    Entry,
    Expr,
    MatrixProduct,
    Neg,
    Number,
    Partial,
    Power,
    Product,
    Range,
    Reduce,
    Sum,
    Symbol,
)
from derive.expr.positions import match
from derive.expr.walk import array_of, at, refs, transform, walk
from derive.marking.submission.claims import Condition, Where

__all__ = ["begun", "count_of", "entries_of_letters", "extremes", "is_met", "match_place",
           "member_of", "names_of", "placed", "placed_as", "symbol_at", "whole", "without_units"]

MOST_CELLS = 27     # entries that letters stand for
ENTRIES = 2         # of an axis whose size is a symbol


def entries_of_letters(subject: Expr, known: frozenset[str]) -> Iterator[dict[str, int]]:
    """Yield the entries that letters stand for in p_i or (dp_k/dz)_i; nothing where none do."""
    axes: dict[str, IntLike] = {}
    bound = {part.index for part in walk(subject) if isinstance(part, (Reduce, MatrixProduct))}
    for part in walk(subject):
        for place, size in _cells(part):
            axes.update({n: size for n in names_in(place) if place == named(n)})
    axes = {n: size for n, size in axes.items() if n not in known | bound}
    spans = [range(size if isinstance(size, int) else ENTRIES) for size in axes.values()]
    if axes:
        for cell in islice(product(*spans), MOST_CELLS):
            yield dict(zip(axes, cell, strict=True))


def _cells(part: Expr) -> Iterator[tuple[IntLike, IntLike]]:
    """Yield the positions of an entry with the sizes of their axes."""
    if isinstance(part, Entry):
        yield from zip(part.at, part.arg.shape, strict=False)
    elif isinstance(part, Partial):
        yield from zip(part.component, part.top.shape, strict=False)


def placed(when: Where, env: Mapping[str, IntLike]) -> Where:
    """Return conditions with letters put in."""
    return tuple((put(one, env), relation, tuple(put(v, env) for v in values))
                 for one, relation, values in when)


def names_of(condition: Condition) -> frozenset[str]:
    one, _, values = condition
    return names_in(one).union(*map(names_in, values))


def is_met(condition: Condition, env: Mapping[str, IntLike]) -> bool:
    """True where a condition holds, or cannot be told."""
    one, relation, values = condition
    gaps = [put(v - one, env) for v in values]
    told = [gap for gap in gaps if isinstance(gap, int)]
    if len(told) < len(gaps) or relation not in MET:
        return True
    return any(MET[relation](gap) for gap in told)


MET: Mapping[str, Callable[[int], bool]] = {
    "=": lambda gap: gap == 0, "!=": lambda gap: gap != 0, "<": lambda gap: gap > 0,
    "<=": lambda gap: gap >= 0, ">": lambda gap: gap < 0, ">=": lambda gap: gap <= 0,
}


def begun(subject: Expr, formula: Expr) -> Iterator[Condition]:
    """Yield where a recurrence holds: dJ_t/dh_i by dJ_t/dh_{i+1} as long as i + 1 <= t.

    At i = t, where it begins, J_t does not depend on what it goes on from; nor does dJ_t/dh_i by
    dJ_t/dz_{i+1}. And dd_t/dd_s is said of an s that is not behind t.
    """
    whole = array_of(subject)
    if not isinstance(whole, Partial) or len(whole.top.index) != 1:
        return
    if whole.top.name == whole.bottom.name and len(whole.bottom.index) == 1:
        yield whole.bottom.index[0], "<=", whole.top.index
    for ref in refs(formula):
        if isinstance(ref, Partial) and ref.top == whole.top and (
                len(ref.bottom.index) == len(whole.bottom.index) == 1) and (
                ref.bottom.index != whole.bottom.index and names_in(ref.bottom.index[0])):
            yield ref.bottom.index[0], "<=", ref.top.index


def match_place(rhs: Expr, symbol: Symbol, formula: Expr) -> Symbol | None:
    """Return the member that a formula makes, where it is the right side of an equation.

    A letter of the equation may have another name, or a number in its place.
    """
    if rhs == formula:
        return symbol
    if len(symbol.index) != 1:
        return None
    (letter,) = names_in(symbol.index[0])
    for position in dict.fromkeys(p for r in refs(formula) if isinstance(r, Symbol)
                                  for p in r.index):
        if at(rhs, {letter: position}) == formula:
            return symbol_at(symbol, {letter: position})
    return None


def placed_as(symbol: Symbol, formula: Expr) -> Iterator[Symbol]:
    """Yield a quantity at the positions that a formula speaks of: z_t, or z_2 of what holds h_2."""
    if not symbol.index:
        yield symbol
    elif len(symbol.index) == 1:
        read = (r for r in refs(formula) if isinstance(r, Symbol))
        yield from dict.fromkeys(replace(symbol, index=r.index) for r in read if len(r.index) == 1)


def without_units(expr: Expr) -> Expr:
    """Return a formula without factors that are 1: the dL_2/dL_2 of a chain rule for t = 2."""
    def change(part: Expr) -> Expr | None:
        if not isinstance(part, Product):
            return None
        kept = tuple(f for f in part.factors if not (
            isinstance(f, Partial) and f.top == f.bottom and not f.top.shape))
        if len(kept) == len(part.factors) or not kept:
            return None
        return kept[0] if len(kept) == 1 else replace(part, factors=kept)

    return transform(expr, change)


def whole(expr: object) -> IntLike | None:
    """Return a position or a whole number as such, t - 1 too; None for anything else."""
    if isinstance(expr, Dimension):
        return expr.value
    if isinstance(expr, Number):
        return int(expr.value) if expr.value.denominator == 1 else None
    if isinstance(expr, Neg):
        inner = whole(expr.arg)
        return None if inner is None else -inner
    if isinstance(expr, Sum):
        terms = [whole(term) for term in expr.terms]
        known = [term for term in terms if term is not None]
        return sum(known[1:], start=known[0]) if len(known) == len(terms) else None
    return None


def count_of(expr: object) -> IntLike | None:
    """Return a count in names of sizes, m(d + 1) + k; None for anything else."""
    if isinstance(expr, Neg):
        inner = count_of(expr.arg)
        return None if inner is None else -inner
    if isinstance(expr, Power) and isinstance(expr.exponent, Number) and expr.exponent.value == 2:
        expr = Product((expr.base, expr.base))
    parts = expr.terms if isinstance(expr, Sum) else (
        expr.factors if isinstance(expr, Product) else ())
    if not parts:
        return whole(expr)
    found = [count for part in parts if (count := count_of(part)) is not None]
    if len(found) < len(parts):
        return None
    return sum(found[1:], start=found[0]) if isinstance(expr, Sum) else prod(
        found[1:], start=found[0])


def _reads(bounds: Range) -> frozenset[str]:
    return frozenset().union(*map(names_in, (*bounds.los, *bounds.his)))


def extremes(value: IntLike, ranges: Mapping[str, Range], deepest: int = 4) -> Iterator[IntLike]:
    """Yield a value at all ends of the ranges of its letters."""
    letters = [n for n in sorted(names_in(value)) if n in ranges]
    # the range of i may end at t: i is put in first
    letter = next((n for n in letters if _reads(ranges[n]) & set(letters)),
                  next(iter(letters), None))
    if letter is None or not deepest:
        yield value
        return
    for end in (*ranges[letter].los, *ranges[letter].his):
        yield from extremes(put(value, {letter: end}), ranges, deepest - 1)


def symbol_at(symbol: Symbol, env: Mapping[str, IntLike]) -> Symbol:
    """Return a member with its positions put in."""
    return replace(symbol, index=tuple(put(p, env) for p in symbol.index))


def member_of(general: Expr, special: Expr) -> Mapping[str, IntLike] | None:
    """Return the positions at which dS[k]/dz[k] is dS[0]/dz[0]; None where it never is."""
    env: dict[str, IntLike] = {}
    pairs = list(zip(_symbols(general), _symbols(special), strict=False))
    for one, other in pairs:
        if one.name != other.name or len(one.index) != len(other.index):
            return None
        env = {**(match(one, other) or {}), **env}
    return env if pairs and at(general, env) == special else None


def _symbols(expr: Expr) -> tuple[Symbol, ...]:
    if isinstance(expr, Partial):
        return expr.top, expr.bottom
    return (expr,) if isinstance(expr, Symbol) else ()
