"""Operations that stand in the working of others: the largest of a few numbers, whole parts."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

import numpy as np

from derive.expr.shapes import Shape
from derive.ops.op import Op

__all__ = ["WORKING"]


def _largest(x: Any) -> Any:
    """Take the first of the largest, by the real part."""
    x = np.asarray(x)
    chosen = np.argmax(np.real(x), axis=-1)
    return np.take_along_axis(x, chosen[..., None], axis=-1)[..., 0]


def _whole_part(x: Any) -> Any:
    x = np.asarray(x)
    if x.dtype.kind != "O":
        return np.floor(np.real(x))
    return np.array([Fraction(floor(v)) for v in x.flat], dtype=object).reshape(x.shape)


def _of_vector(x: Shape) -> Shape:
    return x[:-1]


LARGEST = Op(
    "largest", _of_vector, _largest,
    lambda S, at, args: S.Max(*(args[0](*at, k) for k in range(int(args[0].shape[-1])))),
    (None,), latex=r"\max", exact=True, samples=((((3,),), {}),),
    sentence="The largest of a few numbers.")

FLOOR = Op(
    "floor", lambda x: x, _whole_part, lambda S, at, args: S.floor(args[0](*at)), (None,),
    exact=True, flat=True, samples=((((),), {}), (((3,),), {})),
    sentence="It is constant between whole numbers, so it has no derivative worth the name.")

WORKING = (LARGEST, FLOOR)
