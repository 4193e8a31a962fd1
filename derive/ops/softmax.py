"""Softmax: p_i = exp(z_i) / sum_k exp(z_k), over the last axis unless told otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.errors import DeriveError, ShapeError
from derive.expr import build
from derive.expr.nodes import Apply, Expr
from derive.expr.shapes import Shape
from derive.ops.axes import Axes, all_axes, counted_from_end, over, reduced, weave
from derive.ops.kernels import floats
from derive.ops.op import Op
from derive.ops.reduce import repeat

__all__ = ["LOGSUMEXP", "SOFTMAX"]


def _shape(z: Shape, axis: Axes = (-1,)) -> Shape:
    if not z:
        raise ShapeError("softmax needs a vector or a matrix, not a scalar")
    return z


def _settle(z: Shape, axis: Any = -1) -> dict[str, Any]:
    return {"axis": counted_from_end(axis, len(_shape(z)))}


def _evaluate(z: Any, axis: Axes) -> Any:
    """Shift by the largest entry first: the result is the same and nothing overflows."""
    z = floats(z)
    largest = np.max(np.real(z), axis=axis, keepdims=True)
    if np.any(np.isneginf(largest)):
        raise DeriveError("softmax: all scores are masked, so no weights add up to 1",
                          remedy="leave at least one score of each row")
    powers = np.exp(z - largest)
    return powers / np.sum(powers, axis=axis, keepdims=True)


def _entry(S: Any, at: Any, args: Any, axis: Axes) -> Any:
    z, rank = args[0], len(args[0].shape)
    kept = [p for a, p in zip(all_axes(rank), at, strict=True) if a not in axis]
    total = over(S, S.Sum, tuple(z.shape[rank + a] for a in axis),
                 lambda *inner: S.exp(z(*weave(rank, axis, iter(kept), iter(inner)))))
    return S.exp(z(*at)) / total


def _jacobian(p: Expr, z: Expr, axis: Axes = (-1,)) -> Expr:
    """dp/dz = diag(p) - p p^T, symmetric."""
    return build.sub(build.diag(p), build.outer(p, p))


def _vjp(g: Expr, p: Expr, z: Expr, axis: Axes = (-1,)) -> Expr:
    """(diag(p) - p p^T) g for a vector; p (g - sum(g p)) along each row otherwise."""
    if len(z.shape) == 1:
        return build.matmul(_jacobian(p, z), g)
    along = build.sum_entries(build.mul(g, p), axis, keepdims=True)
    return build.mul(p, build.sub(g, along))


SOFTMAX = Op(
    "softmax", _shape, _evaluate, _entry, (_vjp,), (_jacobian,), params=("axis",),
    latex=r"\operatorname{softmax}", settle=_settle,
    sentence="By the quotient rule dp_i/dz_j = p_i (delta_ij - p_j): raising one score takes from "
             "all the others.",
    samples=((((3,),), {}), (((2, 3),), {}), (((3, 2),), {"axis": (-2,)}),
             (((2, 2),), {"axis": (-2, -1)})),
)


def _log_sum(z: Any, axis: Axes, keepdims: bool) -> Any:
    """log sum exp z, the largest entry taken out first."""
    z = floats(z)
    top = np.max(np.real(z), axis=axis, keepdims=True)
    value = np.log(np.sum(np.exp(z - top), axis=axis, keepdims=True)) + top
    return value if keepdims else np.squeeze(value, axis=axis)


def _log_sum_entry(S: Any, at: Any, args: Any, axis: Axes, keepdims: bool) -> Any:
    z, rank = args[0], len(args[0].shape)
    kept = [p for a, p in zip(all_axes(rank), at, strict=True) if a not in axis] if keepdims else at
    return S.log(over(S, S.Sum, tuple(z.shape[rank + a] for a in axis),
                      lambda *inner: S.exp(z(*weave(rank, axis, iter(kept), iter(inner))))))


def _log_sum_vjp(g: Expr, y: Expr, z: Expr, axis: Axes, keepdims: bool) -> Expr:
    """Softmax of z, times g: d(log sum exp z)/dz_i = exp(z_i) / sum exp z."""
    p = Apply("softmax", (z,), (("axis", axis),), z.shape)
    scalar = not g.shape
    return build.mul(g, p) if scalar else build.mul(p, repeat(g, z.shape, axis, keepdims))


LOGSUMEXP = Op(
    "logsumexp", lambda z, axis=(-1,), keepdims=False: reduced(_shape(z), axis, keepdims),
    _log_sum, _log_sum_entry, (_log_sum_vjp,), params=("axis", "keepdims"),
    latex=r"\operatorname{logsumexp}",
    settle=lambda z, axis=-1, keepdims=False: {"axis": counted_from_end(axis, len(_shape(z))),
                                               "keepdims": bool(keepdims)},
    sentence="The derivative of log sum exp is the softmax.",
    samples=((((3,),), {}), (((2, 3),), {}), (((2, 3),), {"axis": (-2,)}),
             (((2, 3),), {"axis": (-1,), "keepdims": True}), (((2, 2),), {"axis": (-2, -1)})),
)
