r"""The dispatch all LaTeX writers register with, and the brackets they share."""

from __future__ import annotations

import re
from functools import singledispatch

from derive.expr.nodes import Expr, Neg, Quotient
from derive.syntax.latex.style import Style
from derive.syntax.precedence import Binds, Piece

__all__ = ["brackets", "inside", "leading", "raised", "tex"]

_TALL = re.compile(r"\\begin\{|\\frac|\\sum|\\prod|\\underbrace")


@singledispatch
def tex(expr: Expr, style: Style) -> Piece:
    """Write an expression; every node class registers its own writer."""
    raise TypeError(f"no LaTeX writer for {type(expr).__name__}")


def brackets(text: str) -> str:
    """Put round brackets around, of the height of what they hold."""
    return rf"\left({text}\right)" if _TALL.search(text) else f"({text})"


def inside(piece: Piece, least: Binds) -> str:
    """Return the text for a place that asks for something binding at least so tightly."""
    return piece.text if piece.binds >= least else brackets(piece.text)


def leading(expr: Expr, style: Style, least: Binds) -> Piece:
    """Write the first factor of a product: its minus needs no brackets there, -y z is (-y) z."""
    if isinstance(expr, Neg):
        return Piece("-" + inside(tex(expr.arg, style), least), Binds.MINUS)
    piece = tex(expr, style)
    if isinstance(expr, Quotient) and isinstance(expr.top, Neg) and not expr.shape:
        return piece    # -1/2 in front
    return piece if piece.binds >= least else Piece(brackets(piece.text))


def raised(piece: Piece, superscript: str) -> Piece:
    """Write with a superscript; TeX allows one, so what has one already gets brackets."""
    return Piece(f"{inside(piece, Binds.ATOM)}^{{{superscript}}}", Binds.POWER)
