"""Equations for what is sought: A w = b, said of the w* that the question asks for.

A w without its step is no claim about every w of a series.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.expr.nodes import Expr, Number, Partial, Ref, Symbol
from derive.expr.walk import free_indices, refs, transform
from derive.marking.submission.claims import Claim, Judgement
from derive.marking.submission.judging.marker import Marker

__all__ = ["of_the_best"]

SOMETIMES = "for which it holds is for a person"


def of_the_best(marker: Marker, claim: Claim, before: Expr | None) -> Judgement | None:
    """Judge an equation in a name without its step by the quantity that is called like it.

    A derivative that is set to 0 is 0 somewhere.
    """
    subject, said = claim.subject, claim.expr
    left = before if isinstance(subject, Ref) else subject
    noted = claim.notes or (said is not None and not claim.when and isinstance(subject, Partial))
    if said is None or not noted:
        return None
    sides = () if left is None else (left, said)
    for symbol in dict.fromkeys(r for e in sides for r in refs(e)):
        for other in _called_like(marker, symbol):
            one, two = (e and _put(e, symbol, other) for e in (left, said))
            if one is not None and two is not None and marker.is_right(one, two):
                return Judgement(claim, "right", f"it is so for {other.name}", notion="value")
    nought = isinstance(said, Number) and not said.value
    best = isinstance(subject, Partial) and any(True for _ in _called_like(marker, subject.bottom))
    return Judgement(claim, "refer", SOMETIMES) if nought and best else None


def _called_like(marker: Marker, ref: Ref) -> Iterator[Symbol]:
    """Yield w_star for the w of any step."""
    if not isinstance(ref, Symbol) or not free_indices(ref):
        return
    for equation in marker.question.equations:
        target = equation.target
        if isinstance(target, Symbol) and not target.index and target.shape == ref.shape and (
                target.name.startswith(ref.name) and target.name != ref.name):
            yield target


def _put(expr: Expr, symbol: Ref, other: Symbol) -> Expr:
    return transform(expr, lambda part: other if part == symbol else None)
