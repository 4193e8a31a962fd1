"""Windows that slide over the last axes of an array: how many there are, and where they lie.

Along an axis of n entries, padded by p in front and q behind, windows of w entries that are d
apart, moved by s each time, have ``floor((n + p + q - d (w - 1) - 1) / s) + 1`` places. Window i
holds, at its place a, the entry ``s i + d a - p``; outside the array there are zeros.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from derive.errors import ShapeError
from derive.expr.integers import IntLike, text
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


def _count(size: IntLike, window: IntLike, pads: tuple[int, int], stride: int, dilation: int
           ) -> IntLike:
    room = size + sum(pads) - dilation * (window - 1) - 1
    if isinstance(room, int):
        if room < 0:
            raise ShapeError(f"a window of {text(dilation * (window - 1) + 1)} does not fit into "
                             f"{text(size + sum(pads))} entries")
        return room // stride + 1
    if stride != 1:
        raise ShapeError(f"with stride {stride} the number of windows in {text(size)} is no "
                         "formula", remedy="give the size a number, or use stride 1")
    return room + 1


def per_axis(name: str, value: Any, axes: int, least: int = 1) -> tuple[int, ...]:
    """Read a number, or one per axis."""
    found = value if isinstance(value, tuple) else (value,) * axes
    if len(found) != axes or not all(isinstance(v, int) and v >= least for v in found):
        wanted = "a whole number" + (f" or {axes} of them" if axes > 1 else "")
        raise ShapeError(f"{name}={_say(value)} cannot be used: it is {wanted}, from {least} on")
    return found


def settled_padding(value: Any, window: Shape, stride: tuple[int, ...], dilation: tuple[int, ...]
                    ) -> Pads:
    """Read a number, one per axis, ((top, bottom), (left, right)), or "same"."""
    axes = len(window)
    if value == "same":
        return _same(window, stride, dilation)
    if isinstance(value, str):
        raise ShapeError(f'padding="{value}" is not known', remedy='a number, or "same"')
    pairs = value if isinstance(value, tuple) and len(value) == axes else (value,) * axes
    if axes == 1 and isinstance(value, tuple) and len(value) == 2:
        pairs = (value,)
    return tuple((per_axis("padding", p, 2, 0)[0], per_axis("padding", p, 2, 0)[1]) for p in pairs)


def _same(window: Shape, stride: tuple[int, ...], dilation: tuple[int, ...]) -> Pads:
    """Keep the size; of an odd frame the larger half stands behind."""
    if any(s != 1 for s in stride):
        raise ShapeError('padding="same" keeps the size, which a stride above 1 does not',
                         remedy="give the padding as a number")
    frames = [d * (w - 1) for d, w in zip(dilation, window, strict=True)]
    if not all(isinstance(f, int) for f in frames):
        raise ShapeError('padding="same" needs a filter whose size is a number',
                         remedy="give the padding as a number")
    return tuple((f // 2, f - f // 2) for f in frames if isinstance(f, int))


def _say(value: Any) -> str:
    return str(value).replace("Fraction", "")
