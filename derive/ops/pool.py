"""Pooling over the last axes: the largest entry of every window, or its mean.

Windows do not overlap unless told (``stride=size``). In a tie the first entry, row by row, counts
as the largest; outside the array there is nothing for a maximum, and zeros for a mean. A cotangent
goes back to the entry that was the largest; of a mean, every entry gets an equal share.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from derive.errors import DeriveError, ShapeError
from derive.expr.integers import is_nonnegative
from derive.expr.nodes import Apply, Expr
from derive.expr.shapes import Shape, say
from derive.ops.axes import over, same
from derive.ops.op import Op
from derive.ops.windows import Windows, per_axis, settled_padding

__all__ = ["POOLING"]


def _settle(name: str, axes: int, x: Shape, size: Any = None, stride: Any = None, padding: Any = 0
            ) -> dict[str, Any]:
    if size is None:
        raise ShapeError(f"{name} needs the size of its windows", remedy=f"write {name}(X, 2)")
    if not axes <= len(x) <= axes + 2:
        raise ShapeError(f"{name} cannot pool {say(x)}")
    window = per_axis("size", size, axes)
    strides = per_axis("stride", window if stride is None else stride, axes)
    pads = settled_padding(padding, x[len(x) - axes:], window, strides, (1,) * axes)
    if any(p and is_nonnegative(p - w) for pair, w in zip(pads, window, strict=True) for p in pair):
        raise ShapeError(f"{name}: with padding={padding} a window could lie outside",
                         remedy="the padding is less than the size")
    return {"size": window, "stride": strides, "padding": pads}


def _windows(params: dict[str, Any]) -> Windows:
    return Windows.of(params["size"], params)


def _shape(x: Shape, **params: Any) -> Shape:
    axes = len(params["size"])
    return (*x[:len(x) - axes], *_windows(params).counts(x[len(x) - axes:]))


def _counts(x: Any, params: dict[str, Any]) -> Any:
    return _windows(params).counts(x.shape[x.ndim - len(params["size"]):])


def _places(x: Any, params: dict[str, Any], outside: float = 0) -> Any:
    """Return, along a new last axis, the entries of every window, row by row."""
    windows, counts = _windows(params), _counts(np.asarray(x), params)
    framed = windows.padded(np.asarray(x), outside)
    return np.stack([framed[windows.under(tap, counts)] for tap in windows.taps()], axis=-1)


def _largest(x: Any, params: dict[str, Any]) -> Any:
    """Return which place of its window is the largest, the first of several; a new last axis."""
    x = np.asarray(x)
    real = np.real(x)
    whole = real.astype(object) if real.dtype.kind in "Oi" else real
    return np.argmax(_places(whole, params, -np.inf), axis=-1)[..., None]


def _picked(u: Any, x: Any, **params: Any) -> Any:
    """Take from *u* the entries at which *x* is the largest of its windows."""
    return np.take_along_axis(_places(u, params), _largest(x, params), axis=-1)[..., 0]


def _back(parts: Callable[[int], Any], x: Any, params: dict[str, Any]) -> Any:
    """Add up, at every entry, what the windows over it give to their places."""
    windows, counts = _windows(params), _counts(x, params)
    frame = windows.padded(np.zeros(x.shape))
    first = np.asarray(parts(0))
    lead = first.shape[:first.ndim - x.ndim]
    total = np.zeros((*lead, *frame.shape), first.dtype)
    for number, tap in enumerate(windows.taps()):
        total[windows.under(tap, counts)] += parts(number)
    return windows.cropped(total)


def _unpooled(g: Any, x: Any, **params: Any) -> Any:
    """Add each cotangent to the entry that was the largest of its window."""
    g, x = np.asarray(g), np.asarray(x)
    chosen = _largest(x, params)[..., 0]
    none = np.zeros((), g.dtype)
    return _back(lambda number: np.where(chosen == number, g, none), x, params)


def _share(params: dict[str, Any]) -> Fraction:
    return Fraction(1, prod(params["size"]))


def _times(array: Any, share: Fraction) -> Any:
    array = np.asarray(array)
    return array * (share if array.dtype.kind == "O" else float(share))


def _mean(x: Any, **params: Any) -> Any:
    return _times(_places(x, params).sum(axis=-1), _share(params))


def _unmean(g: Any, x: Any, **params: Any) -> Any:
    part = _times(g, _share(params))
    return _back(lambda number: part, np.asarray(x), params)


# index notation


def _deltas(S: Any, own: Any, window: Any, tap: Any, params: dict[str, Any]) -> Any:
    """Keep the windows and places that cover an entry: s i + a = m + p along every axis."""
    rows = zip(own, window, tap, params["stride"], params["padding"], strict=True)
    return S.prod([same(S, m + p, s * i + a) for m, i, a, s, (p, _) in rows])


def _mean_entry(S: Any, at: Any, args: Any, **params: Any) -> Any:
    """The mean over a of the entries m with m + p = s i + a; one sum where nothing is framed."""
    (x,), n = args, len(params["size"])
    ahead, window = at[:len(at) - n], at[len(at) - n:]
    share = S.Rational(1, prod(params["size"]))
    if not any(map(any, params["padding"])):
        return share * over(S, S.Sum, params["size"], lambda *tap: x(*ahead, *(
            s * i + a for s, i, a in zip(params["stride"], window, tap, strict=True))))
    return share * over(S, S.Sum, (*params["size"], *x.shape[len(x.shape) - n:]), lambda *both: x(
        *ahead, *both[n:]) * _deltas(S, both[n:], window, both[:n], params))


def _unmean_entry(S: Any, at: Any, args: Any, **params: Any) -> Any:
    g, n = args[0], len(params["size"])
    ahead, own = at[:len(at) - n], at[len(at) - n:]
    windows = g.shape[len(g.shape) - n:]
    return S.Rational(1, prod(params["size"])) * over(
        S, S.Sum, (*windows, *params["size"]), lambda *both: g(*ahead, *both[:n]) * _deltas(
            S, own, both[:n], both[n:], params))


def _entries_under(at: Any, x: Any, params: dict[str, Any]) -> list[Any]:
    """Return the positions in a window, those in the frame left out."""
    n = len(params["size"])
    ahead, window, sizes = at[:len(at) - n], at[len(at) - n:], x.shape[len(x.shape) - n:]
    found = []
    for tap in _windows(params).taps():
        places = [s * i + a - p for s, i, a, (p, _) in zip(
            params["stride"], window, tap, params["padding"], strict=True)]
        outside = [_is_outside(m, size) for m, size, pads in zip(
            places, sizes, params["padding"], strict=True) if any(pads)]
        if not any(outside):
            found.append((*ahead, *places))
    return found


def _is_outside(place: Any, size: Any) -> bool:
    sides = (place < 0, place >= size)
    if any(side not in (True, False) for side in sides):
        raise DeriveError("a maximum over the edge has no formula for all positions at once")
    return any(bool(side) for side in sides)


def _max_entry(S: Any, at: Any, args: Any, **params: Any) -> Any:
    (x,) = args
    return S.Max(*(x(*place) for place in _entries_under(at, x, params)))


def _is_first(S: Any, x: Any, place: Any, places: list[Any]) -> Any:
    """1 where no other entry of the window is larger (ties have no formula)."""
    return S.prod([S.Heaviside(x(*place) - x(*other)) for other in places if other != place])


def _picked_entry(S: Any, at: Any, args: Any, **params: Any) -> Any:
    u, x = args
    places = _entries_under(at, x, params)
    return S.Add(*(u(*place) * _is_first(S, x, place, places) for place in places))


def _unpooled_entry(S: Any, at: Any, args: Any, **params: Any) -> Any:
    g, x = args
    n, own = len(params["size"]), tuple(map(int, at))
    terms = []
    for window in np.ndindex(*map(int, g.shape[len(g.shape) - n:])):
        place = (*own[:len(own) - n], *window)
        places = _entries_under(place, x, params)
        if own in places:
            terms.append(g(*place) * _is_first(S, x, own, places))
    return S.Add(*terms)


SETTINGS = ("size", "stride", "padding")


def _made(name: str, args: tuple[Expr, ...], params: dict[str, Any], shape: Shape) -> Expr:
    return Apply(name, args, tuple(sorted(params.items())), shape)


def _max_pool(n: int) -> tuple[Op, Op, Op]:
    name, samples = f"max_pool{n}d", SAMPLES[n]
    pool = Op(
        name, _shape, lambda x, **params: _picked(x, x, **params), _max_entry,
        (lambda g, y, x, **params: _made(f"{name}_gradient", (g, x), params, x.shape),),
        params=SETTINGS, settle=lambda x, **params: _settle(name, n, x, **params),
        positional=("size",), exact=True, samples=samples,
        sentence="Only the largest entry of a window moves its maximum.")
    back = Op(
        f"{name}_gradient", lambda g, x, **params: x, _unpooled, _unpooled_entry,
        (lambda u, y, g, x, **params: _made(f"{name}_picked", (u, x), params, g.shape), None),
        params=SETTINGS, exact=True, samples=_settled(name, n, 2, True),
        sentence="Each cotangent goes to the entry that was the largest of its window.")
    picked = Op(
        f"{name}_picked", lambda u, x, **params: _shape(x, **params), _picked, _picked_entry,
        (lambda g, y, u, x, **params: _made(f"{name}_gradient", (g, x), params, u.shape), None),
        params=SETTINGS, exact=True, samples=_settled(name, n, 2, False),
        sentence="The entries at which another array is the largest of its windows.")
    return pool, back, picked


def _avg_pool(n: int) -> tuple[Op, Op]:
    name, samples = f"avg_pool{n}d", SAMPLES[n]
    pool = Op(
        name, _shape, _mean, _mean_entry,
        (lambda g, y, x, **params: _made(f"{name}_gradient", (g, x), params, x.shape),),
        params=SETTINGS, settle=lambda x, **params: _settle(name, n, x, **params),
        positional=("size",), exact=True, samples=samples,
        sentence="Every entry of a window has an equal share in its mean.")
    back = Op(
        f"{name}_gradient", lambda g, x, **params: x, _unmean, _unmean_entry,
        (lambda u, y, g, x, **params: _made(name, (u,), params, g.shape), None),
        params=SETTINGS, exact=True, samples=_settled(name, n, 2, True),
        sentence="Each cotangent is shared out equally over its window.")
    return pool, back


Samples = tuple[tuple[tuple[Shape, ...], dict[str, Any]], ...]
SAMPLES: dict[int, Samples] = {
    1: ((((4,), ), {"size": 2}), (((2, 4),), {"size": 3, "stride": 1, "padding": 1})),
    2: ((((2, 4),), {"size": 2}), (((3, 3),), {"size": (2, 1), "stride": 1}),
        (((2, 2, 3),), {"size": 2, "stride": (2, 1), "padding": ((1, 0), (0, 1))})),
}


def _settled(name: str, n: int, args: int, back: bool) -> Samples:
    """Return the samples of a derivative: its cotangent has the pooled shape, or the whole one."""
    found = []
    for (x,), settings in SAMPLES[n]:
        params = _settle(name, n, x, **settings)
        found.append(((_shape(x, **params) if back else x, x), params))
    return tuple(found)


POOLING: tuple[Op, ...] = (*_max_pool(1), *_max_pool(2), *_avg_pool(1), *_avg_pool(2))
