"""The rounding policy, against `decimal` and against what a person writes."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import DeriveError
from derive.numbers.policy import Policy, carried, literal, sentence

SHOWN: list[tuple[Policy, Any, str]] = [
    (Policy(), 2.675, "2.68"),
    (Policy(), 0.3, "0.300"),
    (Policy(), F(1, 2), "0.5"),
    (Policy(), F(1, 3), "1/3"),
    (Policy(), F(-22, 7), "-22/7"),
    (Policy(), F(11, 8), "11/8"),
    (Policy(4), F(11, 8), "1.375"),
    (Policy(), F(1234, 97), "12.7"),
    (Policy(), F(12345, 10000), "1.23"),
    (Policy(), 123456, "123456"),
    (Policy(), F(10) ** 20, "1.00e20"),
    (Policy(), 9.996, "10.0"),
    (Policy(), 0.9996, "1.00"),
    (Policy(), 12345.6, "12300"),
    (Policy(), 1234567.0, "1.23e6"),
    (Policy(2), 5.6e-17, "5.6e-17"),
    (Policy(), 9.999999e-5, "0.000100"),
    (Policy(), 0.0, "0"),
    (Policy(), -0.0, "0"),
    (Policy(), np.float64(-0.7615941559557649), "-0.762"),
    (Policy(2, "decimal"), -0.004, "0.00"),
    (Policy(2, "decimal"), 1234567.891, "1234567.89"),
    (Policy(0, "decimal"), 2.5, "3"),
    (Policy(0, "decimal", ties="even"), 2.5, "2"),
    (Policy(2, ties="even"), 0.125, "0.12"),
    (Policy(2, "decimal"), 3e20, "3.00e20"),
]


@pytest.mark.parametrize(("policy", "value", "digits"), SHOWN)
def test_shown_digits(policy: Policy, value: Any, digits: str) -> None:
    assert policy.show(value) == digits


@pytest.mark.parametrize(("policy", "value", "digits"), SHOWN)
def test_round_is_the_number_shown(policy: Policy, value: Any, digits: str) -> None:
    assert policy.round(value) == F(digits)


def test_what_is_not_a_number_is_refused() -> None:
    with pytest.raises(DeriveError, match="cannot be shown"):
        Policy().show(float("nan"))


@pytest.mark.parametrize(("value", "shown"), [(float("inf"), "inf"), (-np.inf, "-inf")])
def test_infinity_stands_in_a_mask(value: float, shown: str) -> None:
    assert Policy().show(value) == shown
    assert Policy().round(value) == value


@pytest.mark.parametrize("settings", [
    {"digits": 0}, {"digits": 18}, {"mode": "fixed"}, {"carry": "no"}, {"ties": "down"}])
def test_unknown_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(DeriveError):
        Policy(**settings)


finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)
TIES = {"up": ROUND_HALF_UP, "even": ROUND_HALF_EVEN}


@given(finite, st.integers(1, 10), st.sampled_from(["up", "even"]))
def test_significant_digits_agree_with_decimal(value: float, digits: int, ties: Any) -> None:
    context = Context(prec=digits, rounding=TIES[ties])
    assert Policy(digits, ties=ties).round(value) == F(context.create_decimal(repr(value)))


@given(finite, st.integers(0, 8), st.sampled_from(["up", "even"]))
def test_decimals_agree_with_decimal(value: float, digits: int, ties: Any) -> None:
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), TIES[ties],
                                            Context(prec=400))
    assert Policy(digits, "decimal", ties=ties).round(value) == F(rounded)


values = st.one_of(finite, st.fractions(), st.integers())


@given(values, st.integers(1, 9), st.sampled_from(["significant", "decimal"]))
def test_shown_text_round_and_interval_agree(value: Any, digits: int, mode: Any) -> None:
    policy = Policy(digits, mode)
    shown = F(policy.show(value))
    low, high = policy.interval(value)
    assert policy.round(value) == shown
    assert low <= float(shown) <= high
    assert low <= float(value) <= high
    assert not policy.show(value).startswith("-0") or shown


@given(values, st.integers(1, 9), st.sampled_from(["significant", "decimal"]))
def test_exact_means_that_the_digits_are_the_whole_truth(value: Any, digits: int,
                                                         mode: Any) -> None:
    policy = Policy(digits, mode)
    if policy.is_exact(value):
        assert F(policy.show(value)) == value


@given(finite, st.integers(1, 9))
def test_rounding_again_changes_nothing(value: float, digits: int) -> None:
    policy = Policy(digits)
    assert policy.round(float(policy.round(value))) == policy.round(value)


def test_interval_is_half_a_unit_of_the_last_digit() -> None:
    assert Policy().interval(0.7615941) == pytest.approx((0.7615, 0.7625), abs=1e-15)
    assert Policy().interval(F(1, 2)) == pytest.approx((0.4995, 0.5005), abs=1e-15)
    assert Policy().interval(0) == pytest.approx((-0.0005, 0.0005), abs=1e-15)
    assert Policy(2, "decimal").interval(1234.5678) == pytest.approx((1234.565, 1234.575))


def digits_of(node: Any) -> list[str]:
    return [node.say(value) for value in node.values.ravel()]


def test_literal_of_floats_is_rounded_and_says_so() -> None:
    node = literal(np.array([0.25, -0.7615941, 0.0]), Policy(), exact=False)
    assert digits_of(node) == ["0.250", "-0.762", "0"]
    assert not node.exact


def test_literal_of_fractions_is_exact_where_all_of_it_is_shown() -> None:
    short = np.array([F(1, 3), F(-2), F(1, 4)], dtype=object)
    node = literal(short, Policy(), exact=True)
    assert digits_of(node) == ["1/3", "-2", "0.25"]
    assert node.exact
    assert not literal(np.array([F(1, 101)], dtype=object), Policy(), exact=True).exact


def test_literal_of_exact_floats_prints_like_fractions() -> None:
    node = literal(np.array([1.0, -0.5]), Policy(), exact=True)
    assert digits_of(node) == ["1", "-0.5"]
    assert node.exact


def test_float_noise_shows_as_zero() -> None:
    node = literal(np.array([1.0, 1e-17, -5e-14]), Policy(), exact=False)
    assert digits_of(node) == ["1.00", "0", "0"]
    assert digits_of(literal(np.array([1e-17]), Policy(), exact=False)) == ["1.00e-17"]
    assert digits_of(literal(np.array([1e-17]), Policy(), exact=False, scale=1.0)) == ["0"]


def test_literal_of_one_number() -> None:
    assert digits_of(literal(0.5, Policy(), exact=False)) == ["0.500"]
    assert literal(3, Policy(), exact=True).shape == ()


def test_carried_values() -> None:
    values = np.array([[0.7615941, 0.5]])
    assert carried(values, Policy()) is values
    rounded = carried(values, Policy(carry="rounded"))
    assert rounded.tolist() == [[F("0.762"), F("0.5")]]


def test_sentence() -> None:
    assert sentence(Policy()) == ("Values are shown to 3 significant digits; "
                                  "full precision is carried.")
    assert sentence(Policy(1, "decimal", "rounded")) == (
        "Values are shown to 1 decimal place; the rounded values are carried on, as by hand.")


def test_a_mask_leaves_exact_numbers_exact() -> None:
    import derive

    solution = derive.Question.from_text("""
given: {S: [[1, 2, 3], [2, 0, 1/2]], M: [[1, 0, 0], [1, 1, 0]]}
model: "A = softmax(where(M == 1, S, -inf))"
parts: [{find: A}]
""").solve()
    assert all(check.ok for check in solution.checks)
    sheet = solution.render("markdown")
    assert r"\begin{bmatrix} 1 & -\infty & -\infty \\ 2 & 0 & -\infty \end{bmatrix}" in sheet
    assert r"\boxed{\begin{bmatrix} 1 & 0 & 0 \\ 0.881 & 0.119 & 0 \end{bmatrix}}" in sheet
    assert "M - 1" not in sheet     # 1 == 1 is seen without 1 - 1 == 0
