"""What is said of the others: dp_1/ds_j = -p_1 p_j, "for the others", where j is not 1."""

from __future__ import annotations

import re
from dataclasses import replace

from derive.expr.integers import IntLike
from derive.expr.nodes import Entry, Expr
from derive.expr.walk import walk
from derive.marking.submission.claims import Judgement
from derive.marking.submission.judging.marker import Marker

__all__ = ["said_of_others"]

OTHERS = re.compile(r"\b(?:others?|else|otherwise|remaining|the rest|anderen?|sonst|übrigen)\b",
                    re.I)
ENDS = re.compile(r"[.;](?=\s)|\n[ \t]*\n")
REASON = "right for the others, of which it is said"


def said_of_others(marker: Marker, found: list[Judgement], text: str) -> list[Judgement]:
    """Return what was said; what is wrong only for the entry that is set apart is right."""
    return [_of_others(marker, j) if j.verdict == "wrong" and OTHERS.search(
        _beside(text, *j.claim.span)) else j for j in found]


def _beside(text: str, first: int, end: int) -> str:
    """Return the sentence around a claim."""
    starts = [m.end() for m in ENDS.finditer(text, 0, first)]
    stop = ENDS.search(text, end)
    return text[starts[-1] if starts else 0:stop.start() if stop else len(text)]


def _of_others(marker: Marker, judgement: Judgement) -> Judgement:
    claim = judgement.claim
    if claim.subject is None or claim.expr is None or claim.when:
        return judgement
    places = [at for part in walk(claim.subject) if isinstance(part, Entry) for at in part.at]
    top = getattr(claim.subject, "component", ()) or _component(claim.subject)
    numbers = dict.fromkeys(at for at in (*places, *top) if isinstance(at, int))
    letters = dict.fromkeys(at for at in (*places, *top) if not isinstance(at, int))
    for letter in letters:
        if any(marker.is_right(claim.subject, claim.expr, ((letter, "!=", (number,)),))
               for number in numbers):
            return replace(judgement, verdict="right", reason=REASON, slip=None, notion="value")
    return judgement


def _component(subject: Expr) -> tuple[IntLike, ...]:
    """Return the entry of which a derivative is taken."""
    inner = subject.arg if isinstance(subject, Entry) else subject
    return tuple(getattr(inner, "component", ()))
