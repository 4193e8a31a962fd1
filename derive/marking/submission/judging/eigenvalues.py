r"""Eigenvalues of the matrices that are given: \lambda = 0.55 \pm 0.343i, |\lambda| = 0.648.

Whoever asks whether a gradient vanishes works them out, of W or of W^T W, and seldom says in a
formula of which. What are eigenvalues of one of these is right; for others nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from derive.expr.nodes import Expr, Symbol
from derive.expr.walk import refs
from derive.marking.submission.claims import Judgement
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.judging.norms_by_hand import with_norms, with_polynomials
from derive.marking.written import Numbers

__all__ = ["with_eigenvalues"]

ARE = "eigenvalues of a matrix that is given, or made of one"
NUMBER = r"[-−+]?\s*\d*\.?\d+"
LETTER = r"(?:\\lambda|λ|\blambda)(?:_(?:\{[^{}]*\}|\w+))?"
BAR = r"(?:\\left|\\right)?(?:\||\\[lr]?vert)"
EQUALS = r"\s*&?\s*(?:=|≈|\\approx)\s*"
BEFORE = re.compile(rf"(?P<bar>{BAR})?\s*{LETTER}\s*(?:{BAR})?(?P<square>\s*\^\s*\{{?2\}}?)?"
                    rf"{EQUALS}(?:[^$=≈;]{{0,60}}{EQUALS})*$")
SAID = re.compile(rf"(?P<middle>{NUMBER})\s*(?:(?P<sign>\\pm|±|\+/?-|[-−+])\s*(?P<way>\d*\.?\d+)"
                  r"\s*(?:\\cdot|\\,)?\s*(?P<i>i|j|\\mathrm\{i\})?)?")
# the characteristic polynomial of two rows
ROOTS = re.compile(rf"{LETTER}\s*\^\s*\{{?2\}}?\s*(?P<sum>[-−+]\s*\d*\.?\d*)\s*{LETTER}"
                   rf"\s*(?P<product>[-−+]\s*\d*\.?\d+)")
ENDS = re.compile(r"\s*&?\s*=\s*$")
LARGEST = 12        # rows of a matrix
SMALL = 1e-9


def with_eigenvalues(marker: Marker, found: list[Judgement], text: str) -> list[Judgement]:
    """Return what was said, and of eigenvalues that it is right."""
    if not re.search(LETTER, text) or not marker.solver.numeric:
        return found
    matrices = list(_matrices(marker))
    known = [np.linalg.eigvals(matrix) for matrix in matrices]
    found = [replace(j, verdict="right", reason=ARE) if j.verdict in ("unread", "refer")
             and j.claim.subject is None and any(
                 _is_said(marker, j, text, values) for values in known)
             else j for j in found]
    return with_norms(marker, with_polynomials(marker, found, text, matrices))


def _matrices(marker: Marker) -> Iterator[Any]:
    """Yield the square matrices that are given, and A^T A of all that are given."""
    model = marker.solver.model
    for name, family in model.families.items():
        if name in model.by_target or family.indices or len(family.shape) != 2:
            continue
        try:
            value = marker.truth(Symbol(name, (), family.shape))
        except UNJUDGED:
            continue
        if value.ndim == len(family.shape) and max(value.shape) <= LARGEST:
            yield from [value] if value.shape[0] == value.shape[1] else []
            yield value.T @ value


def _is_said(marker: Marker, judgement: Judgement, text: str, values: Any) -> bool:
    """True where a claim tells some of these, or their sizes, or what they are the roots of."""
    first = judgement.claim.span[0]
    before = text[text.rfind("\n", 0, first) + 1:first]
    said = judgement.claim.text.strip().rstrip(".,;$ ")
    polynomial = ROOTS.fullmatch(said)
    if said == "0" and ENDS.search(before):
        polynomial = next((m for m in ROOTS.finditer(before) if ENDS.fullmatch(before[m.end():])),
                          None)
    if polynomial:
        return len(values) == 2 and _near(polynomial["sum"], -np.sum(values)) and (
            _near(polynomial["product"], np.prod(values)))
    named, number = BEFORE.search(before), SAID.fullmatch(said)
    if named is None:
        return False
    meant = np.abs(values) if named["bar"] else values
    meant = meant ** 2 if named["square"] else meant
    if number is None or _is_sum(number):
        return _is_one(marker, judgement.claim.expr, meant)
    return _are(number, meant)


def _is_sum(number: re.Match[str]) -> bool:
    """True for 2.25 + 0.25, which is to be worked out."""
    return number["way"] is not None and not number["i"] and number["sign"] in "+-−"


def _is_one(marker: Marker, said: Expr | None, values: Any) -> bool:
    r"""True for a number that is worked out, \sqrt{1.5^2 + 0.5^2}."""
    if said is None or said.shape or list(refs(said)):
        return False
    found = marker.answer(said)
    return isinstance(found, Numbers) and bool(
        np.min(abs(values - found.values)) <= np.max(found.half) + SMALL)


def _are(number: re.Match[str], values: Any) -> bool:
    """Compare a number, or both of a pair, with values, to the digits written."""
    if number["way"] is None:
        return any(_near(number["middle"], v) for v in values)
    signs = (1, -1) if number["sign"] not in "+-−" else (1,) if number["sign"] == "+" else (-1,)
    half = _half(number["middle"]) + _half(number["way"])
    step = float(number["way"]) * (1j if number["i"] else 1)
    return all(np.min(abs(values - (_value(number["middle"]) + sign*step))) <= half
               for sign in signs)


def _near(digits: str, value: complex) -> bool:
    return abs(_value(digits) - value) <= _half(digits)


def _value(digits: str) -> float:
    plain = re.sub(r"\s", "", digits).replace("−", "-")
    return float(plain + "1" if plain in ("+", "-") else plain)


def _half(digits: str) -> float:
    """Return half a unit of the last digit; what is exact leaves room for rounding alone."""
    places = len(digits.partition(".")[2])
    return 0.5 * 10.0 ** -places if places else 1e-9
