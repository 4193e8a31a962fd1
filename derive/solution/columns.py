"""Quantities as columns of a table: a cell for each entry of a short vector."""

from __future__ import annotations

from derive.expr.nodes import Entry, Expr, Literal, Transpose

__all__ = ["cells"]

MOST_COLUMNS = 6    # entries of a vector; more of them stand in a row


def cells(expr: Expr) -> tuple[Expr, ...]:
    """Return what stands for a quantity in one row, as truth tables have it."""
    if len(expr.shape) != 1:
        return (expr,)
    count = expr.shape[0]
    if not isinstance(count, int) or count > MOST_COLUMNS:
        return (Transpose(expr),)
    if isinstance(expr, Literal):
        return tuple(Literal(expr.values[i:i + 1].reshape(()), expr.exact, expr.say)
                     for i in range(count))
    base, at = (expr.arg, expr.at) if isinstance(expr, Entry) else (expr, ())
    return tuple(Entry(base, (*at, i)) for i in range(count))
