"""What Markdown can hold, as pieces that every format writes in its own way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Markup", "Rows"]

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Markup:
    """How a format writes each piece; what is inside is ready to be printed already.

    strong, emphasis, quote: around text.
    code, listing: around code as it was typed; a listing has several lines.
    line_break:    between two lines of a paragraph.
    display:       a formula on a line of its own.
    paragraphs:    pieces that follow each other.
    bullets:       the items of a list; whether they stand close together.
    numbered:      the same, and the first number.
    table:         head, rows, and for each column "left", "right" or "center".
    """

    strong: Callable[[str], str]
    emphasis: Callable[[str], str]
    code: Callable[[str], str]
    line_break: str
    display: Callable[[str], str]
    paragraphs: Callable[[Sequence[str]], str]
    bullets: Callable[[Sequence[str], bool], str]
    numbered: Callable[[Sequence[str], bool, int], str]
    quote: Callable[[str], str]
    listing: Callable[[str], str]
    table: Callable[[Sequence[str], Rows, Sequence[str]], str]
