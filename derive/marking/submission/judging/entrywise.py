r"""Formulas that act entry by entry: y (1 + y) for y (1 - y), \psi' = \psi (1 - \psi).

Where all that is read has one shape, there is one way to multiply it, so that a formula that is not
right so is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from derive.expr.nodes import (
    Apply,
    Diag,
    Expr,
    Neg,
    Number,
    Partial,
    Power,
    Product,
    Quotient,
    Ref,
    Sum,
)
from derive.expr.walk import refs, transform, walk
from derive.marking.samples import places, value_of
from derive.marking.submission.claims import Claim, Judgement
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.verdict import Verdict
from derive.ops import ELEMENTWISE, apply, derivative

__all__ = ["acts_on_entries", "as_entries", "assuming_a_function", "judged_by_entries"]

ACTIVATIONS = ("sigmoid", "tanh", "exp", "relu", "softplus")
KINDS = (Apply, Neg, Number, Power, Product, Quotient, Ref, Sum)
UNKNOWN = "unknown function"


def as_entries(marker: Marker, claim: Claim) -> Iterator[Expr]:
    """Yield what a claim says if it acts entry by entry, on the diagonal where its subject does."""
    subject = claim.subject
    if subject is None or len(subject.shape) not in (1, 2):
        return
    said = [e for e in (claim.expr, *claim.loose) if e is not None and e.shape == subject.shape[:1]
            and list(refs(e)) and acts_on_entries(e)]
    if len(subject.shape) == 1:
        yield from said
    elif said and _is_diagonal(marker, subject):
        yield from map(Diag, said)
    elif isinstance(subject, Partial) and len(subject.top.shape) == len(subject.bottom.shape) == 1:
        yield from said     # of a softmax there is more than the diagonal


def acts_on_entries(expr: Expr) -> bool:
    """True where all that is read has one shape, or is a number."""
    return all(isinstance(part, KINDS) and part.shape in ((), expr.shape)
               and (not isinstance(part, Apply) or part.op in ELEMENTWISE) for part in walk(expr))


def _is_diagonal(marker: Marker, subject: Expr) -> bool:
    """True for a derivative that is a diagonal matrix, and no number."""
    if not isinstance(subject, Partial) or subject.shape[0] != subject.shape[1]:
        return False
    try:
        found = [value_of(marker.slips.example, subject, env)
                 for env in list(places(marker.slips.example, (subject,)))]
    except UNJUDGED:
        return False
    return bool(found) and all(v.size > 1 and np.array_equal(v, np.diag(np.diag(v)))
                               for v in found)


def judged_by_entries(marker: Marker, claim: Claim) -> Verdict | None:
    """Judge what can only be multiplied entry by entry; None where it may be laid out otherwise."""
    assert claim.subject is not None, "a claim that was judged"
    found = (marker.verdict(claim.subject, expr, claim.when)
             for expr in as_entries(marker, claim))
    return next((verdict for verdict in found if verdict is not None), None)


def assuming_a_function(marker: Marker, claim: Claim) -> Judgement | None:
    r"""Leave \psi' = \psi (1 - \psi) to a person, where psi may be any function: it may be so."""
    subject = claim.subject
    assert subject is not None, "a claim that was judged"
    unknown = {dict(n.params)["called"] for n in walk(subject) if isinstance(n, Apply)
               and n.op == UNKNOWN}
    for name in sorted(unknown):
        for op in ACTIVATIONS:
            meant = replace(claim, subject=_with(op, name, subject), expr=None, loose=tuple(
                _with(op, name, e) for e in (claim.expr, *claim.loose) if e is not None))
            found = judged_by_entries(marker, meant)
            if found is not None and found.right:
                return Judgement(claim, "refer", f"it is so if {name} is the {op}: whether that "
                                 "may be assumed is for a person")
    return None


def _with(op: str, name: str, expr: Expr) -> Expr:
    """Put a function in for one that is not known."""
    def change(part: Expr) -> Expr | None:
        if not isinstance(part, Apply) or part.op != UNKNOWN or (
                dict(part.params)["called"] != name):
            return None
        order, (arg,) = dict(part.params).get("order", 0), part.args
        return apply(op, arg) if not order else derivative(op, arg) if order == 1 else None

    return transform(expr, change)
