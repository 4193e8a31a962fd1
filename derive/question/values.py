"""``given``: every quantity with numbers, and those given in symbols (``h: {0: zeros(n)}``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from fractions import Fraction

from derive.errors import DeriveError, Place
from derive.question.declarations import Declarations
from derive.question.faults import Faults
from derive.question.fields import entries
from derive.question.given import given
from derive.question.lines import Line
from derive.question.makers import packed
from derive.question.names import valid_name
from derive.question.numbers import words
from derive.question.question import Given
from derive.question.source import Mapping_, Node, Scalar

__all__ = ["Values", "integers", "read_values"]

INTEGER = re.compile(r"\d{1,6}", re.ASCII)
MOST_NUMBERS = 1_000_000


@dataclass(slots=True)
class Values:
    """What `given` holds: numbers, equations for what is given in symbols, and names to avoid."""

    given: dict[str, Given] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)


def integers(table: Mapping_ | None) -> dict[str, int]:
    """The positive integers given as numbers: lengths and sizes may be among them (``T: 3``)."""
    return {key.text: int(node.text) for key, node in entries(table)
            if isinstance(node, Scalar) and INTEGER.fullmatch(node.text.strip())}


def read_values(table: Mapping_ | None, known: Declarations, faults: Faults) -> Values:
    """Read all of `given`; sizes that the arrays decide are settled in *known*."""
    found = Values()
    later = []
    for key, node in entries(table):
        if _in_symbols(node, known.sizes.keys()):
            later.append((key, node))  # an array elsewhere may be what says how large n is
        else:
            _read(key, node, known, found, faults)
    known.settle(found.given, faults)
    for key, node in later:
        found.lines += _lines(key, node, known.sizes.keys())
        _read(key, _numbers_only(node, known.sizes.keys()), known, found, faults)
    for name, number in known.numbers.items():
        found.given.setdefault(name, Given(name, {(): packed([Fraction(number)], ())}))
    return found


def _read(key: Scalar, node: Node | None, known: Declarations, found: Values, faults: Faults
          ) -> None:
    name, before = key.text, len(faults.errors)
    found.places[name] = key.place
    with faults.caught():
        _check_name(key, known)
        numbers = given(name, node, known.numbers, faults) if node is not None else None
        if numbers is not None:
            found.given[name] = numbers
    if len(faults.errors) > before and name not in found.given:
        found.broken.add(name.partition("[")[0])
    if sum(a.size for g in found.given.values() for a in g.members.values()) > MOST_NUMBERS:
        raise DeriveError(f"more than {MOST_NUMBERS} numbers", key.place)


def _check_name(key: Scalar, known: Declarations) -> None:
    if "[" in key.text:
        raise DeriveError(f"`{key.text}`: members of a series are given by index", key.place,
                          f"write {key.text.partition('[')[0]}: {{0: ...}}")
    valid_name(key.text, key.place)
    if key.text in known.indices:
        raise DeriveError(f"`{key.text}` is an index, it cannot be given too", key.place,
                          "call one of them something else")


def _in_symbols(node: Node, sizes: Set[str]) -> bool:
    """True where a value, or that of a member, names a size that has no number."""
    parts = [part for _, part in node.items] if isinstance(node, Mapping_) else [node]
    return any(isinstance(part, Scalar) and words(part.text) & sizes for part in parts)


def _lines(key: Scalar, node: Node, sizes: Set[str]) -> Iterator[Line]:
    """What is given in symbols reads as an equation: ``h[0] = zeros(n)``."""
    if isinstance(node, Scalar) and _in_symbols(node, sizes):
        yield _line(f"{key.text} = ", node)
    for at, part in node.items if isinstance(node, Mapping_) else ():
        if isinstance(part, Scalar) and _in_symbols(part, sizes):
            yield _line(f"{key.text}[{at.text}] = ", part)


def _line(target: str, value: Scalar) -> Line:
    # the value keeps its own columns as far as the file has room for the target before it
    start = value.start
    return target + value.text, Place(start.file, start.line, max(start.column - len(target), 1))


def _numbers_only(node: Node, sizes: Set[str]) -> Node | None:
    if not isinstance(node, Mapping_):
        return None if _in_symbols(node, sizes) else node
    kept = tuple(item for item in node.items if not _in_symbols(item[1], sizes))
    return Mapping_(kept, node.place) if kept else None
