"""Rounding exactly, as by hand: on fractions, half away from zero (or to the even digit)."""

from __future__ import annotations

import math
from decimal import Context, Decimal
from fractions import Fraction
from numbers import Integral, Rational
from typing import Any

from derive.errors import DeriveError

__all__ = [
    "WIDE", "decimal_of", "decimal_places", "exponent_of", "read", "round_to", "write_decimal",
    "write_power",
]

WIDE = Context(prec=60)     # more digits than any float or policy asks for: nothing is lost


def read(value: Any) -> Fraction:
    """Read a number by its shortest decimal digits: the float 2.675 is 2.675, not 2.67499..."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, Integral):
        return Fraction(int(value))
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    return Fraction(decimal_of(float(value)))


def decimal_of(number: float) -> Decimal:
    """Return a float's shortest decimal digits."""
    if not math.isfinite(number):
        raise DeriveError(f"{number} cannot be shown as a number",
                          remedy="a result overflowed or is not defined")
    return Decimal(repr(number))


def exponent_of(value: Fraction) -> int:
    """Return e with 10^e <= |value| < 10^(e+1); 0 for 0."""
    if not value:
        return 0
    top, bottom = abs(value.numerator), value.denominator
    guess = len(str(top)) - len(str(bottom))
    up, down = 10 ** max(guess, 0), 10 ** max(-guess, 0)
    return guess if top * down >= bottom * up else guess - 1


def round_to(value: Fraction, places: int, ties: str) -> Fraction:
    """Round to *places* decimals; negative places are tens, hundreds, ..."""
    unit = Fraction(10) ** -places
    count, rest = divmod(abs(value) / unit, 1)
    half = Fraction(1, 2)
    up = rest > half or (rest == half and (ties == "up" or count % 2 == 1))
    rounded = (count + up) * unit
    return -rounded if value < 0 else rounded


def decimal_places(value: Fraction) -> int | None:
    """Return how many decimals the value has, None where they never end."""
    twos = fives = 0
    rest = value.denominator
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def write_decimal(value: Fraction, places: int) -> str:
    """Write a value that has at most *places* decimals with exactly so many; 0 has no sign."""
    digits = str(abs(int(value * 10 ** max(places, 0)))).rjust(max(places, 0) + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places > 0 else digits)


def write_power(value: Fraction, digits: int) -> str:
    """Write with a power of ten, ``5.6e-17``; the value has at most *digits* digits."""
    exponent = exponent_of(value)
    return f"{write_decimal(value / Fraction(10) ** exponent, digits - 1)}e{exponent}"
