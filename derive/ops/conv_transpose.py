"""The transposed convolution: every entry of the input puts a copy of the kernel into the output.

For X (C, H, W) and kernels K (C, O, h, w), laid out as those of the convolution that it transposes
(O channels in, C maps out), with stride s, dilation d, and the frame p cut off again:

    Y_omn = sum_cij X_cij sum_ab K_coab  where si + da = m + p, sj + db = n + p

An axis has s (H - 1) - 2p + d (h - 1) + 1 entries, and `output_padding` more at its end: a
convolution with a stride gives inputs of s different sizes the same size, and only one of them is
meant. It is the input gradient of a convolution, so that its derivatives are a convolution of the
cotangent and a kernel gradient. Dumoulin and Visin, A guide to convolution arithmetic for deep
learning, 2016, relationships 8 to 14.
"""

from __future__ import annotations

from typing import Any

from derive.errors import ShapeError
from derive.expr.integers import IntLike, is_nonnegative, text
from derive.expr.shapes import Shape, say
from derive.ops.conv import (
    Ahead,
    Samples,
    convolution_of,
    in_sympy,
    input_gradient,
    input_shape,
    kernel_gradient_of,
)
from derive.ops.conv_entries import entry_of_input
from derive.ops.op import Op
from derive.ops.windows import per_axis, settled_padding

__all__ = ["TRANSPOSED"]

SETTINGS = ("stride", "padding", "output_padding", "dilation", "groups")
# axes ahead of the spatial ones, of input and kernels -> those of the convolution's input and
# filters
AHEAD: dict[Ahead, Ahead] = {(0, 0): (0, 0), (1, 1): (0, 1), (0, 1): (1, 1), (1, 2): (1, 2),
                             (2, 2): (2, 2)}
REMEDY = {2: "an image is (H, W), (C, H, W) or (N, C, H, W), its kernels (h, w), (C, h, w) or "
             "(C, O, h, w)",
          1: "a signal is (L), (C, L) or (N, C, L), its kernels (l), (C, l) or (C, O, l)"}


def _name(axes: int) -> str:
    return f"conv_transpose{axes}d"


def _settle(axes: int, x: Shape, k: Shape, stride: Any = 1, padding: Any = 0,
            output_padding: Any = 0, dilation: Any = 1, groups: Any = 1) -> dict[str, Any]:
    ahead = (len(x) - axes, len(k) - axes)
    if ahead not in AHEAD:
        raise ShapeError(f"{_name(axes)} cannot spread {say(k)} from {say(x)}",
                         remedy=REMEDY[axes])
    strides, dilations = per_axis("stride", stride, axes), per_axis("dilation", dilation, axes)
    more = _completed(per_axis("output_padding", output_padding, axes, 0), strides)
    if padding == "same":
        raise ShapeError(f'{_name(axes)} has no padding="same"',
                         remedy="give the padding as a number, and output_padding")
    pads = settled_padding(padding, x[ahead[0]:], k[ahead[1]:], strides, dilations)
    (number,) = per_axis("groups", groups, 1)
    _matching(axes, x, k, ahead, number)
    rows = zip(x[ahead[0]:], k[ahead[1]:], strides, pads, dilations, more, strict=True)
    return {"stride": strides, "padding": pads, "dilation": dilations, "groups": number,
            "output_padding": more, "ahead": AHEAD[ahead], "size": tuple(_size(*r) for r in rows)}


def _completed(more: tuple[int, ...], strides: tuple[int, ...]) -> tuple[int, ...]:
    """Entries at the end that no stride leaves over would be those of another input size."""
    if any(m and is_nonnegative(m - s) for m, s in zip(more, strides, strict=True)):
        raise ShapeError("output_padding is less than the stride",
                         remedy="it says which of the sizes is meant that the stride makes alike")
    return more


def _matching(axes: int, x: Shape, k: Shape, ahead: Ahead, groups: int) -> None:
    """The maps of the convolution are the channels here; a group sees its part of them."""
    if groups != 1 and ahead[1] != 2:
        raise ShapeError(f"{_name(axes)} divides channels into groups only for kernels (C, O, ..)")
    if ahead[0] and x[ahead[0] - 1] != k[0]:
        raise ShapeError(f"{_name(axes)}: the input has {x[ahead[0] - 1]} channels, there are "
                         f"kernels for {k[0]}",
                         remedy="kernels are (C, O, ...): the channels of the input come first")
    if isinstance(k[0], int) and k[0] % groups:
        raise ShapeError(f"{_name(axes)}: {k[0]} channels do not divide into {groups} groups")


def _size(size: IntLike, window: IntLike, stride: int, pads: tuple[int, int], dilation: int,
          more: int) -> IntLike:
    """s (H - 1) - 2p + d (h - 1) + output_padding + 1"""
    found = stride * (size - 1) - pads[0] - pads[1] + dilation * (window - 1) + more + 1
    if isinstance(found, int) and found < 1:
        raise ShapeError(f"padding {pads[0]} cuts everything off: {text(found)} entries are left")
    return found


def _transposed(n: int) -> Op:
    return Op(
        _name(n), lambda x, k, **params: input_shape(n, x, k, **params),
        lambda x, k, **params: input_gradient(n, x, k, **params),
        lambda S, at, args, **params: entry_of_input(S, n, at, args, in_sympy(S, params)),
        (lambda u, y, x, k, **params: convolution_of(n, u, k, params),
         lambda u, y, x, k, **params: kernel_gradient_of(
             n, x, u, {p: v for p, v in params.items() if p not in ("size", "output_padding")},
             k.shape[len(k.shape) - n:])),
        params=SETTINGS, settle=lambda x, k, **params: _settle(n, x, k, **params),
        exact=True, aligned=False, samples=SAMPLES[n],
        sentence="Each entry of the input puts the kernel, times itself, into the output.")


SAMPLES: dict[int, Samples] = {
    1: ((((3,), (2,)), {}), (((2, 2), (2, 2, 2)), {"stride": 2, "output_padding": 1}),
        (((2, 3), (2, 1, 2)), {"groups": 2, "padding": 1, "stride": 2})),
    2: ((((2, 2), (2, 2)), {}), (((2, 2), (2, 3)), {"stride": (2, 1), "padding": ((0, 1), (1, 0))}),
        (((2, 1, 2), (2, 1, 2, 2)), {"dilation": (1, 2), "stride": 2, "output_padding": (1, 0)})),
}

TRANSPOSED: tuple[Op, ...] = tuple(map(_transposed, SAMPLES))
