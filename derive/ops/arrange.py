"""Arrays laid out anew, row by row: ``reshape`` and ``flatten``; and the frame of zeros of ``pad``.

None of them changes a number, so a cotangent is laid back the same way.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from derive.errors import ShapeError
from derive.expr.integers import Int, IntLike, WholePart
from derive.expr.nodes import Apply, Expr
from derive.expr.shapes import Shape, say
from derive.ops.axes import over, same
from derive.ops.op import Op
from derive.ops.products import divided
from derive.ops.windows import Pads, Windows, per_axis

__all__ = ["ARRANGING", "whole_size", "whole_sizes"]


def _settle(x: Shape, shape: Any = None) -> dict[str, Any]:
    wanted = shape if isinstance(shape, tuple) else (shape,)
    if not all(isinstance(n, Int) or (isinstance(n, int) and n >= -1) for n in wanted) or (
            wanted.count(-1) > 1):
        raise ShapeError("reshape needs the new shape", remedy="write reshape(x, (2, 3))")
    if -1 in wanted:
        wanted = _completed(x, wanted)
    if prod(wanted, start=_ONE) != prod(x, start=_ONE):
        raise ShapeError(f"{say(x)} cannot be laid out as {say(wanted)}")
    return {"shape": wanted, "was": x}


_ONE: IntLike = 1


def _completed(x: Shape, wanted: Shape) -> Shape:
    """Work out the size that stands as -1."""
    count, known = prod(x, start=_ONE), -prod(wanted, start=_ONE)
    try:
        return tuple(divided(count, known) if n == -1 else n for n in wanted)
    except (ShapeError, ZeroDivisionError):
        raise ShapeError(f"{say(x)} cannot be laid out with {known} in each") from None


def _laid(x: Any, shape: Shape, was: Shape) -> Any:
    x = np.asarray(x)
    return x.reshape(*x.shape[:x.ndim - len(was)], *shape)


def whole_size(S: Any, n: IntLike) -> Any:
    """Return a size as a SymPy integer."""
    if isinstance(n, int):
        return S.Integer(n)
    return S.Add(*(c * S.Mul(*(_named_size(S, name) for name in names)) for names, c in n.terms))


def _named_size(S: Any, name: str) -> Any:
    if isinstance(name, WholePart):
        return S.floor(whole_size(S, name.top) / whole_size(S, name.bottom))
    return S.Symbol(name, integer=True)


def whole_sizes(S: Any, settings: Any) -> Any:
    """Return settings, or tuples of them, with SymPy integers for the sizes that have names."""
    if isinstance(settings, tuple):
        return tuple(whole_sizes(S, part) for part in settings)
    return whole_size(S, settings) if isinstance(settings, Int) else settings


def _entry(S: Any, at: Any, args: Any, shape: Shape, was: Shape) -> Any:
    """Count the entries row by row: the place in one shape gives the place in the other."""
    number = S.Integer(0)
    for i, n in zip(at, shape, strict=True):
        number = number * whole_size(S, n) + i
    places = []
    for n in was[:0:-1]:
        size = whole_size(S, n)
        places.append(S.Mod(number, size))
        number = S.floor(number / size)
    return args[0](*((number, *places[::-1]) if was else ()))


def _back(g: Expr, y: Expr, x: Expr, shape: Shape, was: Shape) -> Expr:
    return Apply("reshape", (g,), (("shape", was), ("was", shape)), was)


def _flat(x: Shape) -> dict[str, Any]:
    return {"shape": (prod(x, start=_ONE),), "was": x}


RESHAPE = Op(
    "reshape", lambda x, shape, was: shape, _laid, _entry, (_back,), params=("shape",),
    settle=_settle, positional=("shape",), exact=True,
    sentence="No number changes, so the cotangent is laid out as the argument was.",
    samples=((((4,),), {"shape": (2, 2)}), (((2, 3),), {"shape": (3, -1)}),
             (((2, 2, 2),), {"shape": 8})))

FLATTEN = Op(
    "flatten", lambda x, shape, was: shape, _laid, _entry, (_back,), settle=_flat, exact=True,
    sentence="The rows are laid one after the other; no number changes.",
    samples=((((2, 3),), {}), (((2, 2, 2),), {})))


def _frames(x: Shape, padding: Any = 0) -> dict[str, Any]:
    """Read a number for all axes, or a number or a pair for each of the last ones."""
    pairs = padding if isinstance(padding, tuple) else (padding,) * len(x)
    if not 0 < len(pairs) <= len(x):
        raise ShapeError(f"{say(x)} cannot be padded by {padding}", remedy="write pad(X, 1)")
    read = [per_axis("padding", pair, 2, 0) for pair in pairs]
    return {"padding": tuple((front, behind) for front, behind in read)}


def _wider(x: Shape, padding: Pads) -> Shape:
    ahead = len(x) - len(padding)
    return (*x[:ahead], *(n + p + q for n, (p, q) in zip(x[ahead:], padding, strict=True)))


def _narrower(x: Shape, padding: Pads) -> Shape:
    return _wider(x, tuple((-p, -q) for p, q in padding))


def _frame(padding: Pads) -> Windows:
    ones = (1,) * len(padding)
    return Windows(ones, ones, padding, ones)


def _inner_entry(S: Any, at: Any, args: Any, padding: Pads) -> Any:
    ahead = len(at) - len(padding)
    return args[0](*at[:ahead], *(i + p for i, (p, _) in zip(at[ahead:], padding, strict=True)))


def _framed_entry(S: Any, at: Any, args: Any, padding: Pads) -> Any:
    """Sum x_m over the one m, if any, with m + p = i along every axis."""
    (x,), ahead = args, len(at) - len(padding)
    return over(S, S.Sum, x.shape[ahead:], lambda *own: x(*at[:ahead], *own) * S.prod(
        [same(S, m + p, i) for m, i, (p, _) in zip(own, at[ahead:], padding, strict=True)]))


def _with_frame(name: str, shape: Shape, x: Expr, padding: Pads) -> Expr:
    return Apply(name, (x,), (("padding", padding),), shape)


FRAMES = ((((2,),), {"padding": ((1, 1),)}), (((2, 2),), {"padding": ((1, 0), (0, 2))}),
          (((2, 3),), {"padding": ((1, 1),)}))

PAD = Op(
    "pad", _wider, lambda x, padding: _frame(padding).padded(np.asarray(x)), _framed_entry,
    (lambda g, y, x, padding: _with_frame("crop", x.shape, g, padding),), params=("padding",),
    settle=_frames, positional=("padding",), exact=True, samples=FRAMES,
    sentence="The zeros of the frame are no part of the argument, so the cotangent loses them.")

CROP = Op(
    "crop", _narrower, lambda x, padding: _frame(padding).cropped(np.asarray(x)), _inner_entry,
    (lambda g, y, x, padding: _with_frame("pad", x.shape, g, padding),), params=("padding",),
    settle=_frames, positional=("padding",), exact=True, samples=((((4,),), {"padding": ((1, 1),)}),
                         (((3, 4),), {"padding": ((1, 0), (0, 2))})),
    sentence="What was cut off does not count, so its cotangent is zero.")

ARRANGING = (RESHAPE, FLATTEN, PAD, CROP)
