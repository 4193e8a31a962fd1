r"""A formula as text of SVG: letters slanted, subscripts and superscripts as smaller tspans.

Every browser and every program that draws SVG shows this; accents are combining characters. What
is no matter of one line (a fraction, a matrix within a formula) is written as in plain text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import singledispatch
from html import escape

from derive.syntax.display.alphabets import styled
from derive.syntax.display.nodes import Accent, Classed, Letter, Node, Row, Scripts, Table
from derive.syntax.display.reader import read
from derive.syntax.display.spacing import gap, kind, rooms
from derive.syntax.write_plain import COMBINING, written

__all__ = ["svg_text", "tspans"]

SHARE = 0.72        # the size of a script
LOWER, UPPER = 0.25, -0.38      # how far down it is moved, in em of its base
THIN = "\u2009"
TOLD_APART = ("double-struck", "script")
UPRIGHT = ("upright", "bold", "sans", "mono")


@dataclass(frozen=True)
class _Run:
    """Characters of one kind: how large, how far below the line, slanted, bold."""

    text: str
    size: float
    down: float = 0.0
    slanted: bool = False
    bold: bool = False


def svg_text(latex: str, size: float) -> str:
    """Return the inside of a text element for a formula in type of *size* pixels."""
    return tspans(read(latex), size)


def tspans(formula: Node, size: float) -> str:
    """Return the same for a formula that has been read."""
    found, down = "", 0.0
    for run in _runs(formula, _Run("", size)):
        options = [f'dy="{run.down - down:.3g}"'] if run.down != down else []
        options += [f'font-size="{run.size:.3g}"'] if run.size != size else []
        options += ['font-style="italic"'] if run.slanted else []
        options += ['font-weight="bold"'] if run.bold else []
        found += f"<tspan {' '.join(options)}>{escape(run.text)}</tspan>" if options else (
            escape(run.text))
        down = run.down
    return found


@singledispatch
def _runs(node: Node, style: _Run) -> Iterator[_Run]:
    """Yield the characters of a piece; *style* holds the size and the place of its line."""
    yield replace(style, text=written(node))


@_runs.register(Row)
def _(node: Row, style: _Run) -> Iterator[_Run]:
    pieces, _ = rooms(node.items)
    before: Node | None = None
    for room, item in pieces:
        wide = room + (gap(kind(before), kind(item), style.down != 0) if before else 0.0)
        if wide > 0:
            yield replace(style, text=THIN)
        yield from _runs(item, style)
        before = item


@_runs.register(Classed)
def _(node: Classed, style: _Run) -> Iterator[_Run]:
    yield from _runs(node.body, style)


@_runs.register(Letter)
def _(node: Letter, style: _Run) -> Iterator[_Run]:
    if node.font in TOLD_APART:
        yield replace(style, text=styled(node.text, node.font))
        return
    yield replace(style, text=node.text, slanted=node.font not in UPRIGHT,
                  bold=node.font.startswith("bold"))


@_runs.register(Accent)
def _(node: Accent, style: _Run) -> Iterator[_Run]:
    for run in _runs(node.body, style):
        text = "".join(sign + COMBINING[node.mark] for sign in run.text)
        yield replace(run, text=unicodedata.normalize("NFC", text))


@_runs.register(Scripts)
def _(node: Scripts, style: _Run) -> Iterator[_Run]:
    if isinstance(node.base, Table):
        yield replace(style, text=written(node))
        return
    yield from _runs(node.base, style)
    for script, move in ((node.below, LOWER), (node.above, UPPER)):
        if script is not None:
            yield from _runs(script, replace(style, size=SHARE * style.size,
                                             down=style.down + move * style.size))
