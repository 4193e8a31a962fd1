"""``bound``: bounds that hold, bounds that are refused, and inequalities that are caught lying."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import derive
from derive.errors import DeriveError
from derive.expr.build import mul, number
from derive.expr.nodes import Expr, Literal
from derive.solution.checks import checks_of
from derive.solution.solver import Solver
from derive.solution.step import INEQUALITIES, Line, Step, deep, statements
from derive.syntax.write_text import write

HEAD = """index: {t: 1..T}
symbols: {W: n x n, U: n x m, 'x[t]': m, 'h[t]': n, 'c[t]': n, 's[t]': scalar, w: scalar, v: n,
          n: dimension, T: length}
"""


def solved(model: str, asked: str) -> derive.Solution:
    return derive.Question.from_text(f"{HEAD}model: |\n  {model}\nparts: [{{bound: \"{asked}\"}}]"
                                     ).solve()


def lines_of(solution: derive.Solution) -> list[tuple[Expr, Line]]:
    steps = deep(solution.solved.parts[0].steps)
    return [pair for step in steps for pair in statements(step.lines)]


@pytest.mark.parametrize(("model", "asked", "each"), [
    ("h[t] = tanh(W @ h[t-1] + U @ x[t])", "dh[T]/dh[0]", "sigma_max(W)"),
    ("h[t] = sigmoid(W @ h[t-1])", "dh[T]/dh[0]", "1/4 * sigma_max(W)"),
    ("h[t] = W.T @ relu(W @ h[t-1])", "dh[T]/dh[0]", "sigma_max(W)**2"),
    ("h[t] = h[t-1] + 1/2*tanh(W @ h[t-1])", "dh[T]/dh[0]", "1/2 * sigma_max(W) + 1"),
    ("h[t] = w*h[t-1] + sigmoid(x[t] @ U.T)*h[t-1]", "dh[T]/dh[0]", "norm(w) + 1"),
    ("h[t] = tanh(v*h[t-1])", "dh[T]/dh[0]", "norm(diag(v), 2)"),
    ("s[t] = v @ tanh(v*s[t-1])", "ds[T]/ds[0]", "norm(v)**2"),
    ("s[t] = sigmoid(w*s[t-1])", "ds[T]/ds[0]", "1/4 * norm(w)"),
    ("s[t] = w*s[t+1]", "ds[1]/ds[T]", "norm(w)"),
])
def test_the_bound_of_one_step(model: str, asked: str, each: str) -> None:
    solution = solved(model, asked)
    assert [c for c in solution.checks if not c.ok] == []
    rights = [write(line.right) for _, line in lines_of(solution)]
    assert each in rights


@pytest.mark.parametrize(("model", "message"), [
    ("h[t] = exp(W @ h[t-1])", "the slope of exp has no bound"),
    ("h[t] = (1 - sigmoid(W @ h[t-1]))*h[t-1]", r"nothing is known of how large `h\[t-1\]`"),
    ("h[t] = tanh(W @ h[t-1] + h[t-2])", "comes from|leads to"),
    ("h[t] = tanh(c[t])\n  c[t] = c[t-1] + W @ h[t-1]", "`c` is carried along beside `h`"),
    ("h[t] = softmax(W @ h[t-1])", "has no bound"),
    ("h[t] = U @ x[t]", "does not depend"),
])
def test_what_has_no_bound_is_refused_by_name(model: str, message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        solved(model, "dh[T]/dh[0]")


@pytest.mark.parametrize(("typed", "message"), [
    ("dL/dh[0]", "unknown name `L`"), ("dh[T]/dc[0]", "is not how a state depends"),
    ("h[T]", "is not how a state depends"), ("dW/dW", "has no index to go along"),
])
def test_what_is_no_bound_is_refused_with_its_place(typed: str, message: str) -> None:
    with pytest.raises(DeriveError, match=f"^question:.*{message}"):
        solved("h[t] = tanh(W @ h[t-1])\n  c[t] = h[t]", typed)


def test_a_forward_state_does_not_come_before_itself() -> None:
    with pytest.raises(DeriveError, match=r"does not come after|does not depend|out of range"):
        derive.Question.from_text(
            "index: {t: 1..3}\ngiven: {w: 2, s: {0: 1}}\nmodel: s[t] = w*s[t-1]\n"
            "parts: [{bound: 'ds[1]/ds[2]'}]").solve()


def test_numbers_agree_with_numpy() -> None:
    weights = np.array([[0.9, 0.3], [-0.2, 0.8]])
    text = ("index: {t: 1..6}\ngiven: {W: [[0.9, 0.3], [-0.2, 0.8]], h: {0: [0.5, -0.5]}}\n"
            "model: h[t] = tanh(W @ h[t-1])\nparts: [{bound: 'dh[6]/dh[0]'}]")
    shown = [float(line.right.values) for _, line in
             lines_of(derive.Question.from_text(text).solve())
             if isinstance(line.right, Literal) and not line.right.shape]
    state, product = np.array([0.5, -0.5]), np.eye(2)
    for _ in range(6):
        state = np.tanh(weights @ state)
        product = np.diag(1 - state ** 2) @ weights @ product
    largest = np.linalg.norm(weights, 2)
    np.testing.assert_allclose(shown[:2], [largest, largest ** 6])
    np.testing.assert_allclose(shown[2:], [np.linalg.norm(product, 2), largest ** 6])


def test_a_bound_that_does_not_hold_is_caught() -> None:
    solution = solved("h[t] = tanh(W @ h[t-1])", "dh[T]/dh[0]")
    solver = Solver(solution.source)
    (part,) = solution.solved.parts
    steps = tuple(replace(step, lines=tuple(map(_too_small, step.lines))) for step in part.steps)
    found = checks_of(solver, [replace(part, steps=steps)])
    assert any(c.kind == "line" and not c.ok for c in found)


def _too_small(line: Line) -> Line:
    if line.relation not in INEQUALITIES or write(line.right) != "sigma_max(W)":
        return line
    return replace(line, right=mul(number(Fraction(1, 100)), line.right))


@pytest.mark.parametrize(("relation", "left", "right", "holds"), [
    ("<=", 1, 1, True), ("<=", 2, 1, False), ("<", 1, 1, False), ("<", 1, 2, True),
    (">=", 2, 1, True), (">=", 1, 2, False), (">", 2, 1, True), (">", 1, 1, False),
])
def test_an_inequality_is_judged_as_one(relation: str, left: int, right: int, holds: bool) -> None:
    solution = solved("h[t] = tanh(W @ h[t-1])", "dh[T]/dh[0]")
    (part,) = solution.solved.parts
    step = Step("x", "bound", (Line("symbolic", number(left), relation, number(right)),))
    found = checks_of(Solver(solution.source), [replace(part, steps=(step,))])
    assert next(c.ok for c in found if c.kind == "line") == holds


def test_what_follows_an_inequality_compares_with_what_it_goes_on_from() -> None:
    one, two, three = map(number, (1, 2, 3))
    lines = (Line("symbolic", one, "<=", two), Line("symbolic", None, "=", two),
             Line("symbolic", None, "<=", three))
    assert [write(left) for left, _ in statements(lines)] == ["1", "2", "2"]
    equal = (Line("symbolic", one, "=", two), Line("symbolic", None, "=", two))
    assert [write(left) for left, _ in statements(equal)] == ["1", "1"]
