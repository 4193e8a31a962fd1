"""Both writers on every node, the brackets against Python's own reading, widths and breaking."""

from __future__ import annotations

import ast
import itertools
import operator
import re
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from writer_samples import SAMPLES, STEP, Sample, W, a, b, call, h, literal, s, w

from derive.expr.integers import named
from derive.expr.nodes import (
    Expr,
    MatMul,
    Neg,
    Number,
    Partial,
    Power,
    Product,
    Quotient,
    Range,
    Ref,
    Sum,
    Symbol,
)
from derive.expr.walk import walk
from derive.syntax import write_latex, write_text
from derive.syntax.names import has_superscript, latex_integer, latex_name, with_index
from derive.syntax.write_latex import Style, lines, underbrace, width

ABSTRACT = {Expr, Ref}


def node_classes(root: type[Expr] = Expr) -> set[type[Expr]]:
    """Every subclass of Expr; slots=True leaves behind a double of each, which is not ours."""
    import derive.expr.nodes as nodes

    return {c for c in vars(nodes).values() if isinstance(c, type) and issubclass(c, root)}


def test_samples_cover_every_node_class() -> None:
    seen = {type(part) for sample in SAMPLES for part in walk(sample.expr)}
    assert node_classes() - ABSTRACT - seen == set()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.text)
def test_sample_is_written_as_a_person_would(sample: Sample) -> None:
    assert write_latex.write(sample.expr) == sample.latex
    assert write_text.write(sample.expr) == sample.text


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.text)
def test_latex_is_well_formed(sample: Sample) -> None:
    assert_well_formed(sample.latex)
    assert width(sample.latex) > 0


def assert_well_formed(latex: str) -> None:
    assert latex.count("{") == latex.count("}")
    assert latex.count(r"\left") == latex.count(r"\right")
    assert latex.count(r"\begin") == latex.count(r"\end")
    assert not re.search(r"--|\+ -|- -|- \+|\^\{[^{}]*\}\^|_\{[^{}]*\}_", latex)


NAMES = [
    ("W_hh", "W_{hh}"), ("h1", "h_{1}"), ("w_in", "w_{in}"), ("lambda_", r"\lambda"),
    ("alpha", r"\alpha"), ("Sigma", r"\Sigma"), ("psi", r"\psi"), ("hbar", r"\bar{h}"),
    ("yhat", r"\hat{y}"), ("xtilde", r"\tilde{x}"), ("hprime", "h'"), ("thetahat", r"\hat{\theta}"),
    ("W_new", r"W_{\mathrm{new}}"), ("sigma_w2", r"\sigma_{w2}"), ("beta1", r"\beta_{1}"),
    ("E", "E"), ("loss", r"\mathrm{loss}"), ("Wxh", "W_{xh}"), ("b_h_1", "b_{h,1}"),
    ("hbar_2", r"\bar{h}_{2}"), ("mu_B", r"\mu_{B}"), ("θ", r"\theta"), ("g_theta", r"g_{\theta}"),
]


@pytest.mark.parametrize(("name", "latex"), NAMES)
def test_name(name: str, latex: str) -> None:
    assert latex_name(name) == latex


def test_notation_wins_for_the_name_and_for_its_head() -> None:
    notation = {"z": r"\zeta", "W_hh": "R"}
    assert [latex_name(n, notation) for n in ("z", "z_1", "W_hh", "W_hx")] == [
        r"\zeta", r"\zeta_{1}", "R", "W_{hx}"]


@pytest.mark.parametrize(("latex", "indexed"), [
    ("h", "h_{t}"), ("h_1", "h_{1,t}"), ("W_{hh}", "W_{hh,t}"), (r"\hat{y}", r"\hat{y}_{t}"),
    (r"W_{\mathrm{new}}", r"W_{\mathrm{new},t}"), (r"\hat{y_{1}}", r"\hat{y_{1}}_{t}"),
])
def test_index_joins_the_subscript(latex: str, indexed: str) -> None:
    assert with_index(latex, ["t"]) == indexed


def test_superscript_is_seen_outside_braces_only() -> None:
    assert has_superscript("x^{*}")
    assert has_superscript("h'")
    assert not has_superscript(r"\hat{x^{2}}")


def test_integers() -> None:
    n, t = named("n"), named("t")
    written = [latex_integer(v).text for v in (n * 2, t - 1, n * n, n * named("m"), -n, -1)]
    assert written == ["2n", "t-1", "n^{2}", "m n", "-n", "-1"]
    assert latex_integer(named("n[l-1]")).text == "n_{l-1}"


def test_style_chooses_notation_functions_and_brackets() -> None:
    style = Style(notation={"a": r"\xi"}, matrix="pmatrix",
                  functions={"tanh": r"\phi", "cbrt": r"\sqrt[3]{{{}}}"})
    assert write_latex.write(call("tanh", a), style) == r"\phi(\xi)"
    assert write_latex.write(call("cbrt", a), style) == r"\sqrt[3]{\xi}"
    assert write_latex.write(literal([1]), style) == r"\begin{pmatrix} 1 \end{pmatrix}"


def test_long_matrix_is_elided_with_its_shape() -> None:
    latex = write_latex.write(literal(np.zeros((64, 32))), Style(max_rows=3, max_cols=4))
    assert latex == (r"{\underbrace{\begin{bmatrix} 0 & 0 & \cdots & 0 \\ "
                     r"\vdots & \vdots & \ddots & \vdots \\ "
                     r"0 & 0 & \cdots & 0 \end{bmatrix}}_{64 \times 32}}")


def test_sum_over_entries_uses_a_letter_that_is_free() -> None:
    taken = Symbol("y", (named("k"),), (3,))
    assert write_latex.write(call("sum", taken, shape=())) == r"\sum_{j} y_{k,j}"


def test_held_derivative_and_several_components() -> None:
    k = named("k")
    top = Symbol("f", (), (2, 2))
    assert write_latex.write(Partial(top, a, (), (k, 1))) == (
        r"\frac{\partial f_{k,1}}{\partial a}")


def test_range_in_words() -> None:
    assert write_text.say_range(Range((0,), (named("T") - 1,))) == "0..T-1"
    assert write_text.say_range(Range((0, named("t")), (2,))) == "max(0, t)..2"


def test_underbrace_is_a_closed_group() -> None:
    assert underbrace("a", "b") == r"{\underbrace{a}_{b}}"


# ---- the text of a random expression, read by Python, has the value of the expression

scalars = st.one_of(
    st.sampled_from([a, s, w]),
    st.integers(-9, 9).map(lambda v: Number(F(v))),
    st.integers(-9, 9).map(literal),
    st.sampled_from([Number(F(1, 3)), Number(F(-2, 7))]),
)


def compound(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    small = st.integers(0, 2).map(lambda v: Number(F(v)))
    return st.one_of(several.map(Sum), several.map(Product), parts.map(Neg),
                     st.builds(Quotient, parts, parts), st.builds(Power, parts, small))


expressions = st.recursive(scalars, compound, max_leaves=12)
NUMBERS = {"a": F(2), "s": F(-3, 5), "w": F(7, 3)}
BINARY: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.Pow: lambda x, y: x ** int(y),
}


def value_of_text(node: ast.AST) -> F:
    """Work out the value Python's grammar gives a text."""
    if isinstance(node, ast.BinOp):
        return BINARY[type(node.op)](value_of_text(node.left), value_of_text(node.right))
    if isinstance(node, ast.UnaryOp):
        assert isinstance(node.op, ast.USub)
        return -value_of_text(node.operand)
    if isinstance(node, ast.Name):
        return NUMBERS[node.id]
    assert isinstance(node, ast.Constant)
    return F(node.value)


def value_of(expr: Expr) -> F:
    parts = {
        "Sum": lambda e: sum(map(value_of, e.terms), F(0)),
        "Product": lambda e: np.prod([value_of(f) for f in e.factors]),
        "Neg": lambda e: -value_of(e.arg),
        "Quotient": lambda e: value_of(e.top) / value_of(e.bottom),
        "Power": lambda e: value_of(e.base) ** int(value_of(e.exponent)),
        "Number": lambda e: e.value,
        "Literal": lambda e: F(int(e.values)),
        "Symbol": lambda e: NUMBERS[e.name],
    }
    return F(parts[type(expr).__name__](expr))


@given(expressions)
def test_text_means_what_the_tree_means(expr: Expr) -> None:
    tree = ast.parse(write_text.write(expr), mode="eval").body
    try:
        expected = value_of(expr)
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            value_of_text(tree)
        return
    assert value_of_text(tree) == expected


@given(expressions)
def test_latex_of_any_expression_is_well_formed(expr: Expr) -> None:
    assert_well_formed(write_latex.write(expr))


@given(expressions)
def test_latex_means_what_the_tree_means(expr: Expr) -> None:
    """Read back by a grammar of its own: juxtaposition and \\cdot multiply, minus leads a term."""
    try:
        expected = value_of(expr)
    except ZeroDivisionError:
        return
    assert LatexValue(write_latex.write(expr)).whole() == expected


class LatexValue:
    """The value of scalar LaTeX by the usual conventions, read from the left to the right."""

    TOKEN = re.compile(r"\\left\(|\\right\)|\\cdot|\\t?frac|\\,|\d+|[a-z]|[-+(){}^/]")

    def __init__(self, latex: str) -> None:
        self.tokens = self.TOKEN.findall(latex)
        assert "".join(self.tokens) == latex.replace(" ", "")
        self.tokens = [re.sub(r"\\(left|right)", "", t) for t in self.tokens if t != r"\,"]

    def peek(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def eat(self, token: str) -> bool:
        return bool(self.tokens) and self.tokens[0] == token and bool(self.tokens.pop(0))

    def whole(self) -> F:
        value = self.sum()
        assert not self.tokens
        return value

    def sum(self) -> F:
        total = -self.product() if self.eat("-") else self.product()
        while self.peek() in ("+", "-"):
            sign = -1 if self.tokens.pop(0) == "-" else 1
            total += sign * self.product()
        return total

    def product(self) -> F:
        value = self.power()
        while self.peek() and self.peek() not in ("+", "-", ")", "}"):
            self.eat(r"\cdot")
            value *= self.power()
        return value

    def power(self) -> F:
        value = self.atom()
        if self.eat("^"):
            value = value ** int(self.group())
            assert self.peek() != "^", "two superscripts"
        return value

    def group(self) -> F:
        assert self.eat("{")
        value = self.sum()
        assert self.eat("}")
        return value

    def atom(self) -> F:
        if self.eat("("):
            value = self.sum()
            assert self.eat(")")
            return value
        token = self.tokens.pop(0)
        if token in (r"\frac", r"\tfrac"):
            return self.group() / self.group()
        return NUMBERS[token] if token in NUMBERS else F(int(token))


# ---- widths and breaking

def test_widths_are_in_the_right_order() -> None:
    column = write_latex.write(literal([1, 2]))
    assert width("a") < width("a + b") < width("a + b + c")
    assert width(r"\frac{a + b}{c}") == pytest.approx(width("a + b"), abs=0.3)
    assert width(column + column) == pytest.approx(2 * width(column))
    assert width("h_{t-1}^{2}") == width("h_{t-1}")


def test_short_formula_stays_on_one_line() -> None:
    assert lines(STEP, Style(), 40) == [write_latex.write(STEP)]


def test_sum_is_broken_at_its_signs() -> None:
    assert lines(Sum((MatMul(W, h), Neg(b), b)), Style(), 6) == [
        "W_{hh} h_{t-1} - b", "{} + b"]


def test_wide_product_in_a_sum_is_broken_between_factors() -> None:
    wide = literal(np.full((2, 4), -0.123))
    tall = literal(np.full((4, 2), -0.123))
    broken = lines(Sum((literal(np.zeros((2, 4))), MatMul(MatMul(wide, tall), wide))), Style(), 22)
    assert all(width(line) <= 22 for line in broken)
    assert [line[:3] for line in broken[1:]] == ["{} "] * (len(broken) - 1)
    assert broken[-1].startswith(r"{} \cdot ")
    assert sum(line.count(r"\begin{bmatrix}") for line in broken) == 4


@given(expressions, st.integers(3, 30))
def test_breaking_loses_nothing(expr: Expr, limit: int) -> None:
    broken = lines(expr, Style(), limit)
    joined = "".join(itertools.chain.from_iterable(
        line.removeprefix("{}").split() for line in broken))
    plain = "".join(write_latex.write(expr).split())
    assert joined.replace(r"\cdot", "").replace(r"\,", "") == (
        plain.replace(r"\cdot", "").replace(r"\,", ""))
    for line in broken:
        assert_well_formed(line.removeprefix("{} ").removeprefix("- ").removeprefix("+ "))
