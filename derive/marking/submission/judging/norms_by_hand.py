r"""Characteristic polynomials, and norms that are taken for the size of an eigenvalue.

\det(W - \lambda I) = (0.5 - \lambda)(0.6 - \lambda) + 0.12 is true for every \lambda: it is tried
at some. \|W\| = |\lambda_1| is right for a matrix whose eigenvectors stand at right angles, and not
in general; what is worked out from it follows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from derive.errors import DeriveError, Unreadable
from derive.expr.nodes import Apply, Expr, Symbol
from derive.expr.walk import refs
from derive.marking.answers import constant_value
from derive.marking.submission.claims import Judgement
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.question.latex import Vocabulary, read_relations

__all__ = ["with_norms", "with_polynomials"]

LAMBDA = re.compile(r"\\lambda(?![A-Za-z_])|λ(?!_)")
DETERMINANT = re.compile(r"(?:\\det|\\operatorname\{det\}|\bdet)\s*(?:\\left)?[(\[|]?[^=$]*"
                         r"(?:\\lambda|λ)")
TRIED = (-1.25, 0.75, 2.5)
CLOSE = 1e-9
ROUNDED = 2e-3      # relative: what three digits leave open
POLYNOMIAL = "the characteristic polynomial of a matrix that is given"
SIZE = re.compile(r"(?:\\max\s*(?:_\{?\w\}?)?\s*)?(?:\\left)?(?:\||\\[lr]?vert)\s*(?:\\lambda|λ)"
                  r"(?:_(?:\{[^{}]*\}|\\\w+|\w))?\s*(?:\\right)?(?:\||\\[lr]?vert)")
IS = "the eigenvalues of this matrix have that size"
IS_NOT = ("the norm of a matrix is its largest singular value, and not the size of its largest "
          "eigenvalue")
FROM_SIZE = "it follows from the size of an eigenvalue, taken for the norm"


def with_polynomials(marker: Marker, found: Sequence[Judgement], text: str,
                     matrices: Sequence[Any]) -> list[Judgement]:
    r"""Return what was said, and of what \det(A - \lambda I) is that it is right."""
    words = marker.words().vocabulary
    return [replace(j, verdict="right", reason=POLYNOMIAL) if j.verdict == "unread"
            and LAMBDA.search(j.claim.text) and DETERMINANT.search(_before(j, text))
            and any(_is_polynomial(j.claim.text, words, m) for m in matrices) else j for j in found]


def _before(judgement: Judgement, text: str) -> str:
    """Return the formula in front of a side."""
    first = judgement.claim.span[0]
    return re.split(r"\$|\\q?quad|\\\[|\n", text[:first].rstrip())[-1]


def _is_polynomial(said: str, words: Vocabulary, matrix: Any) -> bool:
    """True where a formula in \\lambda has the value of the determinant at all that are tried."""
    for number in TRIED:
        right = np.linalg.det(matrix - number * np.eye(len(matrix)))
        value = _value(LAMBDA.sub(f" ({number}) ", said.strip().rstrip(".,;$ ")), words)
        if value is None or abs(value - right) > CLOSE * (1 + abs(right)):
            return False
    return True


def _value(latex: str, words: Vocabulary) -> float | None:
    try:
        side = read_relations(latex, words)[0].sides[0]
        return float(constant_value(side)) if isinstance(side, Expr) else None
    except (Unreadable, DeriveError, ArithmeticError, IndexError, TypeError, ValueError):
        return None


def with_norms(marker: Marker, found: Sequence[Judgement]) -> list[Judgement]:
    """Return what was said, and what is thought of norms taken for the size of an eigenvalue."""
    sizes: dict[Expr, float] = {}
    out = []
    for judgement in found:
        subject = judgement.claim.subject
        known = _norm_and_size(marker, subject)
        if subject is not None and known is not None:
            judgement = _judged(judgement, sizes, subject, *known)
        out.append(judgement)
    return out


def _judged(judgement: Judgement, sizes: dict[Expr, float], subject: Expr, norm: float,
            size: float) -> Judgement:
    claim = judgement.claim
    if judgement.verdict == "unread" and SIZE.fullmatch(claim.text.strip().rstrip(".,;$ ")):
        if abs(norm - size) <= CLOSE * norm:
            return replace(judgement, verdict="right", reason=IS)
        sizes[subject] = size
        return replace(judgement, verdict="wrong", reason=IS_NOT)
    if subject not in sizes or judgement.verdict not in ("wrong", "repeated", "refer") or (
            claim.expr is None or list(refs(claim.expr))):
        return judgement
    try:
        said = float(constant_value(claim.expr))
    except (DeriveError, ArithmeticError, TypeError, ValueError):
        return judgement
    if abs(said - sizes[subject]) > ROUNDED * sizes[subject]:
        return judgement
    return replace(judgement, verdict="follow_through", reason=FROM_SIZE, slip=None)


def _norm_and_size(marker: Marker, subject: Expr | None) -> tuple[float, float] | None:
    """Return the norm of a given matrix, and the size of its largest eigenvalue."""
    if not isinstance(subject, Apply) or subject.op not in ("norm", "sigma_max") or (
            not subject.args or not isinstance(subject.args[0], Symbol)):
        return None
    try:
        value = marker.truth(subject.args[0])
    except UNJUDGED:
        return None
    if value.ndim != 2 or value.shape[0] != value.shape[1]:
        return None
    return float(np.linalg.norm(value, 2)), float(np.abs(np.linalg.eigvals(value)).max())
