r"""What is given, symbol by symbol: W = [..], b \in \mathbb{R}^{n}, as many in a row as fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from derive.expr.integers import IntLike
from derive.expr.nodes import Expr
from derive.formats.writing import Writing
from derive.syntax.latex.tree import inside
from derive.syntax.names import latex_integer
from derive.syntax.precedence import Binds
from derive.syntax.write_latex import width

__all__ = ["given_aloud", "given_rows", "sizes"]

GAP = 2.5  # em between two symbols in a row
DOTS = r"\ldots"


def given_rows(entries: Sequence[tuple[Expr, Expr | None] | None], writing: Writing
               ) -> tuple[tuple[str, ...], ...]:
    """Return rows of formulas, none wider than the page."""
    texts = (_entry(entry, writing) for entry in entries)
    return tuple(tuple(map(writing.native, row)) for row in _packed(texts, writing.limit))


def given_aloud(entries: Sequence[tuple[Expr, Expr | None] | None], writing: Writing) -> str:
    """Return the same in plain characters, where the format needs it."""
    return writing.aloud(r",\quad ".join(_entry(entry, writing) for entry in entries))


def _packed(texts: Iterable[str], limit: float) -> list[list[str]]:
    rows: list[list[str]] = []
    room = 0.0
    for text in texts:
        if not rows or width(text) > room:
            rows.append([])
            room = limit
        rows[-1].append(text)
        room -= width(text) + GAP
    return rows


def _entry(entry: tuple[Expr, Expr | None] | None, writing: Writing) -> str:
    if entry is None:
        return DOTS
    symbol, value = entry
    if value is None:
        return rf"{writing.formula(symbol)} \in {sizes(symbol, writing)}"
    return f"{writing.formula(symbol)} = {writing.formula(value)}"


def sizes(symbol: Expr, writing: Writing) -> str:
    r"""Return the set a symbol of this shape is from: \mathbb{R}^{n \times m}."""
    shape = r" \times ".join(_factor(n, writing, len(symbol.shape)) for n in symbol.shape)
    return rf"\mathbb{{R}}^{{{shape}}}" if shape else r"\mathbb{R}"


def _factor(size: IntLike, writing: Writing, axes: int) -> str:
    """Write a size between signs of multiplication: (H-h+1)."""
    piece = latex_integer(size, writing.style.notation)
    return inside(piece, Binds.SCALED) if axes > 1 else piece.text
