"""Equations and local derivatives entry by entry, as they are said beside a matrix formula.

``l = CE(y, p)`` is ``l = -sum_k y_k log p_k``; the entry o_i of ``o = V h + c`` holds V_jk only in
``delta_ij h_k``. Formulas and derivatives are SymPy's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from derive.calculus.entries import entry
from derive.calculus.entrywise import entrywise
from derive.calculus.index_notation import Vocabulary, in_entries, letter
from derive.calculus.places import Formula, position
from derive.calculus.slopes import inner_slope
from derive.errors import DeriveError
from derive.expr.integers import IntLike, names_in
from derive.expr.integers import named as as_position
from derive.expr.nodes import Apply, Entry, Expr, MatMul, Partial, Symbol
from derive.expr.walk import free_indices, walk

__all__ = ["entry_equation", "fact_by_entry", "slope_equation"]

Equality = tuple[Expr, Expr]


def entry_equation(left: Symbol, right: Expr, taken: Collection[str] = ()) -> Equality | None:
    """Return ``left_i = the formula of one entry``, or None where there is none.

    Positions are not named by letters that are *taken*.
    """
    letters = _letters(len(left.shape), (left, right), taken)
    at = {position(c): c for c in letters}
    vocabulary = Vocabulary.of(left, right)
    names: dict[IntLike, Formula] = {as_position(c): p for p, c in at.items()}

    def formula(part: Expr, places: Sequence[IntLike]) -> Expr:
        positions = (names.get(p, 0) for p in places)
        return in_entries(entry(part, positions), vocabulary, at, taken)

    try:
        if any(isinstance(part, Apply) for part in walk(right)):
            found = in_entries(entry(right, tuple(at)), vocabulary, at, taken)
        else:
            found = entrywise(right, tuple(map(as_position, letters)), formula)
    except DeriveError:
        return None
    return _entry(left, letters), found


def fact_by_entry(left: Expr, right: Expr, taken: Collection[str] = ()) -> Equality:
    """Return a fact about rows entry by entry: sum_k Y_ik = 1; a plain sum as it is."""
    if not left.shape and not any(isinstance(part, MatMul) for part in walk(left)):
        return left, right
    letters = _letters(len(left.shape), (left, right), taken)
    at = {position(c): c for c in letters}
    own = tuple(at)[len(left.shape) - len(right.shape):]
    vocabulary = Vocabulary.of(left, right)
    return (in_entries(entry(left, tuple(at)), vocabulary, at, taken),
            in_entries(entry(right, own), vocabulary, at, taken))


def slope_equation(left: Symbol, right: Expr, by: Symbol, taken: Collection[str] = ()
                   ) -> Equality | None:
    """Return ``d left_i / d by_jk = ...`` for ``left = right``, or None where it has no formula."""
    letters = _letters(len(left.shape) + len(by.shape), (left, right, by), taken)
    at = {position(c): c for c in letters}
    own, other = letters[:len(left.shape)], letters[len(left.shape):]
    places = list(at)
    try:
        slope = inner_slope(right, left, by, tuple(places[:len(own)]), tuple(places[len(own):]))
        found = in_entries(slope, Vocabulary.of(left, right, by), at, taken)
    except DeriveError:
        return None
    top = Partial(left, by, (), tuple(as_position(c) for c in own), direct=True)
    return _entry(top, other), found


def _entry(expr: Expr, letters: Sequence[str]) -> Expr:
    return Entry(expr, tuple(as_position(c) for c in letters)) if letters else expr


def _letters(count: int, exprs: Sequence[Expr], reserved: Collection[str]) -> list[str]:
    taken = {*reserved, *(name for expr in exprs for name in free_indices(expr))}
    taken |= {n for expr in exprs for part in walk(expr) for s in part.shape for n in names_in(s)}
    taken |= {part.name for expr in exprs for part in walk(expr) if isinstance(part, Symbol)}
    found: list[str] = []
    for _ in range(count):
        found.append(letter([*taken, *found], "ijkmrsuvwabcdefg"))
    return found
