"""Questions nobody thought of: derivatives of what is not read, by itself, circles, failures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from derive import Question
from derive.errors import DeriveError

UNRELATED = """
given: {y: [0, 1], w: 2, v: [1, 1]}
model: |
  L = sum(y)
  k = w*y
parts: [{find: [%s], form: %s}]
"""
IDENTITIES: dict[str, Any] = {
    "dL/dw": 0, "dL/dk": [0, 0], "dk/dv": np.zeros((2, 2)), "dL/dL": 1, "dk/dk": np.eye(2),
    "dw/dw": 1, "dy/dy": np.eye(2), "dw/dy": [0, 0], "dy/dL": [0, 0],
}


@pytest.mark.parametrize("form", ["recurrence", "paths", "both"])
@pytest.mark.parametrize("asked", IDENTITIES)
def test_what_is_not_read_has_derivative_zero_and_a_quantity_by_itself_one(
        asked: str, form: str) -> None:
    solution = Question.from_text(UNRELATED % (asked, form)).solve()
    np.testing.assert_array_equal(solution[asked], IDENTITIES[asked])
    for detail in ("brief", "normal", "full"):
        assert solution.render("latex", detail=detail)


def test_an_array_without_an_index_has_a_derivative_by_a_matrix() -> None:
    solution = Question.from_text("""
given: {A: [[1, 2, 3], [0, 1, 0]], v: [1, 2], r: [[1, 2]]}
model: |
  q = v @ A
  s = r @ A
parts: [{find: [dq/dA, ds/dr, ds/dA]}]
""").solve()
    A, v = np.array([[1, 2, 3], [0, 1, 0]]), np.array([1, 2])
    by_matrix = np.einsum("i,kj->kij", v, np.eye(3))
    np.testing.assert_allclose(solution["dq/dA"], by_matrix)
    np.testing.assert_allclose(solution["ds/dA"], by_matrix[None])
    np.testing.assert_allclose(solution["ds/dr"], A.T[None, :, None, :])
    assert solution.render("latex", detail="full")


WRONG = {
    "circle": ("a = b + w\n  b = c\n  c = a", ["circle: a -> b -> c -> a"]),
    "circle of one": ("a = a + w", ["circle: a -> a"]),
    "circle at one step": ("a[t] = h[t]\n  h[t] = a[t]", ["circle: a -> h -> a"]),
    "beyond the end": ("g[t] = w*t\n  a = g[4]", ["`g[4]` is out of range in `a`", "g[0] .. g[3]"]),
    "logarithm": ("a = log(w - 3)", ["`a`: log of -1"]),
    "quotient": ("a = 1/(w - 2)", ["`a`: division by zero"]),
    "overflow": ("a = exp(500*w)", ["`a` is not a finite number"]),
}


@pytest.mark.parametrize(("model", "says"), WRONG.values(), ids=WRONG)
def test_the_message_names_what_is_wrong(model: str, says: list[str],
                                         recwarn: pytest.WarningsRecorder) -> None:
    with pytest.raises(DeriveError) as error:
        Question.from_text(f"index: {{t: 0..3}}\ngiven: {{w: 2}}\nmodel: |\n  {model}\n"
                           "parts: [{find: a}]\n").solve()
    for part in says:
        assert part in str(error.value)
    assert "shape of" not in str(error.value)
    assert not recwarn.list


def test_an_unused_number_that_is_not_rational_is_no_matter() -> None:
    Question.from_text("given: {a: sqrt(2), w: 2}\nmodel: |\n  z = w\nparts: [{find: z}]\n").solve()


@pytest.mark.parametrize("ties", ["up", "even"])
def test_a_result_that_rounds_to_zero_passes_its_check(ties: str) -> None:
    solution = Question.from_text(f"""
index: {{t: 0..2}}
given: {{w: 0.125, h: {{-1: 0.25}}, x: [0.125, 0.25, 0.375]}}
conventions: {{carry: rounded, digits: 1, mode: decimal, ties: {ties}}}
model: |
  h[t] = tanh(w*h[t-1] + x[t])
  L = sum(h[t]**2, t)
parts: [{{find: [h, L, dL/dw], form: both}}]
""").solve()
    assert [check for check in solution.checks if not check.ok] == []


def test_names_of_the_file_win_and_a_hidden_function_can_be_called() -> None:
    question = Question.from_text("""
given: {pi: 2, x: [1, 2, 3], unused: 4.5}
model: |
  mean = mean(x)*pi
  v = mean((x - mean/pi)**2)
parts: [{find: [v, dv/dpi]}]
""")
    assert question.solve()["v"] == pytest.approx(2 / 3)
    assert sum("calls the function" in warning for warning in question.warnings) == 2
    assert "`unused` is given, but nothing uses it" in question.warnings


@pytest.mark.parametrize("facts", ['A == A.T', 'A.T == A', '["x > 0", "sum(x) == 1"]',
                                   '["sum(x) == 1", "x > 0", "n >= 2"]'])
def test_numbers_are_drawn_that_obey_the_facts(facts: str) -> None:
    solution = Question.from_text(f"""
symbols: {{x: n, A: n x n}}
assume: {facts}
model: y = x @ A @ x
parts: [{{find: [dy/dx, dy/dA]}}]
""").solve()
    assert all(check.ok for check in solution.checks)


def test_a_gradient_that_vanishes_is_small_and_not_zero() -> None:
    solution = Question.from_text("""
index: {t: 1..40}
given: {w: 1/10, h: {0: 1}}
model: |
  h[t] = tanh(w*h[t-1] + 1)
  L = h[40]
parts: [{find: ["dL/dh[0]", "dL/dh[20]"]}]
""").solve()
    assert 0 < solution["dL/dh[0]"] < 1e-30
    assert [check for check in solution.checks if not check.ok] == []


def refusal(source: str) -> str:
    with pytest.raises(DeriveError) as caught:
        Question.from_text(source).solve()
    assert caught.value.exit_code == 2
    return str(caught.value)


@pytest.mark.parametrize("key", ["find", "prove", "table", "shape", "solve", "count"])
def test_an_empty_list_asks_for_nothing(key: str) -> None:
    assert "an empty list asks for nothing" in refusal(
        f"given: {{x: [1, 2]}}\nmodel: |\n  q = x @ x\nparts:\n  - {{{key}: []}}\n")


def test_rows_without_number_are_refused() -> None:
    assert "400 rows of 400 features are too many" in refusal(
        "given: {x: eye(400), y: ones(400)}\nparts: [{separable: {features: x, labels: y}}]\n")


def test_a_table_outside_a_vector_is_refused() -> None:
    assert "there is no entry 2 of `y`: entries are counted from 0" in refusal(
        "index: {n: 1..2}\ngiven: {y: [3, 4]}\nparts: [{table: ['y[n]']}]\n")


def test_a_long_claim_is_cut_in_its_message() -> None:
    claim = " + ".join(["p - t"] * 400)
    message = refusal("symbols: {z: n, t: n}\nmodel: |\n  p = softmax(z)\n"
                      "  L = cross_entropy(t, p)\n"
                      f"parts:\n  - {{prove: dL/dz == {claim}}}\n")
    assert "...` does not hold" in message
    assert len(message) < 500


@pytest.mark.parametrize("part", ["find: L", "bound: dL/dx"])
def test_what_speaks_of_equations_needs_a_model(part: str) -> None:
    assert "`model` is missing" in refusal(f"given: {{x: [1, 2]}}\nparts: [{{{part}}}]\n")


def test_what_is_given_is_enough_for_what_is_about_it() -> None:
    solution = Question.from_text("""
index: {n: 0..1}
given: {x: {0: [1, 2], 1: [3, 4]}, y: {0: 1, 1: 0}, K: [[1, 2], [2, 4]]}
parts:
  - {separable: {features: x, labels: y}}
  - {table: ["x[n]", "y[n]"]}
  - {shape: K, count: [K]}
""").solve()
    assert all(check.ok for check in solution.checks)
    assert solution.solved.tables["separable"]["x"]["weights"]
    assert solution.solved.tables["shapes"]["K"] == [2, 2]
