"""The words that all reports share."""

from __future__ import annotations

from collections.abc import Iterator

from derive.marking.submission.claims import Judgement
from derive.marking.submission.marked import SIGNS, Marked
from derive.marking.submission.marks import Award, PartMarks

__all__ = ["LEGEND", "awards", "counted", "reason", "tells_what_is_right"]

LEGEND = {
    "right": "right", "follow_through": "follows from an earlier slip", "wrong": "wrong",
    "repeated": "the same slip again", "notation": "only the writing is wrong",
    "refer": "for a person to look at", "unread": "could not be read",
}
# what need not be said beside a tick
_UNTOLD = ("right", "notation")


def reason(judgement: Judgement) -> str:
    """Return why a claim got its verdict; a value that is simply right needs no words."""
    said = judgement.reason
    if judgement.verdict == "right":
        return "" if said.startswith("right: ") or "what it is about" in said else said
    carried = ", ".join(judgement.carried)
    return f"{said} (carried: {carried})" if carried else said


def tells_what_is_right(judgement: Judgement) -> bool:
    """True where the right value helps."""
    return judgement.expected is not None and judgement.verdict not in _UNTOLD and (
        judgement.slip != "label")


def counted(found: Marked) -> str:
    """Return how many claims there are of each kind."""
    counts = [f"{SIGNS[v]} {n}" for v in SIGNS if (n := found.verdicts[v])]
    kinds = f" ({', '.join(counts)})" if counts else ""
    return f"{found.verdicts['right']} of {len(found.claims)} claims are right{kinds}"


def awards(part: PartMarks, every: bool = False) -> Iterator[str]:
    """Yield what the marks of a part are for: ``dL/dV: A 2 of 2 (line 75)``.

    Those that were simply earned are left out, unless *every* one is wanted.
    """
    if not any(award.line or award.referred for award in part.awards):
        yield "nothing was found for it"
        return
    for award in part.awards:
        earned = award.awarded == award.available and award.kind != "ft" and not award.referred
        if award.available and (every or not earned):
            yield _award(award)


def _award(award: Award) -> str:
    about = f"{award.of}: " if award.of else ""
    where = f" (line {award.line})" if award.line is not None else ""
    person = ", for a person to look at" if award.referred else ""
    return f"{about}{award.kind} {award.awarded} of {award.available}{where}{person}"
