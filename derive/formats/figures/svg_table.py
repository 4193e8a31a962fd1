"""A matrix as text of SVG: its entries in columns, brackets drawn beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.formats.figures.svg_text import tspans
from derive.syntax.display.nodes import Fenced, Node, Row, Table
from derive.syntax.display.reader import read
from derive.syntax.write_plain import written

__all__ = ["Rows", "rows_of", "table"]

Rows = tuple[tuple[Node, ...], ...]
LETTER = 0.5        # em of a digit
BETWEEN = 0.8       # em between two columns
LEADING = 1.17      # em from row to row
SERIF = 0.22        # em of the ends of a bracket


def rows_of(latex: str) -> Rows:
    """Return the entries of a formula that is a matrix and nothing else; () for any other."""
    node = read(latex)
    if isinstance(node, Row) and len(node.items) == 1:
        node = node.items[0]
    if isinstance(node, Fenced) and isinstance(node.body, Table):
        return node.body.rows
    return ()


def table(rows: Rows, x: float, y: float, size: float, font: str) -> str:
    """Return a matrix whose middle is at a place."""
    widths = [max(LETTER * size * len(written(row[k])) for row in rows)
              for k in range(len(rows[0]))]
    width = sum(widths) + BETWEEN * size * (len(widths) - 1)
    height = LEADING * size * len(rows)
    lines = [_bracket(x + side * (width / 2 + 0.35 * size), y - height / 2, height,
                      -side * SERIF * size) for side in (-1, 1)]
    for k, row in enumerate(rows):
        level = y - height / 2 + (k + 0.5) * LEADING * size + 0.35 * size
        lines += _cells(row, widths, x - width / 2, level, size, font)
    return "\n".join(["<g>", *lines, "</g>"])


def _bracket(x: float, top: float, height: float, foot: float) -> str:
    return (f'<path d="M {x + foot:.1f} {top:.1f} h {-foot:.1f} v {height:.1f} h {foot:.1f}" '
            'stroke="currentColor"/>')


def _cells(row: Sequence[Node], widths: Sequence[float], left: float, level: float, size: float,
           font: str) -> Iterator[str]:
    for cell, width in zip(row, widths, strict=True):
        yield (f'<text x="{left + width / 2:.1f}" y="{level:.1f}" text-anchor="middle" '
               f'font-family="{font}" font-size="{size:g}" fill="currentColor">'
               f"{tspans(cell, size)}</text>")
        left += width + BETWEEN * size
