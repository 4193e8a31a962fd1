"""A bar on a terminal once work takes longer than a second; nothing in a pipe."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator

import pytest

import derive
from derive.cli import progress as module
from derive.cli.progress import progress, solved


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    return now


def working(clock: list[float], items: Iterator[int], seconds: float) -> list[int]:
    found = []
    for item in items:
        clock[0] += seconds
        found.append(item)
    return found


@pytest.mark.parametrize(("seconds", "is_seen"), [(0.1, False), (0.6, True)])
def test_bar_comes_when_it_takes_long(clock: list[float], monkeypatch: pytest.MonkeyPatch,
                                      seconds: float, is_seen: bool) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert working(clock, progress(range(5), 5, "solving"), seconds) == [0, 1, 2, 3, 4]
    assert ("solving" in screen.getvalue()) == is_seen
    assert bool(re.search(r"5/5", screen.getvalue())) == is_seen


@pytest.mark.parametrize(("screen", "count"), [(io.StringIO(), 5), (Terminal(), 1)])
def test_pipe_and_single_question_see_nothing(clock: list[float], screen: io.StringIO, count: int,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", screen)
    assert working(clock, progress(range(count), count, "solving"), 9.0) == [*range(count)]
    assert screen.getvalue() == ""


def test_bar_is_finished_when_work_fails(clock: list[float], monkeypatch: pytest.MonkeyPatch
                                         ) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)

    def failing() -> Iterator[int]:
        yield 1
        clock[0] += 2
        yield 2
        raise ValueError("spoilt")

    with pytest.raises(ValueError, match="spoilt"):
        list(progress(failing(), 3, "solving"))
    assert screen.getvalue().endswith("\n")


def test_set_goes_through_the_bar() -> None:
    homework = derive.QuestionSet.from_text(
        "questions: [softmax_cross_entropy, sigmoid_squared_error]")
    solution = solved(homework)
    assert [one.solved.name for one in solution.questions] == [
        "softmax_cross_entropy", "sigmoid_squared_error"]
