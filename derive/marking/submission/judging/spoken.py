"""What words in front of a formula say that it is about, where no formula does."""

from __future__ import annotations

import re

from derive.marking.submission.claims import Claim, Judgement

__all__ = ["UNSAID", "is_of_another"]

UNSAID = "what this is about is not said"
COMMAND = re.compile(r"\\(?:text\w*|mathrm|mbox)\b|\\[A-Za-z]+")
WORD = re.compile(r"[^\W\d_]{3,}")
NAMED = re.compile(r"[^\W\d_]{3,}\s*=\s*$")
# they lead on from what was written before, and name nothing
LEADS_ON = frozenset((
    "and", "answer", "approximately", "are", "equals", "finally", "follows", "from",
    "further", "get", "gets", "gives", "hence", "here", "numbers", "numerically", "obtain",
    "putting", "result", "simplifies", "since", "substituting", "that", "the", "then",
    "therefore", "this", "thus", "together", "value", "values", "which", "with", "yields"))


def is_of_another(judgement: Judgement, text: str) -> bool:
    """True for a side that is wrong, and in front of which words name something.

    "row sums = (3.8, 3.0)" does not go on from the matrix that was written before it. Of the same
    shape it is another only where its name stands right in front: "rows = 2".
    """
    claim = judgement.claim
    if judgement.verdict != "wrong" or claim.expr is None or claim.subject is None:
        return False
    words = [word.casefold() for word in WORD.findall(_before(claim, text))]
    if claim.expr.shape == claim.subject.shape:
        words = words[-1:] if NAMED.search(text[:claim.span[0]]) else []
    return bool({*words} - LEADS_ON)


def _before(claim: Claim, text: str) -> str:
    """Return the words between what stands before in the line and a side."""
    line = text[text.rfind("\n", 0, claim.span[0]) + 1:claim.span[0]]
    last = re.split(r"\$|\\\(|\\\[|\\q?quad|[.;]\s", line.rstrip("$ \t=≈"))[-1]
    return COMMAND.sub(" ", last)
