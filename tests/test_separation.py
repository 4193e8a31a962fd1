"""Linear separability, against brute force: every answer is a proof that is checked here anew."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import derive
from derive.numbers.linear_program import solution_or_multipliers
from derive.numbers.separation import Condition, Separation, separation

Row = tuple[int, ...]


def conditions(rows: list[Row], labels: tuple[int, ...], strict: bool = False
               ) -> tuple[Condition, ...]:
    return tuple(Condition(tuple(map(Fraction, row)), bool(label), bool(label) or strict)
                 for row, label in zip(rows, labels, strict=True))


def is_proved(asked: tuple[Condition, ...], answer: Separation) -> bool:
    """Check an answer by plain arithmetic; True for weights, False for a certificate."""
    if answer.weights is not None:
        for condition in asked:
            value = sum(a * b for a, b in zip(answer.weights, condition.x, strict=True))
            assert value > 0 if condition.above else value < 0 or (
                value == 0 and not condition.strict)
        return True
    assert answer.multipliers is not None
    assert all(m >= 0 for m in answer.multipliers)
    assert any(m > 0 and c.strict for m, c in zip(answer.multipliers, asked, strict=True))
    for place in range(len(asked[0].x)):
        assert sum(m * (c.x[place] if c.above else -c.x[place])
                   for m, c in zip(answer.multipliers, asked, strict=True)) == 0
    return False


@pytest.mark.parametrize(("inputs", "wanted"), [(1, 4), (2, 14), (3, 104)])
def test_how_many_boolean_functions_are_separable(inputs: int, wanted: int) -> None:
    rows = [(*row, 1) for row in product((0, 1), repeat=inputs)]
    found = 0
    for labels in product((0, 1), repeat=len(rows)):
        asked = conditions(rows, labels)
        found += is_proved(asked, separation(asked))
    assert found == wanted


XOR = [(0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 1)]


@pytest.mark.parametrize("labels", [(0, 1, 1, 0), (1, 0, 0, 1)])
@pytest.mark.parametrize("strict", [False, True])
def test_xor_has_the_certificate_people_write(labels: tuple[int, ...], strict: bool) -> None:
    assert separation(conditions(XOR, labels, strict)) == Separation(multipliers=(1, 1, 1, 1))


def test_small_weights_are_preferred() -> None:
    asked = conditions([(1, 0, 0), (1, 1, 1), (1, 1, 0)], (1, 1, 0))
    assert separation(asked) == Separation(weights=(Fraction(1), Fraction(-1), Fraction(1)))


@pytest.mark.parametrize(("rows", "labels", "strict", "wanted"), [
    ([(1, 2), (3, 4)], (1, 1), False, True),            # one class only
    ([(1, 2), (3, 4)], (0, 0), False, True),
    ([(1, 2), (-1, -2)], (1, 1), False, False),
    ([(1, 2), (1, 2)], (1, 0), False, False),           # the same row with both labels
    ([(0, 0)], (1,), False, False),                     # a row of zeros is on no side
    ([(0, 0)], (0,), False, True),
    ([(0, 0)], (0,), True, False),
    ([(1, 0), (0, 1), (0, -1)], (1, 0, 0), False, True),    # w = (1, 0): twice on the border
    ([(1, 0), (0, 1), (0, -1)], (1, 0, 0), True, False),
])
def test_degenerate_cases(rows: list[Row], labels: tuple[int, ...], strict: bool, wanted: bool
                          ) -> None:
    asked = conditions(rows, labels, strict)
    assert is_proved(asked, separation(asked)) is wanted


def by_brute_force(asked: tuple[Condition, ...]) -> bool:
    """Try a fine grid of directions in the plane: it holds the borders of rows of 0 to 3."""
    steps = [Fraction(k, 60) for k in range(-60, 61)]
    around = [w for s in steps for w in ((Fraction(1), s), (Fraction(-1), s), (s, Fraction(1)),
                                         (s, Fraction(-1)), (Fraction(0), Fraction(0)))]
    return any(all(c.holds(w) for c in asked) for w in around)


small = st.integers(-3, 3)


@given(st.lists(st.tuples(small, small, st.booleans()), min_size=1, max_size=7), st.booleans())
@settings(max_examples=150, deadline=None)
def test_agrees_with_brute_force(rows: list[Any], strict: bool) -> None:
    asked = conditions([row[:2] for row in rows], tuple(int(row[2]) for row in rows), strict)
    assert is_proved(asked, separation(asked)) == by_brute_force(asked)


fraction = st.fractions(-5, 5, max_denominator=12)


@given(st.lists(st.tuples(fraction, fraction, fraction, fraction, st.booleans(), st.booleans()),
                min_size=1, max_size=10))
@settings(max_examples=100, deadline=None)
def test_every_answer_is_a_proof_for_rational_rows(rows: list[Any]) -> None:
    asked = tuple(Condition(row[:4], row[4], row[4] or row[5]) for row in rows)
    is_proved(asked, separation(asked))


def test_a_wrong_answer_is_caught() -> None:
    asked = conditions(XOR, (0, 1, 1, 0))
    with pytest.raises(AssertionError):
        is_proved(asked, Separation(weights=(Fraction(1), Fraction(1), Fraction(0))))
    with pytest.raises(AssertionError):
        is_proved(asked, Separation(multipliers=(1, 1, 1, 2)))


numbers = st.integers(-4, 4).map(Fraction)


@given(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=6),
       st.tuples(*[st.integers(0, 4).map(Fraction)] * 3))
@settings(max_examples=150, deadline=None)
def test_a_linear_program_is_solved_or_refuted(columns: list[Any], b: tuple[Fraction, ...]) -> None:
    x, y = solution_or_multipliers(columns, b)
    assert (x is None) != (y is None)
    if x is not None:
        assert min(x) >= 0
        assert all(sum(c[i] * n for c, n in zip(columns, x, strict=True)) == b[i] for i in range(3))
    if y is not None:
        assert all(sum(a * n for a, n in zip(column, y, strict=True)) <= 0 for column in columns)
        assert sum(a * n for a, n in zip(b, y, strict=True)) > 0


def test_two_questions_about_the_same_rows_have_answers_of_their_own() -> None:
    solution = derive.Question.from_text("""
index: {n: 1..4}
given:
  x: {1: [0, 0], 2: [0, 1], 3: [1, 0], 4: [1, 1]}
  either: [0, 1, 1, 1]
  odd: [0, 1, 1, 0]
  w: [1, -1]
parts:
  - {separable: {features: x, labels: either}}
  - {separable: {features: x, labels: either, weights: w}}
  - {separable: {features: x, labels: odd, bias: true}}
""").solve()
    found = solution.solved.tables["separable"]
    assert list(found) == ["x, either", "x, either, w", "x, odd, bias"]
    assert "certificate" in found["x, odd, bias"]
    assert "weights" in found["x, either"]
    assert "$`-1 \\le 0`$ | wrong" in solution.render("markdown")


def test_a_wrong_row_is_compared_by_what_is_true() -> None:
    solution = derive.Question.from_text("""
index: {n: 1..3}
given: {x: {1: [1, 0], 2: [0, 1], 3: [1, 1]}, t: [1, 0, 0], w: [0, 1]}
parts: [{separable: {features: x, labels: t, weights: w}}]
""").solve()
    sheet = solution.render("markdown")
    assert "$`0 \\le 0`$ | wrong" in sheet
    assert "$`1 > 0`$ | wrong" in sheet
