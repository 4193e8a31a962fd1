"""Checks from Python and the shell: right answers pass in every form, slips are named."""

from __future__ import annotations

import doctest
import json
import re
import shlex
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from click.testing import CliRunner
from conftest import ROOT

import derive
from derive.cli import main
from derive.expr.nodes import Expr
from derive.marking.mutations import MUTATIONS
from derive.marking.slips import SLIPS
from derive.marking.verdict import NOTIONS
from derive.solution.solve import refs_of
from derive.solution.solver import Solver
from derive.syntax.write_text import declaring, write

FILES = sorted([*(ROOT / "tests" / "questions").glob("*.yaml"),
                *(entry.path for entry in derive.catalogue() if entry.kind == "question")])
LONG = {"long_rnn"}


@cache
def question(name: str) -> derive.Question:
    found = derive.load(name)
    assert isinstance(found, derive.Question)
    return found


@cache
def solved(name: str) -> derive.Solution:
    return question(name).solve()


def to_digits(values: Any, digits: int = 3) -> Any:
    return np.vectorize(lambda v: float(f"{v:.{digits}g}"))(values)


@pytest.mark.parametrize("path", [p for p in FILES if p.stem not in LONG], ids=lambda p: p.stem)
def test_own_values_are_right_in_every_form_and_a_changed_digit_is_not(path: Path) -> None:
    """Values of the sweep are judged by the complex step."""
    asked = question(str(path))
    solver = Solver(asked.source)
    if not solver.numeric:
        return
    refs = refs_of(solver)
    keys = list(refs)
    derivatives = [key for key in keys if "/" in key]
    for key in dict.fromkeys([*derivatives[-1:], *keys[-1:]]):
        values = np.asarray(solver.float(refs[key]), dtype=float)
        for form in forms_of(values):
            verdict = asked.check(key, form)
            assert verdict, (key, str(verdict))
            assert verdict.notion in NOTIONS
            assert not verdict.slip
        if np.any(values):
            changed = values.copy()
            changed[np.unravel_index(np.argmax(np.abs(values)), values.shape)] *= 1.004
            verdict = asked.check(key, changed)
            assert not verdict, key
            assert len(verdict.entries) == 1


def forms_of(values: Any) -> list[Any]:
    rounded = to_digits(values)
    forms = [values, values.tolist(), rounded, str(rounded.tolist())]
    if values.ndim == 2:
        forms.append(sympy.Matrix(values))
    if values.ndim == 1:
        forms += [values[:, None], values[None, :], sympy.Matrix(values)]
    return forms


V = r"\frac{1}{3} \sum_{t=0}^{2} (\hat{y}_t - y_t) h_t^\top"
FORMULAS = [
    ("q3", "dL/dV", "mean(outer(yhat[t] - y[t], h[t]), t)"),
    ("q3", "dL/dV", V),
    ("q3", "dL/dV", rf"\frac{{\partial L}}{{\partial V}} = {V}"),
    ("q3", "dL/dh[t]", "V.T @ (yhat[t]-y[t])/3 + W.T @ ((1 - h[t+1]**2)*(dL/dh[t+1]))"),
    ("q3", "dL/dh[2]", "V.T @ (yhat[2] - y[2])/3"),
    ("q3", "h[t]", "tanh(W @ h[t-1] + U @ x[t] + b)"),
    ("q3", "h[1]", r"\begin{pmatrix} -0.620 \\ 0.444 \\ -0.979 \end{pmatrix}"),
    ("q3", "L", r"2.014"),
    ("q3", "l[0]", "-log(yhat[0][2])"),
    ("q3", "dL/do[t]", "(yhat[t] - y[t])/3"),
    ("scalar_rnn", "dL/dw_h", "8"),
    ("softmax_cross_entropy", "dL/dz", "p - t"),
    ("softmax_cross_entropy", "dL/dz", "p[i] - t[i]"),
    ("softmax_cross_entropy", "dL/dz", "p*sum(t) - t"),
]


def quantities() -> list[tuple[str, str, str]]:
    """Keep those of built-in questions that have such names."""
    kept = []
    for name, quantity, answer in FORMULAS:
        try:
            from derive.marking.target import read_target

            read_target(question(name).source, quantity)
        except derive.DeriveError:
            continue
        kept.append((name, quantity, answer))
    return kept


def test_formulas_are_about_quantities_that_there_are() -> None:
    assert len(quantities()) > 9


@pytest.mark.parametrize(("name", "quantity", "answer"), quantities())
def test_formula_is_right(name: str, quantity: str, answer: str) -> None:
    verdict = question(name).check(quantity, answer)
    assert verdict, str(verdict)


SYMBOLIC = ["symbolic_softmax", "symbolic_mlp", "symbolic_rnn", "closed_bptt", "closed_scalar"]


@pytest.mark.parametrize("name", SYMBOLIC)
def test_formulas_of_a_solution_are_right_as_text_and_in_sympy(name: str) -> None:
    path = str(ROOT / "tests" / "questions" / f"{name}.yaml")
    judged = 0
    for key, lines in solved(path).solved.formulas.items():
        if "/" not in key or len(lines) > 1 or lines[0].where or _has_helpers(key, path):
            continue
        for answer in (_text(lines[0].right, path), solved(path).sympy(key)):
            if answer is not None and _speaks_of_the_model(lines[0].right, path):
                judged += 1
                verdict = question(path).check(key, answer)
                assert verdict or "=" in str(answer), (key, str(answer), str(verdict))
    assert judged


def _has_helpers(key: str, path: str) -> bool:
    """Leave out derivatives by quantities that the engine has named."""
    from derive.marking.target import read_target

    try:
        read_target(question(path).source, key)
    except derive.DeriveError:
        return True
    return False


def _speaks_of_the_model(expr: Expr, path: str) -> bool:
    from derive.expr.nodes import Partial
    from derive.expr.walk import refs

    names = {n for r in refs(expr) for n in (
        (r.top.name, r.bottom.name) if isinstance(r, Partial) else (r.family,))}
    return names <= set(question(path).source.families)


def _text(expr: Expr, path: str) -> str:
    """Write it as the JSON of the solution does."""
    with declaring(question(path).source.indices):
        return write(expr)


h1, gradient = "h[1]", "dL/dV"
SLIPS_MADE = [
    (gradient, lambda s: -s[gradient], "sign"),
    (gradient, lambda s: s[gradient].T, "transpose"),
    (gradient, lambda s: 3 * s[gradient], "factor"),
    (gradient, lambda s: to_digits(s[gradient] / 3), "factor"),
    (gradient, lambda s: 2 * s[gradient], "factor"),
    (gradient, lambda s: s["dL/dU"], "another quantity"),
    (gradient, lambda s: s[gradient][:, [1, 0, 2]][[0, 1, 2]][::-1], ""),
    (gradient, lambda s: 1.37 * s[gradient], "constant factor"),
    (gradient, lambda s: s[gradient] + 0.5, "constant added"),
    ("L", lambda s: s["L"] / np.log(10), "logarithm"),
    ("L", lambda s: s["L"] / np.log(2), "logarithm"),
    ("L", lambda s: 3 * s["L"], "factor"),
    ("L", lambda s: 2.02, "rounded too early"),
    ("L", lambda s: (s["l[0]"] + s["l[1]"]) / 3, "missing step"),
    ("L", lambda s: "2e0", "too few digits"),
    (h1, lambda s: s["h[0]"], "another step"),
    (h1, lambda s: s["hbar[1]"], "missing function"),
    (h1, lambda s: s[h1][[1, 0, 2]], "swapped entries"),
    (h1, lambda s: s[h1] * [1, -1, 1], "sign of an entry"),
    (h1, lambda s: np.tanh(s["hbar[1]"] - [0, 1, -1]), "missing term"),
    (h1, lambda s: s[h1][:2], "shape"),
    ("dL/dh[1]", lambda s: "V.T @ (yhat[1] - y[1])/3", "missing term"),
    ("dL/dh[1]", lambda s: "V.T @ (yhat[1]-y[1])/3 + W @ ((1-h[2]**2)*(dL/dh[2]))",
     "transpose of a factor"),
    ("dL/dh[1]", lambda s: "V.T @ (yhat[1]-y[1])/3 - W.T @ ((1-h[2]**2)*(dL/dh[2]))",
     "sign of a term"),
    ("dL/dh[1]", lambda s: "V.T @ (yhat[1]-y[1])/3 + W.T @ (dL/dh[2])", "missing factor"),
    ("h[t]", lambda s: "tanh(W @ h[t-1] + U @ x[t])", "missing term"),
    ("h[t]", lambda s: "W @ h[t-1] + U @ x[t] + b", "missing function"),
    ("h", lambda s: {0: s["h[0]"], 1: s["h[1]"]}, "missing members"),
    ("dL/dc", lambda s: "mean(yhat[t] - y[t]**2, t)", "given numbers"),
]


@pytest.mark.parametrize(("quantity", "slip", "name"), SLIPS_MADE)
def test_slip_is_wrong_and_named(quantity: str, slip: Any, name: str) -> None:
    verdict = question("q3").check(quantity, slip(solved("q3")))
    assert not verdict
    assert verdict.message.startswith("wrong")
    assert verdict.slip == name, str(verdict)
    assert bool(verdict.explanation) == bool(name)


NAMED = [path for path in FILES if path.stem in {
    "mlp", "lstm", "gru", "attention", "layer_norm", "small_cnn", "scalar_rnn", "bidirectional"}]


@pytest.mark.parametrize("path", NAMED, ids=lambda p: p.stem)
def test_sign_and_factor_are_named_in_any_question(path: Path) -> None:
    asked = question(str(path))
    solver = Solver(asked.source)
    key, ref = next((k, r) for k, r in reversed(refs_of(solver).items())
                    if np.any(solver.float(r)))
    values = np.asarray(solver.float(ref), dtype=float)
    assert asked.check(key, -values).slip == "sign"
    assert asked.check(key, 2 * values).slip in ("factor", "another quantity")


def test_tables_have_rows_with_names_of_their_own() -> None:
    assert len(SLIPS) > 10
    assert len({s.name for s in SLIPS}) == len(SLIPS)
    assert len({m.name for m in MUTATIONS}) == len(MUTATIONS) > 8


EQUAL = [
    ("(A @ B).T", "B.T @ A.T", "value"), ("x**2 - 1", "(x - 1)*(x + 1)", "value"),
    ("log(x**2)", "2*log(x)", "value"), ("sigmoid(-x)", "1 - sigmoid(x)", "value"),
    ("inv(A @ B)", "inv(B) @ inv(A)", "value"), ("trace(A @ B)", "trace(B @ A)", "value"),
    ("x @ A @ x", "x @ A.T @ x", "value"), ("V.T @ (p - t)", "V.T @ p - V.T @ t", "value"),
    ("1/3", "0.333", "digits"), ("x", "x", "form"), (np.eye(2), [[1, 0], [0, 1]], "value"),
    (Fraction(1, 3), "1/3", "value"),
]


@pytest.mark.parametrize(("left", "right", "notion"), EQUAL)
def test_equal(left: Any, right: Any, notion: str) -> None:
    verdict = derive.equal(left, right)
    assert verdict, str(verdict)
    assert verdict.notion == notion


UNEQUAL = [
    ("A @ B", "B @ A"), ("p - t", "p*sum(t) - t"), ("x", "x + 1e-12"), ("x", "x + 1e-30"),
    ("A", "A.T"), ("sum(x)", "x"), ("relu(x)", "x"), ("abs(x - 2)", "2 - x"), ("exp(x)", "1 + x"),
    ("1/3", "1/4"), ("1/3", "0.3334"), ("A.T @ A", "A @ A"), ("x**2", "x"),
]


@pytest.mark.parametrize(("left", "right"), UNEQUAL)
def test_unequal(left: str, right: str) -> None:
    assert not derive.equal(left, right)


def test_equal_obeys_facts_sizes_layout_and_notation() -> None:
    shapes = {"p": "n", "t": "n"}
    assert derive.equal("p - t", "p*sum(t) - t", symbols=shapes, assume="sum(t) == 1")
    assert not derive.equal("n*x", "2*x", symbols={"x": "n"})
    assert derive.equal("A", "A.T", layout="either").notion == "layout"
    assert derive.equal("A", "A.T", symbols={"A": "n x n"}, assume=["A == A.T"])
    assert derive.equal("V.T @ (p - t)", r"V^\top (\hat{y} - y)", notation={
        "p": r"\hat{y}", "t": "y"}, symbols={"V": "n x m", "p": "n", "t": "n"})
    x = sympy.Symbol("x")
    assert derive.equal("x**2 - 1", (x - 1) * (x + 1), symbols={"x": "scalar"})


MATRIX_CALCULUS = [
    ("d(x.T @ A @ x)/dx", "(A + A.T) @ x", True), ("d(x.T @ A @ x)/dx", "2*A @ x", False),
    ("d(trace(A @ A))/dA", "2*A.T", True), ("d(logdet(A))/dA", "inv(A).T", True),
    ("d(x @ x)/dx", "2*x", True), ("d(x @ x)/dx", "x", False),
]


@pytest.mark.parametrize(("left", "right", "right_answer"), MATRIX_CALCULUS)
def test_derivatives_of_expressions_are_judged(left: str, right: str, right_answer: bool) -> None:
    verdict = derive.equal(left, right, symbols={"A": "n x n", "x": "n"})
    assert bool(verdict) == right_answer, str(verdict)


def test_one_answer_leaves_no_trace_in_another() -> None:
    before = question("q3").source.reader
    assert question("q3").check("d(h[1] @ h[1])/dh[1]", "2*h[1]")
    after = question("q3").source.reader
    assert before is after
    assert after is not None
    assert not after.scope.expressions


def test_verdict_shows_itself() -> None:
    shown = question("q3").check("h[1]", [1, 1, 1])._repr_markdown_()
    assert shown.startswith("**wrong:** 3 of 3 entries differ")
    assert "| `h[1][0]` | -0.620379 | 1 |" in shown


@pytest.mark.parametrize(("left", "right", "message"), [
    ("log(x)", "log(-x)", "cannot be judged"), ("foo(x)", "x", "unknown function `foo`"),
    ("x +", "x", "cannot read this"), ("x", {1: 2}, "is no series"), ("x", None, "NoneType"),
])
def test_what_cannot_be_judged_is_refused(left: Any, right: Any, message: str) -> None:
    with pytest.raises(derive.DeriveError, match=message):
        derive.equal(left, right)


HOSTILE = ["9**9**9", "__import__('os')", "(" * 10_000, "a" * 10_000_000, "{" * 10_000,
           "\\frac" * 3_000, "[" * 500 + "]" * 500, "sum(ones(100000, 100000))", "x.__class__",
           "lambda: 1", "-" * 5_000 + "1", "1e99999", "9" * 5_000, "\0", "open('x')", "nan",
           [], [[1, 2], [3]], [1, "x"], 1j, float("nan"), float("inf"), {}, object(), "",
           "[1, 2] if 1 else 2", "h[10**9]", "matmul(h[1])"]


@pytest.mark.parametrize("answer", HOSTILE, ids=lambda a: repr(a)[:20])
def test_hostile_answer_is_refused_or_wrong(answer: Any) -> None:
    assert not passes(answer)


def passes(answer: Any) -> bool:
    try:
        return bool(question("q3").check("h[1]", answer))
    except derive.DeriveError:
        return False


def test_answer_that_repeats_the_question_is_refused() -> None:
    with pytest.raises(derive.DeriveError, match="which it is about"):
        question("q3").check("dL/dV", "dL/dV + 0")


def test_prove_returns_a_proof_or_a_counterexample() -> None:
    model = "p = softmax(z)\nL = cross_entropy(t, p)"
    proof = derive.prove("dL/dz == p - t", model=model, assume=["sum(t) == 1"])
    assert "delta" in proof.render("markdown")
    assert proof.checks
    with pytest.raises(derive.FalseClaim, match=r"sum\(t\) == 1") as caught:
        derive.prove("dL/dz == p - t", model=model)
    assert caught.value.exit_code == 2
    assert derive.prove("df/dx == (A + A.T) @ x", model="f = x @ A @ x")


def test_verdict_is_frozen_and_has_json() -> None:
    verdict = question("q3").check("L", -2.014)
    found = json.loads(verdict.to_json())
    assert (found["right"], found["slip"], found["entries"][0]["got"]) == (False, "sign", -2.014)
    with pytest.raises(AttributeError):
        verdict.right = True  # type: ignore[misc]


@pytest.mark.parametrize(("words", "status", "text"), [
    (["q3", "L", "2.014"], 0, "right: L, to the 4 digits written"),
    (["q3", "L", "-2.014"], 1, "the sign is wrong"),
    (["q3", "dL/dV", "mean(outer(yhat[t] - y[t], h[t]), t)"], 0, "right"),
    (["q3", "dL/dV", V], 0, "right"),
    (["q3", "h", '{"0": [1, 0, 0]}'], 1, "wrong"),
    (["q3", "dL/dQ", "1"], 2, "unknown name `Q`"),
    (["q3", "L", "__import__"], 2, "unknown name"),
    (["set_a", "L", "1"], 2, "is a set"),
])
def test_command(words: list[str], status: int, text: str) -> None:
    result = CliRunner().invoke(main, ["check", *words])
    assert result.exit_code == status, result.output
    assert text in result.output


def test_command_in_json() -> None:
    result = CliRunner().invoke(main, ["check", "q3", "L", "2.5", "--format", "json"])
    assert (result.exit_code, json.loads(result.stdout)["right"]) == (1, False)


PAGE = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
SESSIONS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^\$ derive (.*)\n(.*)$", PAGE, re.MULTILINE)


def test_page_says_what_python_answers() -> None:
    """The page is one session: what stands after >>> gives what stands below."""
    test = doctest.DocTestParser().get_doctest("\n".join(SESSIONS), {}, "checking.md", None, 0)
    assert len(test.examples) > 15
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=report.append)
    assert not report, "\n".join(report)


@pytest.mark.parametrize(("words", "said"), COMMANDS)
def test_page_says_what_the_command_prints(words: str, said: str) -> None:
    assert CliRunner().invoke(main, shlex.split(words)).output.strip() == said


@pytest.mark.parametrize("slip", [s.name for s in SLIPS])
def test_page_names_every_slip(slip: str) -> None:
    assert f"`{slip}`" in PAGE


@pytest.mark.parametrize("notion", NOTIONS)
def test_page_names_every_notion(notion: str) -> None:
    assert f"`{notion}`" in PAGE
