"""Whether an answer has the shape of what it is about, or that of the same thing laid out anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.expr.shapes import Shape, say

__all__ = ["Fit", "fitting", "misfit"]


@dataclass(frozen=True)
class Fit:
    """How an answer's values are brought into the shape of the right ones.

    turned: whether that transposes a matrix. laid: whether it is another way to lay it out.
    """

    shaped: Callable[[Any, tuple[int, ...]], Any]
    turned: bool = False
    laid: bool = False


def fitting(wanted: Shape, found: Shape, is_zero: bool = False) -> Fit | None:
    """Return how an answer of shape *found* stands for one of shape *wanted*; None if not at all.

    A vector may be written as a column or as a row; a plain 0 stands for zeros.
    """
    if wanted == found:
        return Fit(lambda values, shape: values)
    if is_zero and not found:
        return Fit(lambda values, shape: np.broadcast_to(values, shape))
    longer, shorter = sorted((wanted, found), key=len, reverse=True)
    if len(longer) == 2 and len(shorter) == 1 and 1 in longer and shorter[0] in longer:
        return Fit(lambda values, shape: np.reshape(values, shape), laid=True)
    if not shorter and all(n == 1 for n in longer):
        return Fit(lambda values, shape: np.reshape(values, shape), laid=True)
    if len(wanted) == 2 and wanted == found[::-1]:
        return Fit(lambda values, shape: np.transpose(values), turned=True, laid=True)
    return None


def misfit(wanted: Shape, found: Shape) -> str:
    """Say what is wrong with a shape, and what would mend it."""
    what = f"it has the shape of {say(found)}, not of {say(wanted)}"
    remedy = next((words for fits, words in REMEDIES if fits(wanted, found)), "")
    return f"{what}: {remedy}" if remedy else what


def _rank(n: int, m: int) -> Callable[[Shape, Shape], bool]:
    return lambda wanted, found: (len(wanted), len(found)) == (n, m)


# from the shapes wanted and found to what is likely to be missing, the first that fits
REMEDIES: tuple[tuple[Callable[[Shape, Shape], bool], str], ...] = (
    (lambda w, f: w == f[1:] or w == f[:-1], "a sum or a mean over one axis is missing"),
    (lambda w, f: len(w) == 2 and f == w * 2, "the Jacobian is asked for, not its own derivative"),
    (_rank(2, 1), "a matrix is asked for, as an outer product or diag(...) gives it"),
    (_rank(1, 2), "a vector is asked for; multiply the matrix by one, or sum over an axis"),
    (_rank(2, 0), "one number for each entry is asked for, not their sum"),
    (_rank(1, 0), "one number for each entry is asked for, not their sum"),
    (_rank(0, 1), "a number is asked for: sum over the entries"),
    (_rank(0, 2), "a number is asked for: sum over the entries"),
    (lambda w, f: len(w) == len(f) == 2 and w[::-1] != f, "see which factor is to be transposed"),
)
