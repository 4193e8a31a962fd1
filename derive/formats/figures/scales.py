"""Axes: where they begin and end, which numbers stand on them, and where a value lies.

The steps are 1, 2 or 5 times a power of ten (Heckbert, Nice numbers for graph labels, Graphics
Gems, 1990), or whole powers of ten where the axis is logarithmic. All of it is exact arithmetic, so
that every machine prints the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, log10

from derive.expr.nodes import Expr, Neg, Number

__all__ = ["Axis", "linear", "logarithmic"]

MOST_TICKS = 7
MOST_PLACES = 4     # longer numbers are written with a power of ten
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Axis:
    """From `low` to `high`; `ticks` are the values that are named, with their digits."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    is_logarithmic: bool = False

    def share(self, value: float) -> float:
        """Return how far along the axis a value lies: 0 at the beginning, 1 at the end."""
        if self.is_logarithmic:
            return (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return (value - self.low) / (self.high - self.low)


def linear(values: Sequence[float], tight: bool = False) -> Axis:
    """Return an axis that holds all values; a *tight* one ends at them and not at a tick."""
    low, high = min(values), max(values)
    if low == high:
        low, high = low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2
        tight = False
    step = _step(high - low)
    first, last = floor(Fraction(low) / step), ceil(Fraction(high) / step)
    if tight:
        first, last = ceil(Fraction(low) / step), floor(Fraction(high) / step)
    ticks = tuple((float(k * step), digits(k * step, step)) for k in range(first, last + 1))
    ends = (low, high) if tight else (ticks[0][0], ticks[-1][0])
    return Axis(*ends, ticks)


def _step(length: float) -> Fraction:
    """Return the least step of 1, 2 or 5 times a power of ten that gives few enough ticks."""
    power = floor(log10(length)) - 2
    while True:
        for lead in STEPS:
            step = Fraction(lead) * Fraction(10) ** power
            if Fraction(length) / step <= MOST_TICKS:
                return step
        power += 1


def digits(value: Fraction, step: Fraction) -> str:
    """Return a value with as many decimals as its step has: 0.5 and 1.0 on one axis."""
    places = 0
    while (step * 10 ** places).denominator != 1:
        places += 1
    if places > MOST_PLACES or abs(value) >= 10 ** (MOST_PLACES + 1):
        return _with_power(value)
    whole = abs(int(value * 10 ** places))
    text = f"{whole:0{places + 1}d}"
    shown = f"{text[:-places]}.{text[-places:]}" if places else text
    return f"-{shown}" if value < 0 else shown


def _with_power(value: Fraction) -> str:
    """Return 2.5e6, 3e-7: the digits without zeros, and a power of ten."""
    if not value:
        return "0"
    power = 0
    while value.denominator != 1:
        value, power = value * 10, power - 1
    text = str(abs(int(value)))
    figures = text.rstrip("0")
    power += len(text) - 1
    shown = figures[0] + (f".{figures[1:]}" if figures[1:] else "")
    return f"{'-' if value < 0 else ''}{shown}e{power}"


def logarithmic(values: Sequence[float]) -> Axis:
    """Return an axis over whole powers of ten that holds all values, which are positive."""
    first, last = floor(log10(min(values))), ceil(log10(max(values)))
    last = max(last, first + 1)
    every = -(-(last - first) // (MOST_TICKS - 1))
    ticks = tuple((10.0 ** k, f"1e{k}" if k not in (0, 1) else str(10 ** k))
                  for k in range(first, last + 1, every))
    return Axis(10.0 ** first, 10.0 ** last, ticks, is_logarithmic=True)


def said(text: str) -> Expr:
    """Return the number a tick shows."""
    if text.startswith("-"):
        return Neg(Number(Fraction(text[1:]), text[1:]))
    return Number(Fraction(text), text)
