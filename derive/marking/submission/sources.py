"""Marking submissions to a question or to a set; what is known of it serves all of them."""

from __future__ import annotations

from collections.abc import Callable

from derive.marking.submission.in_set import marked_in_set
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.marked import Marked, marked
from derive.question.question import Question
from derive.question.question_set import QuestionSet

__all__ = ["marking"]


def marking(source: Question | QuestionSet) -> Callable[[str], Marked]:
    """Return what marks a submission's text."""
    if isinstance(source, Question):
        marker = Marker(source)
        return lambda text: marked(marker, text)
    markers = {question.name: Marker(question) for question in source.questions}
    return lambda text: marked_in_set(source.name, markers, text)
