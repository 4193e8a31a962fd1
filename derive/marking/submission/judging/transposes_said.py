"""Which way a matrix stands in what is written, where that it stands wrongly is what is wrong.

Who writes rows has h V^T where the question has V h: what should be transposed there is seen in the
formula itself.
"""

from __future__ import annotations

import re
from dataclasses import replace

from derive.marking.submission.claims import Claim, Judgement
from derive.marking.submission.judging.transposing import is_turned, symbols
from derive.question.latex.spelling import spelled
from derive.syntax.read_latex.tree import Scripted

__all__ = ["as_it_stands"]

SAID = re.compile(r"(\S+) should (not )?be transposed")
MARKS = str.maketrans("", "", "{}\\")


def as_it_stands(judgement: Judgement) -> Judgement:
    """Say of a matrix that is never transposed that it should be, and the other way round."""
    found = SAID.match(judgement.reason)
    ways = _ways(judgement.claim, found[1]) if found is not None else set()
    if found is None or len(ways) != 1 or ways == {bool(found[2])}:
        return judgement
    said = f"{found[1]} should be transposed" if found[2] else (
        f"{found[1]} should not be transposed")
    return replace(judgement, reason=said + judgement.reason[found.end():])


def _ways(claim: Claim, name: str) -> set[bool]:
    """Return whether the matrix is transposed, wherever it stands."""
    if claim.node is None:
        return set()
    named = ((s, replace(s, sup=None) if isinstance(s, Scripted) and is_turned(s) else s)
             for s in symbols(claim.node))
    return {is_turned(symbol) for symbol, plain in named
            if spelled(plain).translate(MARKS) == name.translate(MARKS)}
