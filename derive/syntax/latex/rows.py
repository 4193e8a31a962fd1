r"""Vectors as rows: v^\top, and v^\top W for ``v @ W``."""

from __future__ import annotations

from functools import singledispatch

from derive.expr.nodes import Array, Expr, Literal, MatMul, Neg, Transpose
from derive.syntax.latex.matrices import array_row, literal_row
from derive.syntax.latex.style import Style
from derive.syntax.latex.tree import inside, raised, tex
from derive.syntax.precedence import Binds, Piece

__all__ = ["is_row_product", "row"]


@singledispatch
def row(expr: Expr, style: Style) -> Piece:
    """Write a vector as a row."""
    return raised(tex(expr, style), r"\top")


@row.register
def _transpose(expr: Transpose, style: Style) -> Piece:
    return row(expr.arg, style)


@row.register
def _neg(expr: Neg, style: Style) -> Piece:
    return Piece("-" + inside(row(expr.arg, style), Binds.REDUCE), Binds.MINUS)


@row.register
def _literal(expr: Literal, style: Style) -> Piece:
    return literal_row(expr, style)


@row.register
def _array(expr: Array, style: Style) -> Piece:
    return array_row(expr, style)


@row.register
def _matmul(expr: MatMul, style: Style) -> Piece:
    from derive.syntax.latex.products import product_row

    if is_row_product(expr):
        return product_row(expr, style)
    return raised(tex(expr, style), r"\top")


def is_row_product(expr: MatMul) -> bool:
    """True for vector @ matrix: its numbers come as a row."""
    return len(expr.left.shape) == 1 and len(expr.right.shape) > 1
