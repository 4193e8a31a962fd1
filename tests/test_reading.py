"""What a strict reader would object to: letters that mean two things, orders nobody writes."""

from __future__ import annotations

import pytest

from derive.api import Question, Solution

QUADRATIC = """
given: {A: [[2, 1], [0, 3]], x: [1, -2], b: [1, 1]}
model: |
  f = 1/2*(x.T @ A @ x) - b.T @ x
parts:
  - {label: a, find: [df/dx, df/dA]}
"""
RIDGE = """
symbols: {X: n x d, w: d, y: n, lambda_: scalar, n: dimension, d: dimension}
model: |
  J = 1/(2*n)*sum((X @ w - y)**2) + lambda_*sum(w**2)
parts:
  - {label: a, find: dJ/dw}
"""
TIED = """
symbols: {W: n x m, x: m, n: dimension, m: dimension}
model: |
  h = sigmoid(W @ x)
  r = W.T @ h
  L = 1/2*sum((x - r)**2)
parts:
  - {label: a, find: dL/dW}
"""
SIZE_K = """
symbols: {X: N x d, W: d x h, V: h x k, Y: N x k, N: dimension, d: dimension, h: dimension,
          k: dimension}
assume: ["sum(Y, axis=1) == 1"]
model: |
  H = sigmoid(X @ W)
  P = softmax(H @ V)
  L = mean(cross_entropy(Y, P))
parts:
  - {label: a, find: [dL/dV, dL/dW]}
"""
ATTENTION = """
index: {s: 1..2, t: 1..3}
given:
  q: [[1, 0], [0, 1]]
  k: [[1, 1], [0, 1], [1, -1]]
model: |
  e[s, t] = q[s] @ k[t]
  L = sum(sum(exp(e[s, t]), t), s)
parts:
  - {label: a, find: e}
  - {label: b, find: ["dL/dq[1]"]}
"""
LONG = """
index: {t: 1..9}
given: {w: 1/2, x: [1, 0, 2, 0, 1, 0, 3, 0, 1], h: {0: 0}}
model: |
  h[t] = w*h[t-1] + x[t]
parts:
  - {label: a, find: h}
"""
GATES = """
index: {t: 1..2}
given: {u: 1/2, v: 1/3, x: [1, 2], h: {0: 0}, c: {0: 1}}
model: |
  f[t] = sigmoid(u*x[t])
  c[t] = f[t]*c[t-1] + x[t]
  o[t] = sigmoid(v*c[t])
  h[t] = o[t]*tanh(c[t])
parts:
  - {label: a, find: [c, h]}
"""
VECTOR = """
given: {W: [[1, 2], [0, 1]], x: [1, -1], y: [1, 0]}
model: |
  h = tanh(W @ x)
  e = (h - y)**2
parts:
  - {label: a, find: [de/dh, de/dx, de/dW]}
"""
NORM = """
symbols: {x: n, n: dimension}
model: |
  mu = mean(x)
  v = mean((x - mu)**2)
  z = (x - mu)/sqrt(v)
parts:
  - {label: a, find: dz/dx}
"""


def solved(text: str) -> Solution:
    return Question.from_text(text).solve()


@pytest.mark.parametrize(("text", "formula"), [
    (QUADRATIC, r"\frac{\partial f}{\partial x} &= \tfrac{1}{2} A x + \tfrac{1}{2} A^{\top} x - b"),
    (QUADRATIC, r"\frac{\partial f}{\partial A} &= \tfrac{1}{2} x x^{\top}"),
    (RIDGE, r"\boxed{\frac{1}{n} X^{\top} (X w - y) + 2 \lambda w}"),
    (TIED, r"h \left(\frac{\partial L}{\partial r}\right)^{\top}"),
    (VECTOR, r"\mathbf{e}_{k}"),
])
def test_factors_stand_in_the_order_people_write(text: str, formula: str) -> None:
    assert formula in solved(text).render("markdown")


@pytest.mark.parametrize("text", [SIZE_K, VECTOR, NORM])
def test_every_line_holds(text: str) -> None:
    assert all(check.ok for check in solved(text).checks)


def test_letters_of_entries_are_no_sizes() -> None:
    page = solved(SIZE_K).render("markdown")
    assert r"_{i,j}" in page
    assert ",k}" not in page


def test_gradients_add_up_over_readers_not_over_steps() -> None:
    page = solved(ATTENTION).render("markdown")
    assert "$`q_{s}`$ enters $`e_{s,t}`$ for every $`t`$, so its gradients add up" in page


def test_every_value_asked_for_is_given_where_the_working_is_left_out() -> None:
    page = solved(LONG).render("markdown")
    assert "In the same way" in page
    assert all(f"h_{{{t}}} &" in page or f"h_{{{t}}} =" in page for t in range(1, 10))


def test_all_of_one_position_stands_together() -> None:
    page = solved(GATES).render("markdown")
    assert page.count("**$`t = 1`$**") == page.count("**$`t = 2`$**") == 1


def test_a_few_numbers_are_summed_in_brackets() -> None:
    text = "given: {x: [1, 2, 3]}\nmodel: |\n  s = sum(x**2)\nparts:\n  - {find: s}\n"
    assert "(1 + 4 + 9)" in solved(text).render("markdown")


@pytest.mark.parametrize(("model", "sign"), [
    ("s = 4.1*v", "≈"),     # 102.5 is 100 to two digits
    ("s = [0.83, 0.17] - [0.69, v/1000 + 0.004]", "≈"),     # 0.14, and 0.141 that becomes 0.14
])
def test_rounded_numbers_are_carried_and_said_to_be_rounded(model: str, sign: str) -> None:
    text = f"given: {{v: 25}}\nmodel: |\n  {model}\nparts:\n  - {{find: s}}\n"
    solution = Question.from_text(text).solve(carry="rounded", digits=2)
    assert all(check.ok for check in solution.checks)
    assert solution.solved.parts[0].steps[-1].lines[-1].relation == sign
