"""How a symbol is spelled, whatever braces, fonts and blanks it was written with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.syntax.read_latex.tree import (
    Chain,
    Fenced,
    Name,
    Node,
    Numeral,
    Product,
    Scripted,
    Signed,
    Stars,
    Stretch,
)

__all__ = ["base_name", "scripted", "spelled"]

# letters of these fonts are letters of their own
KINDS = frozenset(("mathcal", "mathbb", "mathfrak"))


def spelled(node: Node | None) -> str:
    """Return a canonical spelling: W_{hh}, \\mathbf{W}_{\\mathrm{hh}} and {W}_{h h} are one."""
    if node is None:
        return ""
    write = SPELLED.get(type(node))
    return write(node) if write else f"<{type(node).__name__}>"


def _name(node: Name) -> str:
    kind = f"{node.font}:" if node.font in KINDS else ""
    return kind + node.stem + "".join(f"^{accent}" for accent in node.accents)


def _scripted(node: Scripted) -> str:
    subs = f"_{{{','.join(map(spelled, node.subs))}}}" if node.subs else ""
    sup = f"^{{{spelled(node.sup)}}}" if node.sup is not None else ""
    return spelled(node.base) + subs + sup + "'" * node.primes


SPELLED: dict[type[Node], Callable[[Any], str]] = {
    Name: _name,
    Numeral: lambda node: node.digits,
    Scripted: _scripted,
    Product: lambda node: "".join(a + b for a, b in zip(
        map(spelled, node.factors), (*node.signs, ""), strict=True)),
    Signed: lambda node: node.sign + spelled(node.arg),
    Stretch: lambda node: f"{spelled(node.first)}:{spelled(node.last)}",
    Stars: lambda node: node.sign + spelled(node.arg),
    Fenced: lambda node: f"{node.kind}{','.join(map(spelled, node.items))})",
    Chain: lambda node: "".join(a + b for a, b in zip(
        map(spelled, node.sides), (*node.relations, ""), strict=True)),
}


def scripted(node: Node) -> Scripted:
    """Return a node with room for scripts."""
    return node if isinstance(node, Scripted) else Scripted(node.span, node)


def base_name(node: Node) -> str:
    """Return the spelling of what carries the scripts."""
    while isinstance(node, Scripted):
        node = node.base
    return spelled(node)
