"""Products of Jacobians with the shape of every factor: both conventions, symbols and numbers."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from derive.api import Question
from derive.errors import DeriveError, QuestionError
from derive.solution import shapes_of_paths

NETWORK = """
symbols: {f: function, W_1: p x n, W_2: q x p, W_3: r x q, x: n, loss: function(r) -> scalar}
%s
model: |
  a = W_1 @ x
  h = f(a)
  b = W_2 @ h
  s = softmax(b)
  y = W_3 @ s
  L = loss(y)
parts: [{find: [%s], shapes: true}]
"""
NUMBERS = """given: {W_1: [[1, 2], [0, 1], [1, 1]], W_2: [[1, 0, 1], [2, 1, 0]], W_3: [[1, 2]],
        x: [1, 2], n: 2, p: 3, q: 2, r: 1}"""


def lines(text: str, **chosen: Any) -> list[dict[str, Any]]:
    solution = Question.from_text(text).solve(**chosen)
    assert [c for c in solution.checks if not c.ok] == []
    (part,) = json.loads(solution.render("json"))["parts"]
    return [line for step in part["steps"] for line in step["lines"] if "shapes" in line]


def multiplied(factors: list[str]) -> str:
    """The shape of a product, by the rule that neighbours agree."""
    sizes = [f.split(" x ") for f in factors]
    for left, right in pairwise(sizes):
        assert left[1] == right[0]
    return f"{sizes[0][0]} x {sizes[-1][1]}"


@pytest.mark.parametrize("layout", ["gradient", "jacobian"])
def test_each_factor_has_its_shape_and_the_transposes_stand_in_reverse(layout: str) -> None:
    forward, rows = lines(NETWORK % ("", "dy/dx"), layout=layout)
    assert forward["shapes"] == [["r x q", "q x q", "q x p", "p x p", "p x n"]]
    assert rows["shapes"] == [["n x p", "p x p", "p x q", "q x q", "q x r"]]
    assert multiplied(forward["shapes"][0]) == "r x n"
    assert rows["text"].startswith("(dy/dx).T == W_1.T @ diag(f'(a)) @ W_2.T @")


def test_the_gradient_is_the_transposed_jacobian_times_the_gradient_of_the_output() -> None:
    solution = Question.from_text(NETWORK % ("", "dL/dx")).solve()
    texts = [line["text"] for part in json.loads(solution.render("json"))["parts"]
             for step in part["steps"] for line in step["lines"]]
    assert "dL/dx == (dy/dx).T @ (dL/dy)" in texts
    (line,) = lines(NETWORK % ("", "dL/dx"))
    assert multiplied(line["shapes"][0]) == "n x 1"
    (line,) = lines(NETWORK % ("", "dL/dx"), layout="jacobian")
    assert multiplied(line["shapes"][0]) == "1 x n"


def test_numbers_have_shapes_too() -> None:
    text = (NETWORK % (NUMBERS, "dy/dx")).replace("f: function, ", "").replace("f(a)", "tanh(a)")
    text = text.replace("loss: function(r) -> scalar", "u: scalar").replace("loss(y)", "sum(y)*u")
    forward, rows = lines(text)
    assert multiplied(forward["shapes"][0]) == "r x n" or forward["shapes"][0][0] == "1 x 2"
    assert rows["shapes"][0] == [" x ".join(s.split(" x ")[::-1])
                                 for s in forward["shapes"][0][::-1]]


def test_a_wrong_shape_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    from derive.solution import trials

    right = trials.integers

    def wrong(values: Any, env: Any = None) -> tuple[int, ...]:
        found = right(values, env or {})
        return found[::-1] if len(found) == 2 else found

    monkeypatch.setattr(trials.Trial, "misshapen", lambda self, expr, env: 0.0 if np.shape(
        trials.evaluate(expr, self.look, env)) == wrong(expr.shape, env) else np.inf)
    solution = Question.from_text(NETWORK % ("", "dy/dx")).solve()
    assert {c.kind for c in solution.checks if not c.ok} == {"line"}


def test_paths_need_a_length() -> None:
    text = """
index: {t: 1..T}
symbols: {W: n x n, 'h[t]': n, f: function}
model: |
  h[t] = f(W @ h[t-1])
  L = sum(h[T])
parts: [{find: "dL/dh[0]", form: paths}]
"""
    with pytest.raises(DeriveError, match="use form: recurrence"):
        Question.from_text(text).solve()


def test_shapes_is_true_or_false() -> None:
    with pytest.raises(QuestionError, match="true"):
        Question.from_text((NETWORK % ("", "dy/dx")).replace("shapes: true", "shapes: yes"))


def test_vectors_stand_or_lie() -> None:
    from derive.expr.integers import named
    from derive.expr.nodes import Symbol, Transpose

    v = Symbol("v", (), (named("n"),))
    assert shapes_of_paths.on_paper(v) == (named("n"), 1)
    assert shapes_of_paths.on_paper(Transpose(v)) == (1, named("n"))


@pytest.mark.parametrize(("layout", "wanted"), [
    ("gradient", ["dL/dx == J.T @ E", "@ E)"]), ("jacobian", ["dL/dx == E @ J", "== E @ W_3"])])
def test_names_of_earlier_parts_stand_in_the_product(layout: str, wanted: list[str]) -> None:
    asked = ("parts: [{find: dy/dx, as: J}, {find: dL/dy, as: E}, "
             "{label: last, find: dL/dx, shapes: true}]")
    text = (NETWORK % ("", "dy/dx")).partition("parts:")[0] + asked
    solution = Question.from_text(text).solve(layout=layout)
    assert [c for c in solution.checks if not c.ok] == []
    last = json.loads(solution.render("json", parts=["last"]))["parts"][0]
    texts = [line["text"] for step in last["steps"] for line in step["lines"]]
    assert texts[0] == wanted[0]
    assert wanted[1] in texts[1]
