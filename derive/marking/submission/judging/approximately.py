r"""What is said to be about right: J \approx R, where tanh' is nearly 1 with the numbers given."""

from __future__ import annotations

from itertools import islice, product

import numpy as np

from derive.expr.nodes import Ref
from derive.expr.walk import at, free_indices, refs
from derive.marking.samples import value_of
from derive.marking.submission.claims import Claim
from derive.marking.submission.judging.marker import UNJUDGED, Marker

__all__ = ["ABOUT", "is_about"]

ABOUT = "right, approximately, with the numbers given"
NEAR = 0.02         # of the largest entry
MOST = 50           # members for which that is looked at


def is_about(marker: Marker, claim: Claim) -> bool:
    """True for a formula behind a sign for "about" that comes close for every member."""
    subject, said = claim.subject, claim.expr
    if claim.relation != "≈" or not marker.solver.numeric or said is None or not isinstance(
            subject, Ref) or subject.shape != said.shape or not list(refs(said)):
        return False
    letters = sorted((free_indices(subject) | free_indices(said)) & {*marker.question.indices})
    ranges = [range(r.lo, r.hi + 1) for r in map(marker.question.indices.get, letters)
              if r is not None and isinstance(r.lo, int) and isinstance(r.hi, int)]
    if len(ranges) < len(letters):
        return False
    close = [found for place in islice(product(*ranges), MOST)
             if (found := _is_close(marker, claim, dict(zip(letters, place, strict=True))))
             is not None]
    return bool(close) and all(close)


def _is_close(marker: Marker, claim: Claim, env: dict[str, int]) -> bool | None:
    """Compare both for one member; None where there is no such."""
    assert claim.subject is not None, "a claim about something"
    assert claim.expr is not None, "a claim that was read"
    try:
        truth, said = (value_of(marker.judge.given, at(e, env), {})
                       for e in (claim.subject, claim.expr))
    except UNJUDGED:
        return None
    return bool(np.all(abs(said - truth) <= NEAR * np.abs(truth).max(initial=0.0)))
