"""Questions and sets by name or path."""

from __future__ import annotations

import os
from dataclasses import replace

from derive.api.question import Question
from derive.api.sets import QuestionSet
from derive.question import catalogue as catalogue_of
from derive.question.question_set import QuestionSet as Sources
from derive.question.question_set import read_path

__all__ = ["load"]


def load(source: str | os.PathLike[str]) -> Question | QuestionSet:
    """Load a built-in question or set by name, or a file by path: a `Question` or `QuestionSet`.

    Raises DeriveError (QuestionError with every fault of a file).
    """
    name, path = catalogue_of.find(source)
    found = read_path(path)
    if isinstance(found, Sources):
        return QuestionSet(replace(found, name=name))
    return Question(replace(found, name=name))
