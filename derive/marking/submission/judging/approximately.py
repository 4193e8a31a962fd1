r"""What is said to be about right: J \approx R, where tanh' is nearly 1 with the numbers given."""

from __future__ import annotations

from itertools import islice, product

import numpy as np

from derive.expr.nodes import Expr, Number, Ref
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
    if claim.relation != "≈" or not marker.solver.numeric or said is None or subject is None:
        return False
    formula = isinstance(subject, Ref) and subject.shape == said.shape and bool(list(refs(said)))
    if not formula and not _is_slope(subject, said):
        return False
    indices = marker.question.indices
    letters = sorted((free_indices(subject) | free_indices(said)) - {*marker.question.sizes})
    only = next(iter(indices.values())) if len(indices) == 1 else None  # of k, where it has n
    ranges = [range(r.lo, r.hi + 1) for r in (indices.get(name, only) for name in letters)
              if r is not None and isinstance(r.lo, int) and isinstance(r.hi, int)]
    if len(ranges) < len(letters):
        return False
    close = [found for place in islice(product(*ranges), MOST)
             if (found := _is_close(marker, claim, dict(zip(letters, place, strict=True))))
             is not None]
    return bool(close) and all(close)


def _is_slope(subject: Expr, said: Expr) -> bool:
    r"""True for a formula whose entries are all said to be nearly 1: 1 - g_k^2 \approx 1."""
    one = isinstance(said, Number) and said.value == 1
    return one and not isinstance(subject, Ref) and bool(list(refs(subject)))


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
