"""A marking scheme: part by part what earns the marks, and which values may be accepted.

A part's marks are divided evenly among what it asks for, half of each share for the method and half
for the value, as ``derive mark`` does; marking points of the author's go before that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.document.accepted import Accepted, accepted_apart, accepted_beside, listed
from derive.document.blocks import Contents, Entry, Heading, Item, Paragraph, Title, Working
from derive.document.blocks import QuestionHead as Head
from derive.document.build import step_blocks
from derive.document.sections import INNER, Section, sections
from derive.document.select import shown_parts, shown_steps
from derive.expr.nodes import Expr, Partial
from derive.expr.walk import walk
from derive.languages import phrasebook
from derive.solution.exhibits import MarkingPoints
from derive.solution.solved_set import Solved, SolvedSet, chosen, worth
from derive.solution.step import Line, PartSolution, SolvedQuestion, Step, deep, statements
from derive.solution.words import Sentence, Verbatim

__all__ = ["Scheme", "for_markers"]

HALF = Fraction(1, 2)
OPENING = (
    Sentence("M is a mark for the method: a right line of working, or a value that needs one."),
    Sentence("A is a mark for the value: any in the interval, which holds what full precision "
             "gives and what rounding at every line gives."),
    Sentence("After an equals sign a value is exact, and every rounding of it is right."),
    Sentence("A value that follows rightly from a wrong one earns its marks (follow-through); an "
             "error costs marks once."),
)
Shown = Sequence[tuple[SolvedQuestion, tuple[PartSolution, ...]]]


@dataclass(frozen=True)
class Scheme(SolvedSet):
    """What is solved, for markers; `heads` tells whether its questions have titles of their own."""

    heads: bool = True


def for_markers(solved: Solved) -> Scheme:
    """Return the marking scheme of a question or a set, which every format of sheets writes."""
    if isinstance(solved, Scheme):
        return solved
    is_set = isinstance(solved, SolvedSet)
    questions = solved.questions if isinstance(solved, SolvedSet) else (solved,)
    title = f"{phrasebook(solved.language).word('Marking scheme')}: {solved.title or solved.name}"
    return Scheme(solved.name, title, questions, language=solved.language,
                  authors=solved.authors, heads=is_set)


@sections.register
def _(solved: Scheme, detail: str, parts: Sequence[str]) -> tuple[Section, ...]:
    """Return the sections of a marking scheme; the level of detail has no say in it."""
    shown = [(question, shown_parts(question, labels))
             for question, labels in chosen(solved, parts)]
    found = [Section(question, tuple(_question(question, own, solved.heads)))
             for question, own in shown]
    return (replace(found[0], blocks=(*_front(solved, shown), *found[0].blocks)), *found[1:])


def _front(solved: Scheme, shown: Shown) -> Iterator[Item]:
    parts = [(question, part) for question, own in shown for part in own]
    total = worth([part for _, part in parts])
    yield Title(solved.title, total, solved.authors)
    yield Contents(tuple(_entry(question, part) for question, part in parts), total, by_part=True)
    yield Paragraph(OPENING)


def _entry(question: SolvedQuestion, part: PartSolution) -> Entry:
    share = _share(part)
    half = share * len(part.claimed) if share else None
    title = part.ask if part.ask or part.wanted else question.title or question.name
    return Entry(title, (part.label,), part.marks, half, half, part.wanted)


def _question(question: SolvedQuestion, parts: Sequence[PartSolution], heads: bool
              ) -> Iterator[Item]:
    if heads:
        yield Head(question.title or question.name, worth(parts))
    if question.noticed:
        yield Paragraph(question.noticed)
    for part in parts:
        level = INNER if heads else 2
        yield Heading(part.label, part.ask, part.wanted, part.marks, part.words, level)
        yield from _part(question, part)


def _part(question: SolvedQuestion, part: PartSolution) -> Iterator[Item]:
    share, accepted = _share(part), Accepted(question.accept)
    steps = [*shown_steps(part, "brief")]
    places = _places(part, steps)
    untold = [ref for ref in part.claimed if ref not in places]
    yield from listed(untold, accepted)
    for number, step in enumerate(steps):
        marked = _marked(step, number, places, share, accepted)
        yield from step_blocks(replace(step, lines=tuple(marked)))
        yield from _apart(step, accepted)
    said = [*_shares(part, untold, share), *_alternatives(question, part),
            *_follow_through(question, part)]
    if said:
        yield Paragraph(tuple(said))


def _share(part: PartSolution) -> Fraction | None:
    """Return what method and value of each thing asked for are worth; None where points say it."""
    pointed = any(point.marks is not None for step in deep(part.steps)
                  for exhibit in step.exhibits if isinstance(exhibit, MarkingPoints)
                  for point in exhibit.points)
    if part.marks is None or pointed or not part.claimed:
        return None
    return part.marks / len(part.claimed) * HALF


Place = tuple[int, int]     # of a step among those shown, and of a line in it


def _places(part: PartSolution, steps: Sequence[Step]) -> dict[Expr, tuple[Place, Place]]:
    """Return where each thing asked for is first written about, and where its result stands.

    A result that is found in another way again, as a sum over paths, earns nothing more.
    """
    found: dict[Expr, tuple[Place, Place]] = {}
    done: set[Expr] = set()
    for number, step in enumerate(steps):
        here = [(left, line, (number, at)) for at, (left, line) in enumerate(statements(step.lines))
                if left in part.claimed and left not in done]
        for left, _, place in here:
            found[left] = found.get(left, (place, place))[0], place
        done |= {left for left, line, _ in here if line.kind == "result"}
    return found


def _marked(step: Step, number: int, places: Mapping[Expr, tuple[Place, Place]],
            share: Fraction | None, accepted: Accepted) -> Iterator[Line]:
    """Yield the lines of a step, each with what it earns and which values may be accepted."""
    for at, (left, line) in enumerate(statements(step.lines)):
        first, last = places.get(left, (None, None))
        earns = [f"{kind} {share}" for kind, place in (("M", first), ("A", last))
                 if share and place == (number, at)]
        said = accepted_beside(left, line, accepted)
        yield replace(line, reason=_beside(", ".join(earns), said) or line.reason)


def _beside(earns: str, said: Sentence | None) -> Sentence | None:
    if said is None:
        return Sentence(earns) if earns else None
    return replace(said, text=f"{earns}, {said.text}" if earns else said.text)


def _apart(step: Step, accepted: Accepted) -> Iterator[Item]:
    """Yield intervals that have no room beside their values."""
    lines = tuple(end for left, line in statements(step.lines)
                  for end in accepted_apart(left, line, accepted))
    if lines:
        yield Working(lines)


def _shares(part: PartSolution, untold: Sequence[Expr], share: Fraction | None
            ) -> Iterator[Sentence]:
    """Tell what is worth how much where no line says it."""
    if share is None:
        pointed = any(isinstance(e, MarkingPoints) for step in deep(part.steps)
                      for e in step.exhibits)
        if part.marks is not None and not pointed:
            yield Sentence("A person awards these marks.")
    elif len(untold) == 1:
        yield Sentence(f"Marks: {share} M and {share} A.")
    elif untold:
        yield Sentence(f"Marks: {share} M and {share} A for each of {len(untold)}.")


def _alternatives(question: SolvedQuestion, part: PartSolution) -> Iterator[Sentence]:
    if any(isinstance(ref, Partial) and ref.shape for ref in part.claimed):
        yield Sentence("The transpose is right too, where it is kept to throughout.")
    if part.claimed and not question.accept:
        yield Sentence("Any formula that is equal to this one is right.")


def _follow_through(question: SolvedQuestion, part: PartSolution) -> Iterator[Sentence]:
    """Tell which parts before this one it rests on."""
    used = {node for step in deep(part.steps) for line in step.lines for node in walk(line.right)}
    before = question.parts[:question.parts.index(part)]
    labels = [earlier.label for earlier in before if used.intersection(earlier.asked)]
    if labels:
        yield Sentence("Follow-through from {}.", (Verbatim(", ".join(labels)),))
