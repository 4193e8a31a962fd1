r"""The display tree: what stands where in a formula, without a word about what it means.

It is read from the closed vocabulary of LaTeX that `derive.syntax.latex` writes and authors may use
(`derive.syntax.display.reader`); every format that cannot take LaTeX has a writer over these nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Accent", "Arrow", "Boxed", "Brace", "Classed", "Digits", "Fenced", "Font", "Fraction",
           "Kind", "Letter", "Name", "Node", "Placing", "Root", "Row", "Scripts", "Sign", "Space",
           "Table", "TableKind", "Words"]

# TeX's classes of atoms, which settle the space between them (The TeXbook, chapter 17)
Kind = Literal["ord", "op", "bin", "rel", "open", "close", "punct", "inner"]
Font = Literal["italic", "upright", "bold", "bold-italic", "double-struck", "script", "sans",
               "mono"]
# scripts beside; below and above in displays only; always below and above
Placing = Literal["beside", "movable", "stacked"]
TableKind = Literal["matrix", "small", "cases", "aligned", "gathered", "substack"]


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a formula."""


@dataclass(frozen=True, slots=True)
class Row(Node):
    """Pieces side by side; seen from outside an ordinary symbol, as a group in TeX."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Letter(Node):
    """A letter, or a word that stands for one quantity (W_hh's index, ReLU)."""

    text: str
    font: Font = "italic"


@dataclass(frozen=True, slots=True)
class Digits(Node):
    """A number as it is written, without its sign."""

    text: str
    font: Font = "upright"


@dataclass(frozen=True, slots=True)
class Sign(Node):
    """An operator, a relation, a bracket, dots; *kind* as TeX would have it at this place."""

    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Name(Node):
    """The name of a function, set upright: tanh; *limits* where scripts go below it in displays."""

    text: str
    limits: bool = False


@dataclass(frozen=True, slots=True)
class Words(Node):
    """Plain words; blanks at their ends count."""

    text: str


@dataclass(frozen=True, slots=True)
class Space(Node):
    """Room of so many em; it may be negative."""

    em: float


@dataclass(frozen=True, slots=True)
class Fraction(Node):
    r"""top over bottom; size "text" and "display" are \tfrac and \dfrac. Binomials have no rule."""

    top: Node
    bottom: Node
    size: Literal["", "text", "display"] = ""
    ruled: bool = True


@dataclass(frozen=True, slots=True)
class Scripts(Node):
    """A base with what stands below and above its end, or below and above itself."""

    base: Node
    below: Node | None = None
    above: Node | None = None
    placing: Placing = "beside"


@dataclass(frozen=True, slots=True)
class Root(Node):
    body: Node
    degree: Node | None = None


@dataclass(frozen=True, slots=True)
class Fenced(Node):
    """Brackets as tall as what they hold; an empty one is not drawn."""

    opening: str
    body: Node
    closing: str


@dataclass(frozen=True, slots=True)
class Table(Node):
    """Rows of cells."""

    rows: tuple[tuple[Node, ...], ...]
    kind: TableKind = "matrix"


@dataclass(frozen=True, slots=True)
class Accent(Node):
    """mark: the name TeX has for it: hat, bar, widehat, overline, ..."""

    mark: str
    body: Node


@dataclass(frozen=True, slots=True)
class Brace(Node):
    """A brace along the lower or the upper edge; its label is a script of it."""

    body: Node
    above: bool = False


@dataclass(frozen=True, slots=True)
class Boxed(Node):
    body: Node


@dataclass(frozen=True, slots=True)
class Arrow(Node):
    """An arrow as long as the label above it."""

    label: Node


@dataclass(frozen=True, slots=True)
class Classed(Node):
    """Something put together that has the space of another kind around it (a differential)."""

    body: Node
    kind: Kind
    limits: bool = False
