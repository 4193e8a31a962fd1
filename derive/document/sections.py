"""What is solved becomes sections of a sheet: each with the question whose notation it is in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import singledispatch

from derive.document.blocks import Contents, Entry, Item, QuestionHead, Title
from derive.document.build import body, build, summed_up
from derive.document.select import shown_parts
from derive.solution.exhibits import Prose
from derive.solution.solved_set import Solved, SolvedSet, chosen, worth
from derive.solution.step import SolvedQuestion

__all__ = ["Section", "sections"]

INNER = 3           # the level of headings inside a question of a set


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks that are written in the notation of one question."""

    question: SolvedQuestion
    blocks: tuple[Item, ...]


@singledispatch
def sections(solved: Solved, detail: str, parts: Sequence[str]) -> tuple[Section, ...]:
    """Return the sections of a sheet: one for a question, one for each question of a set."""
    assert isinstance(solved, SolvedQuestion), "questions and sets are what is solved"
    return (Section(solved, build(solved, detail, parts)),)


@sections.register
def _(solved: SolvedSet, detail: str, parts: Sequence[str]) -> tuple[Section, ...]:
    picked = list(chosen(solved, parts))
    first: Sequence[Item] = (*_front(solved, picked),)
    last: Sequence[Item] = (*summed_up([c for q in solved.questions for c in q.checks]),)
    found = []
    for number, (question, labels) in enumerate(picked):
        before = first if number == 0 else ()
        after = last if number == len(picked) - 1 else ()
        blocks = (_head(question, labels), *body(question, detail, labels, INNER))
        found.append(Section(question, (*before, *blocks, *after)))
    return tuple(found)


Picked = Sequence[tuple[SolvedQuestion, list[str]]]


def _front(solved: SolvedSet, picked: Picked) -> Iterator[Item]:
    """Yield the title with all marks, the introduction, and the table of questions."""
    shown = [(question, shown_parts(question, labels)) for question, labels in picked]
    total = worth([part for _, parts in shown for part in parts])
    yield Title(solved.title or solved.name, total, solved.authors)
    if solved.intro:
        yield Prose(solved.intro)
    yield Contents(tuple(Entry(question.title or question.name,
                               tuple(part.label for part in parts), worth(parts))
                         for question, parts in shown), total)


def _head(question: SolvedQuestion, labels: Sequence[str]) -> QuestionHead:
    return QuestionHead(question.title or question.name, worth(shown_parts(question, labels)))
