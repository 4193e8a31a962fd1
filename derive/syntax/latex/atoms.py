r"""What has no parts: numbers, symbols, derivatives standing as one symbol, named arrays."""

from __future__ import annotations

from derive.expr.integers import IntLike
from derive.expr.nodes import (
    Constant,
    Delta,
    Dimension,
    Entry,
    Eye,
    Fill,
    Number,
    Partial,
    Symbol,
)
from derive.syntax.latex.matrices import shape_label
from derive.syntax.latex.numerals import numeral
from derive.syntax.latex.picked import picked, positions
from derive.syntax.latex.repeated import again, below, entry_of, is_fraction, symbol_piece
from derive.syntax.latex.rows import is_gradient, lying_leaf
from derive.syntax.latex.style import Style
from derive.syntax.latex.tree import raised, tex
from derive.syntax.names import latex_integer, latex_name, latex_symbol, with_index
from derive.syntax.precedence import Binds, Piece

CONSTANTS = {"pi": r"\pi", "inf": r"\infty", "e": r"\mathrm{e}"}


@tex.register(Number)
def _number(expr: Number, style: Style) -> Piece:
    return numeral(expr.typed or str(expr.value))


@tex.register(Constant)
def _constant(expr: Constant, style: Style) -> Piece:
    return Piece(CONSTANTS.get(expr.name) or latex_name(expr.name, style.notation))


@tex.register(Dimension)
def _dimension(expr: Dimension, style: Style) -> Piece:
    return latex_integer(expr.value, style.notation)


@tex.register(Symbol)
def _symbol(expr: Symbol, style: Style) -> Piece:
    piece = latex_symbol(expr.name, expr.index, style.notation)
    return symbol_piece(piece.text) if is_fraction(piece.text) else piece


@tex.register(Partial)
def _partial(expr: Partial, style: Style) -> Piece:
    piece = _derivative(expr, style)
    return raised(piece, r"\top") if style.rows and is_gradient(expr) else piece


@lying_leaf.register(Partial)
def _partial_row(expr: Partial, style: Style) -> Piece:
    piece = _derivative(expr, style)
    return piece if style.rows and is_gradient(expr) else raised(piece, r"\top")


def _derivative(expr: Partial, style: Style, entry: tuple[IntLike, ...] = ()) -> Piece:
    """Write a derivative; what is held stands at a bar: dl/dW | h. *entry* is one of the bottom."""
    top, bottom = tex(expr.top, style).text, below(tex(expr.bottom, style).text)
    if expr.component:
        at = positions(expr.component, style)
        top = entry_of(top, at).text if is_fraction(top) else with_index(top, at)
    if entry:
        bottom = with_index(bottom, positions(entry, style))
    fraction = again(top, bottom) if r"\frac" in top else Piece(
        rf"\frac{{\partial {top}}}{{\partial {bottom}}}", Binds.FRACTION)
    if not expr.held:
        return fraction
    held = ", ".join(tex(h, style).text for h in expr.held)
    return Piece(rf"\left.{fraction.text}\right|_{{{held}}}", Binds.FRACTION)


@tex.register(Entry)
def _entry(expr: Entry, style: Style) -> Piece:
    """Write an entry; a column of the identity is e_k, and an entry stands inside a derivative."""
    missing = len(expr.arg.shape) - len(expr.at)
    if isinstance(expr.arg, Eye) and missing:   # a column of I is a unit vector
        return Piece(rf"\mathbf{{e}}_{{{','.join(positions(expr.at, style))}}}")
    whole = not missing or missing == 2
    if isinstance(expr.arg, Partial) and whole and expr.arg.shape == expr.arg.bottom.shape:
        return _derivative(expr.arg, style, expr.at)
    return picked(expr, style)


@tex.register(Delta)
def _delta(expr: Delta, style: Style) -> Piece:
    i, j = positions((expr.i, expr.j), style)
    return Piece(rf"\delta_{{{i}{'' if len(i + j) == 2 else ','}{j}}}")


@tex.register(Eye)
def _eye(expr: Eye, style: Style) -> Piece:
    return Piece(r"\mathbf{I}" if "I" in style.taken else "I")


@tex.register(Fill)
def _fill(expr: Fill, style: Style) -> Piece:
    """Write bold 1 and 0; a matrix of ones says its shape, as bold 1 alone is a vector."""
    value = numeral(str(expr.value))
    if not expr.shape:
        return value
    if expr.value == 0:
        return Piece(r"\mathbf{0}")
    shape = f"_{{{shape_label(expr.shape, style)}}}" if len(expr.shape) > 1 else ""
    ones = rf"\mathbf{{1}}{shape}"
    if expr.value == 1:
        return Piece(ones)
    return Piece(f"{value.text} {ones}", min(value.binds, Binds.SCALED))
