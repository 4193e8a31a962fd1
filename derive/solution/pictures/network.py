"""Quantities and what reads what, as a picture shows them; where they stand is for the layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from derive.expr.nodes import Expr
from derive.solution.exhibits import Exhibit
from derive.solution.words import Sentence

__all__ = ["Link", "Network", "Role", "Vertex"]

# "given" numbers and parameters, what an equation has "defined", a member "elsewhere" that
# another step has made, and "dots" for steps left out
Role = Literal["given", "defined", "elsewhere", "dots"]


@dataclass(frozen=True)
class Vertex:
    """One quantity; `notes` are what its box says under the name: its value, a derivative.

    step:   the column of an unrolled picture, None for what belongs to no time step.
    series: members of one series at several steps share it.
    lit:    True on a way along which a derivative flows.
    """

    name: str
    shown: Expr | str | Sentence
    role: Role
    notes: tuple[Sentence, ...] = ()
    step: int | None = None
    series: str = ""
    lit: bool = False


@dataclass(frozen=True)
class Link:
    """What `start` is read by: `end`; `shape` is what goes along, None for a number."""

    start: str
    end: str
    shape: Expr | None = None
    lit: bool = False
    dashed: bool = False


@dataclass(frozen=True)
class Network(Exhibit):
    """Quantities and links.

    steps:  True where columns are time steps, from left to right.
    merged: True where boxes stand for several quantities.
    """

    vertices: tuple[Vertex, ...]
    links: tuple[Link, ...]
    steps: bool = False
    caption: str = ""
    merged: bool = False

    @property
    def is_lit(self) -> bool:
        """True where some way is picked out, so that the rest stands back."""
        return any(link.lit for link in self.links)

    @property
    def named(self) -> dict[str, Vertex]:
        return {vertex.name: vertex for vertex in self.vertices}
