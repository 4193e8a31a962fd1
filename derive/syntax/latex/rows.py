r"""Vectors as rows: v^\top, v^\top W for ``v @ W``, and 2 v^\top for ``2 * v``.

A vector is a column of the page. To write it as a row, its tree is laid down first (`laid`): a
`Transpose` moves inwards to the vectors that bring the direction with them, so that one pair of
brackets (and one \top) is written only where there is no shorter form. A row laid down keeps its
shape, is written like any other tree, and is known by the `Transpose` in it (`lies`).

Where the derivative of a scalar by a vector is a row (``Style.rows``), it is one from the start.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any

from derive.expr.nodes import (
    Apply,
    Array,
    Dots,
    Expr,
    Literal,
    MatMul,
    Neg,
    Partial,
    Power,
    Product,
    Quotient,
    Reduce,
    Sum,
    Transpose,
)
from derive.expr.walk import children, rebuild
from derive.syntax.latex.style import Style
from derive.syntax.latex.tree import raised, tex
from derive.syntax.precedence import Piece

__all__ = [
    "as_whole", "is_gradient", "is_row_product", "laid", "lies", "lying_leaf", "reads_lying",
    "row", "spread",
]


def as_whole(expr: Expr, style: Style) -> Expr:
    """Return what is written for a whole expression: in a style of rows, a vector lies."""
    return laid(expr, style) if style.rows else expr


def row(expr: Expr, style: Style) -> Piece:
    """Write a vector as a row."""
    return tex(laid(expr, style), style)


@singledispatch
def lying_leaf(expr: Expr, style: Style) -> Piece:
    """Write a vector as a row in one piece; what has a shorter form registers it."""
    return raised(tex(expr, style), r"\top")


def spread(part: Expr, whole: Expr, style: Style) -> Expr:
    """Return a part of a sum or product of arrays: numbers that meet every row of it lie.

    In X W + b the vector b is added to each row. Its name stays as people write it; its numbers
    in a column would be read as one number for each row.
    """
    if len(part.shape) != 1 or len(whole.shape) < 2:
        return part
    through = isinstance(part, Apply) and [arg.shape for arg in part.args] == [part.shape]
    if through or _carriers(part):
        return rebuild(part, tuple(spread(inner, whole, style) for inner in children(part)))
    return laid(part, style) if reads_lying(part, style) else part


def is_row_product(expr: MatMul) -> bool:
    """True for vector @ matrix: its numbers come as a row."""
    return len(expr.left.shape) == 1 and len(expr.right.shape) > 1


def is_gradient(expr: Partial) -> bool:
    """True for the derivative of a scalar by a vector."""
    return len(expr.shape) == len(expr.bottom.shape) == 1


# where the direction of a whole is that of its vectors: of each, or only under this condition
CARRIES: dict[type[Expr], Callable[[Any], bool]] = {
    **dict.fromkeys((Neg, Sum, Dots, Product, Power), lambda e: True),
    Quotient: lambda e: bool(e.top.shape),
    Reduce: lambda e: e.kind != "prod",
    MatMul: is_row_product,
    Apply: lambda e: e.op == "concatenate" and all(len(a.shape) == 1 for a in e.args),
}
# what is written as a row by the rows of its parts and never by (...)^T
ALWAYS = (Neg, Reduce, MatMul, Apply)


def _carriers(expr: Expr) -> tuple[Expr, ...]:
    """Return the vectors that decide whether *expr* stands or lies; none for a leaf."""
    carries = CARRIES.get(type(expr))
    if len(expr.shape) != 1 or carries is None or not carries(expr):
        return ()
    return tuple(part for part in children(expr) if len(part.shape) == 1)


def lies(expr: Expr) -> bool:
    """True for a vector that its tree has as a row, by a `Transpose`."""
    return (len(expr.shape) == 1 and isinstance(expr, Transpose)) or any(map(lies, _carriers(expr)))


def reads_lying(expr: Expr, style: Style) -> bool:
    r"""True for a vector whose row needs no \top of its own: v^\top W, numbers, a derivative."""
    if isinstance(expr, Partial):
        return style.rows and is_gradient(expr)
    if isinstance(expr, (Transpose, Literal, Array)):
        return len(expr.shape) == 1
    parts = _carriers(expr)
    return bool(parts) and (isinstance(expr, MatMul) or any(reads_lying(p, style) for p in parts))


def laid(expr: Expr, style: Style) -> Expr:
    """Return a vector as a row, its `Transpose` as far inside as it reads well; others unchanged.

    (A x)^T stays, (2 v)^T is 2 v^T, (a + b)^T stays, but next to a row it is v^T W + b^T.
    """
    if len(expr.shape) != 1:
        return expr
    if isinstance(expr, Transpose):
        return laid(expr.arg, style)
    if not _is_divided(expr, style):
        return Transpose(expr)
    return rebuild(expr, tuple(laid(part, style) for part in children(expr)))


def _is_divided(expr: Expr, style: Style) -> bool:
    parts = _carriers(expr)
    scaled = isinstance(expr, (Product, Quotient)) and len(parts) == 1
    return bool(parts) and (scaled or isinstance(expr, ALWAYS) or reads_lying(expr, style))
