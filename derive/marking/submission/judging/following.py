"""Does a claim follow from what was found before, though that was wrong?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import product
from typing import Any

import numpy as np

from derive.expr.nodes import Expr, Partial, Ref
from derive.expr.walk import array_of, free_indices
from derive.expr.walk import refs as references
from derive.marking.answers import left_open
from derive.marking.comparison import same
from derive.marking.fitting import fitting
from derive.marking.submission.claims import Claim
from derive.marking.submission.judging.following_formulas import (
    in_steps,
    over_steps,
    wrong_formulas_behind,
)
from derive.marking.submission.judging.links import links
from derive.marking.submission.judging.marker import FINEST, UNJUDGED, Marker
from derive.marking.submission.judging.memory import Memory
from derive.marking.submission.judging.plain import has_numbers
from derive.marking.submission.mistakes.redone import Redone, Rounding, Sweeps
from derive.marking.submission.mistakes.unnamed import ordered
from derive.marking.written import Numbers
from derive.syntax.write_text import write

__all__ = ["BEFORE", "FORMULA", "MODEL", "Followed", "followed", "left_open_by"]

CLOSE = 0.1         # relative to the largest entries
BEFORE = "it follows from the line before"
FORMULA = "it follows from the formula written for it"
NEARLY = 0.005      # relative: as much as working with three digits may do
BETWEEN = 0.05      # of the distance of both honest values, on either side of them
MODEL = "it follows from values found before"
FEWEST, MOST = 3, 5     # digits of a value that was worked out with rounded ones
# readings that followed from nothing, before less is tried: nobody is wrong as often as that
MOST_ROUNDED, MOST_REDONE = 24, 72


@dataclass(frozen=True)
class Followed:
    """How a claim follows: why, and from which values that were wrong."""

    reason: str
    wrong: tuple[str, ...] = ()
    honest: bool = True     # as near to what the values as shown give as to the right value
    apart: bool = False     # right values, as shown, give something else: a formula meant otherwise


@dataclass(eq=False)
class _Ways:
    """The values that a claim may have been worked out from."""

    marker: Marker
    memory: Memory

    def of(self, claim: Claim, before: Expr | None) -> Iterator[tuple[str, Expr, Redone]]:
        """Yield the line before, own formulas, the model; each with own values, then without.

        Beside a value that was only copied wrongly the others are as they were. A formula follows
        from no numbers.
        """
        subject = claim.subject
        assert subject is not None, "a claim about nothing has no ways"
        of_numbers = claim.expr is not None and (
            not list(references(claim.expr)) or has_numbers(claim.expr))
        itself = self.memory.unnamed.get(ordered(subject))
        said = {ref: value for ref, value in self.memory.values.items() if ref != itself}
        own = {ref: value.values for ref, value in said.items()}
        right = {ref: own[ref] for ref, value in said.items() if value.right}
        known = [own, right] if len(right) < len(own) else [own]
        for values in (*known, {}) if own else ({},):
            if before is not None:
                yield BEFORE, before, self._redone(values)
            for formula in self.memory.formulas_of(subject) if of_numbers else ():
                yield FORMULA, formula, self._redone(values)
        if of_numbers and self.memory.in_vain <= MOST_REDONE:
            for redone in self._worked(claim, subject, known):
                yield MODEL, subject, redone
        for link, values in product(self._links(subject) if of_numbers else (), known):
            yield MODEL, link, self._redone(values, _whole(subject))
        swept = None if of_numbers else self._own_sweeps
        for values in known if swept is not None and isinstance(_whole(subject), Partial) else ():
            yield MODEL, subject, self._redone(values, _whole(subject), swept)

    def _links(self, subject: Expr) -> Iterator[Expr]:
        """Yield what a value is made of in between; of many steps, the product of all of them."""
        yield from links(self.marker, self.memory, subject)
        yield from in_steps(subject) if self.memory.wrong else ()

    @cached_property
    def _own_sweeps(self) -> Sweeps | None:
        """The derivatives of the model with the student's own wrong equations in it."""
        return self.memory.swept(self.marker)

    def _worked(self, claim: Claim, subject: Expr, known: Sequence[Mapping[Ref, Any]]
                ) -> Iterator[Redone]:
        """Yield workings with own values, then with what is written nowhere rounded."""
        without = _whole(subject)
        own = (self._own_sweeps,) if self._own_sweeps is not None else ()
        if subject in self.memory.pieced:   # all entries were written one by one
            yield self._redone(known[0])
        for values, sweeps in product(known, (*self.marker.slips.sweeps, *own)):
            if values or self.memory.wrong:
                yield self._redone(values, without, sweeps)
        rounds = self.memory.in_vain <= MOST_ROUNDED
        roundings = [*_roundings(self.marker, claim)] if rounds else []
        for rounded, values, sweeps in product(roundings, known, self.marker.slips.sweeps):
            yield replace(self._redone(values, without, sweeps), rounded=rounded)

    def _redone(self, own: Mapping[Ref, Any], without: Ref | None = None,
                sweeps: Sweeps | None = None) -> Redone:
        return Redone(self.marker.judge.given, sweeps or self.marker.slips.sweeps[0], own, without,
                      tuple(self.memory.wrong), unnamed=self.memory.unnamed)


def _whole(subject: Expr) -> Ref | None:
    """Return the array of which something is said, or an entry of which."""
    whole = array_of(subject)
    return whole if isinstance(whole, Ref) else None


def _roundings(marker: Marker, claim: Claim) -> Iterator[Rounding]:
    """Yield how somebody may round what is written nowhere: to the digits shown, or one more."""
    numbers = marker.answer(claim.expr) if claim.expr is not None else None
    if not isinstance(numbers, Numbers) or numbers.figures is None or not (
            FEWEST <= numbers.figures <= MOST):
        return
    half = float(np.max(numbers.half, initial=0.0))
    places = round(-np.log10(2 * half)) if half else 0
    for more in (0, 1):
        yield partial(_to_figures, numbers.figures + more)
        if places > 0:
            yield partial(np.round, decimals=places + more)


def _to_figures(figures: int, values: Any) -> Any:
    values = np.asarray(values, dtype=float)
    sizes = np.abs(np.where((values == 0) | ~np.isfinite(values), 1.0, values))
    scale = 10.0 ** (figures - 1 - np.floor(np.log10(sizes)))
    return np.round(values * scale) / scale


def followed(marker: Marker, memory: Memory, claim: Claim, before: Expr | None
             ) -> Followed | None:
    """Return how a claim follows from what was said before; None where it does not."""
    if claim.subject is None:
        return None
    if not marker.solver.numeric or claim.expr is None:
        return _followed_in_symbols(marker, memory, claim, before)
    for reason, expr, redone in _Ways(marker, memory).of(claim, before):
        if _agrees(marker, memory, claim, expr, redone):
            wrong = tuple(dict.fromkeys(_called(memory, r) for r in (
                *(r for r in redone.used if not memory.values[r].right), *redone.applied,
                *(() if redone.sweeps in marker.slips.sweeps else memory.changed(marker)))))
            honest = wrong != () or _is_honest(marker, claim, expr, redone)
            return Followed(reason, wrong, honest, not wrong and reason == FORMULA
                            and _is_apart(marker, claim, expr, redone))
    if list(references(claim.expr)):
        return _followed_in_symbols(marker, memory, claim, before)
    memory.in_vain += 1
    return None


def _called(memory: Memory, ref: Expr) -> str:
    text = write(ref)
    return text if ref in memory.unnamed.values() else text.strip("()")


def _followed_in_symbols(marker: Marker, memory: Memory, claim: Claim, before: Expr | None
                         ) -> Followed | None:
    """Return how a formula follows from own ones that were wrong."""
    subject = claim.subject
    if subject is None or not memory.wrong or any(
            formula == claim.expr and _unheld(ref) == _unheld(subject)
            for ref, formula, _ in memory.wrong):
        return None     # it is said again
    own = [(FORMULA, formula) for formula in memory.formulas.get(subject, ())]
    steps = (*([(BEFORE, before)] if before is not None else []), *own, (MODEL, subject),
             *((MODEL, product) for product in over_steps(subject)),
             *((MODEL, product) for product in links(marker, memory, subject)))
    for reason, base in steps:
        wrong = wrong_formulas_behind(marker, memory, claim, base)
        if wrong:
            return Followed(reason, wrong)
    return None


def _unheld(expr: Expr) -> Expr:
    return replace(expr, held=()) if isinstance(expr, Partial) else expr


def _agrees(marker: Marker, memory: Memory, claim: Claim, other: Expr, redone: Redone) -> bool:
    """True where both sides have one value, to the digits of either.

    Only a derivative may be laid out as its transpose.
    """
    assert claim.expr is not None, "a claim that was read"
    try:
        with np.errstate(all="ignore"):
            a, half = _open(marker, memory, claim.expr, redone)
            b, more = _open(marker, memory, other, redone, a)
    except UNJUDGED:
        return False
    fit, room = fitting(a.shape, b.shape), half + FINEST * np.abs(a)
    if fit is None or (fit.turned and not isinstance(claim.subject, Partial)):
        return False
    b, more = (fit.shaped(v, a.shape) for v in (b, np.broadcast_to(more, b.shape)))
    square = a.ndim == 2 and a.shape == b.T.shape and isinstance(claim.subject, Partial)
    return same(b, a, room + more) or (square and same(b.T, a, room + more.T))


def _is_honest(marker: Marker, claim: Claim, expr: Expr, redone: Redone) -> bool:
    """True for a value between the right one and that from all values as they are shown.

    Whoever goes on with full precision gets the one, whoever rounds gets the other; digits that
    cancel leave room for much that is neither.
    """
    if not isinstance(claim.subject, Ref) or claim.expr is None or free_indices(claim.subject):
        return True
    try:
        said, truth = marker.numbers(claim.subject, claim.expr), marker.truth(claim.subject)
        other = redone.value(expr)
    except UNJUDGED:
        return True
    if said is None or not said.values.shape == truth.shape == other.shape:
        return True
    low, high = np.minimum(truth, other), np.maximum(truth, other)
    room = BETWEEN * (high - low) + NEARLY * np.abs(truth)
    values, half = said.values, 1.5 * said.half
    ways = [(values, half), *([(values.T, half.T)] if values.shape == values.T.shape else ())]
    return any(bool(np.all((v >= low - room - h) & (v <= high + room + h))) for v, h in ways)


def _is_apart(marker: Marker, claim: Claim, expr: Expr, redone: Redone) -> bool:
    """True where a formula with own values gives nothing near to what is right."""
    if not isinstance(claim.subject, Ref) or free_indices(claim.subject):
        return False
    try:
        truth, other = marker.truth(claim.subject), redone.value(expr)
    except UNJUDGED:
        return False
    return truth.shape == other.shape and not _near(truth, other)


def _near(one: Any, other: Any) -> bool:
    """True where two values may be the same to few digits."""
    size = np.max(np.abs(one), initial=0.0) + np.max(np.abs(other), initial=0.0)
    fit = fitting(one.shape, other.shape)
    ways = [] if fit is None else [fit.shaped(other, one.shape)]
    if one.ndim == 2 and one.shape == one.T.shape == other.shape:
        ways.append(other.T)
    return any(bool(np.all(np.abs(one - way) <= CLOSE * size)) for way in ways)


def _open(marker: Marker, memory: Memory, expr: Expr, redone: Redone,
          about: Any = None) -> tuple[Any, Any]:
    """Return a value with how far its digits leave it open; *about* is what it may be."""
    answer = marker.answer(expr)
    if isinstance(answer, Numbers):
        return answer.values, answer.half
    value = redone.value(expr)
    if about is not None and not _near(value, about):
        return value, np.zeros(value.shape)     # no digits would bridge that
    return left_open_by(memory, expr, redone)


def left_open_by(memory: Memory, expr: Expr, redone: Redone) -> tuple[Any, Any]:
    """Return a value, and how far the digits of the own values in it leave it open."""
    value = redone.value(expr)
    room = left_open(expr, redone.value, value)
    for ref in list(redone.used):
        room = room + _slack(memory, expr, ref, redone, value)
    return value, room


def _slack(memory: Memory, expr: Expr, ref: Ref, redone: Redone, value: Any) -> Any:
    """Return what the digits shown of an own value leave open."""
    own, total = memory.values[ref], np.zeros(np.shape(value))
    if not np.any(own.half):
        return total
    for cell in np.ndindex(*np.shape(own.values)):
        moved = np.array(own.values, dtype=float)
        moved[cell] += np.asarray(own.half)[cell]
        nearby = replace(redone, own={**redone.own, ref: moved}, used={}, _known={},
                         _waiting=set())
        total = total + np.abs(nearby.value(expr) - value)
    return total
