r"""Sizes written under ones and the identity: I_n, \mathbf{1}_{2 \times 3}."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derive.expr.shapes import Shape
from derive.question.latex.positions import position
from derive.syntax.read_latex.tree import Node, Product

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["shape_under"]


def shape_under(reader: Reader, subs: Sequence[Node], kind: str) -> Shape:
    parts = [part for sub in subs for part in _factors(sub)]
    sizes = [position(part, reader) for part in parts]
    known = tuple(size for size in sizes if size is not None)
    if len(known) != len(sizes):
        raise reader.unreadable("this size is not read", subs[0].span)
    return known[:1] if kind == "eye" else known


def _factors(node: Node) -> Sequence[Node]:
    times = isinstance(node, Product) and set(node.signs) == {"times"}
    return node.factors if times and isinstance(node, Product) else (node,)
