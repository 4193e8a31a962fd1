"""Elementwise functions as NumPy computes them: stable for large arguments, complex ones pass.

A complex argument is a real one with a small imaginary part (the complex step), so every choice
of a branch looks at the real part. Arrays of `Fraction` stay exact where the function is rational.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from derive.errors import DeriveError

__all__ = [
    "absolute", "between", "chosen", "elu", "erf", "gelu", "hard_sigmoid", "hard_tanh", "indicator",
    "leaky_relu", "logarithm", "relu", "relu6", "sigmoid", "sign", "softplus", "square_root",
    "target_log", "transcendental", "whole",
]

Array = Any
Kernel = Callable[..., Any]


def floats(x: Array) -> Array:
    """Return an array of machine numbers; exact ones are rounded to the nearest."""
    x = np.asarray(x)
    return x.astype(float) if x.dtype.kind in "Oiub" else x


def whole(numbers: Array) -> Array:
    """Return integers as exact numbers."""
    flat = np.asarray(numbers)
    out = np.empty(flat.size, dtype=object)
    out[:] = [Fraction(int(n)) for n in flat.ravel()]
    return out.reshape(flat.shape)


def transcendental(function: Kernel) -> Kernel:
    """Let a NumPy function read exact numbers too."""
    return lambda x: function(floats(x))


def chosen(mask: Array, like: Array, value: Any = 1) -> Array:
    """Return *value* where *mask* holds and 0 elsewhere, in the number type of *like*."""
    if like.dtype.kind == "O":
        one, none = np.array([Fraction(value), Fraction(0)], dtype=object)
        return np.where(mask, one, none)
    return np.where(mask, like.dtype.type(value), like.dtype.type(0))


def indicator(holds: Callable[[Array], Array]) -> Kernel:
    """Return the function that is 1 where *holds* is true of the real part, else 0."""
    def evaluate(x: Array) -> Array:
        x = np.asarray(x)
        return chosen(holds(np.real(x)), x)
    return evaluate


def sign(x: Array) -> Array:
    x = np.asarray(x)
    return chosen(np.real(x) > 0, x) - chosen(np.real(x) < 0, x)


def absolute(x: Array) -> Array:
    x = np.asarray(x)
    return np.where(np.real(x) < 0, -x, x)


def relu(x: Array) -> Array:
    x = np.asarray(x)
    return np.where(np.real(x) > 0, x, chosen(False, x))


def leaky_relu(x: Array, slope: Any) -> Array:
    x = np.asarray(x)
    factor = slope if x.dtype.kind == "O" else float(slope)
    return np.where(np.real(x) > 0, x, factor * x)


def _folded(x: Array) -> Array:
    """Return exp(-|x|), which cannot overflow."""
    return np.exp(np.where(np.real(x) > 0, -x, x))


def sigmoid(x: Array) -> Array:
    """1/(1 + e^-x), as e^x/(1 + e^x) for x <= 0."""
    x = floats(x)
    folded = _folded(x)
    return np.where(np.real(x) > 0, 1.0, folded) / (1 + folded)


def softplus(x: Array) -> Array:
    """log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)."""
    x = floats(x)
    return np.where(np.real(x) > 0, x, 0.0) + np.log1p(_folded(x))


def erf(x: Array) -> Array:
    """The error function; a small imaginary part moves along its slope 2 e^(-x^2)/sqrt(pi)."""
    x = floats(x)
    value = _real_erf(np.real(x))
    if x.dtype.kind != "c":
        return value
    return value + 2j * np.exp(-np.real(x) ** 2) / math.sqrt(math.pi) * np.imag(x)


def _real_erf(x: Array) -> Array:
    return np.reshape([math.erf(value) for value in np.ravel(x)], np.shape(x))


def gelu(x: Array) -> Array:
    """x Phi(x), Phi the distribution function of the standard normal."""
    x = floats(x)
    return x * (1 + erf(x / math.sqrt(2))) / 2


def _below(x: Array) -> Array:
    """Return e^x - 1 for x <= 0, and 0 above."""
    return np.expm1(np.where(np.real(x) > 0, 0, x))


def elu(x: Array, alpha: Any) -> Array:
    x = floats(x)
    return np.where(np.real(x) > 0, x, float(alpha) * _below(x))


def _clipped(x: Array, low: int, high: int) -> Array:
    """Let x through between *low* and *high*; the bounds themselves come without slope."""
    one = chosen(True, x)
    inside = (np.real(x) > low) & (np.real(x) < high)
    return np.where(inside, x, np.where(np.real(x) <= low, low * one, high * one))


def hard_tanh(x: Array) -> Array:
    return _clipped(np.asarray(x), -1, 1)


def hard_sigmoid(x: Array) -> Array:
    x = np.asarray(x)
    return (_clipped(x, -3, 3) + 3 * chosen(True, x)) / chosen(True, x, 6)


def relu6(x: Array) -> Array:
    return _clipped(np.asarray(x), 0, 6)


def square_root(x: Array) -> Array:
    x = floats(x)
    if np.any(np.real(x) < 0):
        raise DeriveError("sqrt of a negative number")
    return np.sqrt(x)


def logarithm(name: str, function: Kernel) -> Kernel:
    """Return a logarithm that refuses what is not positive instead of answering -inf or nan."""
    def evaluate(x: Array) -> Array:
        x = floats(x)
        if np.any(np.real(x) <= 0):
            worst = np.min(np.real(x))
            raise DeriveError(f"{name} of {worst:g}: the argument must be positive")
        return function(x)
    return evaluate


def between(name: str, function: Kernel, low: int, high: int | None = None) -> Kernel:
    """Return a function that refuses what lies outside the interval where it has a value."""
    def evaluate(x: Array) -> Array:
        x = floats(x)
        outside = (np.real(x) < low) | (np.real(x) > (np.inf if high is None else high))
        if np.any(outside):
            ends = f"at least {low}" if high is None else f"between {low} and {high}"
            raise DeriveError(f"{name} of {np.real(x)[outside].flat[0]:g}: the argument must be "
                              f"{ends}")
        return function(x)
    return evaluate


def target_log(name: str, target: Array, p: Array) -> Array:
    """Return target log p with 0 log 0 = 0; log 0 for any other target is an error."""
    target, p = floats(target), floats(p)
    idle = target == 0
    if np.any(~idle & (np.real(p) <= 0)):
        raise DeriveError(f"{name}: log of a probability that is not positive",
                          remedy="0 log 0 counts as 0, but here the target is not 0")
    return np.where(idle, 0, target * np.log(np.where(idle, 1, p)))
