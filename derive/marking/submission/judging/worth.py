"""Which of several readings of a statement is the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.expr.walk import refs
from derive.marking.submission.claims import Judgement
from derive.marking.submission.judging.following import BEFORE
from derive.marking.submission.judging.reasons import Wrong
from derive.marking.submission.judging.sought import FOR_ALL

__all__ = ["GOOD", "NAMED", "as_meant", "goodness", "is_telling", "unread", "worth"]

GOOD = {"right": 30, "follow_through": 20, "notation": 10, "repeated": 6}
NAMED = 5       # a wrong claim that is explained
AFTER = 2       # one that follows from a wrong one


def goodness(found: Sequence[Judgement]) -> tuple[int, int]:
    """Return how many claims are right, and what else speaks for a reading."""
    return sum(j.verdict == "right" for j in found), worth(found)


def worth(found: Sequence[Judgement]) -> int:
    """Return how much speaks for a reading: what is right in it, or may be explained."""
    return sum(AFTER if j.reason.startswith(BEFORE) or j.notion == "given numbers"
               else GOOD.get(j.verdict, NAMED * (bool(j.slip) or isinstance(j, Wrong)))
               for j in found)


def unread(found: Sequence[Judgement]) -> int:
    """Return how many claims of a reading cannot be read."""
    return sum(j.verdict == "unread" for j in found)


def is_telling(found: Sequence[Judgement], labelled: bool) -> bool:
    """True for what is about something by many numbers, or by what it uses.

    A formula alone is: where it has another label that can be read, the formula is wrong.
    """
    def says(judgement: Judgement) -> bool:
        expr, good = judgement.claim.expr, judgement.verdict in ("right", "follow_through")
        if expr is None or not (good or judgement.slip) or judgement.notion == "given numbers":
            return False
        formula = bool(list(refs(expr)))
        return bool(judgement.carried) or (good and formula and not labelled) or (
            bool(expr.shape) and not formula)
    return any(map(says, found))


def as_meant(found: list[Judgement]) -> list[Judgement]:
    """Say of a wrong formula that only its writing is wrong, where what follows is as it should be.
    """
    out = list(found)
    for place, judgement in enumerate(found):
        later: Iterator[Judgement] = (j for j in found[place + 1:]
                                      if j.verdict in ("right", "follow_through")
                                      and not j.reason.startswith((BEFORE, FOR_ALL))
                                      and j.claim.subject is not None
                                      and j.claim.subject == judgement.claim.subject)
        # what is right by chance for the numbers given leads to them whatever was meant
        if judgement.verdict == "wrong" and judgement.notion != "given numbers" and any(
                True for _ in later):
            out[place] = replace(judgement, verdict="notation",
                                 reason=f"{judgement.reason}; what follows is as it should be")
    return out
