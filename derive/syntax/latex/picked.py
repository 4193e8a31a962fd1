r"""Entries and rows: W_{i,j}, y_{t,k}, (V h)_{k}; V_{k,:} is a row, at a place or at a label."""

from __future__ import annotations

from derive.expr.integers import IntLike
from derive.expr.nodes import Apply, Entry, Expr, Literal, Symbol
from derive.syntax.latex.matrices import is_matrix
from derive.syntax.latex.numerals import numeral
from derive.syntax.latex.repeated import entry_of, is_fraction
from derive.syntax.latex.rows import reads_lying, row
from derive.syntax.latex.style import Style
from derive.syntax.latex.tree import inside, tex
from derive.syntax.names import latex_integer, with_index
from derive.syntax.precedence import Binds, Piece

__all__ = ["picked", "positions"]


def positions(at: tuple[IntLike, ...], style: Style) -> list[str]:
    """Write the positions of an entry."""
    return [latex_integer(i, style.notation).text for i in at]


def picked(expr: Expr, style: Style) -> Piece:
    """Write what is taken out of an array, all positions in one subscript."""
    base, at = _taken(expr, style)
    missing = len(base.shape) - len(at)     # one matrix of a stack is X_0, a row W_{0,:}
    whole = [*at, *[":"] * (missing if missing != 2 else 0)]
    short = reads_lying(base, style) and not is_matrix(base)
    piece = row(base, style) if short else tex(base, style)
    if is_fraction(piece.text):
        return entry_of(piece.text, whole)
    framed = isinstance(base, Apply) and base.op == "pad"     # has a name of its own
    if isinstance(base, Symbol) or framed:
        return Piece(with_index(piece.text, whole), piece.binds)
    return Piece(f"{inside(piece, Binds.ATOM)}_{{{','.join(whole)}}}")


def _taken(expr: Expr, style: Style) -> tuple[Expr, list[str]]:
    """Return the array from which is taken, and all positions, those of a row of a row included."""
    if isinstance(expr, Entry):
        base, at = _inner(expr.arg, style)
        return base, at + positions(expr.at, style)
    if isinstance(expr, Apply) and expr.op == "gather":
        base, at = _inner(expr.args[0], style)
        return base, [*at, _label(expr.args[1], style)]
    return expr, []


def _label(expr: Expr, style: Style) -> str:
    """Write a label; several numbers stand in a line, small as they are: (3, 1, 1, 0)."""
    if isinstance(expr, Literal) and len(expr.shape) == 1:
        shown = ",".join(numeral(expr.say(value)).text for value in expr.values)
        return f"({shown})"
    return tex(expr, style).text


def _inner(expr: Expr, style: Style) -> tuple[Expr, list[str]]:
    """A vector of labels takes several rows: what is taken of these has brackets around them."""
    several = isinstance(expr, Apply) and expr.op == "gather" and bool(expr.args[1].shape)
    return (expr, []) if several else _taken(expr, style)
