"""Comparing numbers: what counts as the same, how many digits agree, which entries differ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from derive.marking.verdict import WrongEntry

__all__ = ["agreeing_digits", "alike", "differing", "same", "wrong_entries"]

RELATIVE = 1e-9         # of an entry: rounding of a few thousand operations in float64
NOISE = 1e-12           # of the largest entry: what is left of a zero
LEAST = 1e-13           # of a zero where all are zero
MOST_DIGITS = 15
MOST_ENTRIES = 100      # that a verdict lists


def allowed(truth: Any, half: Any = 0.0) -> Any:
    """Return how far each entry may be off: rounding, and half a unit of the last digit."""
    size = np.abs(truth)
    largest = float(np.max(size, initial=0.0, where=np.isfinite(size)))
    return half * (1 + 1e-9) + RELATIVE * size + (NOISE * largest if largest else LEAST)


def differing(truth: Any, got: Any, half: Any = 0.0, where: Any = True) -> Any:
    """Return which entries differ; infinities of the same sign are the same."""
    with np.errstate(invalid="ignore"):
        near = np.isfinite(truth) & (np.abs(truth - got) <= allowed(truth, half))
        same_infinity = np.isinf(truth) & (truth == got)
    return ~(near | same_infinity) & where


def same(truth: Any, got: Any, half: Any = 0.0, where: Any = True) -> bool:
    """True where both have one shape and no entry differs."""
    return np.shape(truth) == np.shape(got) and not np.any(differing(truth, got, half, where))


def alike(truths: Any, got: Any, half: Any) -> Any:
    """Return which of many arrays, one behind the other, are the same as one; see `same`."""
    axes = tuple(range(1, truths.ndim))
    size = np.where(np.isfinite(truths), np.abs(truths), 0.0)
    largest = np.max(size, axes, keepdims=True, initial=0.0)
    room = half * (1 + 1e-9) + RELATIVE * size + np.where(largest > 0, NOISE * largest, LEAST)
    with np.errstate(invalid="ignore"):
        near = np.isfinite(truths) & (np.abs(truths - got) <= room)
    return np.all(near | (np.isinf(truths) & (truths == got)), axis=axes)


def agreeing_digits(truth: Any, got: Any) -> int:
    """Return how many significant digits of the worst entry agree, up to 15."""
    pairs = zip(np.ravel(truth), np.ravel(got), strict=True)
    return min((_digits(float(a), float(b)) for a, b in pairs), default=MOST_DIGITS)


def _digits(truth: float, got: float) -> int:
    if truth == got or abs(truth - got) <= 1e-15 * abs(truth):
        return MOST_DIGITS
    if not truth or not math.isfinite(truth) or not math.isfinite(got):
        return 0
    places = -math.log10(2 * abs(truth - got)) + 1e-9   # decimals to which both round alike
    return max(0, min(MOST_DIGITS, math.floor(math.floor(math.log10(abs(truth))) + 1 + places)))


def wrong_entries(member: str, truth: Any, got: Any, wrong: Any) -> Iterator[WrongEntry]:
    """Yield the entries that differ, row by row."""
    for cell in np.argwhere(wrong)[:MOST_ENTRIES]:
        at = tuple(map(int, cell))
        yield WrongEntry(member, at, float(got[at]), float(truth[at]))
