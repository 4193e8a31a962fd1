"""The five homework sets against answers that other people found with other tools.

Numbers are typed in; a formula is compared by its value, so that any way of writing it will do.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

import derive
from derive import api
from derive.question.catalogue import QUESTIONS as FOLDER

SETS = ("set_a", "set_b", "set_c", "set_d", "set_e")
HELD = {
    "set_a": {"q3", "rnn_essays"},
    "set_b": {"q3", "rnn_essays"},
    "set_c": {"rnn_choice", "bptt_symbols", "bptt_sigmoid", "hard_attention"},
    "set_d": {"scalar_rnn", "vanishing_gradients", "vanishing_numbers", "bptt_short", "seq2seq"},
    "set_e": {"jacobian_chain", "softmax_cross_entropy", "sigmoid_squared_error",
              "softmax_squared_error", "loss_numbers", "perceptron", "xor", "lstm_cell",
              "convolutions"},
}
QUESTIONS = sorted(set().union(*HELD.values()))
RNG = np.random.default_rng(11)

NUMBERS: dict[str, dict[str, Any]] = {
    "scalar_rnn": {"h[1]": 2, "h[2]": 3, "yhat[1]": 4, "yhat[2]": 6, "L": 2, "dL/dh[1]": 0,
                   "dL/dw_h": 8},
    "hard_attention": {"s": [-2, 3, 0, 6], "m": 3, "o": [6, 1, 2], "do/ds": np.zeros((3, 4))},
    "perceptron": {"x[1]": [1, 0, 0], "x[2]": [1, 1, 1], "x[3]": [1, 1, 0], "z[1]": 1, "z[2]": 1,
                   "z[3]": 0},
    "loss_numbers": {"y[0]": 0.00669285092, "dS[0]/dz[0]": -0.00660356217,
                     "dC[0]/dz[0]": -0.993307149},
}


@cache
def solved(name: str) -> derive.Solution:
    solution = api.load(name).solve()
    assert isinstance(solution, derive.Solution)
    return solution


@cache
def as_json(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(solved(name).render("json"))
    return found


@pytest.mark.parametrize("name", SETS)
def test_a_set_holds_its_questions(name: str) -> None:
    (entry,) = [e for e in api.catalogue() if e.name == name]
    assert set(entry.questions) == HELD[name]


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("layout", ["gradient", "jacobian"])
def test_every_check_holds(name: str, layout: str) -> None:
    solution = api.load(name).solve(layout=layout)
    assert [c for c in solution.checks if not c.ok] == []
    assert all(part.steps for part in solution.solved.parts)


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_part_has_marks_or_belongs_to_one_that_has(name: str) -> None:
    parts = solved(name).solved.parts
    assert all(part.ask for part in parts)
    assert all(part.marks for part in parts if part.label != "3.7")


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers(name: str) -> None:
    values = as_json(name)["values"]
    for key, expected in NUMBERS[name].items():
        np.testing.assert_allclose(values[key], expected, rtol=5e-9, atol=1e-9, err_msg=key)


def test_scores_are_products_of_the_query_and_the_keys() -> None:
    values = as_json("hard_attention")["values"]
    a = np.exp([-2.0, 3, 0, 6]) / np.exp([-2.0, 3, 0, 6]).sum()
    V = np.array(values["V"])
    np.testing.assert_allclose(np.array(values["K"]) @ values["q"], values["s"])
    np.testing.assert_allclose(values["c"], a @ V)
    np.testing.assert_allclose(values["dc/ds"], V.T @ (np.diag(a) - np.outer(a, a)))


def test_the_perceptron_separates_and_xor_cannot_be() -> None:
    assert as_json("perceptron")["separable"]["x"] == {"weights": [1, -1, 1]}
    found = as_json("xor")["separable"]["x"]["certificate"]
    rows = np.array([[1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]])
    sides = np.array([-1, 1, 1, -1])
    assert min(found) >= 0
    assert max(np.array(found) * (sides > 0)) > 0
    np.testing.assert_array_equal((np.array(found) * sides) @ rows, [0, 0, 0])


def test_filters_and_parameters() -> None:
    found = as_json("convolutions")
    assert found["counts"]["parameters"] == 3 * 2 * 2 * 4 + 3
    assert found["shapes"]["C"][0] == 3
    assert found["shapes"]["Y"] == [2, 3]
    basis = np.array(found["solutions"]["K"]["basis"])
    assert basis.shape == (2, 2, 2)
    assert not basis[:, 0, 1].any()
    assert not basis[:, 1, 0].any()
    assert np.linalg.matrix_rank(basis.reshape(2, 4)) == 2
    assert not np.array(found["solutions"]["K"]["particular"]).any()


def formula(name: str, key: str) -> str:
    text: str = as_json(name)["formulas"][key]["text"]
    return text.split(" == ", 1)[1]


def test_the_closed_forms_are_ordered_products_and_sums() -> None:
    assert formula("bptt_symbols", "dJ[t]/do[t]") == "yhat[t] - y[t]"
    whole = formula("bptt_symbols", "dJ[t]/dh[i]")
    assert whole == ("matprod(W_hh.T @ diag(psi'(z[k])), k=i+1..t) @ (W_yh.T @ (dJ[t]/do[t])) "
                     "for i in 1..t")
    share = "sum(outer(psi'(z[i]) * (dJ[t]/dh[i]), h[i-1]), i)"
    assert formula("bptt_symbols", "dJ[t]/dW_hh") == share
    assert formula("bptt_symbols", "dJ_/dW_hh") == f"sum({share}, t)"




@pytest.mark.parametrize(("name", "key", "claim"), [
    ("bptt_sigmoid", "dJ[t]/do[t]", "-y[t] * (1 - yhat[t])"),
    ("bptt_sigmoid", "dB[t]/do[t]", "yhat[t] - y[t]"),
    ("softmax_cross_entropy", "dL/dy", "p - t"),
    ("sigmoid_squared_error", "dL/dz", "(y - t) * y * (1 - y)"),
    ("softmax_squared_error", "dL/dy", "p * (p - t - sum((p - t) * p))"),
    ("lstm_cell", "dc[t]/dc[t-1] | h[t-1]", "diag(f[t])"),
    ("lstm_cell", "dd[t]/dd[t-1] | h[t-1]", "eye(n)"),
    ("jacobian_chain", "dy_0/dx_0", "B'(b) @ W_B @ A'(a) @ W_A"),
])
def test_formulas(name: str, key: str, claim: str) -> None:
    assert formula(name, key) == claim


@pytest.mark.parametrize(("name", "wrong"), [
    ("softmax_cross_entropy", ("dL/dy == p - t", "dL/dy == t - p")),
    ("softmax_cross_entropy", ("assume: sum(t) == 1", "assume: t > 0")),
    ("sigmoid_squared_error", ("(y - t)*y*(1 - y)", "(y - t)*(1 - y)")),
    ("softmax_squared_error", ("sum((p - t)*p)", "sum(p - t)")),
    ("bptt_sigmoid", ("-y[t]*(1 - yhat[t])", "yhat[t] - y[t]")),
])
def test_a_wrong_claim_is_refused(name: str, wrong: tuple[str, str]) -> None:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert wrong[0] in text
    with pytest.raises(derive.DeriveError, match="does not hold"):
        derive.Question.from_text(text.replace(*wrong), name).solve()


@pytest.mark.parametrize("weights", ["W", "R"])
def test_norms_stay_below_their_bounds(weights: str) -> None:
    values = as_json("vanishing_numbers")["values"]
    state = {"W": "h", "R": "g"}[weights]
    largest = np.linalg.svd(np.array(values[weights]))[1][0]
    product = np.eye(2)
    for n in range(1, 11):
        slopes = 1 - np.array(values[f"{state}[{n}]"])**2
        product = np.diag(slopes) @ np.array(values[weights]) @ product
        found = values[f"d{state}[{n}]/d{state}[0]"]
        np.testing.assert_allclose(found, product, rtol=1e-10)
        assert np.linalg.norm(product, 2) <= largest**n * (1 + 1e-12)


def test_set_b_is_set_a_in_other_units() -> None:
    (plain,) = [q for q in api.load("set_a").solve().questions if q.solved.name == "q3"]
    (other,) = [q for q in api.load("set_b").solve().questions if q.solved.name == "q3"]
    for key in ("l[0]", "l[1]", "l[2]", "L", "dL/dh[1]"):
        np.testing.assert_allclose(np.array(other[key]) * np.log(10), plain[key], rtol=0.05,
                                   atol=0.01)


@pytest.mark.parametrize("name", SETS)
def test_prose_answers_are_about_as_long_as_asked(name: str) -> None:
    for question in api.load(name).solve().questions:
        for part in question.source.parts:
            for task in part.tasks:
                text = getattr(task, "text", "")
                if part.words and isinstance(text, str) and text:
                    assert len(text.split()) <= 1.3 * part.words, part.label


def test_parts_of_a_set_are_solved_with_their_questions_only() -> None:
    found = api.load("set_e").only(["3.3"])
    assert [question.name for question in found.questions] == ["xor"]
    sheet = found.solve().render("markdown", parts=["3.3"])
    assert "3.3" in sheet
    assert "3.4" not in sheet
    assert len(api.load("set_e").only([]).questions) == len(HELD["set_e"])
    with pytest.raises(derive.DeriveError, match=r"no part '3\.9'"):
        api.load("set_e").only(["3.9"])


def test_a_brief_sheet_keeps_what_is_said_of_separability() -> None:
    found = solved("xor").render("markdown", detail="brief")
    assert "The classes are not linearly separable." in found
    assert "every row is on its side" in found
    assert "$`0 \\le 0`$" in found
