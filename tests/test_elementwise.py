"""Derivatives of elementwise functions: right, and written as people write them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as S

from derive.errors import DeriveError
from derive.expr.build import add, div, mul, neg, number, power, sub
from derive.expr.nodes import Expr, Fill, Symbol
from derive.numbers.reference import evaluate
from derive.ops import ELEMENTWISE, Elementwise, derivative
from derive.ops.elementwise import entrywise, settings
from derive.ops.from_sympy import from_sympy
from derive.ops.local import _shortest
from derive.ops.unknown import UNKNOWN

x, y = Symbol("x", (), (4,)), Symbol("y", (), (4,))
ONE = number(1)
ones = Fill(Fraction(1), (4,))
PLACES = np.array([0.3, 1.7, 2.2, 0.9])

WRITTEN: dict[str, Expr] = {
    "identity": ones,
    "exp": y,
    "log": div(ONE, x),
    "log10": div(ONE, mul(x, entrywise("log", number(10)))),
    "sqrt": div(ONE, mul(number(2), y)),
    "sin": entrywise("cos", x),
    "cos": neg(entrywise("sin", x)),
    "tanh": sub(ONE, power(y, number(2))),
    "sigmoid": mul(y, sub(ONE, y)),
    "softplus": entrywise("sigmoid", x),
    "silu": add(entrywise("sigmoid", x),
                mul(x, entrywise("sigmoid", x), sub(ONE, entrywise("sigmoid", x)))),
    "log_sigmoid": sub(ONE, entrywise("sigmoid", x)),
    "softsign": div(ONE, power(add(entrywise("abs", x), ONE), number(2))),
    "elu": add(mul(entrywise("exp", x), entrywise("negative", x)), entrywise("nonnegative", x)),
    "relu": entrywise("step", x),
    "abs": entrywise("sign", x),
    "leaky_relu": add(entrywise("step", x),
                      mul(number(Fraction(1, 100)), entrywise("nonpositive", x))),
    "step": Fill(Fraction(0), (4,)),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_written_as_people_write_it(name: str) -> None:
    assert derivative(name, x, y) == WRITTEN[name]


def test_without_a_name_the_output_stands_for_itself() -> None:
    h = entrywise("tanh", x)
    assert derivative("tanh", x) == sub(ONE, power(h, number(2)))


def value(expr: Expr, name: str, places: Any, **params: Any) -> Any:
    row = ELEMENTWISE[name]
    known = {"x": places, "y": row.evaluate(places, **settings(row, params))}
    return evaluate(expr, lambda ref: known[ref.name])


def all_places(row: Elementwise) -> Any:
    low, high = row.within
    if high is not None:
        return np.array([-0.7, -0.2, 0.3, 0.9])
    return PLACES + (low or 0) if row.positive else np.concatenate([PLACES, -PLACES])


# what is unknown has no numbers in SymPy; tests/test_unknown_functions.py judges it
@pytest.mark.parametrize("row", [r for r in ELEMENTWISE.values() if r is not UNKNOWN],
                         ids=lambda row: row.name)
def test_derivative_is_sympys_and_the_complex_steps(row: Elementwise) -> None:
    places = all_places(row)
    z, own = S.Symbol("z", real=True), settings(row, {})
    slope = S.diff(row.sympy(S, z, **own), z)
    sympys = [float(slope.subs(z, S.Rational(str(place)))) for place in places]
    stepped = np.imag(row.evaluate(places + 1e-30j, **own)) / 1e-30
    around = (row.evaluate(places + 1e-6, **own) - row.evaluate(places - 1e-6, **own)) / 2e-6
    xs, ys = (Symbol(name, (), places.shape) for name in "xy")
    for written in (derivative(row.name, xs, ys), derivative(row.name, xs)):
        got = value(written, row.name, places)
        np.testing.assert_allclose(got, sympys, rtol=1e-12)
        np.testing.assert_allclose(got, stepped, rtol=1e-12)
        np.testing.assert_allclose(got, around, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("row", [r for r in ELEMENTWISE.values() if r.kinks], ids=lambda r: r.name)
@pytest.mark.parametrize("chosen", [None, Fraction(0), Fraction(1, 2), Fraction(1), Fraction(-3)])
def test_the_convention_holds_at_the_kink(row: Elementwise, chosen: Fraction | None) -> None:
    params = {} if chosen is None else {"kink": chosen}
    kinks = np.array([float(place) for place, _ in row.kinks])
    held = [settings(row, {}).get(c, c) if chosen is None else chosen for _, c in row.kinks]
    xs = Symbol("x", (), kinks.shape)
    got = value(derivative(row.name, xs, **params), row.name, kinks)
    np.testing.assert_allclose(got, [float(h) for h in held])
    beside = value(derivative(row.name, x, **params), row.name, PLACES)
    np.testing.assert_allclose(beside, value(derivative(row.name, x), row.name, PLACES))


@pytest.fixture
def another_row(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Let a test add a row; what was worked out for it is forgotten afterwards."""
    def add_row(sympy: Any, **rest: Any) -> str:
        row = Elementwise("another", sympy, lambda x: x, **rest)
        monkeypatch.setitem(ELEMENTWISE, "another", row)
        return row.name

    _shortest.cache_clear()
    yield add_row
    _shortest.cache_clear()


@pytest.mark.parametrize(("function", "wanted"), [
    (lambda S, x: 1 / (1 + S.exp(-3 * x)), mul(number(3), y, sub(ONE, y))),
    (lambda S, x: 1 - S.exp(-x), entrywise("exp", neg(x))),
    (lambda S, x: S.exp(-x) - 1, neg(entrywise("exp", neg(x)))),
    (lambda S, x: 2 / (1 + S.exp(-2 * x)) - 1, sub(ONE, power(y, number(2)))),
    (lambda S, x: x ** 3, mul(number(3), power(x, number(2)))),
    (lambda S, x: S.tan(S.pi / 4) * x ** 2 - x, sub(mul(number(2), x), ONE)),
])
def test_a_new_row_needs_no_new_code(another_row: Any, function: Any, wanted: Expr) -> None:
    assert derivative(another_row(function), x, y) == wanted


def test_several_kinks(another_row: Any) -> None:
    """The hard tanh: 1 between -1 and 1, constant outside."""
    name = another_row(lambda S, x: S.Piecewise((-1, x < -1), (1, x > 1), (x, True)),
                       kinks=((-1, 0), (1, 1)))
    places = np.array([-2.0, -1.0, 0.0, 1.0])
    got = evaluate(derivative(name, x), lambda ref: places)
    assert got.tolist() == [0, 0, 1, 1]


def test_a_break_that_is_not_declared_is_refused(another_row: Any) -> None:
    name = another_row(lambda S, x: S.Piecewise((0, x < 2), (x, True)), kinks=((0, 0),))
    with pytest.raises(DeriveError, match="break at 2"):
        derivative(name, x)


a, b = S.symbols("a b")
NAMES = {a: Symbol("a", (), ()), b: Symbol("b", (), ())}
A, B = NAMES[a], NAMES[b]


@pytest.mark.parametrize(("formula", "wanted"), [
    (1 - a ** 2, sub(ONE, power(A, number(2)))),
    (-a * (a - 1), mul(A, sub(ONE, A))),
    (-a - 1, add(neg(A), neg(ONE))),
    (a ** 2 - a + 1, add(power(A, number(2)), neg(A), ONE)),
    (-2 * a / (3 * b), neg(div(mul(number(2), A), mul(number(3), B)))),
    (a / 2, div(A, number(2))),
    (S.cos(a) / 2, mul(number(Fraction(1, 2)), entrywise("cos", A))),
    (1 / (2 * S.cos(a)), div(ONE, mul(number(2), entrywise("cos", A)))),
    (1 / S.sqrt(a), div(ONE, entrywise("sqrt", A))),
    (S.exp(-a) * b, mul(B, entrywise("exp", neg(A)))),
    (a ** b, power(A, B)),
    (S.Abs(S.Symbol("r", real=True)).subs(S.Symbol("r", real=True), a), entrywise("abs", A)),
])
def test_sympy_in_the_order_of_the_hand(formula: Any, wanted: Expr) -> None:
    assert from_sympy(formula, NAMES) == wanted


@pytest.mark.parametrize(("formula", "named"), [
    (S.gamma(a), "gamma"), (S.Symbol("c"), "`c`"), (S.Sum(a, (b, 1, 3)), "Sum"),
    (S.oo, "Infinity"), (S.I * a, "ImaginaryUnit"),
])
def test_what_cannot_be_written_is_named(formula: Any, named: str) -> None:
    with pytest.raises(DeriveError, match=named):
        from_sympy(formula, NAMES)
