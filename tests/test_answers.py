"""Verdicts compared with those of a careful marker, on ten models (the table is in `answers`)."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from answers import ANSWERS, MODELS, RIGHT

import derive


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_is_judged_as_a_careful_marker_would(name: str) -> None:
    asked = derive.Question.from_text(MODELS[name], name)
    odd = []
    for quantity, answer, wanted in ANSWERS[name]:
        verdict = asked.check(quantity, answer)
        named = wanted in (None, RIGHT) or verdict.slip == wanted
        if verdict.right != (wanted == RIGHT) or not named:
            odd.append((quantity, answer, wanted, verdict.slip, verdict.message))
    assert not odd


def test_table_is_large() -> None:
    assert sum(map(len, ANSWERS.values())) > 140
    assert set(ANSWERS) == set(MODELS)


@pytest.mark.parametrize(("left", "right", "fact"), [
    ("p*sum(t) - t", "p - t", "sum(t) == 1"), ("sqrt(x**2)", "x", "x > 0"),
    ("abs(c)*x", "c*x", "c > 0"), ("x @ A @ y", "y @ A @ x", "A == A.T"),
])
def test_missing_fact_is_named(left: str, right: str, fact: str) -> None:
    shapes = {"A": "n x n", "c": "scalar", **dict.fromkeys("ptxy", "n")}
    verdict = derive.equal(left, right, symbols=shapes)
    assert not verdict
    assert verdict.explanation.endswith(f"it would be right if {fact}")


def test_sum_that_given_targets_obey_need_not_be_declared() -> None:
    text = ("given: {z: [1, 2, 0], y: [0.5, 0.25, 0.25]}\nmodel: |\n  p = softmax(z)\n"
            "  L = cross_entropy(y, p)\nparts: [{find: dL/dz}]")
    asked = derive.Question.from_text(text)
    assert asked.check("dL/dz", "p - y").message.endswith("since sum(y) == 1")
    assert not asked.check("dL/dz", "p - 2*y/(1 + sum(y))**2*2 + y - y**2/y[0]*y[0]")


TWICE = """
index: {t: 1..2}
given: {u: [1, 2], v: [3, 1], x: [1, 2], h: {0: 0}, h1: 2}
model: |
  h[t] = tanh(h[t-1] + x[t])
  L = h1*sum(h[t]**2, t) + sum(u*v)
notation: {u: 'a', v: 'a'}
parts: [{find: [dL/dh1, dL/du]}]
"""


@pytest.mark.parametrize(("quantity", "answer", "names"), [
    ("dL/dh1", r"h_1^{2} + h_2^{2}", "h1 or h[1]"), ("dL/du", r"a\,", "u or v")])
def test_names_that_print_alike_are_refused_by_name(quantity: str, answer: str, names: str) -> None:
    with pytest.raises(derive.DeriveError) as caught:
        derive.Question.from_text(TWICE).check(quantity, answer)
    assert f"may be {names}" in caught.value.message


h1 = [-0.620, 0.444, -0.979]


@pytest.mark.parametrize(("answer", "right"), [
    (np.array(["-0.620", "0.444", "-0.979"]), True), ((*h1,), True),
    ("-0.620, 0.444, -0.979", True), ("(−0.620, 0.444, −0.979)", True),
    (sympy.Matrix([sympy.Float(v, 3) for v in h1]), True), (np.array(h1, dtype=object), True),
    ([-0.62, 0.444, -0.98], False), (["-0.62", "0.44", "-0.98"], True),
])
def test_numbers_are_read_in_every_form(answer: object, right: bool) -> None:
    asked = derive.load("q3")
    assert isinstance(asked, derive.Question)
    assert bool(asked.check("h[1]", answer)) == right


@pytest.mark.parametrize("answer", [sympy.I, 1j, np.array([1 + 0j]), "sum(1, t=0..99999999)",
                                    "matprod(W, k=1..999999999)", "swapaxes(W)", "1 << 3",
                                    "kron_left(W, 1)", "max_pool2d_picked(W, W)"])
def test_what_cannot_be_an_answer_is_refused(answer: object) -> None:
    asked = derive.load("q3")
    assert isinstance(asked, derive.Question)
    with pytest.raises(derive.DeriveError):
        asked.check("L", answer)


@pytest.mark.parametrize("quantity", ["1e400", "sum(ones(100000, 100000))", "9**9**9", "inf",
                                      "d" * 900, "[" * 500])
def test_hostile_quantity_is_refused_or_wrong(quantity: str) -> None:
    asked = derive.load("q3")
    assert isinstance(asked, derive.Question)
    assert judged(asked, quantity).startswith(("wrong", "refused"))


def judged(asked: derive.Question, quantity: str) -> str:
    try:
        return str(asked.check(quantity, 1))
    except derive.DeriveError as error:
        return f"refused {error}"
