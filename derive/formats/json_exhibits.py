"""What a step shows beside its lines, for programs."""

from __future__ import annotations

from fractions import Fraction
from functools import singledispatch
from itertools import chain
from typing import Any

from derive.expr.nodes import Expr
from derive.solution.exhibits import (
    Boxes,
    Choices,
    Exhibit,
    MarkingPoints,
    Plot,
    Prose,
    Room,
    Table,
)
from derive.solution.pictures.network import Network, Vertex
from derive.solution.words import Claim, Sentence
from derive.syntax import write_latex, write_text
from derive.syntax.latex.style import Style

__all__ = ["marks", "shown"]


@singledispatch
def shown(exhibit: Exhibit, style: Style) -> dict[str, Any]:
    """Return an exhibit with its kind: ``{"kind": "prose", "markdown": ...}``."""
    raise TypeError(f"no JSON of {type(exhibit).__name__}")


def marks(amount: Fraction | None) -> int | str | None:
    """Return whole marks as a number, others exactly: "7/2"."""
    if amount is None:
        return None
    return amount.numerator if amount.denominator == 1 else str(amount)


@shown.register(Prose)
def _(exhibit: Prose, style: Style) -> dict[str, Any]:
    counted = {} if exhibit.words is None else {"words": exhibit.words}
    return {"kind": "prose", "markdown": exhibit.text, **counted}


@shown.register(MarkingPoints)
def _(exhibit: MarkingPoints, style: Style) -> dict[str, Any]:
    return {"kind": "points", "points": [
        {"marks": marks(point.marks), "markdown": point.text} for point in exhibit.points]}


@shown.register(Choices)
def _(exhibit: Choices, style: Style) -> dict[str, Any]:
    if not exhibit.marked:
        return {"kind": "choices", "options": [{"option": o.option} for o in exhibit.options]}
    return {"kind": "choices", "options": [option._asdict() for option in exhibit.options]}


@shown.register(Room)
def _(exhibit: Room, style: Style) -> dict[str, Any]:
    return {"kind": "room", "lines": exhibit.lines}


@shown.register(Boxes)
def _(exhibit: Boxes, style: Style) -> dict[str, Any]:
    diagram = exhibit.diagram
    return {"kind": "figure", "caption": diagram.caption, "rows": [*map(list, diagram.rows)],
            "labels": dict(diagram.labels or {}), "arrows": [*map(list, diagram.arrows)]}


@shown.register(Network)
def _(exhibit: Network, style: Style) -> dict[str, Any]:
    return {"kind": "picture", "caption": exhibit.caption,
            "nodes": [_node(vertex, style) for vertex in exhibit.vertices],
            "links": [{"from": link.start, "to": link.end, "on_path": link.lit,
                       "shape": None if link.shape is None else _cell(link.shape, style)}
                      for link in exhibit.links]}


def _node(vertex: Vertex, style: Style) -> dict[str, Any]:
    label = (_words(vertex.shown) if isinstance(vertex.shown, Sentence)
             else _named(vertex.shown, style))
    return {"name": vertex.name, "label": label, "role": vertex.role,
            "step": vertex.step, "on_path": vertex.lit,
            "notes": [_words(note) for note in vertex.notes]}


@shown.register(Table)
def _(exhibit: Table, style: Style) -> dict[str, Any]:
    rows = ([_cell(cell, style) for cell in row] for row in (exhibit.head, *exhibit.rows))
    return {"kind": "table", "head": next(rows), "rows": list(rows)}


@shown.register(Plot)
def _(exhibit: Plot, style: Style) -> dict[str, Any]:
    return {"kind": "plot", "x": _cell(exhibit.across, style), "caption": exhibit.caption,
            "logarithmic": sorted(exhibit.logarithmic),
            "curves": [{"label": _named(curve.label, style),
                        "points": [list(point) for point in curve.points]}
                       for curve in exhibit.curves]}


def _named(label: Expr | str, style: Style) -> dict[str, str]:
    return {"markdown": label} if isinstance(label, str) else _cell(label, style)


def _cell(cell: Expr | Sentence, style: Style) -> dict[str, str]:
    if isinstance(cell, Sentence):
        return {"text": _words(cell)}
    return {"latex": write_latex.write(cell, style), "text": write_text.write(cell)}


def _words(sentence: Sentence) -> str:
    words, parts = sentence.text.split("{}"), [*map(_part, sentence.parts), ""]
    return "".join(chain.from_iterable(zip(words, parts, strict=False)))


def _part(part: Any) -> str:
    if isinstance(part, Claim):
        return f"{write_text.write(part.left)} {part.relation} {write_text.write(part.right)}"
    return write_text.write(part) if isinstance(part, Expr) else str(part)
