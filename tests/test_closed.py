"""Closed forms against backpropagation by hand, and checks that catch a product gone wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from conftest import ROOT

import derive
from derive.calculus.closed import Recurrence
from derive.calculus.recurrences import NotClosed
from derive.errors import QuestionError
from derive.expr.expand import expanded
from derive.expr.integers import named
from derive.expr.nodes import (
    Diag,
    Expr,
    Eye,
    MatMul,
    MatrixProduct,
    Partial,
    Range,
    Ref,
    Symbol,
    Transpose,
)
from derive.expr.walk import at, free_indices, walk
from derive.numbers.reference import evaluate
from derive.solution.backward import closing_of
from derive.solution.closed import REASONS
from derive.solution.solver import Solver
from derive.syntax.write_text import write

BPTT = """\
index: {t: 1..LAST, i: 1..t}
symbols: {W: n x n, U: n x m, V: q x n, 'x[t]': m, 'y[t]': q, 'h[t]': n}
assume: sum(y[t]) == 1
model: |
  z[t] = W @ h[t-1] + U @ x[t]
  h[t] = tanh(z[t])
  o[t] = V @ h[t]
  p[t] = softmax(o[t])
  J[t] = cross_entropy(y[t], p[t])
  L = sum(J[t], t)
conventions: {layout: LAYOUT}
parts:
  - {label: a, find: "dJ[t]/do[t]", as: g}
  - {label: b, find: ["dJ[t]/dh[i]", "dJ[t]/dh[0]", "dJ[t]/dh[t-1]", "dJ[t]/dh[t]"]}
  - {label: c, find: ["dJ[t]/dW", "dJ[t]/dx[i]"]}
  - {label: d, find: "dL/dW"}
  - {label: e, find: ["dL/dh[t]", "dL/dh[0]"], form: closed}
  - {label: f, find: "dh[t]/dh[i]"}
  - {label: g, find: "dh[LAST]/dh[0]", form: closed}
"""
LAYOUTS = ("gradient", "jacobian")


@cache
def bptt(layout: str = "gradient", last: str = "T") -> derive.Solution:
    text = BPTT.replace("LAYOUT", layout).replace("LAST", last)
    return derive.Question.from_text(text, "bptt").solve()


class Network:
    """The same network by hand: values, and derivatives by moving one state or weight."""

    def __init__(self, steps: int, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.steps = steps
        self.given: dict[str, Any] = {
            "W": rng.normal(size=(3, 3)), "U": rng.normal(size=(3, 2)),
            "V": rng.normal(size=(4, 3))}
        self.x = {t: rng.normal(size=2) for t in range(1, steps + 1)}
        self.y = {t: np.eye(4)[t % 4] for t in range(1, steps + 1)}
        self.start = rng.normal(size=3)

    def run(self, moved: dict[str, Any]) -> dict[str, Any]:
        """Return every quantity; *moved* adds to a weight (W) or, after it is made, to a member."""
        w = {name: value + moved.get(name, 0) for name, value in self.given.items()}
        out: dict[str, Any] = {**w, "h[0]": self.start + moved.get("h[0]", 0)}
        for t in range(1, self.steps + 1):
            out[f"x[{t}]"] = self.x[t] + moved.get(f"x[{t}]", 0)
            out[f"y[{t}]"] = self.y[t]
            out[f"z[{t}]"] = w["W"] @ out[f"h[{t - 1}]"] + w["U"] @ out[f"x[{t}]"]
            out[f"h[{t}]"] = np.tanh(out[f"z[{t}]"]) + moved.get(f"h[{t}]", 0)
            out[f"o[{t}]"] = w["V"] @ out[f"h[{t}]"] + moved.get(f"o[{t}]", 0)
            e = np.exp(out[f"o[{t}]"])
            out[f"p[{t}]"] = e / e.sum()
            out[f"J[{t}]"] = -np.sum(self.y[t] * np.log(out[f"p[{t}]"]))
        out["L"] = sum(out[f"J[{t}]"] for t in range(1, self.steps + 1))
        return out

    def derivative(self, top: str, bottom: str) -> Any:
        """Move each entry by an imaginary step."""
        value = self.run({})[bottom]
        columns = []
        for cell in np.ndindex(*value.shape):
            step = np.zeros(value.shape, dtype=complex)
            step[cell] = 1e-30j
            columns.append(np.imag(self.run({bottom: step})[top]) / 1e-30)
        found = np.stack(columns, axis=-1)
        return found.reshape(found.shape[:-1] + value.shape)

    def look(self, ref: Ref) -> Any:
        if isinstance(ref, Partial):
            return self.derivative(key(ref.top), key(ref.bottom))
        return self.run({})[key(ref)]


def key(ref: Ref) -> str:
    from derive.syntax.write_text import write

    return write(ref)


CASES: list[tuple[str, Callable[[int], list[dict[str, int]]]]] = [
    ("dJ[t]/dh[i]", lambda T: [{"t": t, "i": i} for t in range(1, T + 1) for i in range(1, t + 1)]),
    ("dJ[t]/dh[0]", lambda T: [{"t": t} for t in range(1, T + 1)]),
    ("dJ[t]/dh[t-1]", lambda T: [{"t": t} for t in range(1, T + 1)]),
    ("dJ[t]/dh[t]", lambda T: [{"t": t} for t in range(1, T + 1)]),
    ("dJ[t]/dW", lambda T: [{"t": t} for t in range(1, T + 1)]),
    ("dJ[t]/dx[i]", lambda T: [{"t": t, "i": i} for t in range(1, T + 1) for i in range(1, t + 1)]),
    ("dL/dW", lambda T: [{}]),
    ("dL/dh[t]", lambda T: [{"t": t} for t in range(1, T + 1)]),
    ("dL/dh[0]", lambda T: [{}]),
    ("dh[t]/dh[i]", lambda T: [{"t": t, "i": i} for t in range(1, T + 1) for i in range(1, t + 1)]),
    ("dh[LAST]/dh[0]", lambda T: [{}]),
]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("asked", "places"), CASES, ids=[c[0] for c in CASES])
@pytest.mark.parametrize("last", ["T", "1", "2", "3", "5"])
def test_closed_form_is_what_moving_a_state_gives(asked: str, places: Callable[[int], Any],
                                                  layout: str, last: str) -> None:
    for steps in range(1, 5) if last == "T" else (int(last),):
        network = Network(steps)
        lines = bptt(layout, last).solved.formulas[asked.replace("LAST", last)]
        for env in places(steps):
            sizes = {"n": 3, "m": 2, "q": 4, "T": steps, **env}
            (line,) = [ln for ln in lines if all(
                lo_hi(r, sizes, env.get(n, 0)) for n, r in ln.where)][:1]
            right = evaluate(line.right, network.look, sizes)
            left = at(line.left, sizes)
            assert isinstance(left, Partial)
            assert np.allclose(right, network.look(left), rtol=1e-9, atol=1e-12), (line, env)


def lo_hi(bounds: Range, env: dict[str, int], value: int) -> bool:
    from derive.expr.positions import span

    if not bounds.his:
        return True
    lo, hi = span(bounds, env)
    return lo <= value <= hi


@pytest.mark.parametrize(("layout", "falling"), list(zip(LAYOUTS, (False, True), strict=True)))
def test_factors_stand_in_the_order_of_the_layout(layout: str, falling: bool) -> None:
    (line, *_) = bptt(layout).solved.formulas["dJ[t]/dh[i]"]
    (product,) = [n for n in walk(line.right) if isinstance(n, MatrixProduct)]
    assert product.falling is falling
    assert (product.range.lo, product.range.hi) == (named("i") + 1, named("t"))


def test_the_json_holds_the_closed_form_as_it_was_typed() -> None:
    formulas = json.loads(bptt().render("json"))["formulas"]
    assert formulas["dJ[t]/dh[i]"]["text"].splitlines()[0] == (
        "dJ[t]/dh[i] == matprod(W.T @ diag(1 - h[k]**2), k=i+1..t) @ (V.T @ (dJ[t]/do[t])) "
        "for i in 1..t")
    assert r"\prod_{k=i+1}^{t} W^{\top} \operatorname{diag}" in formulas["dJ[t]/dh[i]"]["latex"]


# what the checks catch

SLIPS: dict[str, Callable[[Range], Range]] = {
    "one factor late": lambda r: Range((r.lo + 1,), r.his),
    "one factor early": lambda r: Range((r.lo - 1,), r.his),
    "one factor short": lambda r: Range(r.los, (r.hi - 1,)),
}


@pytest.mark.parametrize("slip", [*SLIPS, "wrong order"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_product_that_starts_late_or_stands_in_the_wrong_order_is_caught(
        slip: str, layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Recurrence._product

    def wrong(self: Recurrence, bounds: Range, count: Any) -> Expr:
        found = right(self, SLIPS[slip](bounds) if slip in SLIPS else bounds, count)
        assert isinstance(found, MatrixProduct)
        return found if slip in SLIPS else MatrixProduct(
            found.index, found.range, found.body, not found.falling)

    monkeypatch.setattr(Recurrence, "_product", wrong)
    text = BPTT.replace("LAYOUT", layout).replace("LAST", "T")
    bad = [c for c in derive.Question.from_text(text, "bptt").solve().checks if not c.ok]
    assert any(c.target.startswith("bptt.b.dJt_dhi.closed") for c in bad)
    assert all(".closed" in c.target for c in bad)


# what has no closed form

MODELS = {
    "coupled": "h[t] = tanh(A @ h[t-1] + B @ c[t-1])\nc[t] = tanh(B @ h[t-1] + A @ c[t-1])\n"
               "J[t] = v @ h[t]",
    "order": "h[t] = tanh(A @ h[t-1] + B @ h[t-2])\nJ[t] = v @ h[t]",
    "matrices": "H[t] = tanh(H[t-1] @ A)\nJ[t] = sum(H[t])",
    "whole past": "h[t] = tanh(sum(A @ h[s], s) + v)\nJ[t] = v @ h[t]",
    "several": "g[t] = tanh(A @ g[t-1])\nh[t] = tanh(A @ h[t-1] + g[t])\nJ[t] = v @ h[t]",
}
BOTTOMS = {"matrices": "H", "several": "A"}


def model(name: str) -> derive.Question:
    lines = "\n  ".join(MODELS[name].splitlines())
    bottom = BOTTOMS.get(name, "h")
    asked = f"dJ[t]/d{bottom}" + ("" if bottom == "A" else "[i]")
    return derive.Question.from_text(
        "index: {t: 1..T, s: 1..t-1, i: 1..t}\nsymbols: {A: n x n, B: n x n, v: n, 'h[t]': n, "
        "'c[t]': n, 'g[t]': n, 'H[t]': n x n}\n"
        f"model: |\n  {lines}\nparts:\n  - {{label: a, find: '{asked}'}}\n", "none")


@pytest.mark.parametrize("reason", MODELS)
def test_what_has_no_single_product_says_so_and_gives_the_recurrence(reason: str) -> None:
    question = model(reason)
    solver = Solver(question.source)
    (top,) = solver.tops
    with pytest.raises(NotClosed) as refused:
        closing_of(solver.adjoint(top), BOTTOMS.get(reason, "h"))
    assert refused.value.reason == reason
    solution = question.solve()
    assert [c for c in solution.checks if not c.ok] == []
    (part,) = solution.solved.parts
    assert any(step.rule == "not closed" for step in part.steps)
    assert any(step.answer and step.rule == "chain" for step in part.steps)


def test_every_reason_has_its_sentence() -> None:
    assert set(MODELS) <= set(REASONS)


# names for results


def test_later_parts_write_the_name_of_a_result() -> None:
    sheet = bptt().render("latex")
    assert re.search(r"From here on, .*g_{t} = .*frac\{\\partial J_{t}}\{\\partial o_{t}}", sheet)
    assert r"\right) V^{\top} g_{t}" in sheet


@pytest.mark.parametrize(("notation", "printed"), [
    ("", "g_{o_{t}}"), (r"notation: {g_o: '\gamma'}", r"\gamma_{t}"),
    (r"notation: {g_o: '\Gamma_{}^{o}'}", r"\Gamma_{t}^{o}")])
def test_a_name_prints_with_the_letter_of_what_it_is_about(notation: str, printed: str) -> None:
    text = BPTT.replace("LAYOUT", "gradient").replace("LAST", "T").replace("as: g}", "as: g_o}")
    sheet = derive.Question.from_text(f"{text}{notation}\n", "bptt").solve().render("latex")
    assert f"V^{{\\top}} {printed}" in sheet


@pytest.mark.parametrize(("part", "message"), [
    ('{label: a, find: "dJ[t]/do[t]", as: W}', "`W` has a meaning already"),
    ('{label: a, find: h, as: g}', "`as: g` names one derivative"),
    ('{label: a, find: ["dL/dW", "dL/dU"], as: g}', "`as: g` names one derivative"),
    ('{label: a, find: "dL/dW", as: lambda}', "`lambda` is a reserved word"),
    ('{label: a, ask: Why?, as: g}', "`as` says nothing by itself"),
])
def test_a_name_that_cannot_be_given_is_refused(part: str, message: str) -> None:
    head, _, _ = BPTT.replace("LAYOUT", "gradient").replace("LAST", "T").partition("  - {label: a")
    with pytest.raises(QuestionError, match=message):
        derive.Question.from_text(f"{head}  - {part}\n", "bptt")


# the ordered product itself

A, B = Symbol("A", (named("k"),), (2, 2)), Symbol("b", (named("k"),), (2,))
BODIES = {"matrices": A, "products": MatMul(Transpose(A), Diag(B))}


def member(ref: Ref) -> Any:
    (k,) = ref.index
    assert isinstance(k, int)
    rng = np.random.default_rng(k + 10)
    return rng.normal(size=tuple(ref.shape))


@pytest.mark.parametrize("falling", [False, True])
@pytest.mark.parametrize("body", list(BODIES))
@pytest.mark.parametrize(("lo", "hi"), [(1, 0), (1, 1), (2, 5)])
def test_the_product_multiplies_in_order(body: str, lo: int, hi: int, falling: bool) -> None:
    product = MatrixProduct("k", Range((lo,), (hi,)), BODIES[body], falling)
    factors = [evaluate(BODIES[body], member, {"k": k}) for k in range(lo, hi + 1)]
    wanted = np.eye(2)
    for factor in factors[::-1] if falling else factors:
        wanted = wanted @ factor
    assert np.allclose(evaluate(product, member), wanted)
    written = expanded(product)
    assert not any(isinstance(n, MatrixProduct) for n in walk(written))
    assert np.allclose(evaluate(written, member), wanted)
    if lo > hi:
        assert isinstance(written, Eye)


def test_the_index_of_a_product_is_bound_in_it() -> None:
    product = MatrixProduct("k", Range((named("i") + 1,), (named("t"),)), A)
    assert free_indices(product) == {"i", "t"}
    moved = at(product, {"i": named("k")})
    assert free_indices(moved) == {"k", "t"}
    assert np.allclose(evaluate(moved, member, {"k": 1, "t": 3}),
                       evaluate(product, member, {"i": 1, "t": 3}))


def test_question_files_of_closed_forms_have_one_or_say_why() -> None:
    for path in sorted((ROOT / "tests" / "questions").glob("closed_*.yaml")):
        rules = {s.rule for p in derive.load(path).solve().solved.parts for s in p.steps}
        assert rules & {"closed", "not closed"}, path.stem


MODEL = """
index: {t: %s, i: 1..t}
symbols: {W: n x n, U: n x m, 'x[t]': m, 'h[t]': n, v: n, k: n}
model: |
  h[t] = tanh(W @ h[t-1] + U @ x[t])
  e[t] = v @ h[t]
  Z = sum(exp(e[t]), t)
  alpha[t] = exp(e[t])/Z
  L = sum(e[t], t)
parts:
  - {find: "%s"%s}
"""


@pytest.mark.parametrize(("length", "find", "form", "message"), [
    ("1..T", "dL/dh[t]", ", form: paths", "whether t comes before T-1 is open"),
    ("1..3", "dL/dh[t]", ", form: paths", "whether t comes before 2 is open"),
    ("1..T", "de[t]/dh[i]", ", form: paths, shapes: true", "is open"),
    ("1..T", "de[t]/dh[T]", "", r"whether h\[T\] comes before e\[t\] is open"),
])
def test_what_is_open_is_refused_by_name(length: str, find: str, form: str, message: str) -> None:
    question = derive.Question.from_text(MODEL % (length, find, form))
    with pytest.raises(derive.DeriveError, match=message):
        question.solve()


def test_every_case_is_said_on_both_sides_of_the_top() -> None:
    """A sum over all positions (softmax over time) reaches what comes after the top as well."""
    solution = derive.Question.from_text(MODEL % ("1..T", "dalpha[t]/de[i]", "")).solve()
    found = solution.solved.formulas["dalpha[t]/de[i]"]
    ends = [(r.lo, r.hi) for line in found for _, r in line.where]
    t = named("t")
    assert sorted(ends, key=str) == sorted(
        [(t + 1, named("T")), (1, t - 1), (t, t)], key=str)


def test_an_entry_in_sympy_has_letters_of_its_own() -> None:
    """dJ[t]/dz[i] is an expression in i already: its entry is at j."""
    solution = derive.Question.from_text(MODEL % ("1..T", "de[t]/dx[i]", "")).solve()
    found = solution.sympy("de[t]/dz[i]")
    assert {"i", "j"} <= {s.name for s in found.free_symbols}


@pytest.mark.parametrize(("find", "shown"), [
    ("dL/dh[T]", "v"), ("de[t]/dh[t+1]", "zeros(n)"),
    ("de[t]/dh[t-2]", "W.T @ diag(1 - h[t-1]**2) @ (W.T @ diag(1 - h[t]**2) @ v)"),
    ("de[5]/dh[3]", "W.T @ diag(1 - h[4]**2) @ (W.T @ diag(1 - h[5]**2) @ v)"),
])
def test_members_near_the_top_are_written_out(find: str, shown: str) -> None:
    solution = derive.Question.from_text(MODEL % ("1..T", find, ", form: closed")).solve()
    assert all(check.ok for check in solution.checks)
    last = [step for step in solution.solved.parts[0].steps if step.answer][-1]
    assert write(last.lines[-1].right) == shown


def test_a_position_that_no_trial_reaches_is_no_pass() -> None:
    solution = derive.Question.from_text(MODEL % ("1..T", "de[t]/dh[90]", "")).solve()
    assert not all(check.ok for check in solution.checks)


def test_only_the_ways_that_count_are_said_to_count() -> None:
    text = (ROOT / "tests/questions/symbolic_one_step.yaml").read_text()
    sheet = derive.Question.from_text(text).solve().render("markdown", parts=["b"])
    assert "enters only $`z_{t+1}`$" in sheet
    assert "o_{t}" not in sheet.partition("## b")[2]
