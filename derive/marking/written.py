"""Numbers as somebody wrote them: 0.839 says that the value lies between 0.8385 and 0.8395.

An integer or a fraction is meant exactly. A decimal stands for the interval of half a unit of its
last digit to either side, if it has at least two digits: one digit says too little to be judged by.
In a list trailing zeros are often left away ([0.5, 0.25] is to two digits), so the digits of the
longest number count for all, in whichever of the two ways (significant or decimal) asks for less.
Who writes 0.950 leaves no zeros away: beside that 0.475 is to three decimals, whatever others have.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Rational
from typing import Any

import numpy as np

from derive.errors import DeriveError

__all__ = ["LEAST_DIGITS", "Cell", "Numbers", "decimal_cell", "exact_cell", "float_cell",
           "numbers_of"]

LEAST_DIGITS = 2        # of a rounded number that is to be judged by its interval
MOST_DIGITS = 400       # characters of one number
LARGEST = 400           # exponent
PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cell:
    """One number: its value, and the decimals of its last digit; None where it is exact.

    figures: how many significant digits were written.
    """

    value: float
    places: int | None = None
    figures: int = 0
    half: float = 0.0       # how far off it may be, where that is no half unit: 0.778 + 1.25

    def negated(self) -> Cell:
        return Cell(-self.value, self.places, self.figures, self.half)


@dataclass(frozen=True)
class Numbers:
    """An answer in numbers: values, how far each may be off, and how many digits were written."""

    values: Any
    half: Any
    figures: int | None = None      # None where all are exact

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(np.shape(self.values))

    def at(self, place: Any) -> Numbers:
        """Return a part of it."""
        return Numbers(self.values[place], self.half[place], self.figures)

    def shaped(self, shape: tuple[int, ...]) -> Numbers:
        return Numbers(self.values.reshape(shape), self.half.reshape(shape), self.figures)


def exact_cell(value: Any) -> Cell:
    """Return an integer or a fraction."""
    whole = isinstance(value, Integral) or (isinstance(value, Fraction) and value.denominator == 1)
    if whole and abs(int(value)) < 10 ** 15:
        return Cell(float(int(value)), None, len(str(abs(int(value)))))
    return Cell(_float(Fraction(value)))


def _float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        raise DeriveError("a number this large cannot be judged") from None


def decimal_cell(text: str) -> Cell:
    """Read the digits of a decimal: ``0.840`` has three, ``1e-3`` one; ``12`` is exact."""
    plain = text.strip().replace("−", "-").replace("_", "")
    if len(plain) > MOST_DIGITS or not PLAIN.fullmatch(plain):
        raise DeriveError(f"`{text[:40]}` is not a number")
    number = Decimal(plain)
    if abs(number.adjusted()) > LARGEST:
        raise DeriveError(f"`{text[:40]}` is too large or too small a number")
    if "." not in plain and "e" not in plain.lower():
        return exact_cell(int(plain))
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int), "a number has digits"
    figures = 0 if not number else number.adjusted() - exponent + 1
    return Cell(_float(Fraction(number)), -exponent, figures)


def float_cell(value: Any) -> Cell:
    """Return a float by its shortest digits: 0.839 was written with three, 1/3 with seventeen."""
    if isinstance(value, Rational):
        return exact_cell(value)
    number = float(value)
    if not math.isfinite(number):
        raise DeriveError(f"{number} is not a number that can be judged")
    kind = np.asarray(value).dtype
    found = decimal_cell(_shortest(value, number))
    if kind.kind == "f" and kind.itemsize < 8:      # single precision knows about six digits
        known = int(np.finfo(kind).precision) - 1
        size = math.floor(math.log10(abs(number))) if number else 0
        places = min(found.places or 0, known - 1 - size)
        return Cell(found.value, places, min(found.figures, known))
    return found


def _shortest(value: Any, number: float) -> str:
    text = str(value) if isinstance(value, np.floating) else repr(number)
    return text if PLAIN.fullmatch(text) else repr(number)


def numbers_of(cells: Sequence[Cell], shape: tuple[int, ...], digits: int = 3,
               least: int = LEAST_DIGITS) -> Numbers:
    """Put cells (row by row) into arrays; *digits* is how many the question shows.

    Integers among decimals are rounded numbers too, and so are integers of that many digits.
    With fewer than *least* digits a rounded number is not judged by its interval.
    """
    values = np.array([c.value for c in cells], dtype=float).reshape(shape)
    rounded = [c for c in cells if c.places is not None]
    if not rounded and any(c.figures >= max(digits, 3) for c in cells):
        halves = [0.5 if c.figures >= max(digits, 3) else 0.0 for c in cells]
        return Numbers(values, np.array(halves).reshape(shape), max(c.figures for c in cells))
    figures = max((c.figures for c in rounded), default=0)
    if figures < least and any(c.value for c in rounded):
        return Numbers(values, np.zeros(shape), figures)
    places = min((*_kept_zeros(rounded), max((c.places or 0 for c in rounded), default=0)))
    halves = [_half(c, figures, places) if rounded else 0.0 for c in cells]
    return Numbers(values, np.array(halves).reshape(shape), figures if rounded else None)


def _kept_zeros(cells: Sequence[Cell]) -> list[int]:
    """Return the decimals of the numbers that were written with a 0 at their end: 0.950, no 1.0."""
    ended = ((c.places, c.value * 10 ** (c.places - 1)) for c in cells
             if c.places is not None and c.places > 1 and c.value and not c.half)
    return [places for places, value in ended if math.isclose(value, round(value), rel_tol=1e-12)]


def _half(cell: Cell, figures: int, places: int) -> float:
    """Return half a unit of the last digit that was meant."""
    if cell.half or (cell.places is None and not cell.figures):
        return cell.half    # 0 for a fraction
    own = cell.places or 0
    if not cell.value:
        return 0.5 * 10.0 ** -max(own, places)
    significant = figures - 1 - math.floor(math.log10(abs(cell.value)))
    return 0.5 * 10.0 ** -max(own, min(significant, places))
