"""What ``derive verify --marking`` says: can submissions to a question be marked?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from derive.cli.progress import progress
from derive.errors import CheckFailed

if TYPE_CHECKING:
    from derive.api import Question, QuestionSet
    from derive.marking.submission.proving import Proof

__all__ = ["markable"]

MOST = 10       # lines of what was not named


def markable(loaded: Question | QuestionSet) -> Iterator[str]:
    """Yield what was found, question by question; `CheckFailed` at the end names what fails."""
    questions: Sequence[Any] = getattr(loaded, "questions", None) or (loaded,)
    failed = []
    for question in progress(questions, len(questions), "marking"):
        proof = _proved(question)
        yield "\n".join(_lines(proof)) + "\n"
        failed += [] if proof.holds else [proof.question]
    if failed:
        raise CheckFailed(f"cannot be marked without doubt: {', '.join(failed)}")


def _proved(question: Question) -> Proof:
    from derive.marking.submission.judging.marker import Marker
    from derive.marking.submission.proving import proved

    return proved(Marker(question.source), question.solve().render("markdown"))


def _lines(proof: Proof) -> Iterator[str]:
    sheet, found = proof.sheet, proof.outcomes
    left = sum(a.available for p in sheet.parts for a in p.awards if a.referred)
    yield f"{proof.question}"
    yield (f"  own sheet    {sheet.awarded} of {sheet.available} marks, {left} left to a person; "
           f"{sheet.verdicts['right']} of {len(sheet.claims)} claims right")
    yield (f"  slips        {len(proof.tried)} made: {found['named']} named, {found['beside']} "
           f"under another name, {found['unnamed']} not named, {found['right']} not seen")
    yield f"  collisions   {len(proof.collisions)} pairs of slips with the same value"
    yield f"  digits       {proof.changed} changed, {proof.changed - len(proof.ticked)} caught"
    yield from _more(proof)


def _more(proof: Proof) -> Iterator[str]:
    """Yield what a reader may want to look at: what is crossed, lost, not named or not told apart.
    """
    from derive.marking.submission.marked import line_of
    from derive.marking.submission.proving import CROSSES
    from derive.syntax.write_text import write

    listed = [f"own sheet, {line_of(j)}" for j in proof.sheet.claims if j.verdict in CROSSES]
    listed += [f"not named: {write(t.slipped.of)}: {t.slipped.words}" for t in proof.tried
               if t.outcome == "unnamed"]
    listed += [f"under another name: {write(t.slipped.of)}: {t.slipped.words}; named: {t.reason}"
               for t in proof.tried if t.outcome == "beside"]
    listed += [f"not seen: {write(t.slipped.of)}: {t.slipped.words}" for t in proof.tried
               if t.outcome == "right"]
    listed += [f"alike {c.how}: {c.of}: {c.one}; {c.other}" + " (not told)" * (not c.told)
               for c in proof.collisions]
    listed += [f"not caught: {said}" for said in proof.ticked]
    yield from (f"  {line}" for line in listed[:MOST])
    if len(listed) > MOST:
        yield f"  and {len(listed) - MOST} more"
