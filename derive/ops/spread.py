"""The variance of entries, running sums and products, and the triangles of a matrix."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from derive.errors import DeriveError, ShapeError
from derive.expr import build
from derive.expr.integers import IntLike
from derive.expr.nodes import Apply, Expr
from derive.expr.shapes import Shape, say
from derive.ops.axes import Axes, all_axes, counted_from_end, over, reduced, weave
from derive.ops.op import Op
from derive.ops.reduce import repeat

__all__ = ["SPREAD"]


def _var_settle(x: Shape, axis: Any = None, keepdims: bool = False, ddof: int = 0
                ) -> dict[str, Any]:
    axes = counted_from_end(axis, len(x))
    left = _count(x, axes) - ddof
    if isinstance(left, int) and left <= 0:
        raise ShapeError(f"var divides by the number of entries less {ddof}, which is {left}")
    return {"axis": axes, "keepdims": bool(keepdims), "ddof": int(ddof)}


def _count(x: Shape, axis: Axes) -> IntLike:
    one: IntLike = 1
    return prod((x[len(x) + a] for a in axis), start=one)


def _var(x: Any, axis: Axes, keepdims: bool, ddof: int) -> Any:
    """The mean of the squared distances from the mean; no absolute value, so complex ones pass."""
    x = np.asarray(x)
    count = prod(x.shape[a] for a in axis)
    gap = x - np.sum(x, axis=axis, keepdims=True) / count
    return np.sum(gap * gap, axis=axis, keepdims=keepdims) / (count - ddof)


def _var_entry(S: Any, at: Any, args: Any, axis: Axes, keepdims: bool, ddof: int) -> Any:
    x, rank = args[0], len(args[0].shape)
    sizes = tuple(x.shape[rank + a] for a in axis)
    kept = [p for a, p in zip(all_axes(rank), at, strict=True) if a not in axis
            ] if keepdims else at

    def total(body: Callable[[Any], Any]) -> Any:
        return over(S, S.Sum, sizes,
                    lambda *inner: body(x(*weave(rank, axis, iter(kept), iter(inner)))))
    count = S.prod(sizes)
    mean = total(lambda entry: entry) / count
    return total(lambda entry: (entry - mean)**2) / (count - ddof)


def _var_vjp(g: Expr, y: Expr, x: Expr, axis: Axes, keepdims: bool, ddof: int) -> Expr:
    """2/n (x - mean) g: the mean moves too, but the distances from it add up to 0."""
    params = (("axis", axis), ("keepdims", True))
    mean = Apply("mean", (x,), params, reduced(x.shape, axis, True))
    share = build.fraction(2, _count(x.shape, axis) - ddof)
    return build.mul(share, repeat(g, x.shape, axis, keepdims), build.sub(x, mean))


VAR = Op(
    "var", lambda x, axis, keepdims, ddof: reduced(x, axis, keepdims), _var, _var_entry,
    (_var_vjp,), params=("axis", "keepdims", "ddof"), settle=_var_settle, exact=True,
    latex=r"\operatorname{Var}",
    sentence="The mean moves with every entry too, but the distances from it add up to 0, so only "
             "the entry's own distance counts.",
    samples=((((3,),), {}), (((2, 2),), {"axis": (-2,)}), (((3,),), {"ddof": 1}),
             (((2, 3),), {"axis": (-1,), "keepdims": True})))


def _along(x: Shape, axis: Any = None, **params: Any) -> dict[str, Any]:
    if axis is None and len(x) != 1:
        raise ShapeError(f"a running sum of {say(x)} needs to know along what",
                         remedy="axis=1 goes along each row")
    found = counted_from_end(axis, len(x))
    if len(found) != 1:
        raise ShapeError("a running sum goes along one axis")
    return {"axis": found, **params}


def _cumsum_settle(x: Shape, axis: Any = None, reverse: bool = False) -> dict[str, Any]:
    return _along(x, axis, reverse=bool(reverse))


def _cumsum(x: Any, axis: Axes, reverse: bool) -> Any:
    x = np.asarray(x)
    turned = np.flip(x, axis) if reverse else x
    total = np.cumsum(turned, axis=axis[0])
    return np.flip(total, axis) if reverse else total


def _running(kind: str) -> Callable[..., Any]:
    def entry(S: Any, at: Any, args: Any, axis: Axes, reverse: bool = False) -> Any:
        """Go through the entries up to the position itself, or from it on."""
        x, place = args[0], len(at) + axis[0]
        here = at[place]
        if not getattr(here, "is_Integer", isinstance(here, int)):
            # a sum that ends at a position is no sum of deltas: SymPy would lose its end
            raise DeriveError("a running sum has no formula for all positions at once")
        count = x.shape[place] - here if reverse else here + 1
        first = here if reverse else S.Integer(0)
        return over(S, getattr(S, kind), (count,),
                    lambda k: x(*at[:place], first + k, *at[place + 1:]))
    return entry


def _cumsum_vjp(g: Expr, y: Expr, x: Expr, axis: Axes, reverse: bool) -> Expr:
    """x_j is in every sum from the j-th on, so its cotangent is the sum of those."""
    return Apply("cumsum", (g,), (("axis", axis), ("reverse", not reverse)), x.shape)


CUMSUM = Op(
    "cumsum", lambda x, axis, reverse: x, _cumsum, _running("Sum"), (_cumsum_vjp,),
    params=("axis", "reverse"), settle=_cumsum_settle, exact=True,
    sentence="An entry is in its own running sum and in all later ones.",
    samples=((((3,),), {}), (((2, 3),), {"axis": (-2,)}), (((3,),), {"reverse": True})))


def _cumprod_vjp(g: Expr, y: Expr, x: Expr, axis: Axes) -> Expr:
    """x_j is a factor of every product from the j-th on: (sum_(i >= j) g_i y_i) / x_j."""
    later = Apply("cumsum", (build.mul(g, y),), (("axis", axis), ("reverse", True)), x.shape)
    return build.div(later, x)


CUMPROD = Op(
    "cumprod", lambda x, axis: x, lambda x, axis: np.cumprod(x, axis=axis[0]),
    _running("Product"), (_cumprod_vjp,), params=("axis",), settle=_along, exact=True,
    sentence="An entry is a factor of its own running product and of all later ones.",
    samples=((((3,),), {}), (((2, 2),), {"axis": (-1,)})))


def _square_settle(x: Shape, k: int = 0) -> dict[str, Any]:
    if len(x) != 2 or not isinstance(k, int):
        raise ShapeError(f"a triangle is that of a matrix, not of {say(x)}")
    return {"k": k}


def _triangle(name: str, word: str, sign: int) -> Op:
    cut = np.tril if sign > 0 else np.triu

    def entry(S: Any, at: Any, args: Any, k: int) -> Any:
        return S.Piecewise((args[0](*at), sign * (at[0] - at[1] + k) >= 0), (0, True))

    def evaluate(x: Any, k: int) -> Any:
        x = np.asarray(x)
        mask = cut(np.ones(x.shape[-2:], dtype=int), k)
        return np.where(mask == 1, x, x * 0)

    return Op(
        name, lambda x, k: x, evaluate, entry,
        (lambda g, y, x, k: Apply(name, (g,), (("k", k),), x.shape),),
        params=("k",), positional=("k",), settle=_square_settle, exact=True,
        sentence=f"What lies {word} the diagonal is replaced by 0 and has no derivative.",
        samples=((((2, 2),), {}), (((2, 3),), {"k": 1})))


SPREAD = (VAR, CUMSUM, CUMPROD, _triangle("tril", "above", 1), _triangle("triu", "below", -1))
