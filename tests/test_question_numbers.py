"""Numbers and arrays as they are typed in question files: exact, bounded, never run."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from derive.errors import DeriveError, Place
from derive.expr.integers import named
from derive.question.faults import Faults
from derive.question.given import array
from derive.question.numbers import value
from derive.question.sizes import integer, read_range, read_shape
from derive.question.source import Mapping_, Scalar, compose

HERE = Place("q.yaml", 1, 1)


def scalar(text: str) -> Scalar:
    return Scalar(text, HERE, "", HERE)


def number(text: str) -> Any:
    return value(scalar(text), {"n": 2})


@pytest.mark.parametrize(("text", "exact"), [
    ("3", 3), ("+2", 2), ("-0.25", Fraction(-1, 4)), (".5", Fraction(1, 2)), ("2.", 2),
    ("0.1", Fraction(1, 10)), ("1e-5", Fraction(1, 100_000)), ("1/3", Fraction(1, 3)),
    ("0.1*3", Fraction(3, 10)), ("2**-2", Fraction(1, 4)), ("sqrt(4/9)", Fraction(2, 3)),
    ("−1", -1), ("n + 1", 3), ("(1 - 1/3)*2", Fraction(4, 3)), (" 7 ", 7),
])
def test_exact(text: str, exact: Fraction) -> None:
    found = number(text)
    assert isinstance(found, Fraction)
    assert found == exact


@pytest.mark.parametrize(("text", "near"), [
    ("pi/2", math.pi / 2), ("sqrt(2)/2", math.sqrt(0.5)), ("2**0.5", math.sqrt(2)),
])
def test_float_where_it_is_not_rational(text: str, near: float) -> None:
    found = number(text)
    assert isinstance(found, float)
    assert found == pytest.approx(near, rel=1e-15)


@drawn(st.fractions(max_denominator=10**6))
def test_every_fraction_is_read_exactly(x: Fraction) -> None:
    assert number(str(x)) == x


@drawn(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300))
def test_every_decimal_is_read_exactly(x: float) -> None:
    if x == 0 or abs(x) > 1e-290:
        assert number(repr(x)) == Fraction(repr(x))


@pytest.mark.parametrize(("text", "rows"), [
    ("zeros(3)", [0, 0, 0]), ("ones(1, 2)", [[1, 1]]), ("ones((1, 2))", [[1, 1]]),
    ("eye(n)", [[1, 0], [0, 1]]), ("linspace(0, 1, 3)", [0, Fraction(1, 2), 1]),
    ("linspace(2, 3, 1)", [2]), ("arange(3)", [0, 1, 2]),
    ("arange(0, 1, 1/2)", [0, Fraction(1, 2)]), ("arange(3, 1, -1)", [3, 2]),
    ("reshape([1, 2, 3, 4], (2, 2))", [[1, 2], [3, 4]]),
    ("reshape(arange(4), 2, 2)", [[0, 1], [2, 3]]), ("-eye(2)/2", [[Fraction(-1, 2), 0],
                                                                   [0, Fraction(-1, 2)]]),
])
def test_made_arrays(text: str, rows: list[Any]) -> None:
    found = number(text)
    assert found.dtype == object
    assert found.tolist() == rows


@pytest.mark.parametrize("text", [
    "9**9**9", "1e999999", "1e-999999", "1" * 1000, "10**400", "2**1e9", "zeros(10**9)",
    "linspace(0, 1, 1e9)", "arange(1e9)", "eye(1000)", "(" * 3000, "-" * 3000 + "1",
    "1 + " * 900 + "1" * 400,
])
def test_too_large(text: str) -> None:
    with pytest.raises(DeriveError):
        number(text)


@pytest.mark.parametrize("text", [
    "", "~", "null", "true", "Yes", "None", "nan", "inf", "-inf", "hello", "1 2", "1_000", "0x10",
    "1j", "1,5", "[1, 2]", "(1, 2)", "'a'", "zeros", "zeros()", "zeros(0)", "zeros(1.5)",
    "zeros(shape=3)", "sqrt(-1)", "(-8)**(1/3)", "1/0", "0**-1", "1//2", "5 % 2", "1 if 1 else 2",
    "lambda: 1", "().__class__", "__import__('os')", "open('x')", "eye(2) + ones(3)", "2**eye(2)",
    "reshape([1, 2], (3, 1))", "linspace(0, 1)", "[1][0]", "pi.real", "n(2)", "sqrt([1])", "[2]*3",
])
def test_not_a_number(text: str) -> None:
    with pytest.raises(DeriveError) as caught:
        number(text)
    assert caught.value.place is not None


@pytest.mark.parametrize("text", [
    "True + 1", "print(1)", "exec('1')", "eval", "os", "x", "W", "e", "zeros(m)",
])
def test_a_word_that_is_no_number_is_named(text: str) -> None:
    with pytest.raises(DeriveError, match="where numbers belong"):
        number(text)


def rows(text: str) -> tuple[Any, list[str]]:
    faults = Faults()
    tree = compose(f"W: {text}", "q.yaml", faults)
    assert isinstance(tree, Mapping_)
    return array(tree.items[0][1], {"n": 2}, faults), [str(e) for e in faults.errors]


def test_shapes() -> None:
    assert [rows(t)[0].shape for t in ("3", "[1]", "[[1, 2, 3]]", "[[[1]], [[2]]]")] == [
        (), (1,), (1, 3), (2, 1, 1)]


def test_arrays_may_be_rows() -> None:
    found, errors = rows("[zeros(2), [1, 1/2]]")
    assert errors == []
    assert found.tolist() == [[0, 0], [1, Fraction(1, 2)]]


def test_one_float_makes_the_array_float() -> None:
    found, _ = rows("[1, pi]")
    assert found.dtype == np.float64


def test_every_bad_cell_is_reported() -> None:
    found, errors = rows("[[1, a], [b, 2]]")
    assert found.shape == (2, 2)
    assert [e.split(" ")[0] for e in errors] == ["q.yaml:1:9:", "q.yaml:1:14:"]


@pytest.mark.parametrize(("text", "size"), [
    ("3", 3), ("n", named("n")), ("2*n + 1", named("n") * 2 + 1),
    ("n + m", named("n") + named("m")), ("n - 1", named("n") - 1),
    ("-1", -1), ("(n + 1)*2", named("n") * 2 + 2),
])
def test_sizes(text: str, size: Any) -> None:
    assert integer(text, HERE) == size


@pytest.mark.parametrize("text", [
    "", "1.5", "n/2", "n**2", "n[0]", "f(n)", "1e3", "9" * 50, "True", "(" * 150, "n and m", "é∂",
    "*".join(["(n + 1)"] * 24), "x" * 300, "_ _",
])
def test_not_a_size(text: str) -> None:
    with pytest.raises(DeriveError):
        integer(text, HERE)


def test_shape_texts() -> None:
    n, m = named("n"), named("m")
    texts = {"scalar": (), "3": (3,), "n": (n,), "n x m": (n, m), "2x3": (2, 3), "n × m": (n, m),
             "n x (n + m)": (n, n + m), "2 x 3 x n": (2, 3, n)}
    assert {text: read_shape(scalar(text), {}) for text in texts} == texts


def test_range_texts() -> None:
    found = read_range(scalar("0..T-1"), {})
    assert (found.lo, found.hi) == (0, named("T") - 1)
    found = read_range(scalar("-1 .. T"), {"T": 3})
    assert (found.lo, found.hi) == (-1, 3)


@pytest.mark.parametrize("text", ["3", "1..", "..2", "1..2..3", "0:2", "[0, 2]", "a b..2", "2..1"])
def test_not_a_range(text: str) -> None:
    with pytest.raises(DeriveError, match=r"0\.\.2 or 1\.\.T"):
        read_range(scalar(text), {})
