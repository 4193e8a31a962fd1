"""A solved question becomes blocks: the head of the sheet, its parts, what was checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from derive.document.blocks import (
    Anchor,
    Answer,
    Conventions,
    Given,
    Heading,
    Item,
    Marks,
    Model,
    Paragraph,
    Remark,
    Summary,
    Title,
    Working,
)
from derive.document.select import shown_parts, shown_steps
from derive.expr.nodes import Expr, Symbol
from derive.solution.solved_set import worth
from derive.solution.step import Check, Line, PartSolution, SolvedQuestion, Step
from derive.solution.summary import summary
from derive.solution.words import Sentence

__all__ = ["body", "build", "step_blocks", "summed_up"]

MOST_MEMBERS = 6  # of a series whose values are listed
Entry = tuple[Expr, Expr | None]


def build(solved: SolvedQuestion, detail: str = "normal",
          parts: Sequence[str] = ()) -> tuple[Item, ...]:
    """Return the blocks of a sheet.

    detail: "brief" (results and marks), "normal" or "full".
    parts:  labels of the parts wanted; none means all. An unknown one is a `DeriveError`.
    """
    chosen = shown_parts(solved, parts)
    head = Title(solved.title or solved.name, worth(chosen), solved.authors)
    return (head, *body(solved, detail, parts), *summed_up(solved.checks))


def body(solved: SolvedQuestion, detail: str, parts: Sequence[str], level: int = 2
         ) -> Iterator[Item]:
    """Yield what is given and the parts, under headings of this level."""
    chosen = shown_parts(solved, parts)
    if detail != "brief":
        yield from _head(solved, level)
    for part in chosen:
        yield from _part(part, detail, level)


def summed_up(checks: Sequence[Check]) -> Iterator[Item]:
    """Yield what was checked; a sheet of words only says nothing of it."""
    if checks:
        text = summary(checks)
        yield Summary(Sentence(f"{text[:1].upper()}{text[1:]}."))


def _head(solved: SolvedQuestion, level: int) -> Iterator[Item]:
    if solved.given:
        yield Given(tuple(_entries(solved.given)), level)
    if solved.model or solved.calls:
        yield Model(solved.model, level, solved.calls, solved.behind)
    if solved.stated or solved.noticed:
        yield Conventions((*solved.stated, *solved.noticed))


def _entries(given: Sequence[Entry]) -> Iterator[Entry | None]:
    """Yield what is given; of a long series its first three members, dots and the last one."""
    for _, group in groupby(given, key=_series):
        members = list(group)
        if len(members) > MOST_MEMBERS:
            yield from (*members[:3], None, members[-1])
        else:
            yield from members


def _series(entry: Entry) -> object:
    symbol = entry[0]
    return symbol.name if isinstance(symbol, Symbol) and symbol.index else id(entry)


def _part(part: PartSolution, detail: str, level: int) -> Iterator[Item]:
    yield Heading(part.label, part.ask, part.wanted, part.marks, part.words, level)
    if part.note and detail != "brief":
        yield Remark(part.note)
    for step in shown_steps(part, detail):
        yield from step_blocks(step)


def step_blocks(step: Step) -> Iterator[Item]:
    """Yield the blocks of one step: what is said, its lines, its exhibits, its marks."""
    yield Anchor(step.id)
    if step.title or step.intro:
        yield Paragraph((step.intro,) if step.intro else (), step.title)
    goes_on = bool(step.note and step.lines and not step.exhibits)
    if step.lines:
        yield (Answer(step.lines, _boxed(step.lines), goes_on) if step.answer
               else Working(step.lines, goes_on))
    yield from step.exhibits
    if step.note:
        yield Paragraph((step.note,), after=goes_on)
    if step.marks:
        yield Marks(step.marks)


def _boxed(lines: Sequence[Line]) -> tuple[bool, ...]:
    """Tell which lines are the answer: results and all that is solved for, or the last line."""
    results = tuple(line.kind in ("result", "condition") for line in lines)
    return results if any(results) else (*results[:-1], True)
