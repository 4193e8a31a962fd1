"""The Jacobian layout: a gradient is a row, and what is printed has the value of the tree."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from row_samples import ANY_LAYOUT, PAGE, ROWS
from test_writers import assert_well_formed
from writer_samples import STEP, literal

from derive.expr.nodes import (
    Diag,
    Expr,
    Literal,
    MatMul,
    Neg,
    Number,
    Outer,
    Partial,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Transpose,
)
from derive.syntax import write_text
from derive.syntax.write_latex import Style, lines, write

LYING, STANDING = Style(rows=True), Style()


def said(part: object) -> str | None:
    return write_text.write(part) if isinstance(part, Expr) else None


@pytest.mark.parametrize(("expr", "latex"), ROWS, ids=said)
def test_whole_in_rows(expr: Expr, latex: str) -> None:
    assert write(expr, LYING) == latex
    assert_well_formed(latex)


@pytest.mark.parametrize("style", [LYING, STANDING], ids=["rows", "columns"])
@pytest.mark.parametrize(("expr", "latex"), ANY_LAYOUT, ids=said)
def test_row_in_a_formula_of_any_layout(expr: Expr, latex: str, style: Style) -> None:
    assert write(Transpose(expr) if len(expr.shape) == 1 else expr, style) == latex


def test_columns_keep_their_gradients_standing() -> None:
    gradient, step = PAGE[1]
    assert r"\top" not in write(gradient, STANDING)
    assert write(step, STANDING).count(r"\top") == 4


def test_short_rows_stay_on_one_line_and_long_ones_break() -> None:
    _, step = PAGE[1]
    assert lines(step, LYING, 40) == [write(step, LYING)]
    assert lines(step, LYING, 6) == [
        r"\frac{\partial L}{\partial o_{t}} V",
        r"{} + \frac{\partial L}{\partial \bar{h}_{t+1}} W_{hh}"]
    assert lines(STEP, LYING, 6) == [write(STEP, LYING)]  # (...)^T cannot be divided
    assert lines(PAGE[0][1], LYING, 11) == [
        r"\tfrac{1}{3} (p - y)^{\top} V",
        r"{} \cdot \operatorname{diag}(1 - h_{t-1}^{2}) W_{hh}"]


# ---- any vector expression, read back with rows and columns told apart

SIZE = 3
RNG = np.random.default_rng(5)
VALUES: dict[str, Any] = {
    "c": np.array(2.5), "1": np.array(1.0), "2": np.array(2.0), "I": np.eye(SIZE),
    **{v: RNG.normal(size=(SIZE, 1)) for v in "bgu"},
    **{m: RNG.normal(size=(SIZE, SIZE)) for m in "AB"},
}
GRADIENTS: dict[str, Any] = {v: RNG.normal(size=SIZE) for v in "bgu"}
loss, scale = Symbol("L", (), ()), Symbol("c", (), ())
matrix_leaves = st.sampled_from("AB").map(lambda m: Symbol(m, (), (SIZE, SIZE)))
names = st.sampled_from("bgu").map(lambda v: Symbol(v, (), (SIZE,)))
numbers = st.lists(st.integers(-4, 4), min_size=SIZE, max_size=SIZE).map(literal)
leaves = st.one_of(names, names.map(lambda v: Partial(loss, v)), numbers)


def compound(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    matrices = st.one_of(matrix_leaves, parts.map(Diag), st.builds(Outer, parts, parts),
                         matrix_leaves.map(Transpose))
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    scaled = parts.map(lambda v: Product((scale, v)))
    dotted = st.builds(lambda a, b, v: Product((MatMul(a, b), v)), parts, parts, parts)
    return st.one_of(several.map(Sum), several.map(Product), parts.map(Neg), scaled, dotted,
                     parts.map(lambda v: Quotient(v, scale)),
                     parts.map(lambda v: Power(v, Number(Fraction(2)))),
                     st.builds(MatMul, parts, matrices), st.builds(MatMul, matrices, parts))


vectors = st.recursive(leaves, compound, max_leaves=8)
wholes = st.one_of(vectors, st.builds(MatMul, vectors, vectors), st.builds(Outer, vectors, vectors))


@given(wholes)
def test_rows_mean_what_the_tree_means(expr: Expr) -> None:
    value = value_of(expr)
    expected = value[None, :] if value.ndim == 1 else value
    read = LyingValue(write(expr, LYING), gradients_lie=True).whole()
    assert read.shape == expected.shape or read.size == expected.size == 1
    np.testing.assert_allclose(read.reshape(expected.shape), expected, rtol=1e-9, atol=1e-9)


@given(wholes)
def test_columns_mean_what_the_tree_means(expr: Expr) -> None:
    value = value_of(expr)
    expected = value[:, None] if value.ndim == 1 else value
    read = LyingValue(write(expr, STANDING), gradients_lie=False).whole()
    assert read.shape == expected.shape or read.size == expected.size == 1
    np.testing.assert_allclose(read.reshape(expected.shape), expected, rtol=1e-9, atol=1e-9)


RULES: dict[type[Expr], Callable[[Any], Any]] = {
    Symbol: lambda e: VALUES[e.name].reshape([SIZE] * len(e.shape)),
    Partial: lambda e: GRADIENTS[e.bottom.name],
    Literal: lambda e: np.asarray(e.values, dtype=float),
    Number: lambda e: np.array(float(e.value)),
    Sum: lambda e: sum(map(value_of, e.terms)),
    Product: lambda e: math.prod(map(value_of, e.factors)),
    Neg: lambda e: -value_of(e.arg),
    Quotient: lambda e: value_of(e.top) / value_of(e.bottom),
    Power: lambda e: value_of(e.base) ** value_of(e.exponent),
    Transpose: lambda e: value_of(e.arg).T,
    Diag: lambda e: np.diag(value_of(e.arg)),
    Outer: lambda e: np.outer(value_of(e.left), value_of(e.right)),
    MatMul: lambda e: np.asarray(value_of(e.left) @ value_of(e.right)),
}


def value_of(expr: Expr) -> Any:
    """The value of a tree as NumPy has it: vectors are 1-D and neither stand nor lie."""
    return RULES[type(expr)](expr)


class LyingValue:
    """The value of LaTeX in which a row times a column is a number and two rows cannot be added.

    Juxtaposition is the matrix product, strictly by shape; a column is SIZE x 1, a row 1 x SIZE.
    """

    TOKEN = re.compile(r"\\frac\{\\partial L\}\{\\partial [a-z]\}|\\begin\{bmatrix\}.*?"
                       r"\\end\{bmatrix\}|\\operatorname\{diag\}|\\[a-z]+|\d|[A-Za-z]|[-+(){}^]")

    def __init__(self, latex: str, gradients_lie: bool) -> None:
        latex = re.sub(r"\\left\(|\\right\)", lambda m: m[0][-1], latex).replace(r"\,", " ")
        self.tokens, self.gradients_lie = self.TOKEN.findall(latex), gradients_lie
        assert "".join(self.tokens).replace(" ", "") == latex.replace(" ", "")

    def eat(self, token: str) -> bool:
        return bool(self.tokens) and self.tokens[0] == token and bool(self.tokens.pop(0))

    def whole(self) -> Any:
        value = self.sum()
        assert not self.tokens
        return value

    def sum(self) -> Any:
        total = -self.hadamard() if self.eat("-") else self.hadamard()
        while self.tokens and self.tokens[0] in "+-":
            sign = 1 if self.tokens.pop(0) == "+" else -1
            total = alike(total, sign * self.hadamard(), np.add)
        return total

    def hadamard(self) -> Any:
        value = self.product()
        while self.eat(r"\odot"):
            value = alike(value, self.product(), np.multiply)
        return value

    def product(self) -> Any:
        value = self.power()
        while self.tokens and self.tokens[0] not in ("+", "-", ")", "}", r"\odot"):
            value = times(value, self.power())
        return value

    def power(self) -> Any:
        value = self.atom()
        if self.eat("^"):
            assert self.eat("{")
            value = value.T if self.eat(r"\top") else value ** self.sum()
            assert self.eat("}")
            assert self.tokens[:1] != ["^"], "two superscripts"
        return value

    def atom(self) -> Any:
        token = self.tokens.pop(0)
        read = {"(": self.bracketed, r"\frac": self.fraction,
                r"\operatorname{diag}": self.diagonal}.get(token)
        if read:
            return read()
        if token.startswith(r"\frac"):
            gradient = GRADIENTS[token[-2]]
            return gradient[None, :] if self.gradients_lie else gradient[:, None]
        return matrix(token) if token.startswith(r"\begin") else VALUES[token]

    def bracketed(self) -> Any:
        value = self.sum()
        assert self.eat(")")
        return value

    def diagonal(self) -> Any:
        column = self.atom()
        assert column.shape == (SIZE, 1)
        return np.diag(column[:, 0])

    def fraction(self) -> Any:
        top, bottom = self.group(), self.group()
        assert not bottom.shape
        return top / bottom

    def group(self) -> Any:
        assert self.eat("{")
        value = self.sum()
        assert self.eat("}")
        return value


def alike(left: Any, right: Any, combine: Callable[[Any, Any], Any]) -> Any:
    assert left.shape == right.shape or left.size == 1 or right.size == 1
    return combine(left, right)


def times(left: Any, right: Any) -> Any:
    """A number scales; anything else is a matrix product, where 1 x 1 is a number again."""
    if left.ndim and right.ndim:
        value = left @ right
        return value.reshape(()) if value.shape == (1, 1) else value
    return left * right


def matrix(token: str) -> Any:
    body = token.removeprefix(r"\begin{bmatrix}").removesuffix(r"\end{bmatrix}")
    return np.array([[float(v) for v in line.split("&")] for line in body.split(r"\\")])
