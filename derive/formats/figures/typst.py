"""A drawing in Typst: curves and labels at their places in a box, from the upper left corner down.

The functions `figure-path`, `figure-mark`, `figure-box` and `figure-label` are the template's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import singledispatch
from math import hypot

from derive.formats.figures.drawing import Box, Content, Drawing, Label, Mark, Path, Place
from derive.formats.markup_typst import string

__all__ = ["MARKS", "typst"]

Say = Callable[[Content], str]
HEAD = (0.16, 0.055)    # an arrow's head: its length, and half its width, in centimetres
# how much of a label stands to the left of its place, and how much above it
SIDES = {"above": "50%, 100%", "below": "50%, 0%", "left": "100%, 50%", "right": "0%, 50%",
         "centre": "50%, 50%"}
MARKS = ("disc", "square", "triangle", "circle", "cross", "diamond")


def typst(drawing: Drawing, say: Say, widest: float, said: str) -> str:
    """Return the picture; one that is wider than *widest* cm is set smaller, letters included.

    *said* says in words what there is to see.
    """
    lines = [line for item in drawing.items for line in _lines(item, say, drawing.height)]
    size = f"width: {_length(drawing.width)}, height: {_length(drawing.height)}"
    scale = min(1.0, widest / drawing.width)
    picture = [f"#drawing({size}, scaled: {100 * scale:.1f}%, alt: {string(said)})[", *lines, "]"]
    return "\n".join(picture)


def _length(value: float) -> str:
    return f"{round(value, 3) + 0.0:g}cm"


def _place(place: Place, top: float) -> str:
    return f"({_length(place[0])}, {_length(top - place[1])})"


@singledispatch
def _lines(item: object, say: Say, top: float) -> Iterator[str]:
    raise TypeError(f"no Typst of {type(item).__name__}")


@_lines.register(Path)
def _(item: Path, say: Say, top: float) -> Iterator[str]:
    places = _shortened(item.places) if item.arrow else item.places
    ways = ", ".join(_place(place, top) for place in places)
    kind = "figure-curve" if item.curved else "figure-path"
    yield f"  #{kind}({ways}, dash: \"{item.dash}\", tone: \"{item.tone}\");"
    if item.arrow:
        corners = ", ".join(_place(place, top) for place in _head(item.places))
        yield f"  #figure-head({corners}, tone: \"{item.tone}\");"


def _direction(places: tuple[Place, ...]) -> Place:
    """Return the unit vector along which a path arrives."""
    (x0, y0), (x1, y1) = places[-2:]
    length = hypot(x1 - x0, y1 - y0) or 1.0
    return (x1 - x0) / length, (y1 - y0) / length


def _shortened(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """End a path inside its head: the line would be wider than the tip."""
    (across, up), (x, y) = _direction(places), places[-1]
    return *places[:-1], (x - across * HEAD[0] / 2, y - up * HEAD[0] / 2)


def _head(places: tuple[Place, ...]) -> tuple[Place, ...]:
    (across, up), (x, y), (long, half) = _direction(places), places[-1], HEAD
    foot = x - across * long, y - up * long
    return ((x, y), (foot[0] - up * half, foot[1] + across * half),
            (foot[0] + up * half, foot[1] - across * half))


@_lines.register(Mark)
def _(item: Mark, say: Say, top: float) -> Iterator[str]:
    yield f"  #figure-mark({_place(item.at, top)}, \"{item.sign}\");"


@_lines.register(Box)
def _(item: Box, say: Say, top: float) -> Iterator[str]:
    corner = (item.at[0] - item.width / 2, item.at[1] + item.height / 2)
    yield (f"  #figure-box({_place(corner, top)}, {_length(item.width)}, "
           f"{_length(item.height)}, dash: \"{item.dash}\", tone: \"{item.tone}\");")


@_lines.register(Label)
def _(item: Label, say: Say, top: float) -> Iterator[str]:
    small = ", small: true" if item.small else ""
    yield (f"  #figure-label({_place(item.at, top)}, {SIDES[item.side]}{small})"
           f"[{say(item.content)}];")
