"""With T a symbol: recurrence, base case and sum stand there, and hold at every length.

The adjoint equations are derived once, without numbers; put at T = 1..4 they have to give what a
backpropagation written by hand gives, what the unrolled graph gives, and what moving an input by
an imaginary step gives.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from bptt import bptt
from conftest import ROOT

import derive
from derive.calculus.adjoint import adjoint
from derive.expr.integers import named
from derive.expr.nodes import Expr, Partial, Range, Reduce, Symbol
from derive.expr.walk import refs, walk
from derive.numbers.solve import solve
from derive.solution.numeric import adjoint_values, derivative_value, stores_of
from derive.solution.solver import Solver
from derive.solution.step import Line
from derive.solution.trials import Trial, trials_of
from derive.solution.unrolled import Unrolled

RNN = """\
index: {t: 1..T}
symbols: {W: n x n, U: n x m, V: p x n, b: n, c: p, 'x[t]': m, 'y[t]': p, 'h[t]': n}
ASSUME
model: |
  hbar[t] = W @ h[t-1] + U @ x[t] + b
  h[t] = tanh(hbar[t])
  yhat[t] = softmax(V @ h[t] + c)
  l[t] = cross_entropy(y[t], yhat[t])
  L = mean(l[t], t)
parts:
  - {find: [dL/dW, dL/dU, dL/dV, dL/db, dL/dc, "dL/dh[t]", "dL/dh[0]", "dL/dx[t]"]}
"""
WITH_FACT = RNN.replace("ASSUME", "assume: sum(y[t]) == 1")
WITHOUT = RNN.replace("ASSUME\n", "")
SYMBOLIC = sorted((ROOT / "tests" / "questions").glob("symbolic_*.yaml"))
T, t = named("T"), named("t")


@cache
def solution() -> derive.Solution:
    return derive.Question.from_text(WITH_FACT, "rnn").solve()


@cache
def trials(text: str) -> tuple[Trial, ...]:
    return trials_of(Solver(derive.Question.from_text(text, "rnn").source))


def lines(key: str) -> dict[Range | None, Expr]:
    """The right sides of a formula by the range of t on which they hold."""
    found: tuple[Line, ...] = solution().solved.formulas[key]
    return {dict(line.where).get("t"): line.right for line in found}


def derivatives(expr: Expr) -> set[tuple[str, Any]]:
    return {(r.bottom.name, r.bottom.index) for r in refs(expr) if isinstance(r, Partial)}


# what stands there


def test_the_recurrence_and_its_base_case() -> None:
    cases = lines("dL/dh[t]")
    assert derivatives(cases[Range((T,), (T,))]) == {("o", (t,))}
    assert derivatives(cases[Range((1,), (T - 1,))]) == {("o", (t,)), ("hbar", (t + 1,))}
    assert derivatives(cases[Range((0,), (0,))]) == {("hbar", (t + 1,))}
    assert len(cases) == 3


@pytest.mark.parametrize(("weight", "through", "reads"), [
    ("W", "hbar", ("h", t - 1)), ("U", "hbar", ("x", t)), ("b", "hbar", None)])
def test_a_weight_collects_a_sum_over_time(weight: str, through: str, reads: Any) -> None:
    (total,) = lines(f"dL/d{weight}").values()
    assert isinstance(total, Reduce)
    assert (total.kind, total.index, total.range) == ("sum", "t", Range((1,), (T,)))
    assert derivatives(total.body) == {(through, (t,))}
    read = {(r.name, r.index[0]) for r in refs(total.body) if isinstance(r, Symbol)}
    assert read == ({reads} if reads else set())


@pytest.mark.parametrize(("weight", "reads"), [("V", {"yhat", "y", "h"}), ("c", {"yhat", "y"})])
def test_a_weight_above_the_recurrence_is_put_together(weight: str, reads: set[str]) -> None:
    (whole,) = lines(f"dL/d{weight}").values()
    (total,) = (part for part in walk(whole) if isinstance(part, Reduce))
    assert (total.kind, total.index, total.range) == ("sum", "t", Range((1,), (T,)))
    assert not derivatives(whole)
    assert {(r.name, r.index) for r in refs(whole) if isinstance(r, Symbol)} == {
        (name, (t,)) for name in reads}


def test_nothing_is_unrolled() -> None:
    longest = max(sum(1 for _ in walk(line.right))
                  for found in solution().solved.formulas.values() for line in found)
    assert longest < 30
    assert not solution().values


@pytest.mark.parametrize("format_name", ["latex", "markdown", "json"])
def test_the_page_says_it(format_name: str) -> None:
    text = solution().render(format_name)
    for held in (r"\sum_{t=1}^{T}", r"\frac{\partial L}{\partial \bar{h}_{t+1}}", "t = T",
                 r"1, \ldots, T-1"):
        assert held in text.replace(r"\\", "\\")


# whether it holds


def numbers(trial: Trial, length: int) -> dict[str, Any]:
    """What a trial drew, as the script by hand wants it."""
    given = {ref: np.asarray(v, dtype=float) for ref, v in trial.oracle.given.items()}
    one = {ref.name: v for ref, v in given.items() if isinstance(ref, Symbol) and not ref.index}
    at = {(ref.name, ref.index): v for ref, v in given.items() if isinstance(ref, Symbol)}
    steps = range(1, length + 1)
    return one | {"h0": at["h", (0,)], "x": np.array([at["x", (k,)] for k in steps]),
                  "y": np.array([at["y", (k,)] for k in steps])}


@pytest.mark.parametrize("text", [WITH_FACT, WITHOUT], ids=["sum y = 1", "any y"])
@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_at_a_length_it_is_backpropagation_by_hand(length: int, text: str) -> None:
    trial = trials(text)[length - 1]
    assert trial.env["T"] == length
    slopes = bptt(numbers(trial, length))
    loss = Symbol("L", (), ())
    for name in "WUVbc":
        ours = trial.swept(loss, Symbol(name, (), trial.families[name].shape))
        np.testing.assert_allclose(ours, slopes[name], rtol=1e-10, atol=1e-13)
    for k in range(length + 1):
        ours = trial.swept(loss, Symbol("h", (k,), trial.families["h"].shape))
        np.testing.assert_allclose(ours, slopes["h"][k], rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("path", SYMBOLIC, ids=lambda p: p.stem)
def test_every_symbolic_file_agrees_with_its_unrolled_graph(path: Any) -> None:
    found = trials_of(Solver(derive.load(path).source))
    assert [trial.env.get("T", k + 1) for k, trial in enumerate(found)] == [1, 2, 3, 4]
    for trial in found:
        for top, bottom in asked(trial):
            ours = trial.swept(top, bottom)
            np.testing.assert_allclose(ours, trial.oracle.total(top, bottom), atol=1e-9)
            if not top.shape:
                np.testing.assert_allclose(
                    ours, Unrolled(trial.oracle).gradient(top, bottom), atol=1e-9)


def asked(trial: Trial) -> list[tuple[Symbol, Symbol]]:
    requests = [r for part in trial.solver.question.parts for r in part.requests]
    return [pair for r in requests if r.bottom is not None
            for pair in trial.members(r.top, r.bottom)]


@pytest.mark.parametrize("length", [1, 2, 7, 30])
def test_one_derivation_serves_every_length(length: int) -> None:
    """The sweep of the model with T a symbol, at longer T than any trial, with new numbers."""
    solver = Solver(derive.Question.from_text(WITH_FACT, "rnn").source)
    sweep = adjoint(solver.named, Symbol("L", (), ()), frozenset("WUVbc"), solver.fusions)
    env = {"T": length, "n": 3, "m": 2, "p": 4}
    p = drawn(length)
    forward = solve(solver.named.put(env).equations, stores_of(as_given(p)), env)
    values = adjoint_values(sweep.put(env), forward)
    slopes = bptt(p)
    for name in "WUVbc":
        ours = derivative_value(sweep.put(env), values, Symbol(name, (), p[name].shape))
        np.testing.assert_allclose(ours, slopes[name], rtol=1e-9, atol=1e-12)


def drawn(length: int) -> dict[str, Any]:
    rng = np.random.default_rng(length)
    shapes = {"W": (3, 3), "U": (3, 2), "V": (4, 3), "b": (3,), "c": (4,), "h0": (3,)}
    p = {name: rng.uniform(-1, 1, shape) for name, shape in shapes.items()}
    return p | {"x": rng.uniform(-1, 1, (length, 2)),
                "y": np.eye(4)[rng.integers(0, 4, length)]}


def as_given(p: dict[str, Any]) -> dict[str, Any]:
    from derive.question.question import Given

    found = {name: Given(name, {(): p[name]}) for name in "WUVbc"}
    series = {name: Given(name, {(k + 1,): row for k, row in enumerate(p[name])}) for name in "xy"}
    return found | series | {"h": Given("h", {(0,): p["h0"]})}
