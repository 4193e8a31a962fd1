"""How far functions and their slopes go, held against a fine grid and against exact numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as S

from derive.ops import ELEMENTWISE, OPS
from derive.ops.extremes import Params, largest_slope, range_of

UNBOUNDED_SLOPE = {"exp", "log", "log2", "log10", "sqrt"}
UNBOUNDED = UNBOUNDED_SLOPE | {"identity", "softplus", "relu", "leaky_relu", "abs"}
ROWS = sorted(ELEMENTWISE)


def grid(name: str) -> Any:
    low = 1e-9 if ELEMENTWISE[name].positive else -60.0
    return np.linspace(low, 60.0, 240_001)


def values(name: str) -> Any:
    return np.asarray(OPS[name].evaluate(grid(name)), dtype=float)


def slopes(name: str) -> Any:
    """Return the derivative by central differences, away from the kinks."""
    x, step = grid(name), 1e-6
    x = x[np.abs(x) > 1e-3]
    above, below = OPS[name].evaluate(x + step), OPS[name].evaluate(x - step)
    return (above - below) / (2 * step)


def test_there_are_functions() -> None:
    assert len(ROWS) > 10


@pytest.mark.parametrize("name", sorted(set(ROWS) - UNBOUNDED_SLOPE))
def test_no_slope_is_steeper_and_one_comes_close(name: str) -> None:
    bound = largest_slope(name, ())
    assert bound is not None
    steepest = np.max(np.abs(slopes(name)))
    assert steepest <= float(bound) + 1e-6
    assert steepest >= float(bound) - 1e-3


@pytest.mark.parametrize("name", sorted(set(ROWS) - UNBOUNDED))
def test_no_value_is_outside_and_some_come_close(name: str) -> None:
    bounds = range_of(name, ())
    assert bounds is not None
    found = values(name)
    np.testing.assert_allclose([found.min(), found.max()], [float(b) for b in bounds], atol=1e-6)


@pytest.mark.parametrize("name", sorted(UNBOUNDED_SLOPE))
def test_a_slope_without_bound_has_none(name: str) -> None:
    assert largest_slope(name, ()) is None


@pytest.mark.parametrize("name", sorted(UNBOUNDED))
def test_a_function_without_bound_has_none(name: str) -> None:
    assert range_of(name, ()) is None


@pytest.mark.parametrize(("name", "params", "slope"), [
    ("tanh", (), 1), ("sigmoid", (), S.Rational(1, 4)), ("relu", (), 1), ("identity", (), 1),
    ("relu", (("kink", Fraction(2)),), 2), ("leaky_relu", (("slope", Fraction(3)),), 3),
    ("leaky_relu", (("slope", Fraction(1, 10)),), 1),
])
def test_known_slopes_are_exact(name: str, params: Params, slope: Any) -> None:
    assert largest_slope(name, params) == slope
