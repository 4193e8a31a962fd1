"""A drawing as a TikZ picture; TikZ is part of every TeX Live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import singledispatch

from derive.formats.figures.drawing import Box, Content, Drawing, Label, Mark, Path, Place

__all__ = ["tikz"]

Say = Callable[[Content], str]
ANCHORS = {"above": "south", "below": "north", "left": "east", "right": "west",
           "centre": "center"}
DASHES = {"solid": "", "dashed": "dashed", "dotted": "dotted, thick",
          "dashdotted": "dash dot"}
TONES = {"black": "", "strong": "very thick", "dim": "black!45", "grey": "black!15"}
# each mark as a path around the origin
MARKS = {
    "disc": r"\fill {at} circle[radius=1.5pt];",
    "circle": r"\filldraw[fill=white] {at} circle[radius=1.6pt];",
    "square": r"\fill {at} +(-1.5pt,-1.5pt) rectangle +(1.5pt,1.5pt);",
    "triangle": r"\fill {at} +(0pt,2.1pt) -- +(1.9pt,-1.3pt) -- +(-1.9pt,-1.3pt) -- cycle;",
    "diamond": r"\filldraw[fill=white] {at} +(0pt,2.2pt) -- +(2.2pt,0pt) -- +(0pt,-2.2pt) -- "
               r"+(-2.2pt,0pt) -- cycle;",
    "cross": r"\draw {at} +(-1.7pt,-1.7pt) -- +(1.7pt,1.7pt) +(-1.7pt,1.7pt) -- +(1.7pt,-1.7pt);",
}


def tikz(drawing: Drawing, say: Say, widest: float) -> str:
    """Return the picture; one that is wider than *widest* cm is set smaller, letters included."""
    scale = min(1.0, widest / drawing.width)
    options = f"[scale={scale:.3f}, transform shape]" if scale < 1 else ""
    lines = [line for item in drawing.items for line in _lines(item, say)]
    return "\n".join([rf"\begin{{tikzpicture}}{options}", *lines, r"\end{tikzpicture}"])


def _stroke(item: Path | Box) -> list[str]:
    return [option for option in (DASHES[item.dash], TONES[item.tone]) if option]


def _place(place: Place) -> str:
    return f"({_number(place[0])},{_number(place[1])})"


def _number(value: float) -> str:
    return f"{round(value, 3) + 0.0:g}"


@singledispatch
def _lines(item: object, say: Say) -> Iterator[str]:
    raise TypeError(f"no TikZ of {type(item).__name__}")


@_lines.register(Path)
def _(item: Path, say: Say) -> Iterator[str]:
    options = _stroke(item) + (["-latex"] if item.arrow else [])
    at = [_place(place) for place in item.places]
    way = (f"{at[0]} .. controls {at[1]} and {at[2]} .. {at[3]}" if item.curved
           else " -- ".join(at))
    yield rf"  \draw[{', '.join(options)}] {way};" if options else rf"  \draw {way};"


@_lines.register(Mark)
def _(item: Mark, say: Say) -> Iterator[str]:
    yield "  " + MARKS[item.sign].replace("{at}", _place(item.at))


@_lines.register(Box)
def _(item: Box, say: Say) -> Iterator[str]:
    (x, y), w, h = item.at, item.width / 2, item.height / 2
    options = ", ".join(["rounded corners=2pt", *_stroke(item)])
    yield (rf"  \draw[{options}] {_place((x - w, y - h))} rectangle "
           rf"{_place((x + w, y + h))};")


@_lines.register(Label)
def _(item: Label, say: Say) -> Iterator[str]:
    font = r", font=\small" if item.small else ""
    yield (rf"  \node[anchor={ANCHORS[item.side]}{font}] at {_place(item.at)} "
           rf"{{{say(item.content)}}};")
