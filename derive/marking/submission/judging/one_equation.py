r"""Derivatives that a formula before uses as those of one equation.

In a gated cell the state before enters the state by several ways. Whoever writes
dl/dh_i = (da/dh_i)^T dl/da + .. + (dh_{i+1}/dh_i)^T dl/dh_{i+1} means by the last of these the one
way that no other term has, and goes on with dh_{i+1}/dh_i = diag(1 - z_{i+1}).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.expr.nodes import Expr, Partial
from derive.expr.walk import refs
from derive.marking.submission.claims import Claim
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.judging.senses import chained
from derive.marking.submission.members import is_met

__all__ = ["of_one_equation"]


def of_one_equation(marker: Marker, subject: Expr, said: Sequence[Claim], label: str
                    ) -> Iterator[Partial]:
    """Yield a derivative as that of one equation, where a right formula of this part has it so."""
    if not isinstance(subject, Partial) or subject.held or subject.direct:
        return
    if any(claim.label == label and _uses(claim, subject) and _counts_twice(marker, claim)
           for claim in said):
        yield replace(subject, direct=True)


def _uses(claim: Claim, subject: Partial) -> bool:
    assert claim.expr is not None, "a formula that was right"
    return any(isinstance(ref, Partial) and not ref.held and (
        ref.top.name, ref.bottom.name) == (subject.top.name, subject.bottom.name)
        for ref in refs(claim.expr))


def _counts_twice(marker: Marker, claim: Claim) -> bool:
    """True for a formula that is right only where its derivatives are those of one equation."""
    assert claim.subject is not None, "a formula about something"
    assert claim.expr is not None, "a formula that was right"
    if chained(claim.expr, claim.subject, marker.solver.named.by_target) == claim.expr:
        return False
    judge = replace(marker.judge, where=lambda env: all(is_met(c, env) for c in claim.when)
                    ) if claim.when else marker.judge
    try:
        return not judge.verdict(marker.target(claim.subject), marker.answer(claim.expr)).right
    except UNJUDGED:
        return False
