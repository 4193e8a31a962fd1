"""TeX's rules for the space inside a formula (The TeXbook, chapter 18 and appendix G)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import singledispatch

from derive.syntax.display.nodes import (
    Arrow,
    Classed,
    Fenced,
    Kind,
    Name,
    Node,
    Scripts,
    Sign,
    Space,
)

__all__ = ["MEDIUM", "THICK", "THIN", "gap", "kind", "rooms", "settled"]

THIN, MEDIUM, THICK = 3 / 18, 4 / 18, 5 / 18
_ORDER: tuple[Kind, ...] = ("ord", "op", "bin", "rel", "open", "close", "punct", "inner")
# rows: what stands on the left. 1 thin, 2 medium, 3 thick; negative: not in scripts
_TABLE = (
    (0, 1, -2, -3, 0, 0, 0, -1),        # ord
    (1, 1, 0, -3, 0, 0, 0, -1),         # op
    (-2, -2, 0, 0, -2, 0, 0, -2),       # bin
    (-3, -3, 0, 0, -3, 0, 0, -3),       # rel
    (0, 0, 0, 0, 0, 0, 0, 0),           # open
    (0, 1, -2, -3, 0, 0, 0, -1),        # close
    (-1, -1, 0, -1, -1, -1, -1, -1),    # punct
    (-1, 1, -2, -3, -1, 0, -1, -1),     # inner
)
_EM = {0: 0.0, 1: THIN, 2: MEDIUM, 3: THICK}


def gap(left: Kind, right: Kind, in_script: bool = False) -> float:
    """Return the space between two neighbours, in em."""
    amount = _TABLE[_ORDER.index(left)][_ORDER.index(right)]
    return 0.0 if amount < 0 and in_script else _EM[abs(amount)]


@singledispatch
def kind(node: Node) -> Kind:
    """Return the class of a piece as its neighbours see it."""
    return "ord"


@kind.register(Sign)
@kind.register(Classed)
def _(node: Sign | Classed) -> Kind:
    return node.kind


@kind.register(Name)
def _(node: Name) -> Kind:
    return "op"


@kind.register(Scripts)
def _(node: Scripts) -> Kind:
    return kind(node.base)


@kind.register(Fenced)
def _(node: Fenced) -> Kind:
    return "inner"


@kind.register(Arrow)
def _(node: Arrow) -> Kind:
    return "rel"


def rooms(items: Sequence[Node]) -> tuple[list[tuple[float, Node]], float]:
    """Return each piece with the room left before it, in em, and the room at the end."""
    found: list[tuple[float, Node]] = []
    room = 0.0
    for item in items:
        if isinstance(item, Space):
            room += item.em
        else:
            found.append((room, item))
            room = 0.0
    return found, room


def settled(items: Sequence[Node]) -> tuple[Node, ...]:
    """Return a row whose binary operators with nothing to join are ordinary signs: the - of -x."""
    found = list(items)
    kinds = [kind(node) for node in found if not isinstance(node, Space)]
    places = (k for k, node in enumerate(found) if not isinstance(node, Space))
    before: Kind = "open"
    for k, own, follows in zip(places, kinds, [*kinds[1:], "close"], strict=False):
        if own == "bin" and (before in ("bin", "op", "rel", "open", "punct")
                             or follows in ("rel", "close", "punct")):
            found[k], own = _ordinary(found[k]), "ord"
        before = own
    return tuple(found)


@singledispatch
def _ordinary(node: Node) -> Node:
    return node


@_ordinary.register(Sign)
@_ordinary.register(Classed)
def _(node: Sign | Classed) -> Node:
    return replace(node, kind="ord")


@_ordinary.register(Scripts)
def _(node: Scripts) -> Node:
    return replace(node, base=_ordinary(node.base))
