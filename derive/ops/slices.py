"""Parts of an array, and arrays put together: ``z[0:n]``, ``U[:, 2]``, ``concatenate([a, b])``.

Nothing is computed: numbers keep their value and change their place. So a part sends its cotangent
back to where it was taken from, with zeros elsewhere, and what was put together is taken apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.errors import DeriveError, ShapeError
from derive.expr.integers import IntLike
from derive.expr.nodes import Apply, Expr, Neg, Power, Product, Quotient, Sum
from derive.expr.shapes import Shape, say
from derive.expr.walk import children, rebuild
from derive.ops.arrange import whole_size
from derive.ops.axes import Axes, all_axes, counted_from_end
from derive.ops.einsum import permuted
from derive.ops.op import Op

__all__ = ["SLICES", "concatenated", "part"]


def part(x: Expr, starts: Shape, stops: Shape, kept: tuple[bool, ...]) -> Expr:
    """Return the entries from *starts* up to before *stops*; an axis that is not kept goes."""
    shape = _part_shape(x.shape, starts, stops, kept)
    if isinstance(x, Apply) and x.op == "part" and all(dict(x.params)["kept"]):
        first = dict(x.params)["starts"]    # a part of a part
        return part(x.args[0], tuple(a + b for a, b in zip(first, starts, strict=True)),
                    tuple(a + b for a, b in zip(first, stops, strict=True)), kept)
    params = (("kept", kept), ("starts", starts), ("stops", stops))
    return Apply("part", (x,), params, shape)


def _part_shape(x: Shape, starts: Shape, stops: Shape, kept: tuple[bool, ...]) -> Shape:
    if not len(x) == len(starts) == len(stops) == len(kept):
        raise ShapeError(f"{len(starts)} slices of {say(x)}")
    return tuple(stop - start for start, stop, stays in zip(starts, stops, kept, strict=True)
                 if stays)


def _window(x: Any, starts: Shape, stops: Shape, kept: tuple[bool, ...]) -> Any:
    return np.asarray(x)[_place(starts, stops, kept)]


def _place(starts: Shape, stops: Shape, kept: tuple[bool, ...]) -> Any:
    """Return what stands in NumPy's brackets."""
    ends = zip(starts, stops, kept, strict=True)
    return (..., *(slice(a, b) if stays else a for a, b, stays in ends))


def _part_entry(S: Any, at: Any, args: Any, starts: Any, stops: Any, kept: Any) -> Any:
    own, places = iter(at), list(at)
    for start, stop, size, stays in zip(starts, _numbers(S, stops), args[0].shape, kept,
                                        strict=True):
        whole = start == 0 and stop == size
        if stays and not getattr(places.pop(0), "is_Integer", True) and not whole:
            # a sum of deltas over part of a range would lose where it ends
            raise DeriveError("a slice has no formula for all positions at once")
    return args[0](*(start + next(own) if stays else S.Integer(0) + start
                     for start, stays in zip(_numbers(S, starts), kept, strict=True)))


def _numbers(S: Any, values: Shape) -> list[Any]:
    """Return sizes as SymPy integers; names in them are those of `derive.calculus.places`."""
    return [whole_size(S, value) for value in values]


def _back(g: Expr, y: Expr, x: Expr, starts: Shape, stops: Shape, kept: tuple[bool, ...]) -> Expr:
    params = (("kept", kept), ("shape", x.shape), ("starts", starts), ("stops", stops))
    return Apply("placed", (g,), params, x.shape)


PART = Op(
    "part", _part_shape, _window, _part_entry, (_back,), params=("starts", "stops", "kept"),
    exact=True, samples=(
        (((4,),), {"starts": (1,), "stops": (3,), "kept": (True,)}),
        (((3, 2),), {"starts": (0, 1), "stops": (3, 2), "kept": (True, False)}),
        (((2, 3),), {"starts": (0, 1), "stops": (2, 3), "kept": (True, True)}),
        (((2, 2, 2),), {"starts": (1, 0, 0), "stops": (2, 2, 2), "kept": (False, True, True)})),
    sentence="Only the entries that were taken count, so the others have the cotangent zero.")


def _placed(g: Any, starts: Shape, stops: Shape, kept: tuple[bool, ...], shape: Shape) -> Any:
    g = np.asarray(g)
    rank = sum(kept)
    whole = np.zeros((*g.shape[:g.ndim - rank], *shape), dtype=g.dtype)
    if g.dtype == object:
        whole[...] = g.ravel()[0] * 0
    whole[_place(starts, stops, kept)] = g
    return whole


def _placed_entry(S: Any, at: Any, args: Any, starts: Any, stops: Any, kept: Any, shape: Any
                  ) -> Any:
    """g at the place counted from *starts* where it lies between both ends, else 0."""
    ends = zip(at, _numbers(S, starts), _numbers(S, stops), kept, strict=True)
    inner, holds = [], []
    for i, start, stop, stays in ends:
        if stays:
            inner.append(i - start)
            holds += [S.Ge(i, start), S.Lt(i, stop)]
        else:
            holds.append(S.Eq(i, start))
    holding = S.And(*holds)
    if holding == S.false:
        return S.Integer(0)
    return S.Piecewise((args[0](*inner), holding), (0, True))


PLACED = Op(
    "placed", lambda g, shape, **params: shape, _placed, _placed_entry,
    (lambda g, y, x, starts, stops, kept, shape: part(g, starts, stops, kept),),
    params=("starts", "stops", "kept", "shape"), exact=True, samples=(
        (((2,),), {"starts": (1,), "stops": (3,), "kept": (True,), "shape": (4,)}),
        (((2,),), {"starts": (0, 1), "stops": (2, 2), "kept": (True, False), "shape": (2, 3)})),
    sentence="The zeros around it do not depend on anything.")


def _joined_settle(*xs: Shape, axis: Any = 0) -> dict[str, Any]:
    if any(len(x) != len(xs[0]) or not x for x in xs):
        listed = ", ".join(map(say, xs))
        raise ShapeError(f"concatenate needs arrays of one rank, not {listed}",
                         remedy="stack([a, b]) puts vectors into the rows of a matrix")
    found = counted_from_end(axis, len(xs[0]))
    if len(found) != 1:
        raise ShapeError("concatenate goes along one axis")
    return {"axis": found}


def _joined_shape(*xs: Shape, axis: Axes) -> Shape:
    (along,) = axis
    place = len(xs[0]) + along
    for x in xs[1:]:
        if x[:place] + x[place + 1:] != xs[0][:place] + xs[0][place + 1:]:
            raise ShapeError(f"shapes do not fit: {say(xs[0])} and {say(x)} side by side along "
                             f"axis {place}")
    total: IntLike = 0
    for x in xs:
        total = total + x[place]
    return (*xs[0][:place], total, *xs[0][place + 1:])


def _joined(*xs: Any, axis: Axes) -> Any:
    """Put arrays together; one that has no stacked axes in front is repeated along them."""
    arrays = [np.asarray(x) for x in xs]
    rank = max(x.ndim for x in arrays)
    along = rank + axis[0]
    whole = np.broadcast_shapes(*((*x.shape[:along - rank + x.ndim],
                                   *x.shape[along - rank + x.ndim + 1:]) for x in arrays))
    wide = [np.broadcast_to(x, (*whole[:along], x.shape[axis[0]], *whole[along:]))
            for x in arrays]
    return np.concatenate(wide, axis=axis[0])


def _joined_entry(S: Any, at: Any, args: Any, axis: Axes) -> Any:
    """The entry of the argument in whose stretch the position lies."""
    place, pieces = len(at) + axis[0], []
    first = S.Integer(0)
    for x in args:
        own = (*at[:place], at[place] - first, *at[place + 1:])
        after = first + x.shape[place]
        pieces.append((own, x, S.And(S.Ge(at[place], first), S.Lt(at[place], after))))
        first = after
    certain = [x(*own) for own, x, holds in pieces if holds == S.true]
    if certain:
        return certain[0]
    *others, last = [(x(*own), holds) for own, x, holds in pieces if holds != S.false]
    return S.Piecewise(*others, (last[0], True))


def _taken_apart(g: Expr, y: Expr, *xs: Expr, axis: Axes, which: int) -> Expr:
    place = len(xs[0].shape) + axis[0]
    first: IntLike = 0
    for x in xs[:which]:
        first = first + x.shape[place]
    starts: list[IntLike] = [0] * len(g.shape)
    stops = list(g.shape)
    starts[place], stops[place] = first, first + xs[which].shape[place]
    if len(g.shape) and all(a == 0 for a in starts) and tuple(stops) == g.shape:
        return g
    piece = _piece(g, tuple(x.shape for x in xs), which)
    if piece is not None:
        return piece
    return part(g, tuple(starts), tuple(stops), (True,) * len(g.shape))


ENTRYWISE = (Neg, Power, Product, Quotient, Sum)


def _piece(g: Expr, shapes: tuple[Shape, ...], which: int) -> Expr | None:
    """Return 2 x of 2 [x; y], the part that belongs to one argument; None where it is a slice."""
    if isinstance(g, Apply) and g.op == "concatenate" and tuple(a.shape for a in g.args) == shapes:
        return g.args[which]
    if not isinstance(g, ENTRYWISE):
        return None
    found = [_piece(c, shapes, which) if c.shape == g.shape else c for c in children(g)]
    whole = [c for c in found if c is not None]
    fits = len(whole) == len(found) and all(c.shape in ((), g.shape) for c in children(g))
    return rebuild(g, tuple(whole)) if fits else None


def concatenated(*xs: Expr, axis: int = 0) -> Expr:
    params = _joined_settle(*(x.shape for x in xs), axis=axis)
    return Apply("concatenate", xs, tuple(params.items()),
                 _joined_shape(*(x.shape for x in xs), **params))


CONCATENATE = Op(
    "concatenate", _joined_shape, _joined, _joined_entry, (_taken_apart,), params=("axis",),
    settle=_joined_settle, exact=True, variadic=True, aligned=False,
    sentence="Each argument takes the part of the cotangent that stands where it stood.",
    samples=((((2,), (3,)), {}), (((1, 2), (2, 2)), {"axis": 0}),
             (((2, 1), (2, 2), (2, 1)), {"axis": 1})))


def _permute_settle(x: Shape, axes: Any = None) -> dict[str, Any]:
    order = axes if isinstance(axes, tuple) else tuple(range(len(x)))[::-1]
    rank = len(x)
    found = tuple(a - rank if a >= 0 else a for a in order)
    if sorted(found) != list(all_axes(rank)):
        raise ShapeError(f"transpose of {say(x)} needs each of its axes once",
                         remedy=f"write axes={tuple(range(rank))[::-1]}")
    return {"axes": found}


def _permuted(x: Any, axes: Axes) -> Any:
    x = np.asarray(x)
    ahead = x.ndim - len(axes)
    return x.transpose(*range(ahead), *(x.ndim + a for a in axes))


def _permute_vjp(g: Expr, y: Expr, x: Expr, axes: Axes) -> Expr:
    back = tuple(axes.index(a) - len(axes) for a in all_axes(len(axes)))
    return permuted(g, back) or Apply("permute", (g,), (("axes", back),), x.shape)


PERMUTE = Op(
    "permute", lambda x, axes: tuple(x[a] for a in axes), _permuted,
    lambda S, at, args, axes: args[0](*(at[axes.index(a)] for a in all_axes(len(axes)))),
    (_permute_vjp,), params=("axes",), settle=_permute_settle, exact=True,
    sentence="The axes change their order and no number changes, so the cotangent goes back.",
    samples=((((2, 1, 3),), {"axes": (2, 0, 1)}), (((2, 3),), {"axes": (1, 0)})))

SLICES = (PART, PLACED, CONCATENATE, PERMUTE)
