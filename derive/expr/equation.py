"""Equations that keep their index, and the families of quantities they define."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, Range, Ref
from derive.expr.shapes import Shape
from derive.expr.walk import at, put_range

__all__ = ["Domain", "Equation", "Family"]

Domain = tuple[tuple[str, Range], ...]   # indices with their ranges, outer ones first


@dataclass(frozen=True, slots=True)
class Equation:
    """``target = rhs`` for every position of the indices in `domain`.

    The target's positions are affine in the domain's indices (``h[t]``, ``w[k+1]``) or fixed
    (``h[0]``); `domain` lists the free indices with their ranges, outer ones first.
    """

    target: Ref
    domain: Domain
    rhs: Expr

    def put(self, env: Mapping[str, IntLike]) -> Equation:
        """Put numbers in for sizes and lengths; the equation's own indices stay."""
        inner = {n: v for n, v in env.items() if n not in {d for d, _ in self.domain}}
        domain = tuple((n, put_range(r, inner)) for n, r in self.domain)
        return Equation(at(self.target, inner), domain, at(self.rhs, inner))


@dataclass(frozen=True, slots=True)
class Family:
    """All members of one quantity: its name, the names of its indices, the shape of a member."""

    name: str
    indices: tuple[str, ...]
    shape: Shape
