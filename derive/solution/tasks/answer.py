"""``answer``, ``choose``, ``figure`` and ``points``: what is shown and not worked out."""

from __future__ import annotations

from collections.abc import Iterator

from derive.question.keys.answer import Answer
from derive.question.keys.choose import Choose
from derive.question.keys.figure import Figure
from derive.question.keys.points import Points
from derive.question.question import Part
from derive.solution.exhibits import Boxes, Choices, Exhibit, MarkingPoints, Prose
from derive.solution.forward import identifier
from derive.solution.solver import Solver
from derive.solution.step import Step
from derive.solution.tasks.task import Solving
from derive.solution.words import Sentence

__all__ = ["ANSWER", "CHOOSE", "FIGURE", "POINTS"]


def _step(solver: Solver, part: Part, kind: str, exhibit: Exhibit) -> Step:
    return Step(identifier(solver, part.label, kind), kind, exhibits=(exhibit,), answer=True)


def _answer(solver: Solver, part: Part, task: Answer) -> Iterator[Step]:
    yield _step(solver, part, "answer", Prose(task.text, task.words))


def _choices(solver: Solver, part: Part, task: Choose) -> Iterator[Step]:
    yield _step(solver, part, "choose", Choices(task.options))


def _options(solver: Solver, part: Part, task: Choose) -> Iterator[Step]:
    yield _step(solver, part, "choose", Choices(task.options, marked=False))


def _figure(solver: Solver, part: Part, task: Figure) -> Iterator[Step]:
    yield _step(solver, part, "figure", Boxes(task.diagram))


def _points(solver: Solver, part: Part, task: Points) -> Iterator[Step]:
    yield _step(solver, part, "points", MarkingPoints(task.points))


def _asks_choice(solver: Solver, task: Choose) -> Sentence:
    several = sum(option.right for option in task.options) > 1
    return Sentence("Which of these are right?" if several else "Which of these is right?")


ANSWER = Solving(_answer, lambda solver, task: Sentence("Answer in words."))
CHOOSE = Solving(_choices, _asks_choice, poses=_options)
FIGURE = Solving(_figure, lambda solver, task: Sentence("Draw a figure."))
POINTS = Solving(_points, lambda solver, task: Sentence(""))
