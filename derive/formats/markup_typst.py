"""Prose in Typst.

Pieces are calls of functions, each with a semicolon behind it, so that words that follow cannot
become arguments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.formats.escape import covered
from derive.formats.markup import Markup, Rows
from derive.syntax.write_plain import plain
from derive.syntax.write_typst import typst

__all__ = ["TYPST", "display_described", "string"]

# a paragraph before a display, and nothing that is a block by itself
_BEFORE = re.compile(r"^(?!#(?:formula|list|enum|ruled|raw|quote)\()(\S[^\n]*)\n{2,}"
                     r"#(formula|ruled)\(", re.MULTILINE)


def string(text: str) -> str:
    """Write a string of Typst's code."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _code(text: str) -> str:
    return f"#raw({string(covered(text))});"


def _listing(text: str) -> str:
    return f"#raw(block: true, {string(covered(text))});"


def _display(latex: str) -> str:
    return f"\n\n#formula($ {typst(latex).strip()} $);\n\n"


def display_described(latex: str) -> str:
    said = string(plain(latex))
    return f"\n\n#formula(alt: {said}, $ {typst(latex).strip()} $);\n\n"


def _paragraphs(pieces: Sequence[str]) -> str:
    """Keep what stands before a formula or a table on the page of that."""
    return _BEFORE.sub(r"#before[\1]\n\n#\2(", "\n\n".join(pieces))


def _items(items: Sequence[str]) -> str:
    return ", ".join(f"[{item.strip()}]" for item in items)


def _bullets(items: Sequence[str], close: bool) -> str:
    return f"#list(tight: {str(close).lower()}, {_items(items)});"


def _numbered(items: Sequence[str], close: bool, first: int) -> str:
    return f"#enum(tight: {str(close).lower()}, start: {first}, {_items(items)});"


def _table(head: Sequence[str], rows: Rows, sides: Sequence[str]) -> str:
    cells = [f"  {_items(row)}," for row in rows]
    head_cells = _items([f"#strong[{cell}];" for cell in head])
    return "\n".join([f"#ruled(({', '.join(sides)},), ({head_cells},),", *cells, ");"])


TYPST = Markup(
    strong=lambda text: f"#strong[{text}];",
    emphasis=lambda text: f"#emph[{text}];",
    code=_code,
    line_break="#linebreak();",
    display=_display,
    paragraphs=_paragraphs,
    bullets=_bullets,
    numbered=_numbered,
    quote=lambda text: f"#quote(block: true)[\n{text}\n];",
    listing=_listing,
    table=_table,
)
