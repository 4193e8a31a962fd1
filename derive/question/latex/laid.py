r"""Values on paper: an expression and which way a vector lies, and constants of open size.

A vector is 1-D in the tree; on paper it stands (a column) or lies (a row, v^\top). The derivative
of a scalar is written either way, so it is taken as what fits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from derive.expr.nodes import Expr
from derive.expr.shapes import Shape

__all__ = ["Laid", "Unsized", "Value", "Way"]


class Way(Enum):
    STANDS = "a column"
    LIES = "a row"
    EITHER = "a vector"


@dataclass(frozen=True, slots=True)
class Laid:
    """An expression; `way` counts where it is a vector. `slope` marks a derivative."""

    expr: Expr
    way: Way = Way.STANDS
    slope: bool = False

    @property
    def shape(self) -> Shape:
        return self.expr.shape

    @property
    def kind(self) -> str:
        """Return one letter: Scalar, Column, Row, Either, Matrix, Tensor."""
        rank = len(self.expr.shape)
        if rank == 1:
            return {Way.STANDS: "C", Way.LIES: "R", Way.EITHER: "E"}[self.way]
        return {0: "S", 2: "M"}.get(rank, "T")


@dataclass(frozen=True, slots=True)
class Unsized:
    """Ones, zeros, the identity, a unit vector before it is known how many entries there are.

    make: what it is once its shape is known. kind: "vector", "matrix", or "eye" for the identity.
    """

    kind: str
    make: Callable[[Shape], Expr]
    lies: bool = False

    def then(self, change: Callable[[Expr], Expr]) -> Unsized:
        """Return the same with something done to it, its shape kept."""
        return replace(self, make=lambda shape: change(self.make(shape)))


Value = Laid | Unsized
