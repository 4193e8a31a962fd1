"""Which names are series: how many positions each takes, its members where it is given whole."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from derive.errors import DeriveError, Place
from derive.expr.shapes import say
from derive.question.model.declared import Declared
from derive.question.model.parsed import Parsed
from derive.question.question import Given
from derive.question.scope import Scope, series_uses, subscripts

__all__ = ["as_series", "settle_arity"]


def settle_arity(scope: Scope, parsed: Sequence[Parsed], given: Mapping[str, Given],
                 declared: Mapping[str, Declared]) -> None:
    """Decide for every name how many index positions it takes, and how they are called."""
    scope.arity.update({n: ("",) * len(next(iter(item.members))) for n, item in given.items()})
    scope.arity.update({name: indices for name, (indices, _) in declared.items()})
    scope.arity.update({p.name: () for p in parsed if p.name not in scope.arity})
    for name, slots in _uses(scope, parsed):
        scope.arity[name] = _merged(scope.arity[name], slots)
    for name, slots in scope.arity.items():
        spare = iter(n for n in scope.indices if n not in slots)
        scope.arity[name] = tuple(s or next(spare, f"i{k}") for k, s in enumerate(slots))


def _uses(scope: Scope, parsed: Sequence[Parsed]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what each use of a name as a series tells about its positions.

    A target in brackets is a series even where every position is fixed.
    """
    for tree in (t for p in parsed for t in (p.target, p.rhs)):
        for name, slots in series_uses(tree, scope.indices):
            if name in scope.arity and any(slots):
                yield name, slots
    for item in parsed:
        if isinstance(item.target, ast.Subscript):
            yield item.name, ("",) * len(subscripts(item.target))


def _merged(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, ...]:
    if len(a) > len(b):
        b = b + ("",) * (len(a) - len(b))
    a = a + ("",) * (len(b) - len(a))
    return tuple(x or y for x, y in zip(a, b, strict=True))


def as_series(scope: Scope, given: Mapping[str, Given], places: Mapping[str, Place]
              ) -> dict[str, Given]:
    """Split an array that is given whole into the members of its series."""
    out = dict(given)
    for name, item in given.items():
        missing = len(scope.arity[name]) - len(next(iter(item.members)))
        if missing <= 0:
            continue
        try:
            if () not in item.members:
                count = len(next(iter(item.members)))
                raise DeriveError(f"`{name}` is given with {count} position{'s'[:count > 1]}, but "
                                  f"used as {name}[{', '.join(scope.arity[name])}]")
            out[name] = Given(name, _split(item.members[()], name, scope))
        except DeriveError as error:
            scope.errors.append(DeriveError(error.message, places.get(name), error.remedy))
            scope.arity[name] = ()
    return out


def _split(array: Any, name: str, scope: Scope) -> dict[tuple[int, ...], Any]:
    indices = scope.arity[name]
    starts = []
    for axis, index in enumerate(indices):
        bounds = scope.indices.get(index)
        if bounds is None or not isinstance(bounds.lo, int):
            raise DeriveError(f"`{name}` is a series: give its members by index, "
                              f"{name}: {{0: ..., 1: ...}}")
        starts.append(bounds.lo)
        if array.ndim <= axis:
            raise DeriveError(f"`{name}[{', '.join(indices)}]` is used as a series, but "
                              f"{say(array.shape)} is given", remedy="give a list, one per index")
        length = bounds.hi - bounds.lo + 1
        if isinstance(length, int) and array.shape[axis] > length:
            scope.warnings.append(f"`{name}` has {array.shape[axis]} values, but `{index}` takes "
                                  f"only {length}")
    cells: list[tuple[int, ...]] = [()]
    for axis in range(len(indices)):
        cells = [(*c, i) for c in cells for i in range(array.shape[axis])]
    return {tuple(s + i for s, i in zip(starts, c, strict=True)): array[(*c, ...)] for c in cells}
