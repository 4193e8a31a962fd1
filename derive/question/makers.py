"""Arrays of exact numbers that need no typing out: zeros, ones, eye, linspace, arange, reshape.

Arguments follow NumPy's. Results are NumPy arrays of Fractions (dtype object); where a float takes
part, of float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["MAKERS", "MOST_ENTRIES", "Array", "Real", "packed"]

MOST_ENTRIES = 250_000

Real = Fraction | float
Array = npt.NDArray[Any]


def packed(values: Sequence[Real], shape: Sequence[int]) -> Array:
    """Make an array of numbers: exact where all of them are, float64 otherwise."""
    kind = object if all(isinstance(v, Fraction) for v in values) else np.float64
    array = np.empty(len(values), dtype=kind)
    array[:] = values
    return array.reshape(tuple(shape))


def _integer(size: Any, least: int = 1) -> int:
    if not isinstance(size, Fraction) or size.denominator != 1 or size < least:
        raise ValueError("a size is a positive integer")
    return int(size)


def _shape(sizes: Sequence[Any]) -> tuple[int, ...]:
    """Read ``(2, 3)`` or ``2, 3``."""
    if len(sizes) == 1 and isinstance(sizes[0], list):
        sizes = sizes[0]
    shape = tuple(_integer(size) for size in sizes)
    if not shape or math.prod(shape) > MOST_ENTRIES:
        raise ValueError(f"an array has 1 to {MOST_ENTRIES} entries")
    return shape


def _filled(value: int) -> Callable[..., Array]:
    def made(*sizes: Any) -> Array:
        return np.full(_shape(sizes), Fraction(value), dtype=object)
    return made


def _eye(size: Any) -> Array:
    rows, columns = _shape([size, size])
    return packed([Fraction(i == j) for i in range(rows) for j in range(columns)], (rows, columns))


def _linspace(start: Real, stop: Real, count: Any) -> Array:
    """*count* numbers from *start* to *stop*, both included, evenly spaced."""
    (n,) = _shape([count])
    step = (stop - start) / max(n - 1, 1)
    return packed([start + i * step for i in range(n)], (n,))


def _arange(start: Real, stop: Real | None = None, step: Real = Fraction(1)) -> Array:
    """The numbers start, start + step, ... below *stop*; from 0 where only *stop* is given."""
    if stop is None:
        start, stop = Fraction(0), start
    (n,) = _shape([Fraction(math.ceil((stop - start) / step))])
    return packed([start + i * step for i in range(n)], (n,))


def _reshape(array: Any, *sizes: Any) -> Array:
    flat = _flat(array)
    return packed(flat, (len(flat),)).reshape(_shape(sizes))


def _flat(array: Any) -> list[Real]:
    if isinstance(array, np.ndarray):
        return list(array.ravel())
    if isinstance(array, list):
        return [entry for part in array for entry in _flat(part)]
    return [array]


MAKERS: dict[str, Callable[..., Array]] = {
    "zeros": _filled(0), "ones": _filled(1), "eye": _eye, "linspace": _linspace,
    "arange": _arange, "reshape": _reshape,
}
