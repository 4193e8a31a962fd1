"""A solved set of questions, and which of its parts a label means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol, TypeVar

from derive.errors import DeriveError, nearest
from derive.languages import ENGLISH
from derive.solution.step import PartSolution, SolvedQuestion

__all__ = ["Solved", "SolvedSet", "chosen", "in_language", "worth"]


@dataclass(frozen=True)
class SolvedSet:
    """The solved questions of an assignment, in its order; their names are distinct."""

    name: str
    title: str
    questions: tuple[SolvedQuestion, ...]
    intro: str = ""
    language: str = ENGLISH
    authors: tuple[str, ...] = ()


Solved = SolvedQuestion | SolvedSet


def in_language(solved: Solved, language: str) -> Solved:
    """Return what is solved for a sheet in this language: all questions of a set are in it."""
    if isinstance(solved, SolvedSet):
        own = tuple(replace(question, language=language) for question in solved.questions)
        return replace(solved, questions=own, language=language)
    return replace(solved, language=language)


def worth(parts: Sequence[PartSolution]) -> Fraction | None:
    """Return what parts are worth together; None where none of them has marks."""
    marks = [part.marks for part in parts if part.marks is not None]
    return sum(marks, Fraction(0)) if marks else None


class Labelled(Protocol):
    """A part, solved or not."""

    @property
    def label(self) -> str: ...


class Asking(Protocol):
    """A question with its parts, solved or not."""

    @property
    def name(self) -> str: ...

    @property
    def parts(self) -> Sequence[Labelled]: ...


Q = TypeVar("Q", bound=Asking)
Q_co = TypeVar("Q_co", bound=Asking, covariant=True)


class Asked(Protocol[Q_co]):
    """A set, solved or not."""

    @property
    def name(self) -> str: ...

    @property
    def questions(self) -> Sequence[Q_co]: ...


def chosen(solved: Asked[Q], labels: Sequence[str]) -> Iterator[tuple[Q, list[str]]]:
    """Yield the questions in which wanted parts stand, with their labels; all where none is wanted.

    A label is that of a part (3.4), or the question's name before it where several questions have
    such a part (q3:1).
    """
    wanted = [_place(solved, label) for label in labels]
    for question in solved.questions:
        own = [label for name, label in wanted if name == question.name]
        if own or not labels:
            yield question, own


def _place(solved: Asked[Asking], label: str) -> tuple[str, str]:
    """Return the question's name and the label of the one part that is meant."""
    known = [(question.name, part.label) for question in solved.questions
             for part in question.parts]
    full = {f"{name}:{own}": (name, own) for name, own in known}
    found = [pair for pair in known if pair[1] == label]
    if len(found) > 1:
        among = " or ".join(f"{name}:{own}" for name, own in found)
        raise DeriveError(f"several questions of {solved.name} have a part {label!r}",
                          remedy=f"write {among}")
    if found or label in full:
        return found[0] if found else full[label]
    remedy = nearest(label, [*full, *(own for _, own in known)])
    raise DeriveError(f"{solved.name} has no part {label!r}",
                      remedy=remedy or f"its parts are {', '.join(full)}")
