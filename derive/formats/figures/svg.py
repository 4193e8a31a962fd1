"""A drawing as SVG, for formats that a browser shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import singledispatch
from html import escape
from math import atan2, degrees

from derive.formats.figures.drawing import Box, Content, Drawing, Label, Mark, Path, Place
from derive.formats.figures.svg_table import Rows, table

__all__ = ["UNIT", "in_html", "in_text", "svg"]

UNIT = 40.0     # pixels for a centimetre
SIZE, SMALL = 15, 14
AROUND = 6      # pixels between a place and a label beside it
DASHES = {"solid": "", "dashed": "7 4", "dotted": "2 4", "dashdotted": "8 4 2 4"}
SIDES = {"above": ("middle", 0, -1), "below": ("middle", 0, 1), "left": ("end", -1, 0),
         "right": ("start", 1, 0), "centre": ("middle", 0, 0)}
# each sign as a closed way around the origin, in pixels; those below are filled with white
MARKS = {
    "disc": "M -3 0 a 3 3 0 1 0 6 0 a 3 3 0 1 0 -6 0 Z",
    "circle": "M -3 0 a 3 3 0 1 0 6 0 a 3 3 0 1 0 -6 0 Z",
    "square": "M -3 -3 h 6 v 6 h -6 Z", "triangle": "M 0 -4 L 4 3 L -4 3 Z",
    "diamond": "M 0 -4 L 4 0 L 0 4 L -4 0 Z", "cross": "M -3 -3 L 3 3 M -3 3 L 3 -3",
}
# what a page may colour otherwise, on a dark ground: its classes, and the colours without one
HOLLOW = frozenset({"circle", "diamond"})
PAPER = 'class="hollow" fill="white"'
FAINT = 'class="faint" stroke="#d9d9d9"'
DIM = 'class="dim" stroke="#8c8c8c"'
TONES = {"black": 'stroke="currentColor"', "strong": 'stroke="currentColor" stroke-width="2.2"',
         "dim": DIM, "grey": FAINT}
HEADS = {"black": 'fill="currentColor"', "dim": 'class="dim-head" fill="#8c8c8c"'}
HEAD = "M 0 0 L -9 -3.5 L -9 3.5 Z"     # of an arrow that points to the right
Say = Callable[[Content], str]
Draw = Callable[[Label, float], str]    # a label, and where the drawing has its top, as SVG
ROOM = (320, 80)                        # pixels that a label in HTML may take
SERIF = "'STIX Two Text', 'Times New Roman', Times, serif"
HTML = "http://www.w3.org/1999/xhtml"


def svg(drawing: Drawing, label: Draw, title: str = "", least: int = 0) -> str:
    """Return an SVG element; *label* draws a label: `in_text` or `in_html`.

    least: pixels of width below which a page does not make it smaller.
    """
    width, height = (_number(size * UNIT) for size in (drawing.width, drawing.height))
    lines = [line for item in drawing.items for line in _lines(item, label, drawing.height)]
    named = [f"<title>{escape(title)}</title>"] if title else []
    kept = f' style="min-width:{least}px"' if least else ""
    return "\n".join([
        (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" fill="none" stroke="none"{kept}>'),
        *named, *lines, "</svg>"])


def _number(value: float) -> str:
    return f"{round(value, 1) + 0.0:g}"


def _place(place: Place, top: float) -> str:
    return f"{_number(place[0] * UNIT)} {_number((top - place[1]) * UNIT)}"


@singledispatch
def _lines(item: object, label: Draw, top: float) -> Iterator[str]:
    raise TypeError(f"no SVG of {type(item).__name__}")


@_lines.register(Path)
def _(item: Path, label: Draw, top: float) -> Iterator[str]:
    at = [_place(place, top) for place in item.places]
    way = f"M {at[0]} C {', '.join(at[1:])}" if item.curved else "M " + " L ".join(at)
    dash = f' stroke-dasharray="{DASHES[item.dash]}"' if DASHES[item.dash] else ""
    line = f'<path d="{way}" {TONES[item.tone]}{dash}/>'
    yield f"<g>{line}{_head(item, top)}</g>" if item.arrow else line


def _head(path: Path, top: float) -> str:
    """Draw the head of an arrow; a curve ends in the direction of its last control place."""
    before, end = path.places[-2:]
    turn = degrees(atan2(before[1] - end[1], end[0] - before[0]))
    return (f'<path transform="translate({_place(end, top)}) rotate({_number(turn)})" d="{HEAD}" '
            f'{HEADS.get(path.tone, HEADS["black"])}/>')


@_lines.register(Mark)
def _(item: Mark, label: Draw, top: float) -> Iterator[str]:
    fill = PAPER if item.sign in HOLLOW else 'fill="currentColor"'
    yield (f'<path transform="translate({_place(item.at, top)})" d="{MARKS[item.sign]}" '
           f'{fill} stroke="currentColor"/>')


@_lines.register(Box)
def _(item: Box, label: Draw, top: float) -> Iterator[str]:
    (x, y), w, h = item.at, item.width, item.height
    dash = f' stroke-dasharray="{DASHES[item.dash]}"' if DASHES[item.dash] else ""
    left, upper = _place((x - w / 2, y + h / 2), top).split()
    yield (f'<rect x="{left}" y="{upper}" width="{_number(w * UNIT)}" '
           f'height="{_number(h * UNIT)}" rx="3" {TONES[item.tone]}{dash}/>')


@_lines.register(Label)
def _(item: Label, label: Draw, top: float) -> Iterator[str]:
    yield label(item, top)


def in_text(write: Callable[[Content, float], str], rows: Callable[[Content], Rows]) -> Draw:
    """Draw labels as text; *write* gives the inside of a text element for a size of type.

    rows: the entries of a label that is a matrix, else ().
    """
    def draw(item: Label, top: float) -> str:
        anchor, _, down = SIDES[item.side]
        x, y, size = _beside(item, top)
        if entries := rows(item.content):
            return table(entries, x, y, size, SERIF)
        y += down * size / 2 + 0.35 * size
        return (f'<text x="{_number(x)}" y="{_number(y)}" text-anchor="{anchor}" '
                f'font-family="{SERIF}" font-size="{size}" fill="currentColor">'
                f'{write(item.content, size)}</text>')
    return draw


def in_html(write: Say) -> Draw:
    """Draw labels as the HTML that *write* gives, in a room without walls around their place."""
    def draw(item: Label, top: float) -> str:
        anchor, _, down = SIDES[item.side]
        x, y, size = _beside(item, top)
        left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * ROOM[0]
        upper = y - (1 - down) / 2 * ROOM[1]
        return (f'<foreignObject x="{_number(left)}" y="{_number(upper)}" width="{ROOM[0]}" '
                f'height="{ROOM[1]}" font-size="{size}"><div xmlns="{HTML}" '
                f'class="label {item.side}"><span>{write(item.content)}</span></div>'
                "</foreignObject>")
    return draw


def _beside(item: Label, top: float) -> tuple[float, float, int]:
    """Return where a label begins, a little off its place, and the size of its type."""
    _, across, down = SIDES[item.side]
    x, y = item.at[0] * UNIT + across * AROUND, (top - item.at[1]) * UNIT + down * AROUND
    return x, y, SMALL if item.small else SIZE
