"""``answer``: a model answer in words, in Markdown with mathematics between dollars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from derive.errors import DeriveError
from derive.question.binder import Binder
from derive.question.keys.key import Key
from derive.question.prose import prose, word_count
from derive.question.question import Task
from derive.question.source import Node, Scalar

__all__ = ["ANSWER", "Answer"]

TOO_LONG = 1.3      # times the length asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Task):
    """Prose; `words` is its length, counted where the part asks for one."""

    text: str
    words: int | None = None


def _read(node: Node) -> Scalar:
    found = prose(node)
    if not found.text.strip():
        raise DeriveError("`answer` holds nothing", found.place,
                          "write answer: |, and the text below it, further to the right")
    return found


def _bind(found: Scalar, along: Mapping[str, Any], binder: Binder) -> Answer:
    asked = binder.part.words
    length = word_count(found.text)
    if asked and length > TOO_LONG * asked:
        binder.warn(f"the model answer has {length} words, where {asked} are asked for",
                    found.place)
    return Answer(text=found.text.strip("\n"), words=length if asked else None)


ANSWER = Key("answer", _read, _bind, needs_model=False)
