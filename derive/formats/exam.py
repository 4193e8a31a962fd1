r"""LaTeX for the class exam: questions, parts with their marks, solutions, a table of grades."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import singledispatch
from pathlib import Path
from typing import Any

from derive.document.blocks import Anchor, Contents, Heading, Item, Title
from derive.document.blocks import QuestionHead as Head
from derive.document.room import LINE, lines_for
from derive.document.sections import sections
from derive.document.select import shown_parts
from derive.errors import DeriveError
from derive.formats.environment import render
from derive.formats.latex import TEMPLATES as LATEX
from derive.formats.latex import writing
from derive.formats.outline import Outline, Part, Printed, Question, outline
from derive.formats.sentences import author
from derive.formats.sheet import printed
from derive.formats.shrunk import tell_of_shrunk
from derive.formats.views import View, amount, view
from derive.formats.writing import Writing
from derive.solution.exhibits import Choices, MarkingPoints
from derive.solution.solved_set import Solved, SolvedSet, chosen
from derive.solution.step import PartSolution, SolvedQuestion

__all__ = ["EXTENSION", "write", "write_fragment"]

EXTENSION = "exam.tex"
TEMPLATES = replace(LATEX, shell="exam.tex.jinja", instead="exam_blocks.tex.jinja")
QUESTIONS = "exam_questions.tex.jinja"
FRAGMENT = "exam_fragment.tex.jinja"
TEXT_WIDTH = 35.0       # em: inside the frame of a solution
HALF = Fraction(1, 2)


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> str:
    """Return a paper with its solutions; DeriveError where marks are no whole or half ones."""
    return _paper(solved, TEMPLATES.shell, detail, parts, templates)


def write_fragment(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
                   templates: Path | None = None) -> str:
    """Return the questions alone, for the environment ``questions`` of a paper."""
    return _paper(solved, FRAGMENT, detail, parts, templates)


def _paper(solved: Solved, shell: str, detail: str, parts: Sequence[str], templates: Path | None
           ) -> str:
    user = templates.resolve() if templates else None
    asked = _asked(solved, parts)
    _refuse_other_marks(asked)
    arranged = _outline(_for_students(solved), detail, parts, user)
    source = render(TEMPLATES.folder, user, QUESTIONS, {
        "questions": [_question(question) for question in arranged.questions]}, solved.language)
    return render(TEMPLATES.folder, user, shell, {
        "source": source.strip(), "front": _texts(arranged.front), "end": _texts(arranged.end),
        "authors": _authors(solved), "count": len(arranged.questions),
        "has_marks": any(part.marks for _, part in asked),
        "is_solved": any(part.is_solved for own in arranged.questions for part in own.parts)},
        solved.language)


@singledispatch
def _authors(solved: Solved) -> str:
    assert isinstance(solved, SolvedQuestion), "questions and sets are what is solved"
    return ", ".join(author(name, writing(solved)) for name in solved.authors)


@_authors.register
def _(solved: SolvedSet) -> str:
    return ", ".join(author(name, writing(solved.questions[0])) for name in solved.authors)


def _asked(solved: Solved, labels: Sequence[str]) -> list[tuple[str, PartSolution]]:
    """Return the parts that are wanted, each with the name of its question."""
    picked = chosen(solved, labels) if isinstance(solved, SolvedSet) else [(solved, labels)]
    return [(question.name, part) for question, own in picked
            for part in shown_parts(question, own)]


def _refuse_other_marks(asked: Sequence[tuple[str, PartSolution]]) -> None:
    for name, part in asked:
        if part.marks is not None and (part.marks / HALF).denominator > 1:
            near = Fraction(round(part.marks / HALF)) * HALF or HALF
            raise DeriveError(
                f"part {part.label or 1} of {name} is worth {amount(part.marks)} marks, and the "
                f"class exam adds up whole and half marks only",
                remedy=f"write marks: {amount(near)}, or take --format latex")


@singledispatch
def _for_students(solved: Solved) -> Solved:
    """Leave out what the head of a question tells markers."""
    assert isinstance(solved, SolvedQuestion), "questions and sets are what is solved"
    return replace(solved, noticed=())


@_for_students.register
def _(solved: SolvedSet) -> Solved:
    return replace(solved, questions=tuple(replace(q, noticed=()) for q in solved.questions))


def _outline(solved: Solved, detail: str, parts: Sequence[str], user: Path | None) -> Outline:
    pairs = [(block, own) for section in sections(solved, detail, parts)
             for own in [replace(writing(section.question), limit=TEXT_WIDTH)]
             for block in section.blocks]
    if not isinstance(solved, SolvedSet):
        pairs = [(_as_head(block), own) for block, own in pairs]
    items = [*printed(pairs, TEMPLATES, user, solved.language, _view)]
    tell_of_shrunk((item.block, item.view) for item in items)
    return outline(items)


def _as_head(block: Item) -> Item:
    """Make a paper of one question: its title heads the question."""
    return Head(block.text, block.marks) if isinstance(block, Title) else block


@singledispatch
def _view(block: Item, writing: Writing) -> View:
    return view(block, writing)


@_view.register
def _(block: Heading, writing: Writing) -> View:
    room = f"{float(lines_for(block.marks, block.words) * LINE):g}cm"
    return {**view(block, writing), "points": _points(block.marks), "room": room}


@_view.register
def _(block: MarkingPoints, writing: Writing) -> View:
    points = view(block, writing)["points"]
    return {"points": [{**shown, "points": _points(point.marks)}
                       for shown, point in zip(points, block.points, strict=True)]}


def _points(marks: Fraction | None) -> str:
    r"""Write marks as the class does: 3, 3\half, \half."""
    if marks is None:
        return ""
    whole, rest = divmod(marks, 1)
    if rest not in (0, HALF):
        return str(marks)
    return (str(whole) if whole or not rest else "") + (r"\half" if rest else "")


def _question(question: Question) -> dict[str, Any]:
    return {"head": question.head.strip(), "front": _texts(question.front),
            "parts": [_part(part) for part in question.parts]}


def _part(part: Part) -> dict[str, Any]:
    blocks = [item for group in part.groups for item in group.blocks]
    options = [item.view for item in blocks if isinstance(item.block, Choices)]
    written = [item for item in blocks if not isinstance(item.block, Anchor | Choices)]
    return {"head": part.head.strip(), "room": part.view["room"] if written else "",
            "options": options,
            "solution": _texts(blocks) if part.is_solved else []}


def _texts(items: Sequence[Printed]) -> list[str]:
    return [item.text.strip("\n") for item in items if not isinstance(item.block, Contents)]
