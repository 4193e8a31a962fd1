"""A figure of boxes and arrows: where everything stands on paper, and the same in characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.formats.plain import width
from derive.question.keys.figure import Diagram

__all__ = ["in_characters", "is_bent"]

GAP = 4             # characters between the widest boxes of two columns
Place = tuple[int, int]


def is_bent(start: Place, end: Place, taken: set[Place]) -> bool:
    """True for an arrow that would go straight through another box."""
    return not _is_free(start, end, taken) and _in_line(start, end)


def _in_line(start: Place, end: Place) -> bool:
    return start[0] == end[0] or start[1] == end[1]


def _is_free(start: Place, end: Place, taken: set[Place]) -> bool:
    """True where nothing stands between two places of one row or one column."""
    return _in_line(start, end) and not taken & set(_between(start, end))


def _between(start: Place, end: Place) -> list[Place]:
    (r1, c1), (r2, c2) = sorted((start, end))
    if r1 == r2:
        return [(r1, c) for c in range(c1 + 1, c2)]
    return [(r, c1) for r in range(r1 + 1, r2)]


def in_characters(diagram: Diagram, labels: Mapping[str, str]) -> str:
    """Draw with characters; arrows that do not go along a row or a column stand below."""
    places = diagram.places
    canvas = _Canvas(diagram, labels)
    for box, place in places.items():
        canvas.box(place, labels[box])
    rest = []
    for start, end in diagram.arrows:
        if _is_free(places[start], places[end], set(places.values())):
            canvas.arrow(places[start], places[end])
        else:
            rest.append(f"{labels[start]} → {labels[end]}")
    also = [f"and {', '.join(rest)}"] if rest else []
    return "\n".join([*canvas.lines(), *also])


class _Canvas:
    """Characters in rows; the rows of boxes are one row of arrows apart."""

    def __init__(self, diagram: Diagram, labels: Mapping[str, str]) -> None:
        self.column = max(map(width, labels.values()), default=0) + 2 + GAP
        across = max(map(len, diagram.rows)) * self.column
        self.cells: list[list[str]] = [[" "] * across for _ in range(2 * len(diagram.rows) - 1)]
        self.ends: dict[Place, Place] = {}

    def box(self, place: Place, label: str) -> None:
        row, column = place
        first = column * self.column + (self.column - GAP - width(label) - 2) // 2
        for at, c in enumerate(_characters(f"[{label}]"), start=first):
            self.cells[2 * row][at] = c
        self.ends[place] = (first, first + width(label) + 1)

    def arrow(self, start: Place, end: Place) -> None:
        (self.across if start[0] == end[0] else self.down)(start, end)

    def across(self, start: Place, end: Place) -> None:
        left, right = sorted((start, end), key=lambda place: place[1])
        first, last = self.ends[left][1] + 2, self.ends[right][0] - 2
        line = self.cells[2 * start[0]]
        line[first:last + 1] = "─" * (last + 1 - first)
        line[last if end == right else first] = "→" if end == right else "←"

    def down(self, start: Place, end: Place) -> None:
        top, bottom = sorted((start, end))
        at = top[1] * self.column + (self.column - GAP - 1) // 2
        for row in range(2 * top[0] + 1, 2 * bottom[0]):
            self.cells[row][at] = "│"
        self.cells[2 * bottom[0] - 1 if end == bottom else 2 * top[0] + 1][at] = (
            "↓" if end == bottom else "↑")

    def lines(self) -> Sequence[str]:
        return ["".join(row).rstrip() for row in self.cells]


def _characters(text: str) -> list[str]:
    """Divide a text into characters, each with the accents that stand on it."""
    found: list[str] = []
    for c in text:
        if found and width(c) == 0:
            found[-1] += c
        else:
            found.append(c)
    return found
