"""Derivatives with other quantities held fixed: an LSTM, a GRU, and finite differences by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from derive.api import Question
from derive.errors import DeriveError, QuestionError
from derive.solution import oracle
from derive.syntax.write_text import write

GATED = """
index: {t: 1..3}
given: {u: 1/2, v: 2, w: -1, c: {0: 1}, x: [1, 2, -1]}
model: |
  f[t] = sigmoid(u*c[t-1] + x[t])
  g[t] = tanh(w*c[t-1] + v)
  c[t] = f[t]*c[t-1] + g[t]
  L = c[3]**2 + c[1]*u
parts: [{find: [%s], holding: [%s]}]
"""
U, V, W, X = 0.5, 2.0, -1.0, (None, 1.0, 2.0, -1.0)


def cell(c: float, t: int, f: float | None = None, g: float | None = None, u: float = U) -> float:
    f = 1 / (1 + np.exp(-(u * c + X[t]))) if f is None else f   # type: ignore[operator]
    return f * c + (np.tanh(W * c + V) if g is None else g)


def gates(c: float, t: int) -> tuple[float, float]:
    return 1 / (1 + np.exp(-(U * c + X[t]))), np.tanh(W * c + V)    # type: ignore[operator]


def solved(wanted: str, held: str, **chosen: Any) -> Any:
    solution = Question.from_text(GATED % (wanted, held)).solve(**chosen)
    assert [c for c in solution.checks if not c.ok] == []
    return solution


def slope(f: Any, x: float) -> float:
    return float((f(x + 1e-6) - f(x - 1e-6)) / 2e-6)


C1 = cell(1.0, 1)
C2 = cell(C1, 2)
WANTED: dict[tuple[str, str], float] = {
    ("dc[2]/dc[1]", '"f[2]", "g[2]"'): gates(C1, 2)[0],
    ("dc[2]/dc[1]", '"f[2]"'): slope(lambda c: cell(c, 2, f=gates(C1, 2)[0]), C1),
    ("dc[2]/dc[1]", "g"): slope(lambda c: cell(c, 2, g=gates(C1, 2)[1]), C1),
    ("dc[3]/dc[1]", '"f[2]"'): slope(lambda c: cell(cell(c, 2, f=gates(C1, 2)[0]), 3), C1),
    ("dc[3]/dc[1]", '"c[2]"'): 0.0,
    ("dL/du", '"c[2]"'): slope(lambda u: cell(C2, 3, u=u) ** 2 + u * cell(1.0, 1, u=u), U),
    ("dL/dc[2]", "g, f"): 2 * cell(C2, 3) * gates(C2, 3)[0],
}


@pytest.mark.parametrize(("asked", "expected"), WANTED.items(), ids=lambda v: str(v))
@pytest.mark.parametrize("layout", ["gradient", "jacobian"])
def test_value_is_that_of_finite_differences_with_the_rest_fixed(
        asked: tuple[str, str], expected: float, layout: str) -> None:
    wanted, held = asked
    (key,) = (k for k in solved(f'"{wanted}"', held, layout=layout).values if " | " in k)
    assert key == f"{wanted} | {held}".replace('"', "")
    np.testing.assert_allclose(solved(f'"{wanted}"', held)[key], expected, rtol=1e-7, atol=1e-9)


def test_total_and_held_derivative_stand_side_by_side() -> None:
    text = GATED % ('"dc[2]/dc[1]"', "f, g")
    both = text + '  \n'
    both = both.replace("parts: [", 'parts: [{find: "dc[2]/dc[1]"}, ')
    solution = Question.from_text(both).solve()
    assert [c for c in solution.checks if not c.ok] == []
    np.testing.assert_allclose(solution["dc[2]/dc[1] | f, g"], gates(C1, 2)[0])
    np.testing.assert_allclose(solution["dc[2]/dc[1]"], slope(lambda c: cell(c, 2), C1), rtol=1e-7)
    assert solution.derivation("dc[2]/dc[1] | f, g")


def test_a_letter_on_both_sides_stands_for_every_position() -> None:
    solution = solved('"dc[t]/dc[t-1]"', '"f[t]", "g[t]"')
    states = [1.0, C1, C2]
    for t in (1, 2, 3):
        key = f"dc[{t}]/dc[{t - 1}] | f[{t}], g[{t}]"
        np.testing.assert_allclose(solution[key], gates(states[t - 1], t)[0])


def test_without_numbers_the_answer_is_the_gate() -> None:
    text = GATED % ('"dc[t]/dc[t-1]"', '"f[t]", "g[t]"')
    text = text.replace("1..3", "1..T").replace("c[3]", "c[T]").replace(
        "given: {u: 1/2, v: 2, w: -1, c: {0: 1}, x: [1, 2, -1]}",
        "symbols: {u: scalar, v: scalar, w: scalar, 'c[t]': scalar, 'x[t]': scalar}")
    solution = Question.from_text(text).solve()
    assert [c for c in solution.checks if not c.ok] == []
    (step,) = solution.derivation("dc[t]/dc[t-1] | f[t], g[t]")
    assert write(step.lines[-1].right) == "f[t]"


def test_a_bar_says_what_is_held() -> None:
    text = solved('"dc[2]/dc[1]"', '"f[2]", "g[2]"').render("latex")
    assert r"\left.\frac{\partial c_{2}}{\partial c_{1}}\right|_{f_{2}, g_{2}}" in text


def test_a_way_that_is_forgotten_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle, "is_held", lambda member, held: False)
    solution = Question.from_text(GATED % ('"dc[2]/dc[1]"', "f, g")).solve()
    assert {c.kind for c in solution.checks if not c.ok} == {"line"}


REFUSED = {
    "the bottom": ('"dc[2]/dc[1]"', '"c[1]"', "`c` is held, but it is what moves"),
    "all of it": ('"dc[2]/dc[1]"', "c", "`c` is held, but it is what moves"),
    "a value": ("c", "f", "only whole derivatives"),
    "a derivative": ('"dc[2]/dc[1]"', '"dL/du"', "cannot be held"),
    "a loose letter": ('"dc[2]/dc[1]"', '"f[t]"', "`t` has no position here"),
    "an unknown name": ('"dc[2]/dc[1]"', '"q[2]"', "unknown name `q`"),
    "out of range": ('"dc[2]/dc[1]"', '"f[7]"', "out of range"),
}


@pytest.mark.parametrize(("wanted", "held", "message"), REFUSED.values(), ids=list(REFUSED))
def test_refused_by_name(wanted: str, held: str, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        Question.from_text(GATED % (wanted, held))
    assert message in str(caught.value)


def test_holding_alone_says_nothing() -> None:
    with pytest.raises(QuestionError, match="it goes with `find`"):
        Question.from_text("given: {x: 1}\nmodel: y = x\nparts: [{holding: x}]")


@pytest.mark.parametrize("more", ["as: E", "form: closed"])
def test_what_does_not_go_with_it_is_refused(more: str) -> None:
    text = (GATED % ('"dc[2]/dc[1]"', "f, g")).replace("parts: [{", f"parts: [{{{more}, ")
    with pytest.raises(QuestionError, match="does not go with `holding`"):
        Question.from_text(text)


def test_too_many_ways_are_refused_with_a_remedy() -> None:
    lines = "\n".join(f"  a{k + 1} = sin(a{k}) + cos(a{k})*a{k}\n  b{k + 1} = a{k}*b{k}"
                      for k in range(12))
    head = "given: {a0: 1, b0: 2, q: 1}\nmodel: |"
    text = f"{head}\n{lines}\n  L = a12*b12 + q*b3\nparts: [{{find: dL/da0, holding: q}}]"
    with pytest.raises(DeriveError, match="hold more"):
        Question.from_text(text).solve()
