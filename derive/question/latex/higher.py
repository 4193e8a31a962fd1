r"""Derivatives of derivatives: \frac{\partial^2 L}{\partial x^2}, \frac{\partial R}{\partial
(\partial L/\partial x)}, \frac{\partial}{\partial p} \frac{\partial L}{\partial x}.

A derivative that equations read, or that is differentiated, is a quantity with an open name.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from derive.errors import DeriveError
from derive.expr.integers import text
from derive.expr.nodes import Partial, Symbol
from derive.question.latex.laid import Laid
from derive.question.latex.spelling import spelled
from derive.syntax.open_names import filled, is_open
from derive.syntax.read_latex.tree import Fenced, Fraction, Name, Node, Product, Scripted
from derive.syntax.write_text import write

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["as_slope", "open_operator", "second", "slope_quantity"]

PARTIALS = (r"\partial", "d")


def slope_quantity(partial: Partial, reader: Reader) -> Symbol | None:
    """Return the quantity that a derivative is; None where the question has no such quantity."""
    typed = f"({write(partial)})"
    places = tuple(dict.fromkeys((*partial.top.index, *partial.bottom.index)))
    near = tuple(dict.fromkeys(p + k for p in places for k in (0, -1, 1)))
    for family in reader.vocabulary.families.values():
        if is_open(family.name):
            for at in product(near, repeat=len(family.indices)):
                if filled(family.name, map(text, at)) == typed:
                    return Symbol(family.name, at, family.shape)
    return None


def as_slope(node: Node, reader: Reader) -> Symbol | None:
    """Return the quantity that a derivative in brackets, or as it stands, is."""
    inner = node.items[0] if isinstance(node, Fenced) and len(node.items) == 1 else node
    if not isinstance(inner, (Fraction, Product)):
        return None
    try:
        found = reader.value(inner)
    except DeriveError:
        return None
    return slope_quantity(found.expr, reader) if isinstance(found, Laid) and isinstance(
        found.expr, Partial) else None


def second(top: Node, bottom: Node) -> tuple[Node, Node, Node] | None:
    r"""Return of what, by what, and by what then \frac{\partial^2 L}{\partial x \partial y} is."""
    if not isinstance(top, Product) or len(top.factors) != 2 or not _is_squared(top.factors[0]):
        return None
    if not isinstance(bottom, Product) or any(bottom.signs):
        return None
    signs = [_is_sign(node) for node in bottom.factors]
    if signs == [True, False]:
        by = bottom.factors[1]
        if isinstance(by, Scripted) and spelled(by.sup) == "2":
            once = Scripted(by.span, by.base, by.subs)
            return top.factors[1], once, once
    if signs == [True, False, True, False]:
        return top.factors[1], bottom.factors[3], bottom.factors[1]
    return None


def _is_sign(node: Node) -> bool:
    return isinstance(node, Name) and node.stem in PARTIALS


def _is_squared(node: Node) -> bool:
    return isinstance(node, Scripted) and _is_sign(node.base) and spelled(node.sup) == "2"


def open_operator(node: Node) -> Node | None:
    r"""Return what \frac{\partial}{\partial p} differentiates by; None for others."""
    if not isinstance(node, Fraction) or not _is_sign(node.top):
        return None
    below = node.bottom
    if isinstance(below, Product) and len(below.factors) == 2 and not any(below.signs) and (
            _is_sign(below.factors[0])):
        return below.factors[1]
    return None
