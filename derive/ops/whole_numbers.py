"""What stands in the working of others: the largest of a few numbers, whole parts, shapes.

A name with a blank in it cannot be typed in an equation.
"""

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

BY = Op(
    "sizes by sizes", lambda *sizes: (), lambda *sizes: np.prod(sizes, axis=0),
    lambda S, at, args: S.prod([arg() for arg in args]), (None, None), flat=True,
    samples=((((), ()), {}),),
    sentence="A shape, h x w, stands for its number of entries.")

COUNT = Op(
    "number of entries", lambda *xs, together="": (),
    lambda *xs, together="": float(sum(map(np.size, xs))),
    lambda S, at, args, together="": sum(S.prod(x.shape) for x in args), (None,), flat=True,
    samples=((((2, 3),), {}),),
    sentence="How many numbers an array holds, or several together.")

SHAPE = Op(
    "shape of", lambda x: (), lambda x: float(np.size(x)),
    lambda S, at, args: S.prod(args[0].shape), (None,), flat=True, samples=((((2, 3),), {}),),
    sentence="The sizes of the axes of an array.")

WORKING = (LARGEST, FLOOR, BY, COUNT, SHAPE)
