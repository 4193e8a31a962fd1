"""Questions from Python's arguments in the place of a file: a model, facts, shapes, numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derive.errors import DeriveError, Place
from derive.question.faults import Faults
from derive.question.question import Question
from derive.question.read import read_question
from derive.question.source import Listing, Mapping_, Node, Scalar

__all__ = ["Asking", "question_from", "texts_of"]

Texts = str | Sequence[str]
MOST_NODES = 100_000


class Asking(Mapping[str, Any]):
    """What a question file would say, section by section; empty sections are left out."""

    def __init__(self, **sections: Any) -> None:
        self.sections = {key: value for key, value in sections.items() if value not in (
            None, "", {}, [], ())}

    def __getitem__(self, key: str) -> Any:
        return self.sections[key]

    def __iter__(self) -> Any:
        return iter(self.sections)

    def __len__(self) -> int:
        return len(self.sections)


def texts_of(items: Texts) -> tuple[str, ...]:
    """Return one text or several as several."""
    return (items,) if isinstance(items, str) else tuple(items)


def question_from(asking: Asking, name: str = "question") -> Question:
    """Return the question; QuestionError holds all that is wrong, each with its section."""
    nodes = [(_scalar(key, key), _node(key, value)) for key, value in asking.items()]
    faults = Faults()
    question = None
    with faults.caught():
        question = read_question(Mapping_(tuple(nodes), Place(name, 1, 1)), name, "", faults)
    faults.report()
    assert question is not None, "a question without a fault was read"
    return question


def _scalar(text: str, section: str) -> Scalar:
    place = Place(section, 1, 1)
    return Scalar(text, place, "|" if "\n" in text else "", place)


def _node(section: str, value: Any) -> Node:
    """Return what YAML would make of a value: text, a list, a mapping."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return Mapping_(tuple((_scalar(str(k), section), _node(section, v))
                              for k, v in value.items()), Place(section, 1, 1))
    if isinstance(value, (list, tuple)):
        return Listing(tuple(_node(section, v) for v in value), Place(section, 1, 1))
    if isinstance(value, (str, int, float)) or hasattr(value, "numerator"):
        return _scalar(str(value), section)
    raise DeriveError(f"a {type(value).__name__} cannot stand here", Place(section, 1, 1),
                      "give text, numbers, lists or dictionaries")
