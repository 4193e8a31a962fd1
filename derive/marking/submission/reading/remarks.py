"""Remarks between two displays, the second of which goes on from the first: "and e^{-z} = ..,"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from derive.expr.nodes import Entry, Ref
from derive.marking.submission.claims import Statement
from derive.syntax.read_latex.documents import Piece

__all__ = ["is_remark"]

GOES_ON = re.compile(r"\s*(=|≈|≃|\\approx|\\simeq)")


def is_remark(statement: Statement, found: Sequence[Piece], place: int) -> bool:
    """True for what is said of a formula without a name, in a sentence inside a chain."""
    first = statement.sides[0]
    if found[place].kind != "inline" or first is None or first.expr is None or isinstance(
            first.expr, (Ref, Entry)):
        return False
    before, after = _display(reversed(found[:place])), _display(found[place + 1:])
    return before is not None and after is not None and bool(GOES_ON.match(after.text))


def _display(pieces: Iterable[Piece]) -> Piece | None:
    """Return the next formula that stands for itself; None where there is something else."""
    first = next((p for p in pieces if p.kind not in ("prose", "inline")), None)
    return first if first is not None and first.kind == "display" else None
