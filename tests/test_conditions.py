"""Shapes, counts and linear conditions: against NumPy's arrays, ranks and random numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import derive
from derive.calculus.elimination import Solved, distinct, eliminate
from derive.errors import DeriveError
from derive.solution import conditions

NUMBER = st.integers(-3, 3)


@st.composite
def systems(draw: st.DrawFn) -> tuple[list[list[int]], list[int]]:
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    matrix = draw(st.lists(st.lists(NUMBER, min_size=columns, max_size=columns), min_size=rows,
                           max_size=rows))
    return matrix, draw(st.lists(NUMBER, min_size=rows, max_size=rows))


@given(systems())
def test_elimination_against_ranks(system: tuple[list[list[int]], list[int]]) -> None:
    matrix, right = (np.array(part, dtype=float) for part in system)
    count = matrix.shape[1]
    rows = distinct([(tuple(map(Fraction, row)), Fraction(b))
                     for row, b in zip(*system, strict=True)])
    solved = eliminate(rows)
    rank = np.linalg.matrix_rank(matrix)
    solvable = np.linalg.matrix_rank(np.column_stack([matrix, right])) == rank
    assert (solved.conflict is None) == solvable
    if solved.conflict is not None:
        left = [sum(p * row.coefficients[m] for p, row in zip(solved.conflict.parts, rows,
                                                               strict=True)) for m in range(count)]
        assert not any(left)
        return
    start = np.array(solved.particular(count), dtype=float)
    np.testing.assert_allclose(matrix @ start, right, atol=1e-12)
    basis = np.array(solved.basis(count), dtype=float).reshape(-1, count)
    np.testing.assert_allclose(matrix @ basis.T, 0, atol=1e-12)
    assert len(basis) == count - rank == np.linalg.matrix_rank(basis)


@given(systems())
def test_every_line_of_the_elimination_is_the_combination_it_says(
        system: tuple[list[list[int]], list[int]]) -> None:
    rows = distinct([(tuple(map(Fraction, row)), Fraction(b))
                     for row, b in zip(*system, strict=True)])
    for row in eliminate(rows).stages:
        whole = [sum((p * (*r.coefficients, r.right)[m] for p, r in zip(row.parts, rows,
                                                                         strict=True)),
                     Fraction(0)) for m in range(len(row.coefficients) + 1)]
        assert tuple(whole) == (*row.coefficients, row.right)


IMAGE = """
symbols: {K: 2 x 2}
given:
  X: [[0,1,0,1,0,1,0],[0,0,1,0,1,0,0],[0,1,0,1,0,1,0],[0,0,1,0,1,0,0],[0,1,0,1,0,1,0]]
  W: [[1, 2], [3, 4]]
  z: [0, 1]
model: |
  Y = conv2d(X, K, stride=2)
  Q = W @ W
  R = tanh(K)
  S = K * K
parts:
  - {%s}
"""


def solved(part: str) -> derive.Solution:
    return derive.Question.from_text(IMAGE % part).solve()


def test_the_filters_that_give_nothing() -> None:
    solution = solved("solve: Y == 0, for: K")
    found = solution.solved.tables["solutions"]["K"]
    assert found == {"particular": [[0, 0], [0, 0]],
                     "basis": [[[1, 0], [0, 0]], [[0, 0], [0, 1]]]}
    assert all(check.ok for check in solution.checks)
    assert {"equations", "solution", "all solutions"} <= {c.kind for c in solution.checks}
    text = solution.render("markdown")
    assert "dimension 2" in text
    assert "trivial" in text


def test_an_inhomogeneous_condition_through_computed_quantities() -> None:
    solution = solved("solve: Q @ K == W, for: K")
    found = solution.solved.tables["solutions"]["K"]
    q = np.array([[1, 2], [3, 4]])
    np.testing.assert_allclose(q @ q @ np.array(found["particular"]), q, atol=1e-12)
    assert found["basis"] == []
    assert "exactly one solution" in solution.render("markdown")


def test_no_solution_comes_with_its_certificate() -> None:
    solution = solved('solve: "W @ K == [[1, 0], [0, 1]]", for: K, label: a}\n'
                      '  - {solve: ["sum(K) == 1", "2*sum(K) == 3"], for: K')
    text = solution.render("markdown")
    assert "reads 0 = " in text
    assert "no solution" in {c.kind for c in solution.checks}
    assert all(check.ok for check in solution.checks)
    assert None in solution.solved.tables["solutions"].values()


REFUSED = (
    ("solve: R == 0, for: K", "tanh(K)` is not linear in K"),
    ("solve: S == 0, for: K", "is not linear in K"),
    ("solve: Y == 0", "what it is solved for"),
    ("solve: Y < 1, for: K", "inequality"),
    ("solve: Y == 0, for: Y", "cannot be solved for"),
    ("solve: Q == 0, for: K", "does not speak of K"),
    ("solve: Y == 0, for: L", "unknown name `L`"),
    ("for: K, find: Q", "says nothing by itself"),
    ("count: parameters", "which are inputs"),
    ("count: dQ/dW", "no quantity"),
    ("count: {weights: K}", "count: {parameters:"),
    ('shape: "K[0, 0]"', "one entry"),
    ("shape: Z", "unknown name `Z`"),
)


@pytest.mark.parametrize(("part", "said"), REFUSED)
def test_what_cannot_be_asked_is_refused_by_name(part: str, said: str) -> None:
    with pytest.raises(DeriveError) as caught:
        solved(part)
    assert said in str(caught.value)


def test_a_wrong_solution_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Solved, "particular", lambda self, unknowns: (Fraction(1),) * unknowns)
    assert [c.kind for c in solved("solve: Y == 0, for: K").checks if not c.ok] == ["solution"]


def test_a_lost_equation_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "distinct", lambda rows: distinct(rows)[:1])
    failed = [c.kind for c in solved("solve: Y == 0, for: K").checks if not c.ok]
    assert failed == ["equations", "solution", "all solutions"]


COUNTED = """
symbols: {X: 4 x H x W, K: 3 x 4 x 2 x 2, b: 3, H: dimension, W: dimension}
model: |
  Y = conv2d(X, K, b, padding=1)
parts:
  - {shape: Y, count: {parameters: [K, b]}}
  - {count: K}
"""


def test_shapes_and_counts_stand_in_tables_of_their_own() -> None:
    tables = derive.Question.from_text(COUNTED).solve().solved.tables
    assert tables["shapes"] == {"Y": [3, "H+1", "W+1"]}
    assert tables["counts"] == {"K": 48, "b": 3, "parameters": 51}


def test_the_parameters_of_a_recurrence_are_what_has_no_index() -> None:
    question = derive.Question.from_text("""
index: {t: 1..3}
given: {W: [[1, 0], [0, 1]], b: [0, 1], x: {1: [1, 0], 2: [0, 1], 3: [1, 1]}, h: {0: [0, 0]}}
model: |
  h[t] = tanh(W @ h[t-1] + x[t] + b)
parts: [{count: parameters}]
""")
    assert question.solve().solved.tables["counts"] == {"W": 4, "b": 2, "parameters": 6}
