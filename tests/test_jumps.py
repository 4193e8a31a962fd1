"""What only moves in jumps: labels, steps, comparisons, masks; what is refused and why."""

from __future__ import annotations

import numpy as np
import pytest

from derive import Question
from derive.errors import DeriveError
from derive.expr.nodes import Symbol
from derive.ops import ELEMENTWISE, OPS, apply

BASE = """
given: {{s: [1, 3, 2], V: [[1, 0], [2, 5], [4, 4]], m: [1, 0, 1], W: [[1, 2, 0], [0, 1, 1]]}}
conventions: {{{conventions}}}
model: |
  {model}
parts:
  - find: {find}
"""


def asked(model: str, find: str, conventions: str = "digits: 4") -> Question:
    lines = model.replace("\n", "\n  ")
    return Question.from_text(BASE.format(model=lines, find=find, conventions=conventions))


REFUSED = [
    ("o = V[argmax(s)]", "do/ds", "`do/ds`: `argmax` is piecewise constant.*softmax"),
    ("k = argmax(s)\no = V[k]\nL = sum(o**2)", "dL/ds", "argmax.*kinks: {argmax: 0}"),
    ("L = sum(s)*s[argmax(s)]", "dL/ds", "argmax"),      # another way does not hide the jump
    ("z = step(s)", "dz/ds", "step.*sigmoid is a smooth step.*kinks: {step: 0}"),
    ("z = (s >= 2)", "dz/ds", "a comparison is piecewise constant.*kinks: {step: 0}"),
    ("L = sum(sign(s))", "dL/ds", "`sign`"),
    ("L = sum(where(s > 1, 2, 3))", "dL/ds", "enters only into conditions"),
    ("L = sum(where(m, s, 3))", "dL/dm", "enters only into conditions"),
    ("k = argmax(s)\nL = sum(V[k])", "dL/dk", "`k` is a label: it has no derivative"),
    ("k = argmax(W)", "k", "argmax of 2 x 3.*axis=1"),
    ("L = sum(gather(V, 1))", "L", r"write V\[k\]"),
    ("L = sum(V[argmax(s), argmax(s), 0])", "L", "no entries to take|positions"),
]


@pytest.mark.parametrize(("model", "find", "message"), REFUSED)
def test_refused_with_the_reason(model: str, find: str, message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        asked(model, find)


@pytest.mark.parametrize(("model", "find"), [
    ("o = V[argmax(s)]", "do/ds"),
    ("k = argmax(s)\no = V[k]\nL = sum(o**2)", "dL/ds"),
    ("z = step(s)", "dz/ds"),
    ("z = (s > 2)", "dz/ds"),
])
def test_zero_where_the_question_asks_for_it(model: str, find: str) -> None:
    solution = asked(model, find, "kinks: {argmax: 0, step: 0}").solve()
    assert not np.any(solution[find])
    assert all(check.ok for check in solution.checks)
    page = solution.render("markdown")
    assert "zero almost everywhere" in page


def test_other_ways_stay_when_the_jump_counts_as_zero() -> None:
    solution = asked("L = sum(s)*s[argmax(s)]", "dL/ds", "kinks: {argmax: 0}").solve()
    np.testing.assert_allclose(solution["dL/ds"], [3, 9, 3])
    assert all(check.ok for check in solution.checks)


def test_a_slope_other_than_zero_is_refused() -> None:
    with pytest.raises(DeriveError, match="constant between its jumps has the derivative 0"):
        asked("k = argmax(s)", "k", "kinks: {argmax: 1}")


def test_ties_take_the_first() -> None:
    solution = asked("k = argmax(m)\nr = argmax(W, axis=1)\nc = argmax(W, axis=0)",
                     "[k, r, c]", "kinks: {ties: first}").solve()
    assert solution["k"] == 0
    np.testing.assert_array_equal(solution["r"], [1, 1])
    np.testing.assert_array_equal(solution["c"], [0, 0, 1])


@pytest.mark.parametrize("label", [3, -1, 0.5])
def test_a_label_out_of_range_is_refused(label: float) -> None:
    with pytest.raises(DeriveError, match="label"):
        OPS["gather"].evaluate(np.eye(3), np.asarray(label), ranks=(2, 0))


def test_a_mask_holds_zeros_and_ones() -> None:
    with pytest.raises(DeriveError, match="a mask holds 0 and 1"):
        OPS["where"].evaluate(np.array([0.0, 2.0]), 1.0, 0.0)


def test_what_is_flat_has_the_derivative_zero() -> None:
    x = Symbol("x", (), ())
    for row in ELEMENTWISE.values():
        if row.flat:
            node = apply(row.name, x)
            assert OPS[row.name].flat
            values = row.evaluate(np.linspace(-2, 2, 8))
            assert set(values) <= {-1.0, 0.0, 1.0}
            assert node.shape == ()


def test_a_mask_leaves_infinity_out() -> None:
    solution = asked("A = softmax(where(m == 1, s, -inf))\nS = where(m, s, -inf)\n"
                     "L = A @ s", "[A, S, dL/ds]").solve()
    weights = np.exp([1, 0, 2]) * [1, 0, 1]
    np.testing.assert_allclose(solution["A"], weights / weights.sum())
    assert solution["S"][1] == -np.inf
    assert all(check.ok for check in solution.checks)
    assert "-\\infty" in solution.render("markdown")


def test_masking_everything_is_refused() -> None:
    with pytest.raises(DeriveError, match="all scores are masked"):
        asked("A = softmax(where(s > 5, s, -inf))", "A").solve()


@pytest.mark.parametrize(("loss", "x", "cancel"), [
    ("sum(maximum(x, 0) - x*y + log(1 + exp(-abs(x))))", "[0, 1]", True),
    ("sum(maximum(x, 0) - x*y + log(1 + exp(-abs(x))))", "[2, 1]", False),
    ("sum(softplus(x) - x*y)", "[0, 1]", False),
    ("sum(relu(x) - relu(-x))", "[3, 0]", True),
    ("sum(relu(x) + abs(x))", "[3, 0]", False),     # a kink is left
    ("sum(relu(x)*abs(x))", "[3, 0]", False),       # smooth, and its slope 0 is found
])
def test_kinks_that_cancel_are_warned_of(loss: str, x: str, cancel: bool) -> None:
    solution = Question.from_text(f"given: {{x: {x}, y: [1, 0]}}\nassume: []\nmodel: L = {loss}\n"
                           "parts: [{find: dL/dx}]").solve()
    said = [s.text for s in solution.solved.noticed if "cancel" in s.text]
    assert len(said) == cancel
    assert "second" not in solution.render("latex")
