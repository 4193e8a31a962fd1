"""Functions of which a question says only that they exist: psi, with its derivatives psi', psi''.

A derivative is one more prime. For judging, each name stands for one smooth function, drawn once
and for all; its derivatives of any order are written down apart from it, so that a complex step of
the function is a second opinion on them.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import numpy as np
from numpy.polynomial import Polynomial

from derive.ops.kernels import sigmoid
from derive.ops.op import Elementwise

__all__ = ["PRIME", "UNKNOWN", "sample", "sigmoid_derivative"]

PRIME = "'"
UNITS = 3


@cache
def _parameters(called: str) -> tuple[tuple[float, float, float], ...]:
    """Return (weight, rate, shift) of each term; the weights add up to 1."""
    draw = random.Random(f"the function {called}")
    weights = [draw.uniform(0.5, 1.5) for _ in range(UNITS)]
    return tuple((w / sum(weights), draw.uniform(0.6, 1.8), draw.uniform(-1, 1)) for w in weights)


@cache
def sigmoid_derivative(order: int) -> Polynomial:
    """Return the derivative of s = sigmoid(u) as a polynomial in s: s' = s - s^2, by iteration."""
    s = Polynomial([0.0, 1.0])
    return s if order == 0 else sigmoid_derivative(order - 1).deriv() * (s - s * s)


def sample(x: Any, called: str, order: int = 0) -> Any:
    """Return the value of the function drawn for *called*, or of its derivative of this *order*.

    psi(x) = sum_k a_k sigmoid(b_k x + c_k): smooth, rising, between 0 and 1, so that whatever may
    stand around it (log psi, 1/psi) has a value.
    """
    x = np.asarray(x)
    return sum(a * b ** order * sigmoid_derivative(order)(sigmoid(b * x + c))
               for a, b, c in _parameters(called))


@cache
def _symbolic(called: str, order: int) -> Any:
    """Return the SymPy function; its derivative has one more prime."""
    import sympy

    def fdiff(self: Any, argindex: int = 1) -> Any:
        return _symbolic(called, order + 1)(*self.args)

    return type(called + PRIME * order, (sympy.Function,), {
        "fdiff": fdiff, "nargs": 1, "is_extended_real": True, "unknown": (called, order),
        # SymPy would look a value up by the name: mpmath has a psi of its own
        "_eval_evalf": lambda self, precision: None})


UNKNOWN = Elementwise(
    "unknown function", lambda S, x, called, order: _symbolic(called, order)(x), sample,
    params=("called", "order"), defaults=(("called", "psi"), ("order", 0)))
