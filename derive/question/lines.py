"""The lines of ``model``: one equation each, with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator

from derive.errors import DeriveError, Place
from derive.question.faults import Faults
from derive.question.fields import texts
from derive.question.source import Listing, Node, Scalar

__all__ = ["Line", "equation_lines"]

Line = tuple[str, Place]

MOST_LINES = 2000       # of one model
MOST_CONTINUED = 100    # of one equation


def equation_lines(node: Node, faults: Faults) -> tuple[list[Line], list[Line]]:
    """Return the equations of a block of text or a list of texts, and the lines that are broken.

    Comments and blank lines are left out; while a bracket is open, an equation goes on in the next
    line (the lines stay apart, so that places can be found in them).
    """
    if isinstance(node, Scalar) and node.style == ">":
        raise DeriveError("a block after > loses its line ends", node.place,
                          "write `model: |`, one equation a line")
    broken: list[Line] = []
    found = [line for item in _parts(node) for line in _equations(item, broken)]
    for _, place in broken:
        faults.add("a bracket opened in this line is never closed", place,
                   "an equation goes on in the next line only while a bracket is open")
    if not found and not broken:
        faults.add("`model` holds no equations", node.place, "write one a line: h = W @ x + b")
    if len(found) > MOST_LINES:
        raise DeriveError(f"more than {MOST_LINES} equations", node.place)
    return found, broken


def _parts(node: Node) -> list[Scalar]:
    # a list's items are checked as texts; a block's brackets are looked at line by line
    return texts(node) if isinstance(node, Listing) or not isinstance(node, Scalar) else [node]


def _equations(source: Scalar, broken: list[Line]) -> Iterator[Line]:
    lines = [line.partition("#")[0].rstrip() for line in source.text.split("\n")]
    offsets = _offsets(source.text)
    number = 0
    while number < len(lines):
        count = _length(lines, number)
        joined = "\n".join(lines[number:number + max(count, 1)])
        blanks = len(joined) - len(joined.lstrip(" "))
        place = source.at(offsets[number] + blanks)
        if count == 0:
            broken.append((joined[blanks:], place))
        elif joined.strip():
            yield joined[blanks:] if count == 1 else joined, _first(place, blanks, count)
        number += max(count, 1)


def _first(place: Place, blanks: int, count: int) -> Place:
    # lines joined keep their indentation, and with it the columns of the file
    return place if count == 1 else Place(place.file, place.line, place.column - blanks)


def _offsets(source: str) -> list[int]:
    offsets, total = [], 0
    for line in source.split("\n"):
        offsets.append(total)
        total += len(line) + 1
    return offsets


def _length(lines: list[str], first: int) -> int:
    """How many lines the equation that starts at *first* takes; 0 where its brackets stay open."""
    depth = 0
    for count, line in enumerate(lines[first:first + MOST_CONTINUED], start=1):
        depth += sum((c in "([") - (c in ")]") for c in line)
        if depth <= 0:
            return count
    return 0
