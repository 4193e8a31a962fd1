r"""Values by formulas that somebody wrote: dL/de_t = a_t (1 - a_t) dL/da_t, dp_k/dy_i for k != i.

A formula for an entry is worked out for each entry that it tells; the others are as they should be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from derive.expr.integers import IntLike, named, names_in
from derive.expr.nodes import Entry, Expr, Partial, Ref, Symbol
from derive.expr.positions import Env, integers, match
from derive.expr.walk import array_of, at
from derive.marking.submission.claims import Where
from derive.marking.submission.members import is_met, placed

__all__ = ["Said", "by_formulas"]

Cell = tuple[int, ...]
Evaluated = Callable[[Expr, Mapping[str, IntLike]], Any]


class Said(NamedTuple):
    """What was said of something: its formula, and for which members and entries."""

    of: Expr
    formula: Expr
    when: Where = ()

    def put(self, env: Mapping[str, IntLike]) -> Said:
        return Said(at(self.of, env), at(self.formula, env), placed(self.when, env))


def by_formulas(formulas: Sequence[Said], ref: Ref, sizes: Mapping[str, IntLike],
                evaluated: Evaluated, otherwise: Callable[[], Any]
                ) -> tuple[Any, list[Expr]] | None:
    """Return what formulas say of a member, and of what they are; None where they say nothing.

    The first that tells an entry counts.
    """
    shape, inside = _full_shape(ref), ref.component if isinstance(ref, Partial) else ()
    prefix = tuple(i for i in inside if isinstance(i, int))
    found: dict[Cell, Any] = {}
    applied: list[Expr] = []
    for said in formulas:
        env = _matched(array_of(said.of), ref)
        if env is None:
            continue
        told = _told(said, shape, prefix, {**sizes, **env}, evaluated)
        if set(told) - set(found):
            applied.append(said.of)
            found = {**told, **found}
    cells = [cell for cell in np.ndindex(*shape) if cell[:len(prefix)] == prefix]
    if not found:
        return None
    rest = None if all(cell in found for cell in cells) else np.asarray(otherwise())
    values = [found[c] if c in found or rest is None else rest[c[len(prefix):]] for c in cells]
    return np.array(values, dtype=float).reshape(shape[len(prefix):]), applied


def _full_shape(ref: Ref) -> tuple[int, ...]:
    """Return the shape of all entries, also of a derivative of one entry."""
    whole = (*ref.top.shape, *ref.bottom.shape) if isinstance(ref, Partial) else ref.shape
    return tuple(integers(whole))


def _told(said: Said, shape: Sequence[int], prefix: Cell, env: Mapping[str, IntLike],
          evaluated: Evaluated) -> dict[Cell, Any]:
    """Return the entries that a formula tells."""
    whole = array_of(said.of)
    places = (*(whole.component if isinstance(whole, Partial) else ()),
              *(said.of.at if isinstance(said.of, Entry) else ()))
    if not places:
        value = _as_whole(evaluated(said.formula, env), shape)
        return {} if value is None else {c: value[c] for c in np.ndindex(*shape)}
    if len(places) < len(shape) or any(names_in(p) & {*env} for p in places):
        return {}
    out = {}
    for cell in np.ndindex(*shape):
        letters = _letters(places, cell) if cell[:len(prefix)] == prefix else None
        there = None if letters is None else {**env, **letters}
        if there is not None and all(is_met(c, {}) for c in placed(said.when, there)):
            out[cell] = evaluated(said.formula, there)
    return out


def _as_whole(value: Any, shape: Sequence[int]) -> Any | None:
    """Return a value in its shape: slopes of each entry stand on the diagonal; None if it fits not.
    """
    if value.shape and (*value.shape, *value.shape) == tuple(shape):
        return np.diag(value.ravel()).reshape(shape)
    return value if value.shape == tuple(shape) else None


def _letters(places: Sequence[IntLike], cell: Cell) -> dict[str, int] | None:
    """Return what the letters of (dp_k/dy)_i are at an entry; None where this is another one."""
    found: dict[str, int] = {}
    for place, number in zip(places, cell, strict=True):
        letter = next(iter(names_in(place)), None)
        if place != (named(letter) if letter else number) or (
                letter and found.setdefault(letter, number) != number):
            return None
    return found


def _matched(pattern: Expr, ref: Ref) -> Env | None:
    """Return where a member, or a derivative of one by one, is what a formula tells; or None."""
    if isinstance(pattern, Symbol) and isinstance(ref, Symbol):
        return match(pattern, ref) if pattern.name == ref.name else None
    if not isinstance(pattern, Partial) or not isinstance(ref, Partial) or (
            pattern.held or ref.held):
        return None
    above, below = _matched(pattern.top, ref.top), _matched(pattern.bottom, ref.bottom)
    if above is None or below is None or any(below.get(n, at) != at for n, at in above.items()):
        return None
    return {**above, **below}
