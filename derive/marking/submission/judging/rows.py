"""Claims about one row of a matrix: whoever works on a batch writes each example by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from derive.expr.integers import named
from derive.expr.nodes import Entry, Ref, Symbol
from derive.expr.walk import free_indices
from derive.marking.submission.claims import Claim, Judgement
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.memory import Memory
from derive.marking.submission.reading.words import EXAMPLE, Words
from derive.marking.written import Numbers
from derive.syntax.write_text import write

__all__ = ["of_a_row", "of_every_row"]

ROWS = "right, for every row"


def of_a_row(marker: Marker, memory: Memory, claim: Claim) -> Claim:
    """Return a claim that says of a matrix what can only be one row of it as one of that row.

    It is the row that has this value, the one that was spoken of last before others; where none
    has it, the one that was spoken of.
    """
    subject = claim.subject
    if not isinstance(subject, Ref) or len(subject.shape) != 2 or free_indices(subject) or (
            claim.expr is None or not marker.solver.numeric):
        return claim
    found = marker.said_and_true(subject, claim.expr)
    if found is None or found[0].shape != found[1].shape[1:]:
        return claim
    rows = [k for k, row in enumerate(found[1]) if _is(row, found[0])]
    row = memory.row if memory.row in rows or not rows else rows[0]
    if row is None or row >= len(found[1]):
        return claim
    entry = Entry(subject, (row,))
    return replace(claim, subject=entry, of=write(entry))


def of_every_row(marker: Marker, words: Words, claim: Claim) -> Judgement | None:
    """Judge a formula of a matrix that is written for one of its rows: z = W^T x for Z = X W."""
    subject = claim.subject
    whole = subject.arg if isinstance(subject, Entry) and subject.shape else subject
    if not isinstance(whole, Symbol) or len(whole.shape) != 2 or claim.node is None:
        return None
    expr, row = words.of_an_example(claim.node, claim.source), Entry(whole, (named(EXAMPLE),))
    if expr is None or expr.shape != row.shape or EXAMPLE not in free_indices(expr):
        return None
    return Judgement(claim, "right", ROWS, notion="layout") if marker.is_right(row, expr) else None


def _is(row: np.ndarray, said: Numbers) -> bool:
    return bool(np.all(np.abs(row - said.values) <= said.half))
