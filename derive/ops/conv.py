"""Convolution as deep learning means it: the cross-correlation, the filter is not flipped.

For an image X (C, H, W) and filters K (O, C, h, w), with stride s, dilation d and a frame of zeros:

    Y_oij = sum_cab X_c,si+da,sj+db K_ocab

The three operations of the family are each other's derivatives: for a cotangent G of Y,

    dX_cmn = sum_oijab G_oij K_ocab  where si + da = m, sj + db = n    (input gradient)
    dK_ocab = sum_ij G_oij X_c,si+da,sj+db                             (kernel gradient)

Shapes: (H, W) with (h, w) or (O, h, w); (C, H, W) with (C, h, w), which is one filter, or
(O, C, h, w); (N, C, H, W) with (O, C, h, w); `conv1d` has one axis less everywhere. With groups,
the channels and the filters are divided, and a filter sees C / groups channels. Dumoulin and Visin,
A guide to convolution arithmetic for deep learning, 2016, relationships 1 to 15.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.errors import ShapeError
from derive.expr.nodes import Apply, Expr
from derive.expr.shapes import Shape, say
from derive.ops.arrange import whole_sizes
from derive.ops.conv_entries import entry_of_input, entry_of_kernel, entry_of_output
from derive.ops.op import Op
from derive.ops.windows import Windows, per_axis, settled_padding

__all__ = ["CONVOLUTIONS", "Ahead", "Samples", "input_gradient", "input_shape",
           "kernel_gradient_of", "convolution_of", "in_sympy"]

Ahead = tuple[int, int]
# axes ahead of the spatial ones, of input and filter -> the axes that input, filter and output
# lack beside (N, C, ..), (O, C, ..) and (N, O, ..): -2 the first of each pair, -1 the second
MISSING: dict[Ahead, tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]] = {
    (0, 0): ((-2, -1), (-2, -1), (-2, -1)),
    (0, 1): ((-2, -1), (-1,), (-2,)),
    (1, 1): ((-2,), (-2,), (-2, -1)),
    (1, 2): ((-2,), (), (-2,)),
    (2, 2): ((), (), ()),
}
SETTINGS = ("stride", "padding", "dilation", "groups")


def _name(axes: int) -> str:
    return f"conv{axes}d"


def _settle(axes: int, x: Shape, k: Shape, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
            groups: Any = 1) -> dict[str, Any]:
    ahead = (len(x) - axes, len(k) - axes)
    if ahead not in MISSING:
        raise ShapeError(f"{_name(axes)} cannot slide {say(k)} over {say(x)}", remedy=_REMEDY[axes])
    strides = per_axis("stride", stride, axes)
    dilations = per_axis("dilation", dilation, axes)
    pads = settled_padding(padding, x[ahead[0]:], k[ahead[1]:], strides, dilations)
    (number,) = per_axis("groups", groups, 1)
    _matching_channels(_name(axes), x, k, ahead, number)
    return {"stride": strides, "padding": pads, "dilation": dilations, "groups": number,
            "ahead": ahead}


_REMEDY = {2: "an image is (H, W), (C, H, W) or (N, C, H, W), its filters (h, w), (C, h, w) or "
              "(O, C, h, w)",
           1: "a signal is (L), (C, L) or (N, C, L), its filters (l), (C, l) or (O, C, l)"}


def _matching_channels(name: str, x: Shape, k: Shape, ahead: Ahead, groups: int) -> None:
    if groups != 1 and ahead[1] != 2:
        raise ShapeError(f"{name} divides channels into groups only for filters (O, C, ...)")
    if ahead[0] == 0:
        return
    channels, seen = x[ahead[0] - 1], k[ahead[1] - 1]
    if channels != seen * groups:
        in_groups = f" in {groups} groups" if groups > 1 else ""
        raise ShapeError(f"{name}: the input has {channels} channels, the filter sees {seen}"
                         f"{in_groups}", remedy="filters are (O, C, ...) and the input is (C, ...)")
    if isinstance(k[0], int) and k[0] % groups:
        raise ShapeError(f"{name}: {k[0]} filters do not divide into {groups} groups")


def _output_shape(axes: int, x: Shape, k: Shape, **params: Any) -> Shape:
    ahead: Ahead = params["ahead"]
    counts = Windows.of(k[ahead[1]:], params).counts(x[ahead[0]:])
    images = x[:1] if ahead[0] == 2 else ()
    filters = k[:1] if ahead in ((0, 1), (1, 2), (2, 2)) else ()
    return (*images, *filters, *counts)


def input_shape(axes: int, g: Shape, k: Shape, **params: Any) -> Shape:
    ahead: Ahead = params["ahead"]
    images = g[:1] if ahead[0] == 2 else ()
    channels = (k[ahead[1] - 1] * params["groups"],) if ahead[0] else ()
    return (*images, *channels, *params["size"])


def _kernel_shape(axes: int, g: Shape, x: Shape, **params: Any) -> Shape:
    ahead: Ahead = params["ahead"]
    filters = g[len(g) - axes - 1:][:1] if ahead in ((0, 1), (1, 2), (2, 2)) else ()
    if ahead[0] == 0:
        return (*filters, *params["size"])
    channels = x[ahead[0] - 1]
    seen = channels // params["groups"] if isinstance(channels, int) else channels
    return (*filters, seen, *params["size"])


# NumPy: one product of matrices (filters by channels, channels by windows) per place in the window


def _whole(array: Any, axes: int, missing: tuple[int, ...]) -> Any:
    """Give an array the axes it lacks beside images, channels and filters."""
    return np.expand_dims(np.asarray(array), tuple(a - axes for a in missing))


def _without(array: Any, axes: int, missing: tuple[int, ...]) -> Any:
    return np.squeeze(array, tuple(a - axes for a in missing))


def _by_group(array: Any, axes: int, groups: int) -> Any:
    """Turn (.., N, C, H, W) into (.., N, groups, C / groups, H W)."""
    lead = array.shape[:-axes - 1]
    return array.reshape(*lead, groups, array.shape[-axes - 1] // groups, -1)


def _filters(tap: Any, groups: int) -> Any:
    """Turn the (.., O, C) numbers of all filters at one place into (.., 1, groups, O/groups, C)."""
    *lead, filters, channels = tap.shape
    return tap.reshape(*lead, 1, groups, filters // groups, channels)


def _spread(array: Any, axes: int, sizes: tuple[int, ...]) -> Any:
    """Turn (.., N, groups, O / groups, H W) into (.., N, O, H, W)."""
    *lead, groups, each, _ = array.shape
    return array.reshape(*lead, groups * each, *sizes)


def _convolve(axes: int, x: Any, k: Any, **params: Any) -> Any:
    """Y_oij = sum_cab X_c,si+da,sj+db K_ocab"""
    lacks_x, lacks_k, lacks_y = MISSING[params["ahead"]]
    x, k, groups = _whole(x, axes, lacks_x), _whole(k, axes, lacks_k), params["groups"]
    windows = Windows.of(k.shape[-axes:], params)
    counts = windows.counts(x.shape[-axes:])
    x = windows.padded(x)
    total = sum(_filters(k[(..., *tap)], groups)
                @ _by_group(x[windows.under(tap, counts)], axes, groups)  # type: ignore[arg-type]
                for tap in windows.taps())
    return _without(_spread(total, axes, counts), axes, lacks_y)  # type: ignore[arg-type]


def input_gradient(axes: int, g: Any, k: Any, **params: Any) -> Any:
    """dX_cmn = sum_oijab G_oij K_ocab where si + da = m, sj + db = n"""
    lacks_x, lacks_k, lacks_y = MISSING[params["ahead"]]
    g, k, groups = _whole(g, axes, lacks_y), _whole(k, axes, lacks_k), params["groups"]
    windows, counts = Windows.of(k.shape[-axes:], params), g.shape[-axes:]
    moved = _by_group(g, axes, groups)
    parts = {tap: _spread(np.swapaxes(_filters(k[(..., *tap)], groups), -1, -2) @ moved,
                          axes, counts) for tap in windows.taps()}
    first = next(iter(parts.values()))
    frame = [n + p + q for n, (p, q) in zip(params["size"], params["padding"], strict=True)]
    total = np.zeros((*first.shape[:-axes], *frame), first.dtype)
    for tap, part in parts.items():
        total[windows.under(tap, counts)] += part
    return _without(windows.cropped(total), axes, lacks_x)


def _kernel_gradient(axes: int, g: Any, x: Any, **params: Any) -> Any:
    """dK_ocab = sum_ij G_oij X_c,si+da,sj+db"""
    lacks_x, lacks_k, lacks_y = MISSING[params["ahead"]]
    g, x, groups = _whole(g, axes, lacks_y), _whole(x, axes, lacks_x), params["groups"]
    windows, counts = Windows.of(params["size"], params), g.shape[-axes:]
    x, moved = windows.padded(x), _by_group(g, axes, groups)
    found = [(moved @ np.swapaxes(_by_group(x[windows.under(tap, counts)], axes, groups), -1, -2)
              ).sum(axis=-4) for tap in windows.taps()]
    whole = np.stack(found, axis=-1)        # (.., groups, O / groups, C / groups, places)
    *lead, _, _, seen, _ = whole.shape
    made = whole.reshape(*lead, g.shape[-axes - 1], seen, *params["size"])
    return _without(made, axes, lacks_k)


# cotangents


def _made(name: str, args: tuple[Expr, ...], params: dict[str, Any], shape: Shape) -> Apply:
    return Apply(name, args, tuple(sorted(params.items())), shape)


def convolution_of(axes: int, x: Expr, k: Expr, params: dict[str, Any]) -> Expr:
    kept = {name: value for name, value in params.items() if name in (*SETTINGS, "ahead")}
    return _made(_name(axes), (x, k), kept, _output_shape(axes, x.shape, k.shape, **kept))


def _to_input(axes: int, g: Expr, k: Expr, params: dict[str, Any], size: Shape) -> Expr:
    own = {**params, "size": size}
    return _made(f"{_name(axes)}_input_gradient", (g, k), own,
                 input_shape(axes, g.shape, k.shape, **own))


def kernel_gradient_of(axes: int, g: Expr, x: Expr, params: dict[str, Any], size: Shape) -> Expr:
    own = {**params, "size": size}
    return _made(f"{_name(axes)}_kernel_gradient", (g, x), own,
                 _kernel_shape(axes, g.shape, x.shape, **own))


def _spatial(expr: Expr, axes: int) -> Shape:
    return expr.shape[len(expr.shape) - axes:]


def _plain(axes: int, ahead: Ahead = (0, 0), **settings: Any) -> dict[str, Any]:
    return {"stride": (1,) * axes, "padding": ((0, 0),) * axes, "dilation": (1,) * axes,
            "groups": 1, "ahead": ahead, **settings}


def in_sympy(S: Any, params: dict[str, Any]) -> dict[str, Any]:
    return {name: whole_sizes(S, value) for name, value in params.items()}


def _family(n: int) -> tuple[Op, Op, Op]:
    """Return the convolution over n axes and the two operations that are its derivatives."""
    inner = (*SETTINGS, "ahead", "size")
    output = Op(
        _name(n), lambda x, k, **params: _output_shape(n, x, k, **params),
        lambda x, k, **params: _convolve(n, x, k, **params),
        lambda S, at, args, **params: entry_of_output(S, n, at, args, in_sympy(S, params)),
        (lambda g, y, x, k, **params: _to_input(n, g, k, params, _spatial(x, n)),
         lambda g, y, x, k, **params: kernel_gradient_of(n, g, x, params, _spatial(k, n))),
        params=SETTINGS, settle=lambda x, k, **params: _settle(n, x, k, **params),
        latex=r"\star", exact=True, aligned=False, samples=SAMPLES[n],
        sentence="Each window of the input is multiplied by the filter entry by entry and summed.")
    to_input = Op(
        f"{_name(n)}_input_gradient", lambda g, k, **params: input_shape(n, g, k, **params),
        lambda g, k, **params: input_gradient(n, g, k, **params),
        lambda S, at, args, **params: entry_of_input(S, n, at, args, in_sympy(S, params)),
        (lambda u, y, g, k, **params: convolution_of(n, u, k, params),
         lambda u, y, g, k, **params: kernel_gradient_of(
             n, g, u, {p: v for p, v in params.items() if p != "size"}, _spatial(k, n))),
        params=inner, exact=True, aligned=False, samples=TO_INPUT[n],
        sentence="An entry of the input counts once in every window that covers it.")
    to_kernel = Op(
        f"{_name(n)}_kernel_gradient", lambda g, x, **params: _kernel_shape(n, g, x, **params),
        lambda g, x, **params: _kernel_gradient(n, g, x, **params),
        lambda S, at, args, **params: entry_of_kernel(S, n, at, args, in_sympy(S, params)),
        (lambda u, y, g, x, **params: convolution_of(n, x, u, params),
         lambda u, y, g, x, **params: _to_input(
             n, g, u, {p: v for p, v in params.items() if p != "size"}, _spatial(x, n))),
        params=inner, exact=True, aligned=False, samples=TO_KERNEL[n],
        sentence="An entry of the filter counts once in every window.")
    return output, to_input, to_kernel


Samples = tuple[tuple[tuple[Shape, ...], dict[str, Any]], ...]
SAMPLES: dict[int, Samples] = {
    1: ((((4,), (2,)), {}), (((4,), (2, 2)), {"stride": 2}),
        (((2, 4), (2, 2)), {"dilation": 2, "padding": 1}),
        (((2, 4), (2, 1, 2)), {"groups": 2, "padding": ((2, 0),)}),
        (((2, 2, 3), (1, 2, 2)), {"stride": 2, "padding": 1})),
    2: ((((3, 3), (2, 2)), {}), (((3, 4), (2, 2)), {"stride": 2, "padding": 1}),
        (((3, 3), (2, 2, 2)), {"dilation": (2, 1)}), (((2, 2, 3), (2, 2, 2)), {"padding": "same"}),
        (((2, 2, 3), (2, 1, 2, 2)), {"groups": 2}),
        (((2, 1, 2, 3), (2, 1, 1, 2)), {"padding": ((0, 1), (1, 0)), "stride": (1, 2)})),
}
TO_INPUT: dict[int, Samples] = {
    1: ((((3,), (2,)), _plain(1, size=(4,))),
        (((2, 3), (2, 1, 2)), _plain(1, (1, 2), size=(4,), stride=(2,), padding=((1, 1),))),
        (((2, 2), (2, 1, 2)), _plain(1, (1, 2), size=(3,), groups=2))),
    2: ((((2, 2), (2, 2)), _plain(2, size=(3, 3))),
        (((2, 2), (1, 2, 2)), _plain(2, (1, 1), size=(3, 3), padding=((1, 0), (0, 0)),
                                     dilation=(2, 1)))),
}
TO_KERNEL: dict[int, Samples] = {
    1: ((((3,), (4,)), _plain(1, size=(2,))),
        (((2, 3), (1, 4)), _plain(1, (1, 2), size=(2,), stride=(2,), padding=((1, 1),))),
        (((2, 2), (2, 3)), _plain(1, (1, 2), size=(2,), groups=2))),
    2: ((((2, 2), (3, 3)), _plain(2, size=(2, 2))),
        (((2, 2, 2), (1, 3, 3)), _plain(2, (1, 2), size=(2, 2), padding=((1, 0), (0, 0)),
                                        dilation=(2, 1)))),
}

CONVOLUTIONS: tuple[Op, ...] = (*_family(1), *_family(2))
