r"""A formula whose shapes do not fit: a matrix should be transposed, or factors change places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

from derive.syntax.read_latex.tree import Fenced, Fraction, Name, Node, Product, Scripted

__all__ = ["EXCHANGED", "MISFITS", "TURNED", "exchanged", "is_turned", "put", "symbols", "turned"]

MISFITS = ("shapes do not fit", "a column of", "a row of")     # how a reader says so
TURNED, EXCHANGED = "transpose of a factor", "order of factors"      # the slips
MOST = 24       # symbols of a formula that are tried
TRANSPOSED = (r"\top", "T", r"\intercal")
DIFFERENTIALS = (r"\partial", "d")


def turned(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield a formula with one of its symbols transposed, or as it is without; and that symbol.

    A derivative is one symbol, and so is what stands in brackets.
    """
    for place in list(_turning(node))[:MOST]:
        yield put(node, place, _turned_symbol(place)), place
    for product in (p for p in _all(node) if isinstance(p, Product)):
        for at, (sign, of) in enumerate(pairwise(product.factors)):
            if _is_gradient(sign):
                span = (sign.span[0], of.span[1])
                whole = Product(span, (sign, of), ("",))
                factors = (*product.factors[:at], _turned_symbol(whole), *product.factors[at + 2:])
                signs = (*product.signs[:at], *product.signs[at + 1:])
                made = replace(product, factors=factors, signs=signs) if signs else factors[0]
                yield put(node, product, made), whole


def _turning(node: Node) -> Iterator[Node]:
    """Yield what may be transposed."""
    if isinstance(node, Fraction) and _is_slope(node):
        yield node
        return
    if isinstance(node, Scripted) and isinstance(node.base, Fenced) and is_turned(node):
        yield node
    elif isinstance(node, (Name, Scripted)) and _is_symbol(node):
        yield node
        return
    for part in _parts(node):
        yield from _turning(part)


def _is_slope(node: Fraction) -> bool:
    first = node.top.factors[0] if isinstance(node.top, Product) else node.top
    return isinstance(first, Name) and first.stem in DIFFERENTIALS


def _is_gradient(node: Node) -> bool:
    base = node.base if isinstance(node, Scripted) else node
    return isinstance(base, Name) and base.stem == r"\nabla"


def exchanged(node: Node) -> Iterator[Node]:
    """Yield a formula with two neighbours of a product in the other order."""
    for product in [p for p in _all(node) if isinstance(p, Product)][:MOST]:
        for place in range(len(product.factors) - 1):
            factors = list(product.factors)
            factors[place:place + 2] = reversed(factors[place:place + 2])
            yield put(node, product, replace(product, factors=tuple(factors)))


def _all(node: Node) -> Iterator[Node]:
    yield node
    for part in _parts(node):
        yield from _all(part)


def symbols(node: Node) -> Iterator[Node]:
    """Yield the symbols of a formula, with their scripts."""
    if isinstance(node, (Name, Scripted)) and _is_symbol(node):
        yield node
        return
    if isinstance(node, Scripted) and is_turned(node):
        node = replace(node, sup=None)      # the T above brackets is no symbol
    for part in _parts(node):
        yield from symbols(part)


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


def put(value: Any, place: Node, other: Node) -> Any:
    """Return a tree with another node at a place."""
    if value is place:
        return other
    if isinstance(value, Node):
        return replace(value, **{f.name: put(getattr(value, f.name), place, other)
                                 for f in fields(value)})
    return tuple(put(item, place, other) for item in value) if isinstance(value, tuple) else value


def _turned_symbol(node: Node) -> Node:
    if isinstance(node, (Fraction, Product)):
        return Scripted(node.span, Fenced(node.span, "(", (node,)), (), Name(node.span, r"\top"))
    if isinstance(node, Scripted):
        return replace(node, sup=None if is_turned(node) else Name(node.span, r"\top"))
    return Scripted(node.span, node, (), Name(node.span, r"\top"))
