"""What a figure consists of: paths, boxes, marks and labels at places in centimetres, y upwards.

Nothing here knows a format. What a label says is an `Expr`, words of the author or a
`Sentence`; each writer sets it in its own way.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.expr.nodes import Expr
from derive.solution.words import Sentence

__all__ = ["Box", "Content", "Drawing", "Label", "Mark", "Path", "Place"]

Place = tuple[float, float]
Content = Expr | str | Sentence


@dataclass(frozen=True)
class Path:
    """A line through places, or (`curved`) one Bezier curve with two control places.

    dash:  "solid", "dashed", "dotted" or "dashdotted".
    tone:  "black", "strong" for what stands out, "dim" for what stands back, or "grey" for lines
           behind everything.
    arrow: True where it ends in a head.
    """

    places: tuple[Place, ...]
    dash: str = "solid"
    tone: str = "black"
    arrow: bool = False
    curved: bool = False


@dataclass(frozen=True)
class Mark:
    """A sign at a point of a curve: "disc", "square", "triangle", "circle", "cross", "diamond"."""

    at: Place
    sign: str


@dataclass(frozen=True)
class Box:
    """A rounded frame around a node; its dash and tone are those of a path."""

    at: Place
    width: float
    height: float
    dash: str = "solid"
    tone: str = "black"


@dataclass(frozen=True)
class Label:
    """A text at a place; `side` is where it stands from there: "above", "left", "centre", ..."""

    at: Place
    content: Content
    side: str = "centre"
    small: bool = False


@dataclass(frozen=True)
class Drawing:
    """Things to be drawn, one after the other, within a width and a height."""

    width: float
    height: float
    items: tuple[Path | Mark | Box | Label, ...]
