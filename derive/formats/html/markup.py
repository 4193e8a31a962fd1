"""Prose in HTML; what stands inside a piece is escaped already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from derive.formats.html.mathematics import shown
from derive.formats.markup import Markup, Rows

__all__ = ["HTML"]

# what may not stand inside a paragraph
_BLOCK = re.compile(r"<(?:ul|ol|blockquote|pre|figure|p|div)\b")


def _element(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>"


def _display(latex: str) -> str:
    # a span may stand in a paragraph, where an author's display may stand too
    return f'<span class="shown" tabindex="0">{shown(latex)}</span>'


def _paragraphs(pieces: Sequence[str]) -> str:
    return "\n".join(piece if _BLOCK.match(piece) else _element("p", piece) for piece in pieces)


def _items(items: Sequence[str], close: bool) -> str:
    """Write the items of a list; close together they are no paragraphs."""
    bare = (_bare(item) if close else item for item in items)
    return "\n".join(_element("li", item) for item in bare)


def _bare(item: str) -> str:
    return re.sub(r"\A<p>(.*?)</p>", r"\1", item, flags=re.DOTALL)


def _numbered(items: Sequence[str], close: bool, first: int) -> str:
    start = "" if first == 1 else f' start="{first}"'
    return f"<ol{start}>\n{_items(items, close)}\n</ol>"


def _table(head: Sequence[str], rows: Rows, sides: Sequence[str]) -> str:
    lines = [_row("th", head, sides), *(_row("td", row, sides) for row in rows)]
    body = "\n".join([f"<thead>{lines[0]}</thead>", "<tbody>", *lines[1:], "</tbody>"])
    return f'<figure class="table" tabindex="0"><table>\n{body}\n</table></figure>'


def _row(name: str, cells: Sequence[str], sides: Sequence[str]) -> str:
    scope = ' scope="col"' if name == "th" else ""
    return _element("tr", "".join(
        f'<{name}{scope} class="{side}">{cell}</{name}>'
        for cell, side in zip(cells, sides, strict=False)))


HTML = Markup(
    strong=lambda text: _element("strong", text),
    emphasis=lambda text: _element("em", text),
    code=lambda text: _element("code", escape(text, quote=False)),
    line_break="<br/>\n",
    display=_display,
    paragraphs=_paragraphs,
    bullets=lambda items, close: f"<ul>\n{_items(items, close)}\n</ul>",
    numbered=_numbered,
    quote=lambda text: _element("blockquote", text),
    listing=lambda text: _element("pre", _element("code", escape(text, quote=False))),
    table=_table,
)
