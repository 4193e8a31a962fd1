"""``points``: what a marker looks for, and what each of it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from derive.errors import DeriveError, Place
from derive.question.binder import Binder
from derive.question.fields import each, marks, record
from derive.question.keys.key import Key
from derive.question.prose import words
from derive.question.question import Task
from derive.question.source import Listing, Mapping_, Node

__all__ = ["POINTS", "Point", "Points"]


class Point(NamedTuple):
    """One thing to look for; without marks it is a remark for the marker."""

    text: str
    marks: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Points(Task):
    """Marking points; those with marks add up to the marks of their part."""

    points: tuple[Point, ...]


def _read(node: Node) -> tuple[tuple[Point, ...], Place]:
    if not isinstance(node, Listing) or not node.items:
        raise DeriveError("`points` is a list", node.place,
                          'write - {marks: 1, text: "..."}, one a line')
    return each(node.items, _point), node.place


def _point(node: Node) -> Point:
    found = record(node, READERS, "a marking point") if isinstance(node, Mapping_) else {
        "text": words(node)}
    if not found.get("text"):
        raise DeriveError("a marking point says nothing", node.place,
                          'write {marks: 1, text: "..."}')
    return Point(**found)


def _bind(found: tuple[Sequence[Point], Place], along: Mapping[str, Any], binder: Binder) -> Points:
    points, place = found
    worth = [point.marks for point in points if point.marks is not None]
    if worth:
        _add_up(sum(worth, Fraction(0)), binder.part.marks, binder.part.label, place)
    return Points(points=tuple(points))


def _add_up(total: Fraction, marks: Fraction | None, label: str, place: Place) -> None:
    if marks is None:
        raise DeriveError(f"the points of part {label} have marks, the part has none", place,
                          f"add marks: {total}")
    if total != marks:
        raise DeriveError(f"the points of part {label} add up to {total} marks, the part has "
                          f"{marks}", place, "make them add up")


READERS = {"text": words, "marks": marks}
POINTS = Key("points", _read, _bind, needs_model=False)
