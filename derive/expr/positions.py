"""Positions and sizes with numbers put in: the ends of a range, and where a member is found.

The target of an equation is a pattern, ``h[t+1]``; a member is found at the index values at which
the pattern is that member.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from derive.errors import DeriveError
from derive.expr.integers import IntLike, coefficient, names_in, put
from derive.expr.nodes import Partial, Range, Ref, Symbol

__all__ = ["Env", "assignments", "inside", "integer", "integers", "match", "moved", "solved_for",
           "span"]

Env = dict[str, IntLike]
NOTHING: Mapping[str, IntLike] = {}


def integer(value: IntLike, env: Mapping[str, IntLike] = NOTHING) -> int:
    """Return the number that a size or a position stands for; an error where it has none."""
    found = put(value, env)
    if not isinstance(found, int):
        raise DeriveError(f"the size {found} has no value", remedy="declare it under `index`")
    return found


def integers(values: Iterable[IntLike], env: Mapping[str, IntLike] = NOTHING) -> tuple[int, ...]:
    """Return the numbers that the sizes of a shape, or the positions of a member, stand for."""
    return tuple(integer(value, env) for value in values)


def span(bounds: Range, env: Mapping[str, IntLike] = NOTHING) -> tuple[int, int]:
    """Return the first and the last position of a range; it is empty where last < first."""
    return max(integers(bounds.los, env)), min(integers(bounds.his, env))


def assignments(domain: Sequence[tuple[str, Range]], env: Mapping[str, IntLike]) -> Iterator[Env]:
    """Yield *env* with every combination of values of the indices, the last one running fastest."""
    if not domain:
        yield dict(env)
        return
    (index, bounds), rest = domain[0], domain[1:]
    lo, hi = span(bounds, env)
    for value in range(lo, hi + 1):
        yield from assignments(rest, {**env, index: value})


def inside(domain: Iterable[tuple[str, Range]], env: Mapping[str, IntLike]) -> bool:
    """True where the positions lie in their ranges (all integers)."""
    for name, bounds in domain:
        value = env[name]
        gaps = [value - put(b, env) for b in bounds.los] + [put(b, env) - value for b in bounds.his]
        if any(not isinstance(g, int) or g < 0 for g in gaps):
            return False
    return True


def match(pattern: Ref, found: Ref, letters: Collection[str] | None = None) -> Env | None:
    """Return the index values at which *pattern* (h[t]) is *found* (h[t+1]); None if never.

    Both are members of one family. Where *letters* are given, only they may take values: T in y[T]
    is a length and stays what it is.
    """
    env: Env = {}
    for own, other in zip(pattern.index, found.index, strict=True):
        free = [n for n in names_in(own) if n not in env and coefficient(own, n) in (1, -1)
                and (letters is None or n in letters)]
        if free:
            env[free[0]] = solved_for(free[0], own, other)
        elif put(own, env) != other:
            return None
    return env


def moved(ref: Ref, index: tuple[IntLike, ...]) -> Ref:
    """Return another member of the same family: its positions are *index*."""
    if isinstance(ref, Partial):
        return replace(ref, bottom=replace(ref.bottom, index=index))
    assert isinstance(ref, Symbol), "a reference is a quantity or a derivative"
    return replace(ref, index=index)


def solved_for(index: str, position: IntLike, value: IntLike) -> IntLike:
    """Solve ``position == value`` for an index that counts once, or minus once, in the position."""
    rest = put(position, {index: 0})
    return value - rest if coefficient(position, index) == 1 else rest - value
