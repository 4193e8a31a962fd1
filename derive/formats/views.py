"""What the macros of the templates receive: each block as a few ready pieces of text.

A view is a dictionary of strings, numbers and tuples; everything in it is ready to be printed as it
stands, the author's words included.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import singledispatch
from itertools import groupby
from string import ascii_lowercase
from typing import Any

from derive.document.blocks import (
    Anchor,
    Answer,
    Contents,
    Conventions,
    Entry,
    Given,
    Heading,
    Item,
    Marks,
    Model,
    Paragraph,
    QuestionHead,
    Remark,
    Summary,
    Title,
    Working,
)
from derive.document.room import LINE
from derive.expr.nodes import Expr
from derive.formats.given import given_aloud, given_rows
from derive.formats.positions import domain
from derive.formats.prose import phrase, prose
from derive.formats.rows import rows
from derive.formats.sentences import author, running
from derive.formats.user_text import paragraphs
from derive.formats.writing import Writing
from derive.solution.exhibits import Boxes, Choices, MarkingPoints, Plot, Prose, Room, Table
from derive.solution.pictures.network import Network
from derive.solution.step import Line
from derive.solution.words import Sentence

__all__ = ["amount", "view"]

View = dict[str, Any]


@singledispatch
def view(block: Item, writing: Writing) -> View:
    """Return what a block's macro prints."""
    raise TypeError(f"no view of {type(block).__name__}")


def amount(marks: Fraction | None) -> str:
    """Write marks: 3, 3.5, 7/3; nothing where none are given."""
    if marks is None:
        return ""
    shown = f"{float(marks):g}"
    return shown if Fraction(shown) == marks else str(marks)


def _worth(marks: Fraction | None) -> View:
    return {"marks": amount(marks), "is_one_mark": marks == 1}


@view.register(Title)
def _(block: Title, writing: Writing) -> View:
    return {"text": author(block.text, writing), **_worth(block.marks),
            "authors": tuple(author(name, writing) for name in block.authors)}


@view.register(Contents)
def _(block: Contents, writing: Writing) -> View:
    return {"entries": tuple(_entry(entry, writing) for entry in block.entries),
            "by_part": block.by_part, **_worth(block.marks)}


def _entry(entry: Entry, writing: Writing) -> View:
    asked = author(entry.title, writing) or " ".join(_all(entry.wanted, writing))
    return {"title": asked, "marks": amount(entry.marks),
            "method": amount(entry.method), "value": amount(entry.value),
            "labels": tuple(author(label, writing) for label in entry.labels)}


@view.register(QuestionHead)
def _(block: QuestionHead, writing: Writing) -> View:
    return {"text": author(block.text, writing), **_worth(block.marks)}


@view.register(Given)
def _(block: Given, writing: Writing) -> View:
    return {"rows": given_rows(block.entries, writing), "level": block.level,
            "aloud": given_aloud(block.entries, writing)}


@view.register(Model)
def _(block: Model, writing: Writing) -> View:
    """Group equations that hold at the same positions, where it is more than one."""
    return {"groups": _groups(block.lines, writing), "calls": _all(block.calls, writing),
            "behind": _groups(block.behind, writing), "level": block.level}


def _groups(lines: Sequence[Line], writing: Writing) -> tuple[View, ...]:
    return tuple(_group(list(group), writing)
                 for _, group in groupby(lines, key=lambda line: line.where))


def _group(lines: Sequence[Line], writing: Writing) -> View:
    where = domain(lines[0].where, writing.style.notation)
    return {"where": writing.inline(where) if where else "",
            "rows": rows([_everywhere(line) for line in lines], writing)}


def _everywhere(line: Line) -> Line:
    return Line(line.kind, line.left, line.relation, line.right, reason=line.reason)


@view.register(Conventions)
def _(block: Conventions, writing: Writing) -> View:
    return {"sentences": _all(block.sentences, writing)}


def _all(sentences: Sequence[Sentence], writing: Writing) -> tuple[str, ...]:
    return tuple(running(sentence, writing) for sentence in sentences)


@view.register(Heading)
def _(block: Heading, writing: Writing) -> View:
    return {"label": author(block.label, writing), "ask": author(block.ask, writing),
            "wanted": _all(block.wanted, writing), "words": block.words, "level": block.level,
            **_worth(block.marks)}


@view.register(Remark)
def _(block: Remark, writing: Writing) -> View:
    return {"paragraphs": tuple(author(text, writing) for text in paragraphs(block.text))}


@view.register(Anchor)
def _(block: Anchor, writing: Writing) -> View:
    return {"step": block.step}


@view.register(Paragraph)
def _(block: Paragraph, writing: Writing) -> View:
    return {"lead": running(block.lead, writing) if block.lead else "",
            "sentences": _all(block.sentences, writing), "after": block.after}


@view.register(Working)
def _(block: Working, writing: Writing) -> View:
    return {"rows": rows(block.lines, writing), "goes_on": block.goes_on}


@view.register(Answer)
def _(block: Answer, writing: Writing) -> View:
    return {"rows": rows(block.lines, writing, block.boxed), "goes_on": block.goes_on}


@view.register(Marks)
def _(block: Marks, writing: Writing) -> View:
    return _worth(block.amount)


@view.register(Table)
def _(block: Table, writing: Writing) -> View:
    return {"head": tuple(_cell(cell, writing) for cell in block.head),
            "rows": tuple(tuple(_cell(cell, writing) for cell in row) for row in block.rows)}


def _cell(cell: Expr | Sentence, writing: Writing) -> str:
    if isinstance(cell, Sentence):
        return running(cell, writing)
    return writing.inline(writing.formula(cell))


@view.register(Plot)
def _(block: Plot, writing: Writing) -> View:
    return {"drawing": writing.sketch(block, writing), "points": view(block.values, writing),
            "caption": phrase(block.caption, writing)}


@view.register(Prose)
def _(block: Prose, writing: Writing) -> View:
    return {"text": prose(block.text, writing), "words": block.words}


@view.register(MarkingPoints)
def _(block: MarkingPoints, writing: Writing) -> View:
    return {"points": tuple({"text": phrase(point.text, writing), **_worth(point.marks)}
                            for point in block.points)}


@view.register(Room)
def _(block: Room, writing: Writing) -> View:
    return {"lines": block.lines, "height": f"{float(block.lines * LINE):g}cm"}


@view.register(Boxes)
def _(block: Boxes, writing: Writing) -> View:
    return {"drawing": writing.sketch(block, writing),
            "caption": phrase(block.diagram.caption, writing)}


@view.register(Network)
def _(block: Network, writing: Writing) -> View:
    return {"drawing": writing.sketch(block, writing), "caption": phrase(block.caption, writing)}


@view.register(Choices)
def _(block: Choices, writing: Writing) -> View:
    return {"marked": block.marked, "options": tuple(
        {"letter": letter, "text": phrase(option.option, writing),
         "right": block.marked and option.right,
         "why": phrase(option.why, writing) if block.marked else ""}
        for letter, option in zip(ascii_lowercase, block.options, strict=False))}


@view.register(Summary)
def _(block: Summary, writing: Writing) -> View:
    return {"text": running(block.text, writing)}
