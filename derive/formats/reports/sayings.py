"""The words that all reports share."""

from __future__ import annotations

from collections.abc import Iterator

from derive.languages import ENGLISH, remark
from derive.marking.submission.claims import Judgement
from derive.marking.submission.marked import SIGNS, Marked
from derive.marking.submission.marks import Award, PartMarks

__all__ = ["LEGEND", "awards", "counted", "reason", "sign", "tells_what_is_right"]

LEGEND = {
    "right": "right", "follow_through": "follows from an earlier slip", "wrong": "wrong",
    "repeated": "the same slip again", "notation": "only the writing is wrong",
    "refer": "for a person to look at", "unread": "could not be read",
}
# what need not be said beside a tick
_UNTOLD = ("right", "notation")


def reason(judgement: Judgement, language: str = ENGLISH) -> str:
    """Return why a claim got its verdict; a value that is simply right needs no words."""
    said = remark(judgement.reason, language)
    if judgement.verdict == "right":
        untold = judgement.reason.startswith("right: ") or "what it is about" in judgement.reason
        return "" if untold else said
    carried = ", ".join(judgement.carried)
    return f"{said} ({remark('carried', language)}: {carried})" if carried else said


def tells_what_is_right(judgement: Judgement) -> bool:
    """True where the right value helps."""
    return judgement.expected is not None and judgement.verdict not in _UNTOLD and (
        judgement.slip != "label")


def sign(verdict: str, language: str = ENGLISH) -> str:
    """Return the sign of a verdict; one of them has a word behind it."""
    mark, _, again = SIGNS[verdict].partition(" ")
    return f"{mark} {remark(again, language)}" if again else mark


def counted(found: Marked, language: str = ENGLISH) -> str:
    """Return how many claims there are of each kind."""
    counts = [f"{sign(v, language)} {n}" for v in SIGNS if (n := found.verdicts[v])]
    kinds = f" ({', '.join(counts)})" if counts else ""
    said = f"{found.verdicts['right']} of {len(found.claims)} claims are right"
    return f"{remark(said, language)}{kinds}"


def awards(part: PartMarks, every: bool = False, language: str = ENGLISH) -> Iterator[str]:
    """Yield what the marks of a part are for: ``dL/dV: A 2 of 2 (line 75)``.

    Those that were simply earned are left out, unless *every* one is wanted.
    """
    if not any(award.line or award.referred for award in part.awards):
        yield remark("nothing was found for it", language)
        return
    for award in part.awards:
        earned = award.awarded == award.available and award.kind != "ft" and not award.referred
        if award.available and (every or not earned):
            yield _award(award, language)


def _award(award: Award, language: str) -> str:
    about = f"{award.of}: " if award.of else ""
    where = f" (line {award.line})" if award.line is not None else ""
    person = ", for a person to look at" if award.referred else ""
    said = f"{award.kind} {award.awarded} of {award.available}{where}{person}"
    return f"{about}{remark(said, language)}"
