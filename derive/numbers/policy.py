"""The rounding policy of a sheet: which digits are shown, what is carried, what may be accepted.

Exact values print exactly where that is short (3, 0.25, 1/3); everything else is rounded, keeps
its trailing zeros (0.300) and is not the whole truth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from math import isinf
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr import nodes
from derive.numbers.rounding import (
    WIDE,
    decimal_of,
    decimal_places,
    exponent_of,
    read,
    round_to,
    write_decimal,
    write_power,
)

__all__ = ["Policy", "carried", "literal", "sentence"]

MAX_DENOMINATOR = 99
MAX_NUMERATOR = 999
LONGEST_INTEGER = 15    # digits; longer ones are shown with a power of ten
SMALLEST, LARGEST = -4, 6  # exponents written without a power of ten
NOISE = 1e-13           # relative size below which a float is what is left of a zero


@dataclass(frozen=True)
class Policy:
    """How numbers are shown and carried.

    digits: significant digits, or decimals where mode is "decimal".
    carry:  "exact" goes on with full precision, "rounded" with the values shown, as by hand.
    ties:   "up" is half away from zero, "even" half to the even digit.
    """

    digits: int = 3
    mode: str = "significant"
    carry: str = "exact"
    ties: str = "up"

    def __post_init__(self) -> None:
        least = 1 if self.mode == "significant" else 0
        if not least <= self.digits <= 17:
            raise DeriveError(f"digits: {self.digits} is not between {least} and 17")
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                raise DeriveError(f"{name}: {getattr(self, name)!r} is not known",
                                  remedy=" or ".join(known))

    def show(self, value: Any) -> str:
        """Return the digits shown for a float, an integer or a fraction."""
        if isinstance(value, float):
            return self._show_float(float(value))
        if self.is_exact(value):
            return self._write_exactly(read(value))
        number = read(value)
        rounded, places = self._rounded(number)
        if not rounded:
            return "0" if not number else write_decimal(rounded, places)
        exponent = exponent_of(rounded)
        if self._needs_power(exponent):
            return write_power(rounded, max(exponent + places + 1, 1))
        return write_decimal(rounded, places)

    def _show_float(self, value: float) -> str:
        """Do the same as `show` in decimal arithmetic: a page holds thousands of floats."""
        if isinf(value):    # in a mask: the softmax of it is 0
            return "inf" if value > 0 else "-inf"
        number = decimal_of(value)
        if not number:
            return "0"
        rounded = self._quantized(number, number.adjusted())
        if rounded and rounded.adjusted() > number.adjusted():
            rounded = self._quantized(rounded, rounded.adjusted())  # 9.996 is 10.0, not 10.00
        exponent = rounded.adjusted()
        if not rounded or not self._needs_power(exponent):
            return f"{rounded if rounded else abs(rounded):f}"
        return f"{rounded.scaleb(-exponent, WIDE):f}e{exponent}"

    def _quantized(self, number: Decimal, exponent: int) -> Decimal:
        unit = Decimal((0, (1,), -self._decimals(exponent)))
        return number.quantize(unit, ROUNDINGS[self.ties], WIDE)

    def is_exact(self, value: Any) -> bool:
        """True where the digits shown are the whole truth; a float never is."""
        if isinstance(value, float):
            return False
        number = read(value)
        if number.denominator == 1:
            return bool(abs(number) < 10 ** LONGEST_INTEGER)
        # by hand, a fraction among rounded numbers is written as a decimal too
        simple = self.carry == "exact" and _is_simple(number)
        return self._is_short_decimal(number) or simple

    def round(self, value: Any) -> Any:
        """Return the number shown, exactly; infinity is itself."""
        if isinstance(value, float) and isinf(value):
            return value
        if self.is_exact(value):
            return read(value)
        return self._rounded(read(value))[0]

    def interval(self, value: Any) -> tuple[float, float]:
        """Return half a unit of the last digit to either side of what is shown."""
        if isinstance(value, float) and isinf(value):
            return value, value
        number, shown = read(value), self.round(value)
        places = self._places(number)
        if self.is_exact(value):
            places = max(places, decimal_places(number) or 0)
        half = Fraction(10) ** -places / 2
        return float(shown - half), float(shown + half)

    def _rounded(self, number: Fraction) -> tuple[Fraction, int]:
        """Return the rounded value and its decimals; 9.996 to three digits is 10.0, not 10.00."""
        places = self._places(number)
        rounded = round_to(number, places, self.ties)
        if rounded and exponent_of(rounded) > exponent_of(number):
            places = self._places(rounded)
        return rounded, places

    def _places(self, number: Fraction) -> int:
        return self._decimals(exponent_of(number)) if number else self.digits

    def _decimals(self, exponent: int) -> int:
        """Return the decimals the policy gives a number of this size (negative: tens, ...)."""
        if self.mode == "decimal":
            return self.digits if exponent < LONGEST_INTEGER else self.digits - exponent
        return self.digits - 1 - exponent

    def _write_exactly(self, number: Fraction) -> str:
        """Write 3, 0.25, 1e-8 or 1/3; called for values that are short in one of these ways."""
        places = decimal_places(number) or 0
        if number.denominator != 1 and not self._is_short_decimal(number):
            return f"{number.numerator}/{number.denominator}"
        exponent = exponent_of(number)
        if self.mode == "significant" and exponent < SMALLEST:
            return write_power(number, exponent + places + 1)
        return write_decimal(number, places)

    def _is_short_decimal(self, number: Fraction) -> bool:
        places = decimal_places(number)
        if places is None:
            return False
        if self.mode == "decimal":
            return places <= self.digits
        return exponent_of(number) + places + 1 <= self.digits

    def _needs_power(self, exponent: int) -> bool:
        if self.mode == "decimal":
            return exponent >= LONGEST_INTEGER
        return not SMALLEST <= exponent < max(LARGEST, self.digits)


CHOICES = {"mode": ("significant", "decimal"), "carry": ("exact", "rounded"),
           "ties": ("up", "even")}


ROUNDINGS = {"up": ROUND_HALF_UP, "even": ROUND_HALF_EVEN}


def _is_simple(number: Fraction) -> bool:
    return number.denominator <= MAX_DENOMINATOR and abs(number.numerator) <= MAX_NUMERATOR


def literal(values: Any, policy: Policy, exact: bool, scale: float | None = None) -> nodes.Literal:
    """Put numbers into an expression: an array (or one number) of floats or fractions.

    exact tells whether the values themselves are exact; floats that are, print like fractions.
    scale is the size of the numbers they were worked out from (their own largest by default):
    what is smaller by thirteen orders is rounding noise, and shows as 0.
    """
    array = np.asarray(values)
    shown = _Shown(policy, array, exact, scale)
    whole = exact and all(_is_infinite(v) or policy.is_exact(shown.value(v))
                          for v in array.ravel())
    return nodes.Literal(array, whole, shown)


@dataclass(frozen=True)
class _Shown:
    """Turns one value of an array into its digits."""

    policy: Policy
    array: Any
    exact: bool
    scale: float | None
    texts: dict[tuple[bool, Any], str] = field(default_factory=dict, compare=False)

    def __call__(self, value: Any) -> str:
        """Return the digits; they are asked for by every format, check and measure of width."""
        key = (isinstance(value, float), value)  # 1.0 is not the whole truth, 1 is
        if key not in self.texts:
            self.texts[key] = self.policy.show(self.value(value))
        return self.texts[key]

    def value(self, value: Any) -> Any:
        """Return the value as it is to be understood: exact ones as fractions, noise as 0."""
        if _is_infinite(value):
            return value
        if self.exact or not isinstance(value, float):
            return read(value)
        return 0 if abs(value) <= self.noise else value

    @cached_property
    def noise(self) -> float:
        largest = self.scale
        if largest is None:
            largest = float(np.max(np.abs(self.array), initial=0.0, where=_finite(self.array)))
        return NOISE * largest


def _is_infinite(value: Any) -> bool:
    """True for what stands in a mask, which is exact."""
    return isinstance(value, float) and isinf(value)


def _finite(array: Any) -> Any:
    return True if array.dtype == object else np.isfinite(array)


def carried(values: Any, policy: Policy) -> Any:
    """Return what the next line of the working computes with: the values, or those shown."""
    if policy.carry == "exact":
        return values
    array = np.asarray(values)
    rounded = [policy.round(value) for value in array.ravel()]
    out = np.empty(len(rounded), dtype=object)
    out[:] = rounded
    return out.reshape(array.shape)


def sentence(policy: Policy) -> str:
    """Say on the sheet how its numbers are to be read."""
    unit = UNITS[policy.mode].removesuffix("s" if policy.digits == 1 else "")
    return f"Values are shown to {policy.digits} {unit}; {CARRIED[policy.carry]}."


UNITS = {"significant": "significant digits", "decimal": "decimal places"}
CARRIED = {"exact": "full precision is carried",
           "rounded": "the rounded values are carried on, as by hand"}
