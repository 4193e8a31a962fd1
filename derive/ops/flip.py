"""Turning an array round along axes: y_i = x_(n-1-i); a filter turned by 180 degrees.

A convolution in the sense of mathematics is the cross-correlation with the flipped filter. Flipping
twice changes nothing, so the cotangent is flipped too. NumPy's ``flip``: all axes unless told.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.errors import ShapeError
from derive.expr.nodes import Apply
from derive.expr.shapes import Shape
from derive.ops.axes import counted_from_end
from derive.ops.op import Op

__all__ = ["FLIP"]

Axes = tuple[int, ...]


def _settle(x: Shape, axis: Any = None) -> dict[str, Any]:
    if not x:
        raise ShapeError("a number has no order to be turned round")
    found = tuple(range(-len(x), 0)) if axis is None else counted_from_end(axis, len(x))
    return {"axis": found, "whole": len(found) == len(x)}


def _entry(S: Any, at: Any, args: Any, axis: Axes, whole: bool) -> Any:
    (x,), rank = args, len(at)
    return x(*(x.shape[m] - 1 - i if m - rank in axis else i for m, i in enumerate(at)))


FLIP = Op(
    "flip", lambda x, axis, whole: x, lambda x, axis, whole: np.flip(np.asarray(x), axis), _entry,
    (lambda g, y, x, axis, whole: Apply("flip", (g,), (("axis", axis), ("whole", whole)),
                                        x.shape),),
    params=("axis",), positional=("axis",), settle=_settle, exact=True,
    sentence="Every entry only stands somewhere else, and so does its cotangent.",
    samples=((((3,),), {}), (((2, 3),), {}), (((2, 3),), {"axis": (-1,)})))
