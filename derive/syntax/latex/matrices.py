r"""Rectangles of numbers or formulas: columns, rows and matrices, long ones elided.

An array of more than two axes prints as a column or matrix of matrices, the last two axes inside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.expr.nodes import Array, Expr, Literal
from derive.expr.shapes import Shape
from derive.syntax.latex.numerals import numeral
from derive.syntax.latex.rows import lying_leaf, row
from derive.syntax.latex.style import Style
from derive.syntax.latex.tree import tex
from derive.syntax.names import latex_integer
from derive.syntax.precedence import Binds, Piece

__all__ = ["environment", "is_matrix", "shape_label"]

Cell = Callable[[int, int], str]
# a place where entries are left out
DOTS = -1


def is_matrix(expr: Expr) -> bool:
    """True where an expression prints as a rectangle with its own brackets, all of it shown."""
    return isinstance(expr, (Array, Literal)) and bool(expr.shape)


def environment(body: str, style: Style) -> str:
    return rf"\begin{{{style.matrix}}} {body} \end{{{style.matrix}}}"


def shape_label(shape: Shape, style: Style) -> str:
    """Write a shape, n \times (m + 1)."""
    sizes = [latex_integer(n, style.notation) for n in shape]
    if len(sizes) == 1:
        return sizes[0].text
    return r" \times ".join(f"({s.text})" if s.binds == Binds.SUM else s.text for s in sizes)


def _shown(size: int, most: int) -> list[int]:
    """Return the positions shown: all, or the first ones, dots and the last."""
    if size <= most:
        return list(range(size))
    return [*range(max(most - 2, 1)), DOTS, size - 1]


def _cell(i: int, j: int, cell: Cell) -> str:
    if i == DOTS:
        return r"\ddots" if j == DOTS else r"\vdots"
    return r"\cdots" if j == DOTS else cell(i, j)


def grid(cell: Cell, rows: int, cols: int, shape: Shape, style: Style) -> str:
    """Set rows x cols cells; with entries left out, the shape stands underneath."""
    ys, xs = _shown(rows, style.max_rows), _shown(cols, style.max_cols)
    lines = [" & ".join(_cell(i, j, cell) for j in xs) for i in ys]
    matrix = environment(r" \\ ".join(lines), style)
    if DOTS not in ys and DOTS not in xs:
        return matrix
    # in a group of its own: a superscript on the brace would be set above it
    return rf"{{\underbrace{{{matrix}}}_{{{shape_label(shape, style)}}}}}"


def _numbers(values: Any, say: Callable[[Any], str], style: Style) -> str:
    rank = len(getattr(values, "shape", ()))
    if rank == 0:  # an entry: of an array of objects it is a Fraction, which has no shape
        return numeral(say(values)).text
    if rank % 2:
        return grid(lambda i, j: _numbers(values[i], say, style), len(values), 1,
                    values.shape, style)
    rows, cols = values.shape[:2]
    return grid(lambda i, j: _numbers(values[i, j], say, style), rows, cols, values.shape, style)


@tex.register(Literal)
def _literal(expr: Literal, style: Style) -> Piece:
    if not expr.shape:
        return numeral(expr.say(expr.values[()]))
    return Piece(_numbers(expr.values, expr.say, style))


@lying_leaf.register(Literal)
def _literal_row(expr: Literal, style: Style) -> Piece:
    """Write a vector of numbers as a row."""
    return Piece(grid(lambda i, j: _numbers(expr.values[j], expr.say, style), 1,
                      len(expr.values), expr.shape, style))


@tex.register(Array)
def _array(expr: Array, style: Style) -> Piece:
    if len(expr.shape) % 2 or not all(isinstance(item, Array) for item in expr.items):
        return _column(expr, style)
    rows = [item.items for item in expr.items if isinstance(item, Array)]
    return Piece(grid(lambda i, j: tex(rows[i][j], style).text, len(rows), len(rows[0]),
                      expr.shape, style))


def _column(expr: Array, style: Style) -> Piece:
    item = row if len(expr.shape) == 2 else tex  # vectors stacked along a new axis are its rows
    return Piece(grid(lambda i, j: item(expr.items[i], style).text, len(expr.items), 1,
                      expr.shape, style))


@lying_leaf.register(Array)
def _array_row(expr: Array, style: Style) -> Piece:
    """Write a vector of formulas as a row."""
    return Piece(grid(lambda i, j: tex(expr.items[j], style).text, 1, len(expr.items),
                      expr.shape, style))
