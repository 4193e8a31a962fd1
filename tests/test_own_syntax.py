"""Lines of a submission in the syntax of question files."""

from __future__ import annotations

from functools import cache

import pytest

import derive
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.marking import judged


@cache
def marker() -> Marker:
    return Marker(derive.load("q3").source)


@pytest.mark.parametrize(("line", "of", "verdicts"), [
    ("So dL/dV = sum(outer(dL/do[t], h[t]), t) by the chain rule.", "dL/dV", ["right"]),
    ("dL/dV = sum(outer(dL/do[t], x[t]), t)", "dL/dV", ["wrong"]),
    ("l[0] = cross_entropy(y[0], yhat[0]) = 0.175", "l[0]", ["right", "right"]),
    ("L = mean(l[t], t)", "L", ["right"]),
    ("L = mean(l[k], k)", "L", ["right"]),
    ("- L = 1/3 sum(l[t], t)", "L", ["right"]),
    ("L = -1/3 sum(sum(y[t][k] log(yhat[t][k]), k), t)", "L", ["right"]),
    ("L = mean(l[t], nothing)", "L", ["unread"]),
])
def test_a_line_is_read_as_in_a_question_file(line: str, of: str, verdicts: list[str]) -> None:
    found = judged(marker(), line)
    assert [(j.claim.of, j.verdict) for j in found] == [(of, v) for v in verdicts]
    assert all(j.claim.text in line for j in found)


def test_a_sum_over_a_letter_runs_as_far_as_what_it_picks() -> None:
    question = derive.load("q3")
    assert question.check("L", "mean(l[k], k)").right
