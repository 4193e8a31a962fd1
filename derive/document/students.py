"""A question as students get it: what is asked, and room for the answers instead of them."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from derive.document.room import lines_for
from derive.question.keys.choose import Option
from derive.solution.exhibits import Choices, Exhibit, Room
from derive.solution.solved_set import Solved, SolvedSet
from derive.solution.step import PartSolution, SolvedQuestion, Step, deep

__all__ = ["for_students"]


@singledispatch
def for_students(solved: Solved) -> Solved:
    """Leave out everything that was worked out; options to choose from stay."""
    assert isinstance(solved, SolvedQuestion), "questions and sets are what is solved"
    return _blank(solved)


@for_students.register
def _(solved: SolvedSet) -> Solved:
    return replace(solved, questions=tuple(map(_blank, solved.questions)))


def _blank(solved: SolvedQuestion) -> SolvedQuestion:
    parts = tuple(_unanswered(solved.name, part) for part in solved.parts)
    return replace(solved, parts=parts, values={}, formulas={}, accept={}, tables={}, checks=(),
                   noticed=())


def _unanswered(name: str, part: PartSolution) -> PartSolution:
    """Put room in the place of a part's steps; a note of the author's may tell too much."""
    options = [_open(exhibit) for step in deep(part.steps) for exhibit in step.exhibits
               if isinstance(exhibit, Choices)]
    shown: list[Exhibit] = [*options]
    if len(options) < len(part.steps) or not options:
        shown.append(Room(lines_for(part.marks, part.words)))
    blank = Step(f"{name}.{part.label}.room", "room", exhibits=tuple(shown), answer=True)
    return replace(part, note="", asked=(), claimed=(), steps=(blank,))


def _open(choices: Choices) -> Choices:
    return Choices(tuple(Option(option.option) for option in choices.options), marked=False)
