"""Senses in which a claim is right, or nearly, though it is not so as it is written."""

from __future__ import annotations

import math
from fractions import Fraction

from derive.errors import DeriveError
from derive.expr.nodes import (
    Apply,
    Diag,
    Expr,
    Eye,
    Number,
    Partial,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)
from derive.expr.walk import free_indices, refs
from derive.marking.answers import constant_value
from derive.marking.samples import value_of
from derive.marking.submission.claims import Claim, Judgement
from derive.marking.submission.judging.approximately import ABOUT, is_about
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.members import whole
from derive.marking.submission.reading.words import Words
from derive.marking.verdict import Verdict
from derive.ops import apply

__all__ = ["is_label_from_one", "is_of_data", "loosely"]

POSITIONS = ("argmax", "argmin")
MOST_AXES = 2   # beyond them people write what one entry is multiplied with
NUMBERS = ("right where all of these are numbers; the order of the factors, rows and diagonals are "
           "left open")
DIGITS = "right, to the digits written with a power of ten"
FLOOR = "the floor is left out"
FLAT = "right: these are its entries, row by row"
DIAGONAL = "right, as the slopes of each entry; they stand on the diagonal of a matrix"


def loosely(marker: Marker, claim: Claim) -> Judgement | None:
    """Judge a product of derivatives written as if they were numbers."""
    assert claim.subject is not None, "a claim that was judged"
    for expr in claim.loose:
        verdict = marker.verdict(claim.subject, expr, claim.when)
        if verdict is not None and verdict.right:
            return Judgement(claim, "right", f"{verdict.message}, up to how it is laid out",
                             notion="layout")
    if _is_flat(marker, claim):
        return Judgement(claim, "right", FLAT, notion="layout")
    if _is_diagonal(marker, claim):
        return Judgement(claim, "right", DIAGONAL, notion="layout")
    fits = claim.expr is not None and claim.expr.shape in (
        claim.subject.shape, claim.subject.shape[::-1])
    formulas = [e for e in (() if fits else (claim.expr, *claim.loose))
                if e is not None and list(refs(e))]
    if any(marker.holds_for_numbers(claim.subject, e) for e in formulas):
        local = len(claim.subject.shape) > MOST_AXES
        return Judgement(claim, "right" if local else "notation", NUMBERS, notion="layout")
    if _is_rounded(claim.subject, claim.expr, claim.relation):
        return Judgement(claim, "right", DIGITS, notion="digits")
    if _is_floor(claim.subject, claim.expr):
        return Judgement(claim, "notation", FLOOR, notion="value")
    return Judgement(claim, "right", ABOUT, notion="value") if is_about(marker, claim) else None


def _is_flat(marker: Marker, claim: Claim) -> bool:
    """True for the right entries in their order, as a vector for a matrix or the other way round.
    """
    subject, said = claim.subject, claim.expr
    if subject is None or said is None or {len(subject.shape), len(said.shape)} != {1, 2}:
        return False
    if not all(isinstance(n, int) for n in (*subject.shape, *said.shape)):
        return False
    whole, part = (apply("flatten", e) if len(e.shape) > 1 else e for e in (subject, said))
    return whole.shape == part.shape and marker.is_right(whole, part, claim.when)


def _is_floor(subject: Expr, said: Expr | None) -> bool:
    """True for (5 - 2)/2 + 1 = 2: how many places a window has, without the floor it needs."""
    if not isinstance(subject, Sum) or not isinstance(said, Number) or Number(
            Fraction(1)) not in subject.terms or list(refs(subject)):
        return False
    if not any(isinstance(t, Quotient) and isinstance(t.top, Sum) for t in subject.terms):
        return False
    places = float(constant_value(subject))
    return not places.is_integer() and said.value == math.floor(places)


def _is_rounded(subject: Expr, said: Expr | None, relation: str) -> bool:
    """True for 0.5^{100} as 7.9 * 10^{-31}, as about 8 * 10^{-31}, or as about 10^{-30}.

    A decimal of one digit, 0.005, is enough behind "about".
    """
    if said is None or subject.shape or said.shape or list(refs(subject)):
        return False
    digits, exponent = (said, 0) if isinstance(said, Number) and (
        "." in said.typed and relation == "≈") else _in_tens(said)
    decimal = digits is not None and "." in digits.typed
    if exponent is None or not (decimal or relation == "≈"):
        return False
    try:
        value, about = float(constant_value(subject)), float(constant_value(said))
    except DeriveError:
        return False
    if not (math.isfinite(value) and value * about > 0):
        return False
    if digits is None:
        return abs(math.log10(value / about)) < SAME_POWER
    places = len(digits.typed.partition(".")[2])
    return abs(value - about) <= 0.5 * 10.0 ** (exponent - places)


def _in_tens(said: Expr) -> tuple[Number | None, int | None]:
    """Return the number and the exponent of 8 * 10^{-31}, None and that of 10^{-30}."""
    factors = said.factors if isinstance(said, Product) and len(said.factors) == 2 else (
        None, said)
    digits, power = factors
    ten = power.base if isinstance(power, Power) else None
    exponent = whole(power.exponent) if isinstance(power, Power) else None
    fits = isinstance(ten, Number) and ten.value == TEN and isinstance(exponent, int) and (
        digits is None or isinstance(digits, Number))
    if not fits or not isinstance(exponent, int) or abs(exponent) > MOST_TENS:
        return None, None
    return digits if isinstance(digits, Number) else None, exponent


TEN, MOST_TENS = 10, 300
SAME_POWER = 0.2    # of ten: 7.9e-31 is about 10^{-30}, and 6e-31 is not


def _is_diagonal(marker: Marker, claim: Claim) -> bool:
    """True for the slopes of a function that acts entry by entry: they stand on the diagonal.
    """
    subject = claim.subject
    if not isinstance(subject, Partial) or len(subject.shape) != 2 or (
            subject.shape[0] != subject.shape[1]):
        return False
    said = [claim.expr] if claim.expr is not None else claim.loose
    return any(_are_slopes(marker, claim, subject, expr) for expr in said)


def _are_slopes(marker: Marker, claim: Claim, subject: Partial, expr: Expr) -> bool:
    if expr.shape == ():
        meant: Expr = Product((expr, Eye(subject.shape[0])))
    elif expr.shape == subject.shape[:1]:
        meant = Diag(expr)
    else:
        return False
    return marker.is_right(subject, meant, claim.when)


def is_of_data(marker: Marker, claim: Claim, verdict: Verdict) -> bool:
    """True for x_1 = x_2 where both are given and have one value."""
    given = isinstance(claim.subject, Symbol) and (
        claim.subject.name not in marker.solver.named.by_target)
    return given and verdict.notion == "given numbers"


def is_label_from_one(marker: Marker, words: Words, claim: Claim) -> bool:
    """True for the number of a row, counted from 1, where nothing told how rows are counted."""
    subject = claim.subject
    labels = words.vocabulary.labels if marker.solver.numeric else ()
    counts = isinstance(subject, Apply) and subject.op in POSITIONS and marker.solver.numeric
    named = isinstance(subject, Symbol) and subject.name in labels and not free_indices(subject)
    if not isinstance(subject, (Symbol, Apply)) or claim.expr is None or not (counts or named):
        return False
    try:
        said = marker.numbers(subject, claim.expr)
        truth = marker.truth(subject) if isinstance(subject, Symbol) else value_of(
            marker.judge.given, subject, {})
    except UNJUDGED:
        return False
    return said is not None and not said.shape and not truth.shape and bool(
        said.values == truth + 1)
