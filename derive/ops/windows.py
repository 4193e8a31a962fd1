"""Windows that slide over the last axes of an array: how many there are, and where they lie.

Along an axis of n entries, padded by p in front and q behind, windows of w entries that are d
apart, moved by s each time, have ``floor((n + p + q - d (w - 1) - 1) / s) + 1`` places. Window i
holds, at its place a, the entry ``s i + d a - p``; outside the array there are zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from derive.errors import ShapeError
from derive.expr.integers import Int, IntLike, floored, text
from derive.expr.shapes import Shape

__all__ = ["Pads", "Windows", "per_axis", "settled_padding"]

Pads = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Windows:
    """How windows lie along each axis: all sequences have one item per axis."""

    window: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Pads
    dilation: tuple[int, ...]

    @classmethod
    def of(cls, window: Shape, params: Mapping[str, Any]) -> Windows:
        ones = (1,) * len(window)
        return cls(tuple(window), params["stride"],  # type: ignore[arg-type]
                   params["padding"], params.get("dilation", ones))

    def counts(self, sizes: Shape) -> Shape:
        """Return how many windows there are along each axis."""
        return tuple(_count(*row) for row in zip(sizes, self.window, self.padding, self.stride,
                                                 self.dilation, strict=True))

    def padded(self, x: Any, value: float = 0) -> Any:
        """Put the frame around the last axes."""
        if not any(map(any, self.padding)):
            return x
        ahead, own = x.shape[:x.ndim - len(self.padding)], x.shape[x.ndim - len(self.padding):]
        wide = [n + p + q for n, (p, q) in zip(own, self.padding, strict=True)]
        framed = np.full((*ahead, *wide), value, x.dtype)
        self.cropped(framed)[...] = x
        return framed

    def cropped(self, x: Any) -> Any:
        """Take the frame away again."""
        sizes = x.shape[x.ndim - len(self.padding):]
        return x[(..., *(slice(p, n - q) for (p, q), n in zip(self.padding, sizes, strict=True)))]

    def taps(self) -> Iterator[tuple[int, ...]]:
        """Yield the places inside a window, row by row."""
        return product(*map(range, self.window))

    def under(self, tap: tuple[int, ...], counts: tuple[int, ...]) -> tuple[Any, ...]:
        """Return where, in the padded array, the windows have their place *tap*."""
        rows = zip(tap, self.stride, self.dilation, counts, strict=True)
        return (..., *(slice(d * a, d * a + s * (n - 1) + 1, s) for a, s, d, n in rows))


def _count(size: IntLike, window: IntLike, pads: tuple[IntLike, IntLike], stride: IntLike,
           dilation: IntLike) -> IntLike:
    room = size + pads[0] + pads[1] - dilation * (window - 1) - 1
    if isinstance(room, int) and room < 0:
        raise ShapeError(f"a window of {text(dilation * (window - 1) + 1)} does not fit into "
                         f"{text(size + pads[0] + pads[1])} entries")
    return floored(room, stride) + 1


def per_axis(name: str, value: Any, axes: int, least: int = 1) -> tuple[Any, ...]:
    """Read a size, or one per axis; what is a name (a padding p) is taken to be large enough."""
    found = value if isinstance(value, tuple) else (value,) * axes
    if len(found) != axes or not all(_from(least, v) for v in found):
        wanted = "a whole number" + (f" or {axes} of them" if axes > 1 else "")
        raise ShapeError(f"{name}={_say(value)} cannot be used: it is {wanted}, from {least} on")
    return found


def _from(least: int, value: Any) -> bool:
    return isinstance(value, Int) or (isinstance(value, int) and value >= least)


def settled_padding(value: Any, sizes: Shape, window: Shape, stride: tuple[int, ...],
                    dilation: tuple[int, ...]) -> Pads:
    """Read a number, one per axis, ((top, bottom), (left, right)), "same" or "valid"."""
    axes = len(window)
    if isinstance(value, str):
        if value not in WORDS:
            raise ShapeError(f'padding="{value}" is not known',
                             remedy='a number, "same" or "valid"')
        return WORDS[value](sizes, window, stride, dilation)
    pairs = value if isinstance(value, tuple) and len(value) == axes else (value,) * axes
    if axes == 1 and isinstance(value, tuple) and len(value) == 2:
        pairs = (value,)
    return tuple((per_axis("padding", p, 2, 0)[0], per_axis("padding", p, 2, 0)[1]) for p in pairs)


def _valid(sizes: Shape, window: Shape, stride: tuple[int, ...], dilation: tuple[int, ...]) -> Pads:
    return ((0, 0),) * len(window)


def _same(sizes: Shape, window: Shape, stride: tuple[int, ...], dilation: tuple[int, ...]) -> Pads:
    """As many windows as n / s, rounded up; of an odd frame the larger half stands behind."""
    return tuple(_halves(_frame(*row)) for row in zip(sizes, window, stride, dilation, strict=True))


def _frame(size: IntLike, window: IntLike, stride: IntLike, dilation: IntLike) -> IntLike:
    """s (ceil(n/s) - 1) + d (w - 1) + 1 - n, the zeros that the last window needs."""
    span = dilation * (window - 1)
    if stride == 1:
        return span
    if not all(isinstance(n, int) for n in (size, stride, span)):
        raise ShapeError('padding="same" with a stride needs sizes that are numbers',
                         remedy="give the padding as a number or a name")
    return max(stride * (-(-size // stride) - 1) + span + 1 - size, 0)  # type: ignore[operator,type-var]


def _halves(frame: IntLike) -> tuple[Any, Any]:
    front = floored(frame, 2)
    return front, frame - front


WORDS: dict[str, Callable[..., Pads]] = {"same": _same, "valid": _valid}


def _say(value: Any) -> str:
    return str(value).replace("Fraction", "")
