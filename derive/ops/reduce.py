"""Sum, mean and product over entries, and the axis of 1 that undoes the loss of an axis."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from derive.expr import build
from derive.expr.nodes import Apply, Expr, Fill, Product
from derive.expr.shapes import Shape
from derive.ops.axes import Axes, all_axes, counted_from_end, expanded, over, reduced, weave
from derive.ops.op import Op

__all__ = ["REDUCTIONS", "expand", "repeat"]

SAMPLES: tuple[tuple[tuple[Shape, ...], dict[str, Any]], ...] = (
    (((3,),), {}),
    (((3,),), {"keepdims": True}),
    (((2, 3),), {}),
    (((2, 3),), {"axis": (-1,)}),
    (((2, 3),), {"axis": (-2,)}),
    (((2, 3),), {"axis": (-1,), "keepdims": True}),
    (((2, 1, 2),), {"axis": (-3, -1)}),
)


def expand(g: Expr, axis: Axes) -> Expr:
    """Put an axis of size 1 into *g* at each of *axis*, counted from the end of the result."""
    shape = expanded(g.shape, axis)
    if build.is_zero(g):
        return build.zero(shape)
    if isinstance(g, Fill):
        return Fill(g.value, shape)
    if isinstance(g, Product) and all(isinstance(f, Fill) for f in g.factors if f.shape):
        numbers = (f for f in g.factors if not f.shape)     # the same number everywhere
        fills = (Fill(f.value, expanded(f.shape, axis)) for f in g.factors if isinstance(f, Fill))
        return build.mul(*numbers, *fills)
    return Apply("expand", (g,), (("axis", axis),), shape)


def repeat(g: Expr, shape: Shape, axis: Axes, keepdims: bool = False) -> Expr:
    """Repeat a cotangent of what summing over *axis* left along those axes, to *shape* again."""
    trailing = axis == all_axes(len(shape))[:len(axis)]  # what is left lines up at the end
    lined_up = g if keepdims or trailing else expand(g, axis)
    return build.mul(lined_up, Fill(Fraction(1), shape))


def _shape(x: Shape, axis: Axes | None = None, keepdims: bool = False) -> Shape:
    return reduced(x, counted_from_end(axis, len(x)), keepdims)


def _settle(x: Shape, axis: Any = None, keepdims: bool = False) -> dict[str, Any]:
    return {"axis": counted_from_end(axis, len(x)), "keepdims": bool(keepdims)}


def _sizes(shape: Shape, axis: Axes) -> tuple[Any, ...]:
    return tuple(shape[len(shape) + a] for a in axis)


def _entries(S: Any, kind: Any, at: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    """Reduce the entries x[..] whose position agrees with *at* along the axes that are left."""
    rank = len(x.shape)
    kept = [p for a, p in zip(all_axes(rank), at, strict=True) if a not in axis] if keepdims else at
    return over(S, kind, _sizes(x.shape, axis),
                lambda *inner: x(*weave(rank, axis, iter(kept), iter(inner))))


def _sum_entry(S: Any, at: Any, args: Any, axis: Axes, keepdims: bool) -> Any:
    return _entries(S, S.Sum, at, args[0], axis, keepdims)


def _mean_entry(S: Any, at: Any, args: Any, axis: Axes, keepdims: bool) -> Any:
    return _sum_entry(S, at, args, axis, keepdims) / S.prod(_sizes(args[0].shape, axis))


def _prod_entry(S: Any, at: Any, args: Any, axis: Axes, keepdims: bool) -> Any:
    return _entries(S, S.Product, at, args[0], axis, keepdims)


def _others_entry(S: Any, at: Any, args: Any, axis: Axes) -> Any:
    """Multiply x_k^(1 - delta_ik) over k: every entry but the one at *at*."""
    x, rank = args[0], len(args[0].shape)
    along = _sizes(tuple(at), axis)

    def factor(*inner: Any) -> Any:
        same = S.prod([S.KroneckerDelta(k, i) for k, i in zip(inner, along, strict=True)])
        outer = iter([p for a, p in zip(all_axes(rank), at, strict=True) if a not in axis])
        return x(*weave(rank, axis, outer, iter(inner))) ** (1 - same)

    return over(S, S.Product, _sizes(x.shape, axis), factor)


def _others(x: Any, axis: Axes) -> Any:
    """Multiply all other entries along *axis*, without dividing (an entry may be 0)."""
    last = all_axes(len(axis))
    moved = np.moveaxis(np.asarray(x), axis, last)
    flat = moved.reshape(*moved.shape[:-len(axis)], -1)
    one = np.ones_like(flat[..., :1])
    before = np.cumprod(np.concatenate([one, flat[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([one, flat[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
    return np.moveaxis((before * after).reshape(moved.shape), last, axis)


def _sum_vjp(g: Expr, y: Expr, x: Expr, axis: Axes, keepdims: bool) -> Expr:
    """Repeat g: every entry counts once in its sum."""
    return repeat(g, x.shape, axis, keepdims)


def _mean_vjp(g: Expr, y: Expr, x: Expr, axis: Axes, keepdims: bool) -> Expr:
    """Repeat g/n: every entry counts 1/n in a mean of n."""
    count = prod(_sizes(x.shape, axis))
    return build.mul(build.fraction(1, count), repeat(g, x.shape, axis, keepdims))


def _prod_vjp(g: Expr, y: Expr, x: Expr, axis: Axes, keepdims: bool) -> Expr:
    """Repeat g, times the product of the other entries."""
    if not axis:
        return g
    rest = Apply("prod_others", (x,), (("axis", axis),), x.shape)
    return build.mul(rest, repeat(g, x.shape, axis, keepdims))


def _others_vjp(g: Expr, y: Expr, x: Expr, axis: Axes) -> Expr:
    """(sum_i g_i y_i - g y) / x: x_j is a factor of every product but its own."""
    each = build.mul(g, y)
    return build.div(build.sub(build.sum_entries(each, axis, keepdims=True), each), x)


def _reduction(name: str, evaluate: Callable[..., Any], entry: Callable[..., Any],
               vjp: Callable[..., Expr], latex: str, sentence: str) -> Op:
    return Op(name, _shape, evaluate, entry, (vjp,), params=("axis", "keepdims"), latex=latex,
              sentence=sentence, samples=SAMPLES, settle=_settle, exact=True)


EXPAND = Op(
    "expand", expanded,
    lambda x, axis: np.expand_dims(x, axis),
    lambda S, at, args, axis: args[0](*(p for a, p in zip(all_axes(len(at)), at, strict=True)
                                        if a not in axis)),
    (lambda g, y, x, axis: build.sum_entries(g, axis),),
    params=("axis",), latex=r"\operatorname{expand}", exact=True,
    sentence="An axis of size 1 moves no number, so the cotangent only loses the axis again.",
    samples=((((),), {"axis": (-1,)}), (((3,),), {"axis": (-1,)}), (((3,),), {"axis": (-2,)}),
             (((2, 3),), {"axis": (-2,)})),
)

PROD_OTHERS = Op(
    "prod_others", lambda x, axis: x, _others, _others_entry, (_others_vjp,),
    params=("axis",), latex=r"\operatorname{prod}_{\neq}", exact=True,
    sentence="The product of all entries but one.",
    samples=((((3,),), {"axis": (-1,)}), (((2, 3),), {"axis": (-2,)}),
             (((2, 2),), {"axis": (-2, -1)})),
)

REDUCTIONS = (
    _reduction("sum", np.sum, _sum_entry, _sum_vjp, r"\operatorname{sum}",
               "Every entry counts once in the sum, so each gets the cotangent of its sum."),
    _reduction("mean", np.mean, _mean_entry, _mean_vjp, r"\operatorname{mean}",
               "Every entry counts 1/n in a mean of n, so each gets that share of the cotangent."),
    _reduction("prod", np.prod, _prod_entry, _prod_vjp, r"\operatorname{prod}",
               "The derivative of a product by one entry is the product of the others."),
    EXPAND,
    PROD_OTHERS,
)
