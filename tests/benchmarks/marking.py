"""Submissions to the question q3, made up in various hands, and marking them."""

from __future__ import annotations

from functools import cache
from itertools import cycle

import derive
from derive.formats.reports import module
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.marked import marked
from tests.synthetic_submissions import made

__all__ = ["MANY", "Class", "solve"]

MANY = 40


def solve() -> int:
    """Solve and check q3: what a submission is measured by."""
    return len(derive.load("q3").solve().checks)


class Class:
    """A class whose work is marked one after the other, and again from the beginning."""

    def __init__(self) -> None:
        self.marker = Marker(derive.load("q3").source)
        self.texts = cycle(_texts())
        for _ in range(MANY):   # what serves all submissions is made
            self.mark()

    def mark(self) -> int:
        return len(marked(self.marker, next(self.texts)).claims)

    def mark_and_report(self) -> int:
        return len(module("html").write(marked(self.marker, next(self.texts)), "work"))


@cache
def _texts() -> tuple[str, ...]:
    marker = Marker(derive.load("q3").source)
    return tuple(made(marker, seed).text for seed in range(MANY))
