r"""What is said of the step after the last one: \delta_{T+1} = 0, from which a sweep goes back."""

from __future__ import annotations

import numpy as np

from derive.expr.nodes import Partial
from derive.expr.walk import array_of
from derive.marking.submission.claims import Claim, Judgement
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.written import Numbers

__all__ = ["beyond_the_end"]

BEYOND = "right: behind the last step there is nothing to go back from"


def beyond_the_end(marker: Marker, claim: Claim) -> Judgement | None:
    """Judge a derivative by the member after the last of a series, which is 0; None for others."""
    whole = None if claim.subject is None else array_of(claim.subject)
    if not isinstance(whole, Partial) or claim.expr is None:
        return None
    family = marker.solver.named.families.get(whole.bottom.name)
    ranges = [marker.question.indices.get(n) for n in family.indices] if family else []
    after = any(r is not None and at == r.hi + 1
                for r, at in zip(ranges, whole.bottom.index, strict=False))
    if not after:
        return None
    try:
        said = marker.answer(claim.expr)
    except UNJUDGED:
        return None
    zero = isinstance(said, Numbers) and not np.any(said.values)
    return Judgement(claim, "right", BEYOND) if zero else None
