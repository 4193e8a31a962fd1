"""What LaTeX says before anyone knows what its names mean: nodes with the span they stand in.

A span is ``(first, last + 1)`` in the text that was read. Nothing is decided here that needs a
model: whether ``h(1 - h)`` is a product, ``W^T`` a transpose or a power, ``*`` a matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

__all__ = [
    "Additive", "At", "Big", "Cases", "Chain", "Fenced", "Fraction", "Grid", "Name", "Node",
    "Numeral", "Product", "Root", "Scripted", "Signed", "Span", "Stars", "Stretch",
    "nodes", "rebuilt",
]

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Node:
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Numeral(Node):
    """Digits as they stand, thousands marks taken out: ``0.50``."""

    digits: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    r"""A letter, a Greek letter (``\alpha``) or a word, with its accents from the inside out.

    `font` is "" for the usual one, "bold", "upright", or a kind of its own (``mathcal``).
    """

    stem: str
    accents: tuple[str, ...] = ()
    font: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Scripted(Node):
    """A base with its scripts; what commas part in a subscript are several."""

    base: Node
    subs: tuple[Node, ...] = ()
    sup: Node | None = None
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Stretch(Node):
    """Several positions in a subscript: ``z_{0:2}``."""

    first: Node
    last: Node


@dataclass(frozen=True, slots=True)
class Stars(Node):
    r"""An operator standing alone as a script: ``y^*``, ``X^{\odot 2}``."""

    sign: str
    arg: Node | None = None


@dataclass(frozen=True, slots=True)
class Fenced(Node):
    """What stands between brackets or bars; `kind` is the opening one: ( [ { | || floor angle."""

    kind: str
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Fraction(Node):
    top: Node
    bottom: Node


@dataclass(frozen=True, slots=True)
class Root(Node):
    arg: Node
    degree: Node | None = None


@dataclass(frozen=True, slots=True)
class Grid(Node):
    """A matrix, row by row."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Cases(Node):
    """What holds in each case: values with their conditions; None for all other cases."""

    rows: tuple[tuple[Node, Node | None], ...]


@dataclass(frozen=True, slots=True)
class Big(Node):
    """A sum or product sign with its limits and all it extends over."""

    sign: str
    lower: tuple[Node, ...]
    upper: Node | None
    body: Node


@dataclass(frozen=True, slots=True)
class Signed(Node):
    sign: str
    arg: Node


@dataclass(frozen=True, slots=True)
class Additive(Node):
    """Terms with the sign before each."""

    terms: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Product(Node):
    """Factors, and the sign between two neighbours ("" where they only stand side by side)."""

    factors: tuple[Node, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class At(Node):
    """A bar with what is held or put in: dl/dW |_h."""

    arg: Node
    held: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """``a = b = c``: sides and the relations between them; no first side where one begins with =.

    `lead` is the prose in front of it: "for".
    """

    sides: tuple[Node | None, ...]
    relations: tuple[str, ...]
    lead: str = ""


def nodes(node: Node) -> Iterator[Node]:
    """Yield a node and all its parts; of a name with scripts the whole stands for its parts."""
    yield node
    if not isinstance(node, (Scripted, Name, Numeral)):
        for one in fields(node):
            yield from _inside(getattr(node, one.name))


def _inside(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield from nodes(value)
    elif isinstance(value, tuple):
        for part in value:
            yield from _inside(part)


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return a tree with every node changed, the inner ones first."""
    def within(value: Any) -> Any:
        if isinstance(value, Node):
            return rebuilt(value, change)
        return tuple(map(within, value)) if isinstance(value, tuple) else value

    parts = {f.name: within(getattr(node, f.name)) for f in fields(node) if f.name != "span"}
    return change(replace(node, **parts))
