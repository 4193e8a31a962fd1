r"""A formula whose shapes do not fit, because one of its matrices should be transposed, or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from derive.syntax.read_latex.tree import Name, Node, Scripted

__all__ = ["is_turned", "turned"]

MOST = 24       # symbols of a formula that are tried
TRANSPOSED = (r"\top", "T", r"\intercal")


def turned(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield a formula with one of its symbols transposed, or as it is without; and that symbol."""
    for place in list(_symbols(node))[:MOST]:
        yield _changed(node, place), place


def _symbols(node: Node) -> Iterator[Node]:
    """Yield the symbols of a formula, with their scripts."""
    if isinstance(node, (Name, Scripted)) and _is_symbol(node):
        yield node
        return
    for part in _parts(node):
        yield from _symbols(part)


def _is_symbol(node: Node) -> bool:
    return isinstance(node, Name) or (isinstance(node, Scripted) and isinstance(node.base, Name)
                                      and (node.sup is None or is_turned(node)))


def is_turned(node: Node) -> bool:
    return isinstance(node, Scripted) and isinstance(node.sup, Name) and (
        node.sup.stem in TRANSPOSED)


def _parts(node: Node) -> Iterator[Node]:
    for field in fields(node):
        yield from _nodes(getattr(node, field.name))


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


def _changed(value: Any, place: Node) -> Any:
    """Return a tree with the transpose of what stands at a place."""
    if value is place:
        return _turned_symbol(place)
    if isinstance(value, Node):
        return replace(value, **{f.name: _changed(getattr(value, f.name), place)
                                 for f in fields(value)})
    return tuple(_changed(item, place) for item in value) if isinstance(value, tuple) else value


def _turned_symbol(node: Node) -> Node:
    if isinstance(node, Scripted):
        return replace(node, sup=None if is_turned(node) else Name(node.span, r"\top"))
    return Scripted(node.span, node, (), Name(node.span, r"\top"))
