"""What a step can show beside lines of mathematics: prose, tables, plots, choices, figures.

Each class is also a block of the document: every format writes it by a macro of its name.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.expr.nodes import Expr
from derive.question.keys.choose import Option
from derive.question.keys.figure import Diagram
from derive.question.keys.points import Point
from derive.solution.words import Sentence

__all__ = [
    "Boxes", "Choices", "Curve", "Exhibit", "MarkingPoints", "Plot", "Prose", "Room", "Table",
]


@dataclass(frozen=True)
class Exhibit:
    """Anything that is no line of mathematics."""


@dataclass(frozen=True)
class Table(Exhibit):
    """Rows of cells under a head."""

    head: tuple[Expr | Sentence, ...]
    rows: tuple[tuple[Expr | Sentence, ...], ...]


@dataclass(frozen=True)
class Prose(Exhibit):
    """An answer in words, in the author's Markdown; `words` is its length where one was asked."""

    text: str
    words: int | None = None


@dataclass(frozen=True)
class MarkingPoints(Exhibit):
    """What a marker looks for, in words, each with what it is worth."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Choices(Exhibit):
    """Options; where they are `marked` the right ones show, and why."""

    options: tuple[Option, ...]
    marked: bool = True


@dataclass(frozen=True)
class Room(Exhibit):
    """Room for an answer: so many lines written by hand."""

    lines: int


@dataclass(frozen=True)
class Boxes(Exhibit):
    """A figure of boxes and arrows."""

    diagram: Diagram


@dataclass(frozen=True)
class Curve:
    """Points of a plot, in order, and what they are values of."""

    label: Expr | str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Plot(Exhibit):
    """Curves over one axis; `logarithmic` names the axes ("x", "y") that are.

    `across` is what runs along the horizontal axis; `values` are some of the points in digits.
    """

    across: Expr
    curves: tuple[Curve, ...]
    values: Table
    logarithmic: frozenset[str] = frozenset()
    caption: str = ""
