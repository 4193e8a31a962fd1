"""What stands in the working of others: the largest of a few numbers, whole parts, shapes.

A name with a blank in it cannot be typed in an equation.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor, prod
from typing import Any

import numpy as np

from derive.expr.nodes import Apply, Expr
from derive.expr.shapes import Shape
from derive.ops.op import Op

__all__ = ["WORKING", "entries", "shape_of"]


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

def _entries(*xs: Any, ranks: tuple[int, ...], together: str = "") -> Any:
    """Count the entries of the last axes of each array; what stands before is a stack."""
    counts = [np.full(x.shape[:x.ndim - rank], float(prod(x.shape[x.ndim - rank:])))
              for x, rank in zip(map(np.asarray, xs), ranks, strict=True)]
    return sum(counts[1:], counts[0])


def _entries_entry(S: Any, at: Any, args: Any, **params: Any) -> Any:
    return sum(S.prod(x.shape) for x in args)


def _ranks(*xs: Shape, together: str = "") -> dict[str, Any]:
    return {"ranks": tuple(map(len, xs)), "together": together}


def entries(*xs: Expr, together: str = "") -> Expr:
    """Return # x, how many entries there are; of several arrays what they are *together*."""
    ranks = _ranks(*(x.shape for x in xs), together=together)
    return Apply(COUNT.name, xs, tuple(sorted(ranks.items())), ())


def shape_of(x: Expr) -> Expr:
    """Return the shape of x: a row of sizes, with the value of their product."""
    return Apply(SHAPE.name, (x,), tuple(sorted(_ranks(x.shape).items())), ())


COUNT = Op(
    "number of entries", lambda *xs, **params: (), _entries, _entries_entry, (None,),
    params=("ranks", "together"), settle=_ranks, flat=True, samples=((((2, 3),), {}),),
    sentence="How many numbers an array holds, or several together.")

SHAPE = Op(
    "shape of", lambda x, **params: (), _entries, _entries_entry, (None,),
    params=("ranks", "together"), settle=_ranks, flat=True, samples=((((2, 3),), {}),),
    sentence="The sizes of the axes of an array.")

WORKING = (LARGEST, FLOOR, BY, COUNT, SHAPE)
