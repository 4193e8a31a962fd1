"""The verdict on each claim of a submission, with the evidence for it.

A claim is right where it says what is right, in numbers to the digits written. One that is not may
follow from what the student found before: from the line before it, from the student's own formula,
or from the model with the student's own values put in. What is left is explained, if a slip
explains it, or referred to a person, if it may be a fault in copying.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.expr.nodes import Expr
from derive.marking.submission.claims import (
    Claim,
    Judgement,
)
from derive.marking.submission.judging.afterwards import afterwards
from derive.marking.submission.judging.copying import referred
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.other_network import as_said_elsewhere
from derive.marking.submission.judging.renamed import take_renamed
from derive.marking.submission.judging.taking import Marking
from derive.marking.submission.reading.class_letter import with_class_letter
from derive.marking.submission.reading.legible import legible
from derive.marking.submission.reading.lying import take_lying
from derive.marking.submission.reading.other_case import take_other_case
from derive.marking.submission.reading.sizes import take_sizes
from derive.marking.submission.reading.statements import statements
from derive.marking.submission.reading.steps_above import take_steps_above
from derive.marking.submission.reading.true_class import chosen
from derive.marking.submission.reading.words import Words
from derive.syntax.write_text import write

__all__ = ["judged", "judged_alone"]

MOST_READINGS = 4   # of a text that uses names before it explains them


def judged(marker: Marker, text: str) -> list[Judgement]:
    """Judge all claims of a submission, in order."""
    meant = with_class_letter(marker.question, legible(text))
    marking = _marking_of(marker, meant, stops=True)
    if marking.has_unknown or _may_be_read(marking):
        marking = _marking_of(marker, meant, _explained_names(marker, meant))
    found = afterwards(marker, _elsewhere(marker, _referred(marking), meant), meant)
    return [j if meant == text else _as_written(j, text) for j in found]


def _explained_names(marker: Marker, text: str) -> Words | None:
    """Return the names that a text explains after it has used them; None where there are none.

    No slip is looked for while it is not known what is said.
    """
    known: Words | None = None
    marking = _marking_of(marker, text, quick=True)
    for _ in range(MOST_READINGS - 1):
        take_renamed(marker, marking.words, marking.unknown)
        if not _may_be_read(marking):
            break
        again = _marking_of(marker, text, marking.words, quick=True)
        if not _is_better(again.judgements, marking.judgements):
            break
        known, marking = marking.words, again
    return known


def _may_be_read(marking: Marking) -> bool:
    """True where something is unread, and a name explained later may help."""
    return bool(marking.words.own) and not marking.ended and any(
        j.verdict == "unread" for j in marking.judgements)


def _marking_of(marker: Marker, text: str, known: Words | None = None, quick: bool = False,
                stops: bool = False) -> Marking:
    """Judge a text; *known* are names that it explains after it has used them.

    *stops* at the first name that means nothing yet.
    """
    words = marker.words()
    if known is not None:
        words.take_over(known)
    words.chosen = chosen(marker.solver, text)
    take_sizes(words, text)
    take_other_case(words, text)
    take_steps_above(words, text)
    take_lying(words, text)
    marking = Marking(marker, words, text, quick=quick)
    labels = [part.label for part in marker.question.parts]
    for statement in statements(text, words, labels):
        if stops and marking.has_unknown:
            break
        if not marking.budget.judges(statement):
            marking.end(statement)
            break
        marking.take(statement)
    return marking


def _is_better(found: Sequence[Judgement], before: Sequence[Judgement]) -> bool:
    """True where more is read, and nothing more is wrong."""
    def count(judgements: Sequence[Judgement], *verdicts: str) -> int:
        return sum(j.verdict in verdicts for j in judgements)

    crossed = ("wrong", "repeated", "follow_through")
    return count(found, "unread") < count(before, "unread") and (
        count(found, *crossed) <= count(before, *crossed))


def _referred(marking: Marking) -> list[Judgement]:
    """Return what was said, with what goes to a person; where that fails, what was said."""
    try:
        found = referred(marking.marker, marking.judgements, marking.chains)
        return marking.sizes.with_shapes(found)
    except Exception:   # what was judged stands
        return marking.judgements


def _elsewhere(marker: Marker, found: list[Judgement], text: str) -> list[Judgement]:
    """Return what was said, with what is about another network; where that fails, what was said."""
    try:
        return as_said_elsewhere(marker, found, text, judged)
    except Exception:   # what was judged stands
        return found


def _as_written(judgement: Judgement, text: str) -> Judgement:
    claim = judgement.claim
    return replace(judgement, claim=replace(claim, text=text[slice(*claim.span)].strip()))


def judged_alone(marker: Marker, subject: Expr, expr: Expr) -> Judgement:
    """Judge one thing said of a quantity, with nothing written before it."""
    claim = Claim(1, (0, 0), write(expr), "=", "", write(subject), subject, expr)
    return Marking(marker, marker.words(), "").one(claim)
