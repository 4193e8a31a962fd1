"""``figure``: a picture of boxes and arrows, such as a network unrolled in time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

from derive.errors import DeriveError, nearest
from derive.question.binder import Binder
from derive.question.faults import Faults
from derive.question.fields import asked, entries, mapping, record
from derive.question.keys.key import Key
from derive.question.prose import words
from derive.question.question import Task
from derive.question.source import Mapping_, Node, Scalar

__all__ = ["FIGURE", "Arrow", "Diagram", "Figure"]

EXAMPLE = 'write figure: {rows: [". y1 y2", "h0 h1 h2"], arrows: [h0 -> h1 -> h2, h1 -> y1]}'
FREE = "."
STROKE = re.compile(r"(->|\.\.>|--)")
BOX = re.compile(r"[^\W\d]\w*")
MOST_ROWS, MOST_COLUMNS = 12, 14


class Arrow(NamedTuple):
    """A line between two boxes: "->", "..>" dashed, or "--" without a head."""

    start: str
    end: str
    stroke: str = "->"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Diagram:
    """Boxes in rows from the top down, None where a place is free, and arrows between boxes.

    A box is called by its name; where `labels` has none for it, it shows its name as mathematics.
    """

    rows: tuple[tuple[str | None, ...], ...]
    arrows: tuple[Arrow, ...] = ()
    labels: Mapping[str, str] | None = None
    caption: str = ""

    @property
    def places(self) -> dict[str, tuple[int, int]]:
        """Return the row and the column of each box."""
        return {box: (r, c) for r, row in enumerate(self.rows) for c, box in enumerate(row) if box}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Task):
    """A figure that belongs to the answer."""

    diagram: Diagram


def _read(node: Node) -> Diagram:
    if not isinstance(node, Mapping_):
        raise DeriveError("`figure` is a mapping", node.place, EXAMPLE)
    found = record(node, READERS, "a figure")
    if "rows" not in found:
        raise DeriveError("this figure has no rows", node.place, EXAMPLE)
    rows: dict[Scalar, tuple[str | None, ...]] = found["rows"]
    seen: set[str] = set()
    for item, row in rows.items():
        for box in filter(None, row):
            if box in seen:
                raise DeriveError(f"the box `{box}` stands twice", item.place,
                                  "give boxes names of their own, and `labels` what they show")
            seen.add(box)
    arrows = tuple(arrow for item in found.get("arrows", ()) for arrow in _arrows(item, seen))
    labels = dict(_labels(found.get("labels"), seen))
    return Diagram(tuple(rows.values()), arrows, labels, found.get("caption", ""))


def _rows(node: Node) -> dict[Scalar, tuple[str | None, ...]]:
    items = _lines(node)
    rows = {item: tuple(_box(word, item) for word in item.text.split()) for item in items}
    if len(items) > MOST_ROWS or max(map(len, rows.values())) > MOST_COLUMNS:
        raise DeriveError(f"more than {MOST_ROWS} rows or {MOST_COLUMNS} columns", node.place)
    return rows


def _lines(node: Node) -> list[Scalar]:
    """Return the texts of a list, or the lines of a block of text."""
    found = []
    for item in asked(node):
        offset = 0
        for line in item.text.split("\n"):
            if line.strip():
                found.append(replace(item, text=line, start=item.at(offset)))
            offset += len(line) + 1
    return found


def _box(word: str, item: Scalar) -> str | None:
    if word != FREE and not BOX.fullmatch(word):
        raise DeriveError(f"`{word}` is not the name of a box", item.place,
                          "names are letters, digits and underscores; a point leaves a place free")
    return None if word == FREE else word


def _arrows(item: Scalar, boxes: set[str]) -> Iterator[Arrow]:
    """Read ``a -> b -> c: label``: one arrow from each to the next."""
    way, colon, label = item.text.partition(":")
    names, strokes = STROKE.split(way)[::2], STROKE.findall(way)
    for name in map(str.strip, names):
        if name not in boxes:
            raise DeriveError(f"no box is called `{name}`", item.place, nearest(name, boxes))
    if not strokes or (colon and not label.strip()):
        raise DeriveError(f"`{item.text}` is not an arrow", item.place, "write a -> b")
    for (start, end), stroke in zip(pairwise(map(str.strip, names)), strokes, strict=True):
        yield Arrow(start, end, stroke, label.strip())


def _labels(node: Node | None, boxes: set[str]) -> Iterator[tuple[str, str]]:
    faults = Faults()
    for key, label in entries(mapping(node, "`labels`", 'labels: {h1: "$h_1$"}', faults)):
        if key.text not in boxes:
            faults.add(f"no box is called `{key.text}`", key.place, nearest(key.text, boxes))
        yield key.text, words(label)
    faults.report()


def _bind(found: Diagram, along: Mapping[str, Any], binder: Binder) -> Figure:
    return Figure(diagram=found)


def _whole(node: Node) -> Node:
    return node


READERS: Mapping[str, Any] = {"rows": _rows, "arrows": _lines, "labels": _whole, "caption": words}
FIGURE = Key("figure", _read, _bind, needs_model=False)
