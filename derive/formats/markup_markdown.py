"""Prose in Markdown: the author's own, written anew with everything else escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derive.formats.markup import Markup, Rows

__all__ = ["MARKDOWN"]

_BAR = re.compile(r"(?<!\\)\|")
SIDES = {"left": "---", "right": "---:", "center": ":---:"}


def _fence(text: str, least: int) -> str:
    """Return more backticks than stand together anywhere in the text."""
    return "`" * max([least, *(len(run) + 1 for run in re.findall("`+", text))])


def _code(text: str) -> str:
    fence = _fence(text, 1)
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}"


def _listing(text: str) -> str:
    fence = _fence(text, 3)
    return f"{fence}\n{text}\n{fence}"


def _display(latex: str) -> str:
    return f"\n\n```math\n{latex}\n```\n\n"


def _paragraphs(pieces: Sequence[str]) -> str:
    return "\n\n".join(piece.strip("\n") for piece in pieces)


def _marked(items: Sequence[str], close: bool, marks: Iterator[str]) -> str:
    between = "\n" if close else "\n\n"
    return between.join(_indented(mark, item) for mark, item in zip(marks, items, strict=False))


def _indented(mark: str, item: str) -> str:
    """Put a mark before an item, and its other lines under its first one."""
    lines = item.strip().split("\n")
    rest = (f"{' ' * len(mark)}{line}" if line else "" for line in lines[1:])
    return "\n".join([mark + lines[0], *rest])


def _bullets(items: Sequence[str], close: bool) -> str:
    return _marked(items, close, iter(["- "] * len(items)))


def _numbered(items: Sequence[str], close: bool, first: int) -> str:
    return _marked(items, close, (f"{first + n}. " for n in range(len(items))))


def _quote(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))


def _table(head: Sequence[str], rows: Rows, sides: Sequence[str]) -> str:
    lines = [head, [SIDES.get(side, "---") for side in sides], *rows]
    return "\n".join(f"| {' | '.join(map(_cell, cells))} |" for cells in lines)


def _cell(text: str) -> str:
    """A bar would end the cell, inside code and mathematics too."""
    return _BAR.sub(r"\|", text)


MARKDOWN = Markup(
    strong=lambda text: f"**{text}**",
    emphasis=lambda text: f"*{text}*",
    code=_code,
    line_break="\\\n",
    display=_display,
    paragraphs=_paragraphs,
    bullets=_bullets,
    numbered=_numbered,
    quote=_quote,
    listing=_listing,
    table=_table,
)
