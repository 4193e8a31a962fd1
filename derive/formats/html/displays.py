r"""Lines of working as HTML shows them: rows of pieces that wrap, and their LaTeX for copying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.formats.html.mathematics import (
    displayed,
    formulas,
    inline,
    must_scroll,
)
from derive.formats.html.pieces import INFIX, pieces
from derive.formats.rows import Link, Row
from derive.formats.writing import Writing
from derive.syntax.write_latex import width

__all__ = ["Display", "display"]

WIDE_LEFT = 6.0     # em of a left side that takes a line of its own where the page is narrow
INDENT = 1.2        # em by which the right sides are set in there


@dataclass(frozen=True, slots=True)
class SetLink:
    """A relation and what stands to its right, in pieces of one size.

    width:   of the widest piece, in em, where that may matter.
    scrolls: True where that piece does not fit a telephone, however small.
    """

    relation: str
    pieces: tuple[str, ...]
    boxed: bool
    width: float
    scrolls: bool


@dataclass(frozen=True, slots=True)
class SetRow:
    """A row: left side and links as MathML; `where` likewise, `reason` and `before` as text."""

    left: str
    links: tuple[SetLink, ...]
    where: str
    reason: str
    before: str


@dataclass(frozen=True, slots=True)
class Display:
    """Rows under each other.

    latex: all of it as LaTeX.
    left:  the width of the widest left side, in em.
    """

    rows: tuple[SetRow, ...]
    latex: str
    left: float

    @property
    def is_wide(self) -> bool:
        return self.left > WIDE_LEFT


def display(rows: Sequence[Row], writing: Writing) -> Display:
    left = max((width(row.left) for row in rows), default=0.0)
    beside = left if left <= WIDE_LEFT else INDENT
    return Display(tuple(_row(row, beside) for row in rows), _aligned(rows, writing),
                   round(left, 1))


def _row(row: Row, beside: float) -> SetRow:
    left = displayed(row.left) if row.left else ""
    where = inline(row.where) if row.where else ""
    return SetRow(left, tuple(_link(link, beside) for link in row.links), where, row.said,
                  row.before)


def _link(link: Link, beside: float) -> SetLink:
    found = formulas([piece for line in link.right for piece in pieces(line)])
    widest = max(formula.width for formula in found)
    return SetLink(displayed(INFIX + link.relation), tuple(formula.mathml for formula in found),
                   link.boxed, widest, must_scroll(widest, beside))


def _aligned(rows: Sequence[Row], writing: Writing) -> str:
    """Write the rows as the LaTeX that Markdown shows, for copying."""
    lines = " \\\\\n".join(f"{row.left} &{_chain(row)}{_beside(row, writing)}" for row in rows)
    return f"\\begin{{aligned}}\n{lines}\n\\end{{aligned}}"


def _chain(row: Row) -> str:
    return " ".join(f"{link.relation} {_right(link)}" for link in row.links)


def _right(link: Link) -> str:
    broken = " \\\\\n& \\quad ".join(link.right)
    if len(link.right) > 1 and link.boxed:
        broken = rf"\begin{{aligned}} & {broken} \end{{aligned}}"
    return rf"\boxed{{{broken}}}" if link.boxed else broken


def _beside(row: Row, writing: Writing) -> str:
    where = rf" \qquad \text{{{writing.word('for')} }} {row.where}" if row.where else ""
    return where + (rf" \qquad {row.reason}" if row.reason else "")
