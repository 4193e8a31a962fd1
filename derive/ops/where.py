"""Choosing entry by entry: a where a mask of 0 and 1 is 1, b where it is 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr import build
from derive.expr.nodes import Expr
from derive.expr.shapes import Shape, broadcast
from derive.ops.op import Op

__all__ = ["WHERE"]


def _evaluate(mask: Any, a: Any, b: Any) -> Any:
    mask = np.real(np.asarray(mask))
    if not np.all((mask == 0) | (mask == 1)):
        raise DeriveError("a mask holds 0 and 1", remedy="write a comparison, as in t <= s")
    return np.where(mask == 1, a, b)


def _entry(S: Any, at: Any, args: Any) -> Any:
    """m a + (1 - m) b, and by cases where a or b is infinite"""
    mask, a, b = (_aligned(S, arg, at) for arg in args)
    if a.has(S.oo, -S.oo) or b.has(S.oo, -S.oo):
        return S.Piecewise((a, S.Eq(mask, 1)), (b, True))
    return mask * a + (1 - mask) * b


def _aligned(S: Any, arg: Any, at: Any) -> Any:
    own = at[len(at) - len(arg.shape):]
    return arg(*(S.Integer(0) if n == 1 else p for n, p in zip(arg.shape, own, strict=True)))


def _chosen(g: Expr, y: Expr, mask: Expr, a: Expr, b: Expr) -> Expr:
    """Return m g: what was chosen takes the cotangent."""
    return build.unbroadcast(build.mul(mask, g), a.shape)


def _other(g: Expr, y: Expr, mask: Expr, a: Expr, b: Expr) -> Expr:
    return build.unbroadcast(build.mul(build.sub(build.number(1), mask), g), b.shape)


def _shape(mask: Shape, a: Shape, b: Shape) -> Shape:
    return broadcast(mask, a, b)


WHERE = Op(
    "where", _shape, _evaluate, _entry, (None, _chosen, _other), exact=True, labels=(0,),
    latex=r"\operatorname{where}",
    sentence="Each entry comes from one of both, which alone takes its cotangent.",
    samples=((((), (), ()), {}), (((3,), (3,), (3,)), {}), (((2, 3), (2, 3), ()), {}),
             (((3,), (2, 3), (3,)), {})),
)
