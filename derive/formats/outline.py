"""The blocks of a sheet arranged: questions, in them parts, in them groups of steps.

A page folds what stands under a heading, and links to it; a paper puts it into an environment: both
must know where each thing ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import singledispatch

from derive.document.blocks import Anchor, Heading, Item, Paragraph, QuestionHead, Summary
from derive.formats.views import View
from derive.solution.exhibits import Choices, Room

__all__ = ["Group", "Outline", "Part", "Printed", "Question", "outline", "untitled"]


@dataclass(frozen=True, slots=True)
class Printed:
    """A block, its view, and what its macro made of it."""

    block: Item
    view: View
    text: str


@dataclass(slots=True)
class Group:
    """Steps that one title leads; before the first title there is none."""

    lead: str = ""
    blocks: list[Printed] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """A part of a question: its heading, and its solution in groups."""

    id: str
    label: str
    head: str
    view: View = field(default_factory=dict)
    groups: list[Group] = field(default_factory=lambda: [Group()])

    @property
    def is_solved(self) -> bool:
        """False where a question is only asked."""
        return any(group.lead or any(map(_solves, group.blocks)) for group in self.groups)


@dataclass(slots=True)
class Question:
    """A question of the sheet: what stands before its parts, and these."""

    id: str
    head: str = ""
    front: list[Printed] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """A sheet: what opens it, its questions (one, without a head, if it is no set), its end."""

    front: list[Printed] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    end: list[Printed] = field(default_factory=list)

    @property
    def place(self) -> list[Printed]:
        """Where what comes next belongs."""
        if not self.questions:
            return self.front
        question = self.questions[-1]
        return question.parts[-1].groups[-1].blocks if question.parts else question.front

    def question(self) -> Question:
        """Return the question that is open, a first one if there is none."""
        if not self.questions:
            self.questions.append(Question("question-1"))
        return self.questions[-1]


def outline(printed: Iterable[Printed], found: Outline | None = None) -> Outline:
    """Arrange what is printed, behind what an outline holds already."""
    found = found or Outline()
    for item in printed:
        put(item.block, item, found)
    return found


def untitled() -> Outline:
    """Return an outline for steps alone: one part without a heading."""
    return Outline(questions=[Question("question-1", parts=[Part("part-1-1", "", "")])])


def _solves(item: Printed) -> bool:
    """False for what stands in a question that is only asked."""
    if isinstance(item.block, Choices):
        return item.block.marked
    return not isinstance(item.block, Anchor | Room)


@singledispatch
def put(block: Item, item: Printed, found: Outline) -> None:
    """Put a block where it belongs: by default, behind the last one."""
    found.place.append(item)


@put.register(QuestionHead)
def _(block: QuestionHead, item: Printed, found: Outline) -> None:
    found.questions.append(Question(f"question-{len(found.questions) + 1}", item.text))


@put.register(Heading)
def _(block: Heading, item: Printed, found: Outline) -> None:
    question = found.question()
    number = f"{question.id.removeprefix('question-')}-{len(question.parts) + 1}"
    question.parts.append(Part(f"part-{number}", item.view["label"], item.text,
                               item.view))


@put.register(Paragraph)
def _(block: Paragraph, item: Printed, found: Outline) -> None:
    """Begin a group where a title stands, and take the anchor before it along."""
    parts = found.question().parts
    if item.view["lead"] and parts:
        before = parts[-1].groups[-1].blocks
        anchor = [before.pop()] if before and isinstance(before[-1].block, Anchor) else []
        parts[-1].groups.append(Group(item.view["lead"], anchor))
    found.place.append(item)


@put.register(Summary)
def _(block: Summary, item: Printed, found: Outline) -> None:
    found.end.append(item)
