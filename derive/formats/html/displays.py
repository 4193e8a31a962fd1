r"""Lines of working as HTML shows them: rows of pieces that wrap, and their LaTeX for copying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.formats.html.mathematics import displayed, inline
from derive.formats.html.pieces import INFIX, pieces
from derive.formats.rows import Link, Row
from derive.formats.writing import Writing
from derive.syntax.write_latex import width

__all__ = ["Display", "Formula", "display", "formulas"]

FITS = 13.0         # em that every screen has room for
SCROLLED = 30.0     # em that a telephone has no room for, however small the type
WIDE_LEFT = 6.0     # em of a left side that takes a line of its own where the page is narrow


@dataclass(frozen=True, slots=True)
class Formula:
    """Mathematics that is not broken: its MathML, and its width in em where that may matter."""

    mathml: str
    width: float = 0.0

    @property
    def scrolls(self) -> bool:
        return self.width > SCROLLED


@dataclass(frozen=True, slots=True)
class SetLink:
    """A relation and what stands to its right, in pieces."""

    relation: str
    pieces: tuple[Formula, ...]
    boxed: bool


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


def formulas(texts: Sequence[str]) -> tuple[Formula, ...]:
    """Return formulas that stand beside each other."""
    return tuple(map(_formula, texts))


def _formula(latex: str) -> Formula:
    wide = width(latex)
    return Formula(displayed(latex), round(wide, 1) if wide > FITS else 0.0)


def display(rows: Sequence[Row], writing: Writing) -> Display:
    left = max((width(row.left) for row in rows), default=0.0)
    return Display(tuple(_row(row) for row in rows), _aligned(rows), round(left, 1))


def _row(row: Row) -> SetRow:
    return SetRow(_set(row.left), tuple(map(_link, row.links)), _said(row.where), row.said,
                  row.before)


def _set(latex: str) -> str:
    return displayed(latex) if latex else ""


def _said(latex: str) -> str:
    return inline(latex) if latex else ""


def _link(link: Link) -> SetLink:
    broken = [piece for line in link.right for piece in pieces(line)]
    return SetLink(displayed(INFIX + link.relation), formulas(broken), link.boxed)


def _aligned(rows: Sequence[Row]) -> str:
    """Write the rows as the LaTeX that Markdown shows, for copying."""
    lines = " \\\\\n".join(f"{row.left} &{_chain(row)}{_beside(row)}" for row in rows)
    return f"\\begin{{aligned}}\n{lines}\n\\end{{aligned}}"


def _chain(row: Row) -> str:
    return " ".join(f"{link.relation} {_right(link)}" for link in row.links)


def _right(link: Link) -> str:
    broken = " \\\\\n& \\quad ".join(link.right)
    if len(link.right) > 1 and link.boxed:
        broken = rf"\begin{{aligned}} & {broken} \end{{aligned}}"
    return rf"\boxed{{{broken}}}" if link.boxed else broken


def _beside(row: Row) -> str:
    where = rf" \qquad \text{{for }} {row.where}" if row.where else ""
    return where + (rf" \qquad {row.reason}" if row.reason else "")
