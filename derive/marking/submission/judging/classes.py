"""What weights do for every row of a class: w x + b > 0 where the label is 1."""

from __future__ import annotations

import re

from derive.marking.submission.claims import Claim, Judgement
from derive.numbers.separation import Condition

__all__ = ["of_a_class"]

LABEL = re.compile(r"(?:label|class|target|value|[tyz](?:_\{?\w\}?)?\s*=)[^.;,\n]{0,15}?"
                   r"(-?\d)(?![\d.])", re.IGNORECASE)
NEAR = 60       # characters behind an inequality in which its class is told
ASKED = "so these rows ask"
OTHER = "the rows of this class ask for the opposite"
UNTOLD = "of which class it is said is for a person"


def of_a_class(claim: Claim, relation: str, text: str, example: Condition) -> Judgement:
    """Judge what is asked of the rows of a class, by the label that stands behind it."""
    behind = text[claim.span[1]:claim.span[1] + NEAR].partition("\n")[0]
    found = LABEL.search(behind)
    if found is None:
        return Judgement(claim, "refer", UNTOLD)
    above = relation.startswith(">")
    if (found[1] == "1") != above:
        return Judgement(claim, "wrong", OTHER, "opposite")
    return Judgement(claim, "right", ASKED)
