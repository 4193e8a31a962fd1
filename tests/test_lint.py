"""The digits on a page are read as their policy wrote them."""

from __future__ import annotations

import numpy as np
import pytest

from derive.numbers.policy import Policy, literal
from derive.solution.lint import misprinted


@pytest.mark.parametrize("value", [1108.3, 99960.0, -123456.0, 0.012345, 3.0e7, 0.0])
@pytest.mark.parametrize("mode", ["significant", "decimal"])
@pytest.mark.parametrize("digits", [1, 3, 6])
def test_digits_of_any_size_are_those_of_their_value(value: float, mode: str, digits: int) -> None:
    policy = Policy(digits, mode)
    assert misprinted(literal(np.asarray([value]), policy, False), policy) == ""


def test_a_digit_that_is_not_the_value_s_is_found() -> None:
    policy = Policy()
    shown = literal(np.asarray([1108.3]), policy, False)
    wrong = type(shown)(np.asarray([1121.0]), False, lambda value: shown.say(1108.3))
    assert "1110" in misprinted(wrong, policy)
