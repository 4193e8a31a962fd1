"""How far long work is: a bar on a terminal after a second of it, nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from derive.api import Question, QuestionSet

__all__ = ["progress", "solved"]

SOON = 1.0      # seconds without a bar
T = TypeVar("T")


def progress(items: Iterable[T], count: int, label: str) -> Iterator[T]:
    """Hand the items on; what is done with each counts as its work."""
    if count < 2 or not sys.stderr.isatty():
        yield from items
        return
    begun, bar = monotonic(), None
    with ExitStack() as shown:
        for done, item in enumerate(items):
            if bar is None and monotonic() - begun > SOON:
                bar = shown.enter_context(click.progressbar(
                    length=count, label=label, file=sys.stderr, show_pos=True))
                bar.update(done)
            yield item
            if bar is not None:
                bar.update(1)


def solved(loaded: Question | QuestionSet, **options: Any) -> Any:
    """Solve a question, or a set with a bar over its questions."""
    count = len(getattr(loaded, "questions", ()))
    if count:
        options["through"] = lambda items: progress(items, count, "solving")
    return loaded.solve(**options)
