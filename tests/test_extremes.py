"""How far functions and their slopes go, held against a fine grid and against exact numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as S

from derive.ops import ELEMENTWISE, OPS
from derive.ops.extremes import Params, has_largest_slope, largest_slope, range_of

FAR = 5.0       # the bounded slopes here are below 2; the others are far beyond this on the grid
EDGE = 2e-6     # the slopes at the ends of an interval go beyond all bounds
ROWS = sorted(set(ELEMENTWISE) - {"unknown function"})


def grid(name: str, reach: float = 60.0) -> Any:
    start, end = ELEMENTWISE[name].within
    low = 1e-9 if ELEMENTWISE[name].positive else -reach
    inside = low if start is None else start + EDGE, reach if end is None else end - EDGE
    return np.linspace(*inside, 240_001)


GENTLE = {"arctan", "softsign"}     # they come close to their limits only far out


def values(name: str) -> Any:
    x = grid(name, 1e8 if name in GENTLE else 60.0)
    return np.asarray(OPS[name].evaluate(x), dtype=float)


def slopes(name: str) -> Any:
    """Return the derivative by central differences, away from the kinks."""
    x, step = grid(name), 1e-6
    x = x[np.abs(x) > 1e-3]
    above, below = OPS[name].evaluate(x + step), OPS[name].evaluate(x - step)
    return (above - below) / (2 * step)


def test_there_are_functions() -> None:
    assert len(ROWS) > 10


@pytest.mark.parametrize("name", ROWS)
def test_no_slope_is_steeper_and_one_comes_close(name: str) -> None:
    steepest = np.max(np.abs(slopes(name)))
    assert has_largest_slope(name, ()) == (steepest < FAR)
    if steepest < FAR:
        bound = OPS["largest_slope"].evaluate(function=name)
        assert bound == pytest.approx(steepest, abs=2e-3)
        assert steepest <= bound + 1e-6
        exact = largest_slope(name, ())
        assert exact is None or float(exact) == pytest.approx(bound, abs=1e-5)


@pytest.mark.parametrize("name", ROWS)
def test_no_value_is_outside_and_some_come_close(name: str) -> None:
    bounds, found = range_of(name, ()), values(name)
    near = 1e-6 if ELEMENTWISE[name].within == (None, None) else 3e-3
    if bounds is not None:
        np.testing.assert_allclose([found.min(), found.max()], [float(b) for b in bounds],
                                   atol=near)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "sin", "arctan", "erf", "hard_tanh", "step"])
def test_functions_with_bounded_values_are_known_to_have_them(name: str) -> None:
    assert range_of(name, ()) is not None


def test_an_unknown_function_has_a_largest_slope_of_its_own() -> None:
    settings = {"called": "psi", "order": 0}
    bound = OPS["largest_slope"].evaluate(function="unknown function", **settings)
    x = np.linspace(-20, 20, 100_001)
    drawn = np.gradient(OPS["unknown function"].evaluate(x, **settings), x)
    assert drawn.max() == pytest.approx(bound, rel=1e-5)
    assert largest_slope("unknown function", tuple(settings.items())) is None


@pytest.mark.parametrize(("name", "params", "slope"), [
    ("tanh", (), 1), ("sigmoid", (), S.Rational(1, 4)), ("relu", (), 1), ("identity", (), 1),
    ("relu", (("kink", Fraction(2)),), 2), ("leaky_relu", (("slope", Fraction(3)),), 3),
    ("leaky_relu", (("slope", Fraction(1, 10)),), 1),
])
def test_known_slopes_are_exact(name: str, params: Params, slope: Any) -> None:
    assert largest_slope(name, params) == slope
