"""A set: several questions that make up one assignment.

>>> read_set("title: Two\\nquestions: [q3, {question: q3, conventions: {log: 10}}]").marks
Fraction(40, 1)
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from derive.errors import DeriveError, Place
from derive.languages import ENGLISH
from derive.question.catalogue import find
from derive.question.faults import Faults
from derive.question.fields import asked, each, fields, marks, record, spoken, text, texts
from derive.question.prose import words
from derive.question.question import Question
from derive.question.read import Changes, read_question
from derive.question.source import Listing, Mapping_, Node, Scalar, compose
from derive.question.source_text import read_text

__all__ = ["QuestionSet", "read_path", "read_set"]

EXAMPLE = "write - q3, one a line: a built-in question, or a file beside this one"
NAME = re.compile(r"\w[\w.-]{0,60}")


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions in the order in which an assignment asks them; their names are distinct."""

    name: str
    title: str
    questions: tuple[Question, ...]
    intro: str = ""
    file: str = ""
    language: str = ENGLISH
    authors: tuple[str, ...] = ()

    @property
    def marks(self) -> Fraction | None:
        """Return what all parts of all questions are worth."""
        worth = [part.marks for question in self.questions for part in question.parts
                 if part.marks is not None]
        return sum(worth, Fraction(0)) if worth else None


@dataclass(frozen=True, slots=True)
class Listed:
    """One question of a set as its author typed it."""

    source: str
    place: Place
    changes: Changes
    name: str = ""


def is_set(top: Node) -> bool:
    """True for the tree of a file that lists questions."""
    return isinstance(top, Mapping_) and any(key.text == "questions" for key, _ in top.items)


def read_path(path: str | os.PathLike[str]) -> Question | QuestionSet:
    """Read the file of a question or of a set, whichever it is.

    Raises QuestionError, which holds every error that was found.
    """
    file, name = os.fspath(path), Path(path).stem
    faults = Faults()
    found: Question | QuestionSet | None = None
    with faults.caught():
        top = compose(read_text(path), file, faults)
        found = (set_of if is_set(top) else read_question)(top, name, file, faults)
    faults.report()
    assert found is not None, "a file without a fault was read"
    return found


def read_set(source: str, name: str = "set", file: str = "") -> QuestionSet:
    """Read the text of a set; QuestionError holds what is wrong with it and with its questions."""
    faults, found = Faults(), None
    with faults.caught():
        found = set_of(compose(source, file, faults), name, file, faults)
    faults.report()
    assert found is not None, "a set without a fault was read"
    return found


def set_of(top: Node, name: str, file: str, faults: Faults) -> QuestionSet:
    """Read the tree of a set file, and every question that it lists."""
    assert isinstance(top, Mapping_), "a set is a mapping with questions"
    found: dict[str, Any] = fields(top, READERS, "a set", faults)
    questions = []
    for listed in _named(found.get("questions", ()), faults):
        with faults.caught():
            questions.append(_question(listed, Path(file).parent))
    made = QuestionSet(name, found.get("title") or name, tuple(questions), found.get("intro", ""),
                       file, found.get("language") or _first(questions),
                       found.get("author") or _all_of(questions))
    if "marks" in found and not faults.errors and found["marks"] != made.marks:
        place = next(node.place for key, node in top.items if key.text == "marks")
        faults.add(f"the questions add up to {made.marks or 0} marks, not to {found['marks']}",
                   place, "correct the total, or leave it out")
    return made


def _first(questions: Sequence[Question]) -> str:
    """A set that says nothing is written in the language of its first question."""
    return questions[0].language if questions else ENGLISH


def _all_of(questions: Sequence[Question]) -> tuple[str, ...]:
    """A set that names no author is by those of its questions."""
    return tuple(dict.fromkeys(name for question in questions for name in question.authors))


def _question(listed: Listed, folder: Path) -> Question:
    try:
        _, path = find(listed.source, folder)
    except DeriveError as error:
        raise DeriveError(error.message, listed.place, error.remedy) from None
    faults, found = Faults(), None
    top = compose(read_text(path), str(path), faults)
    if is_set(top):
        raise DeriveError(f"`{listed.source}` is a set itself", listed.place,
                          "list the questions it holds")
    with faults.caught():
        found = read_question(top, listed.name, str(path), faults, listed.changes)
    faults.report()
    assert found is not None, "a question without a fault was read"
    return found


def _named(listed: Iterable[Listed], faults: Faults) -> list[Listed]:
    """Give every question a name of its own: that of its file, with a number if need be."""
    found: dict[str, Listed] = {}
    for item in listed:
        stem = Path(item.source).name.removesuffix(".yaml")
        numbered = (f"{stem}-{n}" if n > 1 else stem for n in range(1, len(found) + 2))
        name = item.name or next(name for name in numbered if name not in found)
        if name in found:
            faults.add(f"two questions are called `{name}`", item.place,
                       "give one of them another name")
        found[name] = replace(item, name=name)
    return list(found.values())


def _questions(node: Node) -> tuple[Listed, ...]:
    if not isinstance(node, Listing) or not node.items:
        raise DeriveError("`questions` is a list", node.place, EXAMPLE)
    return each(node.items, _listed)


def _listed(node: Node) -> Listed:
    if not isinstance(node, Mapping_):
        return Listed(words(node), node.place, Changes())
    found = record(node, ENTRY, "a question of a set")
    if "question" not in found:
        raise DeriveError("this entry names no question", node.place, "write {question: q3, ...}")
    source: Scalar = found["question"]
    return Listed(source.text.strip(), source.place,
                  Changes(found.get("title", ""), found.get("conventions")), found.get("name", ""))


def _name(node: Node) -> str:
    word = text(node)
    if not NAME.fullmatch(word):
        raise DeriveError(f"`{word}` is not a name", node.place,
                          "names are letters, digits, points and dashes")
    return word


def _conventions(node: Node) -> Mapping_:
    if not isinstance(node, Mapping_):
        raise DeriveError("`conventions` is a mapping", node.place,
                          "write conventions: {log: 10, digits: 3}")
    return node


def _texts(node: Node) -> tuple[str, ...]:
    return tuple(item.text.strip() for item in texts(node))


READERS = {"title": text, "intro": words, "marks": marks, "topics": _texts,
           "questions": _questions, "language": spoken, "author": _texts}
ENTRY: Mapping[str, Any] = {"question": lambda node: asked(node)[0], "title": text, "name": _name,
                            "conventions": _conventions}
