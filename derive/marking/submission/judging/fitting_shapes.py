r"""Shapes written out, ``(q \times p)(p \times n) = q \times n``: whether they fit together."""

from __future__ import annotations

from itertools import pairwise

from derive.marking.submission.claims import Side, Statement
from derive.syntax.read_latex.tree import Fenced, Name, Node, Numeral, Product

__all__ = ["misfit", "is_about_shapes"]

Shape = tuple[Node, ...]


def is_about_shapes(statement: Statement) -> bool:
    """True for shapes side by side, each in brackets, and what they make."""
    first, *rest = statement.sides
    return first is not None and len(_shapes(first)) > 1 and all(
        side is not None and len(_shapes(side)) == 1 for side in rest)


def misfit(statement: Statement) -> str:
    """Return what does not fit together in words; nothing where all does."""
    first, *rest = statement.sides
    assert first is not None, "a statement about shapes begins with them"
    factors = _shapes(first)
    for left, right in pairwise(factors):
        if left[-1] != right[0]:
            return "the columns of one factor are not the rows of the next"
    whole = factors[0][0], factors[-1][-1]
    fits = all(_shapes(side) == (whole,) for side in rest if side is not None)
    return "" if fits else "a product has the rows of its first and the columns of its last factor"


def _shapes(side: Side) -> tuple[Shape, ...]:
    """Return the shapes that stand side by side; nothing for anything else."""
    node = side.node
    while isinstance(node, Fenced) and len(node.items) == 1:
        node = node.items[0]
    alone = _shape(node)
    if alone:
        return (alone,)
    if not isinstance(node, Product) or any(node.signs):
        return ()
    found = tuple(_shape(f.items[0]) if isinstance(f, Fenced) and len(f.items) == 1 else ()
                  for f in node.factors)
    return found if all(found) else ()


def _shape(node: Node | None) -> Shape:
    if isinstance(node, Product) and set(node.signs) == {"times"} and all(
            isinstance(f, (Name, Numeral)) for f in node.factors):
        return node.factors
    return ()
