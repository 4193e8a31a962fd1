"""Equation text put together from several places, which remembers where each stretch was typed."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from derive.errors import Place
from derive.syntax.read_equation import Text

__all__ = ["Expanded", "Piece", "Traced", "cut", "plain", "replaced", "span"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `place` is where its author typed it, None inside a macro's equations."""

    text: str
    place: Place | None = None


Traced = tuple[Piece, ...]


def plain(traced: Traced) -> str:
    return "".join(piece.text for piece in traced)


def span(text: Text, node: ast.AST) -> tuple[int, int]:
    """Return where a parsed node begins and ends in *text*, counted in characters."""
    starts = [0]
    lines = text.text.split("\n")
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def offset(line: int, column: int) -> int:
        within = lines[line - 1].encode()[:max(column, 0)].decode(errors="ignore")
        return starts[line - 1] + len(within)

    return (offset(getattr(node, "lineno", 1), getattr(node, "col_offset", 0)),
            offset(getattr(node, "end_lineno", 1), getattr(node, "end_col_offset", 0)))


def cut(text: Text, start: int, end: int) -> Traced:
    """Return a stretch of an author's text on one line, each piece with its place."""
    if isinstance(text, Expanded):
        return text.cut(start, end)
    found, at = [], start
    for number, line in enumerate(text.text[start:end].split("\n")):
        row = text.text.count("\n", 0, start) + number
        column = at - (text.text.rfind("\n", 0, at) + 1)
        place = Place(text.place.file, text.place.line + row, (text.place.column or 1) + column)
        found.append(Piece((" " if number else "") + line.strip() if number else line,
                           _moved(place, len(line) - len(line.lstrip()) - 1 if number else 0)))
        at += len(line) + 1
    return tuple(found)


def _moved(place: Place, by: int) -> Place:
    return Place(place.file, place.line, place.column + by)


def replaced(text: Text, changes: list[tuple[tuple[int, int], Traced]]) -> Traced:
    """Return *text* with stretches of it, none inside another, replaced."""
    found: list[Piece] = []
    at = 0
    for (start, end), new in sorted(changes, key=lambda change: change[0]):
        found += [*cut(text, at, start), *new]
        at = end
    return tuple(p for p in (*found, *cut(text, at, len(text.text))) if p.text)


@dataclass(frozen=True, slots=True)
class Expanded(Text):
    """Text of an equation that a macro wrote.

    What the author typed keeps its place; for the rest, `place` is that of the call.
    """

    pieces: Traced = field(default=())

    @classmethod
    def of(cls, pieces: Traced, place: Place) -> Expanded:
        return cls(plain(pieces), place, pieces)

    def at(self, node: ast.AST) -> Place:
        return self._place(span(self, node)[0])

    def _place(self, offset: int) -> Place:
        for piece in self.pieces:
            if offset < len(piece.text):
                return self.place if piece.place is None else _moved(piece.place, offset)
            offset -= len(piece.text)
        return self.place

    def cut(self, start: int, end: int) -> Traced:
        """Return a stretch of this text, each piece with its place."""
        found, at = [], 0
        for piece in self.pieces:
            left, right = max(start - at, 0), min(end - at, len(piece.text))
            if left < right:
                place = piece.place and _moved(piece.place, left)
                found.append(Piece(piece.text[left:right], place))
            at += len(piece.text)
        return tuple(found)
