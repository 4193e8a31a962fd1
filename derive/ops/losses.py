"""Losses of a target y and a prediction p, written (y, p) in this order.

cross_entropy:         -sum_k y_k log p_k over the last axis, the other axes stay: one loss per row.
binary_cross_entropy:  -y log p - (1 - y) log(1 - p), entry by entry: as many losses as entries.
squared_error:         sum (p - y)^2 over all entries, or over ``axis=``; no 1/2 and no mean.

Logarithms are natural; 0 log 0 is 0, and log 0 otherwise is an error.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from derive.errors import ShapeError
from derive.expr import build
from derive.expr.nodes import Expr, Number
from derive.expr.shapes import Shape, say
from derive.ops.axes import Axes, all_axes, counted_from_end, over, reduced, weave
from derive.ops.elementwise import entrywise
from derive.ops.kernels import target_log
from derive.ops.op import Op
from derive.ops.reduce import expand, repeat

__all__ = ["LOSSES"]

ONE = Number(Fraction(1))


def _paired(name: str, y: Shape, p: Shape) -> Shape:
    if y != p:
        raise ShapeError(f"{name} needs target and prediction of one shape, "
                         f"not {say(y)} and {say(p)}")
    return p


def _rows_shape(y: Shape, p: Shape) -> Shape:
    if not _paired("cross_entropy", y, p):
        raise ShapeError("cross_entropy needs vectors or matrices, not scalars",
                         remedy="binary_cross_entropy takes scalars")
    return p[:-1]


def _rows_entry(S: Any, at: Any, args: Any) -> Any:
    y, p = args
    return -over(S, S.Sum, tuple(p.shape[-1:]), lambda k: y(*at, k) * S.log(p(*at, k)))


def _per_row(g: Expr, p: Expr) -> Expr:
    """Let a loss's cotangent stand against the row it came from."""
    return g if len(p.shape) == 1 else expand(g, (-1,))


CROSS_ENTROPY = Op(
    "cross_entropy", _rows_shape,
    lambda y, p: -np.sum(target_log("cross_entropy", y, p), axis=-1),
    _rows_entry,
    (lambda g, loss, y, p: build.neg(build.mul(_per_row(g, p), entrywise("log", p))),
     lambda g, loss, y, p: build.mul(_per_row(g, p), build.neg(build.div(y, p)))),
    latex=r"\operatorname{CE}",
    sentence="Only the term y_k log p_k holds p_k, and d(log p_k)/dp_k = 1/p_k.",
    samples=((((3,), (3,)), {}), (((2, 3), (2, 3)), {}), (((2, 1, 2), (2, 1, 2)), {})),
    positive=True,
)


def _binary(y: Any, p: Any) -> Any:
    name = "binary_cross_entropy"
    y, p = np.asarray(y), np.asarray(p)
    return -target_log(name, y, p) - target_log(name, 1 - y, 1 - p)


def _binary_entry(S: Any, at: Any, args: Any) -> Any:
    y, p = (arg(*at) for arg in args)
    return -y * S.log(p) - (1 - y) * S.log(1 - p)


def _binary_by_target(g: Expr, loss: Expr, y: Expr, p: Expr) -> Expr:
    """Return g (log(1 - p) - log p)."""
    wrong, right = entrywise("log", build.sub(ONE, p)), entrywise("log", p)
    return build.mul(g, build.sub(wrong, right))


def _binary_by_prediction(g: Expr, loss: Expr, y: Expr, p: Expr) -> Expr:
    """Return g (p - y) / (p (1 - p))."""
    return build.mul(g, build.div(build.sub(p, y), build.mul(p, build.sub(ONE, p))))


BINARY_CROSS_ENTROPY = Op(
    "binary_cross_entropy", lambda y, p: _paired("binary_cross_entropy", y, p), _binary,
    _binary_entry, (_binary_by_target, _binary_by_prediction), latex=r"\operatorname{BCE}",
    sentence="-y/p + (1 - y)/(1 - p) over a common denominator is (p - y)/(p (1 - p)).",
    samples=((((), ()), {}), (((3,), (3,)), {}), (((2, 2), (2, 2)), {})),
    positive=True,
)


def _squared_settle(y: Shape, p: Shape, axis: Any = None) -> dict[str, Any]:
    return {"axis": counted_from_end(axis, len(p))}


def _squared_shape(y: Shape, p: Shape, axis: Axes | None = None) -> Shape:
    _paired("squared_error", y, p)
    return reduced(p, counted_from_end(axis, len(p)), keepdims=False)


def _squared_entry(S: Any, at: Any, args: Any, axis: Axes) -> Any:
    y, p = args
    rank = len(p.shape)

    def term(*inner: Any) -> Any:
        place = weave(rank, axis, iter(at), iter(inner))
        return (p(*place) - y(*place)) ** 2

    return over(S, S.Sum, tuple(p.shape[rank + a] for a in axis), term)


def _difference(g: Expr, first: Expr, second: Expr, axis: Axes) -> Expr:
    """Return 2 g (first - second)."""
    partial = axis != all_axes(len(first.shape))
    lined_up = repeat(g, first.shape, axis) if partial else g
    return build.mul(build.number(2), lined_up, build.sub(first, second))


SQUARED_ERROR = Op(
    "squared_error", _squared_shape,
    lambda y, p, axis: np.sum((np.asarray(p) - np.asarray(y)) ** 2, axis=axis),
    _squared_entry,
    (lambda g, loss, y, p, axis: _difference(g, y, p, axis),
     lambda g, loss, y, p, axis: _difference(g, p, y, axis)),
    params=("axis",), latex=r"\operatorname{SE}", settle=_squared_settle, exact=True,
    sentence="Each entry stands in one square, and d(p - y)^2/dp = 2 (p - y).",
    samples=((((), ()), {}), (((3,), (3,)), {}), (((2, 3), (2, 3)), {}),
             (((2, 3), (2, 3)), {"axis": (-1,)}), (((2, 3), (2, 3)), {"axis": (-2,)})),
)

LOSSES = (CROSS_ENTROPY, BINARY_CROSS_ENTROPY, SQUARED_ERROR)
