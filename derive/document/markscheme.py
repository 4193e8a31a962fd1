"""A marking scheme: part by part what earns the marks, and which values may be accepted.

A part's marks are divided evenly among what it asks for, half of each share for the method and half
for the value, as ``derive mark`` does; marking points of the author's go before that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from derive.document.blocks import Contents, Entry, Heading, Item, Paragraph, Title, Working
from derive.document.blocks import QuestionHead as Head
from derive.document.build import step_blocks
from derive.document.sections import INNER, Section
from derive.document.select import shown_parts, shown_steps
from derive.expr.nodes import Expr, Literal, Partial
from derive.expr.walk import walk
from derive.solution.exhibits import MarkingPoints
from derive.solution.solved_set import Solved, SolvedSet, chosen, worth
from derive.solution.step import Line, PartSolution, SolvedQuestion, deep
from derive.solution.words import Sentence
from derive.syntax.write_text import write

__all__ = ["markscheme"]

MOST_ENTRIES = 36       # of an array whose intervals are written out
MOST_BESIDE = 3         # columns of a matrix whose interval stands beside it
HALF = Fraction(1, 2)
OPENING = (
    Sentence("M is a mark for the method: a right line of working, or a value that needs one."),
    Sentence("A is a mark for the value: any in the interval, which holds what full precision "
             "gives and what rounding at every line gives."),
    Sentence("A value that follows rightly from a wrong one earns its marks (follow-through); an "
             "error costs marks once."),
)


def markscheme(solved: Solved, detail: str, parts: Sequence[str]) -> tuple[Section, ...]:
    """Return the sections of a marking scheme; the level of detail has no say in it."""
    is_set = isinstance(solved, SolvedSet)
    picked = list(chosen(solved, parts)) if isinstance(solved, SolvedSet) else [(solved, [*parts])]
    shown = [(question, shown_parts(question, labels)) for question, labels in picked]
    found = [Section(question, tuple(_question(question, own, is_set))) for question, own in shown]
    front = tuple(_front(solved.title or solved.name, shown))
    return (Section(found[0].question, (*front, *found[0].blocks)), *found[1:])


Shown = Sequence[tuple[SolvedQuestion, tuple[PartSolution, ...]]]


def _front(title: str, shown: Shown) -> Iterator[Item]:
    total = worth([part for _, parts in shown for part in parts])
    yield Title(f"Marking scheme: {title}", total)
    yield Contents(tuple(Entry(part.ask or question.title or question.name, (part.label,),
                               part.marks) for question, parts in shown for part in parts), total)
    yield Paragraph(OPENING)


def _question(question: SolvedQuestion, parts: Sequence[PartSolution], is_set: bool
              ) -> Iterator[Item]:
    if is_set:
        yield Head(question.title or question.name, worth(parts))
    if question.noticed:
        yield Paragraph(question.noticed)
    for part in parts:
        level = INNER if is_set else 2
        yield Heading(part.label, part.ask, part.wanted, part.marks, part.words, level)
        yield from _part(question, part)


def _part(question: SolvedQuestion, part: PartSolution) -> Iterator[Item]:
    valued = [ref for ref in part.asked if write(ref) in question.accept]
    if valued:
        yield Working(tuple(line for ref in valued
                            for line in _lines(ref, question.accept[write(ref)])))
    for step in shown_steps(part, "brief"):
        yield from step.exhibits if valued else step_blocks(step)
    said = [*_shares(part), *_alternatives(part, bool(valued)), *_follow_through(question, part)]
    if said:
        yield Paragraph(tuple(said))


def _lines(ref: Expr, value: Any) -> Iterator[Line]:
    """Yield a value as the sheet shows it with what may be accepted, beside it or below."""
    exact = np.asarray(value.exact, dtype=float)
    digits = dict(zip(exact.ravel().tolist(), np.asarray(value.shown).ravel().tolist(),
                      strict=True))
    shown = Literal(exact, False, lambda v: digits[float(v)])
    if exact.size > MOST_ENTRIES:
        yield Line("result", ref, "≈", shown)
        return
    least, greatest = (Literal(np.asarray(end, dtype=float), False, _end)
                       for end in (value.low, value.high))
    if exact.ndim < 2 or exact.shape[1] <= MOST_BESIDE:
        yield Line("result", ref, "≈", shown,
                   reason=Sentence("accept {} to {}", (least, greatest)))
    else:
        yield Line("result", ref, "≈", shown)
        yield Line("result", ref, ">=", least, reason=Sentence("accept from here"))
        yield Line("result", ref, "<=", greatest, reason=Sentence("to here"))


def _end(value: Any) -> str:
    """Write an end of an interval: half a unit of a digit, so it has few digits itself."""
    mantissa, e, exponent = f"{float(value) + 0.0:.12g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if e else mantissa


def _shares(part: PartSolution) -> Iterator[Sentence]:
    pointed = any(isinstance(exhibit, MarkingPoints) for step in deep(part.steps)
                  for exhibit in step.exhibits)
    if part.marks is None or pointed or not part.asked:
        return
    share = part.marks / len(part.asked) * HALF
    if len(part.asked) == 1:
        yield Sentence(f"Marks: {share} M and {share} A.")
    else:
        yield Sentence(f"Marks: {share} M and {share} A for each of {len(part.asked)}.")


def _alternatives(part: PartSolution, valued: bool) -> Iterator[Sentence]:
    if any(isinstance(ref, Partial) and ref.shape for ref in part.asked):
        yield Sentence("The transpose is right too, where it is kept to throughout.")
    if part.asked and not valued:
        yield Sentence("Any formula that is equal to this one is right.")


def _follow_through(question: SolvedQuestion, part: PartSolution) -> Iterator[Sentence]:
    """Tell which parts before this one it rests on."""
    used = {node for step in deep(part.steps) for line in step.lines for node in walk(line.right)}
    before = question.parts[:question.parts.index(part)]
    labels = [earlier.label for earlier in before if used.intersection(earlier.asked)]
    if labels:
        yield Sentence(f"Follow-through from {', '.join(labels)}.")
