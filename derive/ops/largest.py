"""The largest and smallest entry, of an array or of two side by side; and keeping within bounds.

Of equal entries the first one counts (ties: first): of an array in row-major order, of two
arguments the left one. The derivative goes to the entry that was taken. Where the right one is a
number, as in max(z, 0), it is the number that counts (ties: second), so that max(z, 0), max(0, z)
and ReLU have one and the same slope at 0.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr import build
from derive.expr.nodes import Apply, Expr
from derive.expr.shapes import Shape, broadcast
from derive.ops.axes import Axes, all_axes, counted_from_end, reduced, weave
from derive.ops.elementwise import entrywise
from derive.ops.kernels import chosen
from derive.ops.op import Op
from derive.ops.reduce import repeat

__all__ = ["LARGEST"]

MOST_WRITTEN = 6    # entries; the largest of more is not written out
SAMPLES: tuple[tuple[tuple[Shape, ...], dict[str, Any]], ...] = (
    (((3,),), {}), (((2, 2),), {}), (((2, 3),), {"axis": (-1,)}),
    (((3, 2),), {"axis": (-2,), "keepdims": True}))


def _settle(x: Shape, axis: Any = None, keepdims: bool = False) -> dict[str, Any]:
    return {"axis": counted_from_end(axis, len(x)), "keepdims": bool(keepdims)}


def _shape(x: Shape, axis: Axes, keepdims: bool) -> Shape:
    return reduced(x, axis, keepdims)


def _side_by_side(x: Any, axis: Axes) -> Any:
    """Lay the entries along *axis* one after the other, row by row, along a new last axis."""
    moved = np.moveaxis(x, axis, all_axes(len(axis)))
    return moved.reshape(*moved.shape[:moved.ndim - len(axis)], -1)


def _first(x: Any, axis: Axes, sign: int) -> Any:
    """Return 1 at the first of the largest (sign 1) or smallest (-1) entries, else 0."""
    x = np.asarray(x)
    rows = _side_by_side(np.real(x), axis)
    place = np.argmax(sign * rows, axis=-1)
    taken = np.arange(rows.shape[-1]) == place[..., None]
    moved = np.moveaxis(x, axis, all_axes(len(axis))).shape
    return chosen(np.moveaxis(taken.reshape(moved), all_axes(len(axis)), axis), x)


def _extreme(sign: int) -> Callable[..., Any]:
    def evaluate(x: Any, axis: Axes, keepdims: bool) -> Any:
        x = np.asarray(x)
        rows = _side_by_side(x, axis)
        place = np.argmax(sign * np.real(rows), axis=-1)
        found = np.take_along_axis(rows, place[..., None], axis=-1)[..., 0]
        return np.expand_dims(found, axis) if keepdims else found
    return evaluate


def _extreme_entry(name: str) -> Callable[..., Any]:
    def entry(S: Any, at: Any, args: Any, axis: Axes, keepdims: bool) -> Any:
        x, rank = args[0], len(args[0].shape)
        sizes = [x.shape[rank + a] for a in axis]
        known = [int(n) for n in sizes if getattr(n, "is_Integer", isinstance(n, int))]
        if len(known) < len(sizes) or prod(known) > MOST_WRITTEN:
            raise DeriveError(f"the {name} of many entries has no short formula")
        kept = [p for a, p in zip(all_axes(rank), at, strict=True) if a not in axis
                ] if keepdims else at
        return getattr(S, name)(*(x(*weave(rank, axis, iter(kept), iter(inner)))
                                  for inner in np.ndindex(*known)))
    return entry


def _first_entry(sign: int) -> Callable[..., Any]:
    """Multiply [all before are smaller] by [none after is larger]."""
    def entry(S: Any, at: Any, args: Any, axis: Axes) -> Any:
        x, rank = args[0], len(args[0].shape)
        sizes = [x.shape[rank + a] for a in axis]
        if not all(getattr(n, "is_Integer", isinstance(n, int)) for n in (*sizes, *at)):
            raise DeriveError("the place of the largest of many entries has no short formula")
        own = tuple(int(at[rank + a]) for a in axis)
        outer = [p for a, p in zip(all_axes(rank), at, strict=True) if a not in axis]

        def gap(inner: tuple[int, ...]) -> Any:
            other = x(*weave(rank, axis, iter(outer), iter(inner)))
            return S.Heaviside(sign * (x(*at) - other), 0 if inner < own else 1)
        return S.prod([gap(inner) for inner in np.ndindex(*map(int, sizes)) if inner != own])
    return entry


def _extreme_vjp(first: str) -> Callable[..., Expr]:
    def vjp(g: Expr, y: Expr, x: Expr, axis: Axes, keepdims: bool) -> Expr:
        """Give the whole cotangent to the entry that was taken."""
        taken = Apply(first, (x,), (("axis", axis),), x.shape)
        return build.mul(repeat(g, x.shape, axis, keepdims), taken)
    return vjp


def _of_array(name: str, word: str, sign: int) -> tuple[Op, Op]:
    first = f"first_{name}"
    return (
        Op(name, _shape, _extreme(sign), _extreme_entry(name.capitalize()),
           (_extreme_vjp(first),), params=("axis", "keepdims"), settle=_settle, exact=True,
           latex=rf"\{name}", samples=SAMPLES,
           sentence=f"Only the {word} entry moves the {word} value, so it takes the whole "
                    "cotangent; of equal ones the first."),
        Op(first, lambda x, axis: x, lambda x, axis: _first(x, axis, sign), _first_entry(sign),
           (None,), params=("axis",), exact=True, flat=True,
           settle=lambda x, axis=None: {"axis": counted_from_end(axis, len(x))},
           latex=rf"\mathbf{{1}}_{{\{name}}}",
           samples=((((3,),), {}), (((2, 3),), {"axis": (-1,)}), (((2, 2),), {})),
           sentence=f"1 at the {word} entry (the first of equal ones), 0 elsewhere."))


def _compared(name: str, a: Expr, b: Expr) -> Expr:
    """Return the indicator of a comparison of two sides, with a zero left out."""
    turned = {"step": "negative", "nonnegative": "nonpositive",
              "negative": "step", "nonpositive": "nonnegative"}
    if build.is_zero(a):
        return entrywise(turned[name], b)
    return entrywise(name, a if build.is_zero(b) else build.sub(a, b))


def _share(g: Expr, mask: Expr, x: Expr) -> Expr:
    return build.unbroadcast(build.mul(mask, g), x.shape)


def _aligned(S: Any, arg: Any, at: Any) -> Any:
    own = at[len(at) - len(arg.shape):]
    return arg(*(S.Integer(0) if n == 1 else p for n, p in zip(arg.shape, own, strict=True)))


def _pair(sign: int) -> Callable[..., Any]:
    def evaluate(a: Any, b: Any, ties: str = "first") -> Any:
        a, b = np.asarray(a), np.asarray(b)
        gap = sign * (np.real(a) - np.real(b))
        return np.where(gap > 0 if ties == "second" else gap >= 0, a, b)
    return evaluate


STRICT = {"nonnegative": "step", "nonpositive": "negative"}
TURNED = {"step": "nonpositive", "nonnegative": "negative",
          "nonpositive": "step", "negative": "nonnegative"}


def _of_two(name: str, sign: int, holds: str, word: str) -> Op:
    symbol = name[:3].capitalize()

    def left(ties: str) -> str:
        return STRICT[holds] if ties == "second" else holds

    return Op(
        name, lambda a, b, ties="first": broadcast(a, b), _pair(sign),
        lambda S, at, args, ties="first": getattr(S, symbol)(
            *(_aligned(S, arg, at) for arg in args)),
        (lambda g, y, a, b, ties="first": _share(g, _compared(left(ties), a, b), a),
         lambda g, y, a, b, ties="first": _share(g, _compared(TURNED[left(ties)], a, b), b)),
        params=("ties",), latex=rf"\{name[:3]}", exact=True,
        sentence=f"The {word} of both takes the cotangent; of equal ones the first, or the number.",
        samples=((((), ()), {}), (((3,), (3,)), {}), (((2, 3), ()), {"ties": "second"}),
                 (((3,), (2, 3)), {})))


def _clip(x: Any, lo: Any, hi: Any) -> Any:
    """min(max(x, lo), hi), as NumPy has it where the bounds stand the wrong way round too."""
    return _pair(-1)(_pair(1)(x, lo), hi)


def _clip_entry(S: Any, at: Any, args: Any) -> Any:
    x, lo, hi = (_aligned(S, arg, at) for arg in args)
    return S.Min(S.Max(x, lo), hi)


def _inside(g: Expr, y: Expr, x: Expr, lo: Expr, hi: Expr) -> Expr:
    """1[lo <= x] 1[x <= hi] g"""
    mask = build.mul(_compared("nonnegative", x, lo), _compared("nonpositive", x, hi))
    return _share(g, mask, x)


def _below(g: Expr, y: Expr, x: Expr, lo: Expr, hi: Expr) -> Expr:
    """1[x < lo] 1[lo <= hi] g"""
    mask = build.mul(_compared("negative", x, lo), _compared("nonpositive", lo, hi))
    return _share(g, mask, lo)


def _above(g: Expr, y: Expr, x: Expr, lo: Expr, hi: Expr) -> Expr:
    """1[max(x, lo) > hi] g"""
    larger = Apply("maximum", (x, lo), (), broadcast(x.shape, lo.shape))
    return _share(g, _compared("step", larger, hi), hi)


CLIP = Op(
    "clip", lambda x, lo, hi: broadcast(x, lo, hi), _clip, _clip_entry,
    (_inside, _below, _above),
    latex=r"\operatorname{clip}", exact=True,
    sentence="Between its bounds the argument goes through as it is; beyond them the bound counts.",
    samples=((((), (), ()), {}), (((3,), (), ()), {}), (((2, 2), (2,), ()), {})))

LARGEST = (*_of_array("max", "largest", 1), *_of_array("min", "smallest", -1),
           _of_two("maximum", 1, "nonnegative", "larger"),
           _of_two("minimum", -1, "nonpositive", "smaller"), CLIP)
