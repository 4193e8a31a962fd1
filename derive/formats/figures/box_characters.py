"""A figure of boxes and arrows in characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.formats.plain import plain, width
from derive.question.keys.figure import Arrow, Diagram

__all__ = ["boxes_in_characters"]

SIGNS = {"->": "→", "..>": "⇢", "--": "–"}
LINES = {"->": "─│", "..>": "┄┆", "--": "─│"}
GAP = 4             # characters between the widest boxes of two columns
Place = tuple[int, int]


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


def boxes_in_characters(diagram: Diagram, labels: Mapping[str, str]) -> str:
    """Draw with characters; arrows that do not go along a row or a column stand below."""
    places = diagram.places
    canvas = _Canvas(diagram, labels)
    for box, place in places.items():
        canvas.box(place, labels[box])
    rest = []
    for arrow in diagram.arrows:
        start, end = places[arrow.start], places[arrow.end]
        if start != end and _is_free(start, end, set(places.values())):
            canvas.arrow(start, end, arrow)
        else:
            said = f" ({plain(arrow.label)})" if arrow.label else ""
            rest.append(f"{labels[arrow.start]} {SIGNS[arrow.stroke]} {labels[arrow.end]}{said}")
    also = [f"and {', '.join(rest)}"] if rest else []
    return "\n".join([*canvas.lines(), *also])


class _Canvas:
    """Characters in rows; the rows of boxes are one row of arrows apart."""

    def __init__(self, diagram: Diagram, labels: Mapping[str, str]) -> None:
        gap = max([GAP, *(width(plain(a.label)) + 7 for a in diagram.arrows if a.label)])
        self.gap = gap
        self.column = max(map(width, labels.values()), default=0) + 2 + gap
        across = max(map(len, diagram.rows)) * self.column
        self.cells: list[list[str]] = [[" "] * across for _ in range(2 * len(diagram.rows) - 1)]
        self.ends: dict[Place, Place] = {}

    def box(self, place: Place, label: str) -> None:
        row, column = place
        first = column * self.column + (self.column - self.gap - width(label) - 2) // 2
        self.write(2 * row, first, f"[{label}]")
        self.ends[place] = (first, first + width(label) + 1)

    def arrow(self, start: Place, end: Place, arrow: Arrow) -> None:
        (self.across if start[0] == end[0] else self.down)(start, end, arrow)

    def across(self, start: Place, end: Place, arrow: Arrow) -> None:
        left, right = sorted((start, end), key=lambda place: place[1])
        first, last = self.ends[left][1] + 2, self.ends[right][0] - 2
        row = 2 * start[0]
        self.write(row, first, LINES[arrow.stroke][0] * (last + 1 - first))
        if arrow.stroke != "--":
            self.write(row, last if end == right else first, "→" if end == right else "←")
        if arrow.label:
            label = f" {plain(arrow.label)} "
            self.write(row, first + (last - first - width(label)) // 2 + (end == left), label)

    def down(self, start: Place, end: Place, arrow: Arrow) -> None:
        top, bottom = sorted((start, end))
        at = top[1] * self.column + (self.column - self.gap - 1) // 2
        rows = range(2 * top[0] + 1, 2 * bottom[0])
        for row in rows:
            self.write(row, at, LINES[arrow.stroke][1])
        if arrow.stroke != "--":
            head = rows[-1] if end == bottom else rows[0]
            self.write(head, at, "↓" if end == bottom else "↑")
        self.write(rows[len(rows) // 2], at + 2, plain(arrow.label))

    def write(self, row: int, column: int, text: str) -> None:
        for at, c in enumerate(_characters(text), start=column):
            self.cells[row] += [" "] * (at + 1 - len(self.cells[row]))
            self.cells[row][at] = c

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
