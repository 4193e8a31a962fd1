"""Equations that keep their index, and the families of quantities they define."""

from __future__ import annotations

from dataclasses import dataclass

from derive.expr.nodes import Expr, Range, Ref
from derive.expr.shapes import Shape

__all__ = ["Equation", "Family"]


@dataclass(frozen=True, slots=True)
class Equation:
    """``target = rhs`` for every position of the indices in `domain`.

    The target's positions are affine in the domain's indices (``h[t]``, ``w[k+1]``) or fixed
    (``h[0]``); `domain` lists the free indices with their ranges, outer ones first.
    """

    target: Ref
    domain: tuple[tuple[str, Range], ...]
    rhs: Expr


@dataclass(frozen=True, slots=True)
class Family:
    """All members of one quantity: its name, the names of its indices, the shape of a member."""

    name: str
    indices: tuple[str, ...]
    shape: Shape
