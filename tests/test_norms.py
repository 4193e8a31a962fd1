"""Norms and singular values: exact where they are rational, never differentiated silently."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import derive
from derive.errors import DeriveError
from derive.expr.nodes import Literal
from derive.numbers.exact import exact_value
from derive.ops import OPS, apply

MODEL = "given: {{A: [[3, 1], [0, 2]]}}\nmodel: y = {}\nparts: [{{find: {}}}]"


def exactly(name: str, rows: list[list[int]]) -> Any:
    values = np.array([[F(v) for v in row] for row in rows], dtype=object)
    return exact_value(apply(name, Literal(values, True, str)))


@pytest.mark.parametrize(("name", "rows", "value"), [
    ("sigma_max", [[3, 0], [0, -4]], 4), ("sigma_max", [[3, 4], [4, -3]], 5),
    ("norm", [[0, 2], [1, 0]], 2), ("spectral_radius", [[1, 5], [0, -3]], 3),
    ("spectral_radius", [[2, 1], [1, 2]], 3),
])
def test_what_is_rational_stays_so(name: str, rows: list[list[int]], value: int) -> None:
    assert exactly(name, rows)[()] == value
    floats = np.array(rows, dtype=float)
    params = dict(apply(name, Literal(floats, True, str)).params)
    assert OPS[name].evaluate(floats, **params) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(("name", "rows"), [
    ("sigma_max", [[1, 1], [0, 1]]), ("spectral_radius", [[0, 1], [-1, 0]]),
    ("spectral_radius", [[1, 2, 3], [4, 5, 6], [7, 8, 10]]),
])
def test_what_is_not_is_left_to_floating_point(name: str, rows: list[list[int]]) -> None:
    assert exactly(name, rows) is None


def test_the_norm_of_a_matrix_is_the_most_it_stretches_a_vector() -> None:
    a = np.array([[3.0, 1.0], [0.0, 2.0]])
    around = np.linspace(0, np.pi, 20_001)
    stretched = np.linalg.norm(a @ np.array([np.cos(around), np.sin(around)]), axis=0)
    assert stretched.max() == pytest.approx(OPS["norm"].evaluate(a, axis=(-2, -1)), rel=1e-7)


@pytest.mark.parametrize(("typed", "message"), [
    ("sigma_max(A)", "`sigma_max` is not differentiated: an eigenvalue depends on all entries"),
    ("spectral_radius(A)", "`spectral_radius` is not differentiated"),
    ("norm(A, 2)", r"the spectral norm of a matrix is not differentiated \(the Frobenius norm is"),
])
def test_a_derivative_is_refused_by_name(typed: str, message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        derive.Question.from_text(MODEL.format(typed, "dy/dA")).solve()


@pytest.mark.parametrize("typed", ["sigma_max(A[0])", "spectral_radius(A @ [1, 2])"])
def test_only_a_matrix_has_singular_values(typed: str) -> None:
    with pytest.raises(DeriveError, match=r"needs a (square )?matrix"):
        derive.Question.from_text(MODEL.format(typed, "y"))


def test_a_vectors_norm_is_differentiated() -> None:
    text = "given: {x: [3, 4]}\nmodel: y = norm(x)\nparts: [{find: [y, dy/dx]}]"
    solution = derive.Question.from_text(text).solve()
    np.testing.assert_allclose(solution["dy/dx"], [0.6, 0.8])
    assert all(check.ok for check in solution.checks)
    assert r"\left\lVert x \right\rVert_{2}" in solution.render("latex")
