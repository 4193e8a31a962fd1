"""A slip in what was worked out from values that were wrong already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from derive.expr.nodes import Ref
from derive.expr.walk import free_indices
from derive.expr.walk import refs as references
from derive.marking.case import Case
from derive.marking.comparison import same
from derive.marking.samples import Sample
from derive.marking.slips import Explanation, explain
from derive.marking.submission.claims import Claim
from derive.marking.submission.judging.following import left_open_by
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.memory import Memory, slip_key
from derive.marking.submission.mistakes.missteps import missteps
from derive.marking.submission.mistakes.redone import UNJUDGED, Redone, Sweeps, Working
from derive.syntax.write_text import write

__all__ = ["slip_made_again", "slips_carried_on"]

FROM = "; worked out from "
# slips that change a value, whatever it is
ROWS = ("sign", "transpose", "logarithm", "factor", "swapped entries", "sign of an entry")


def slips_carried_on(marker: Marker, memory: Memory, claim: Claim) -> Explanation | None:
    """Return the slip made with own values that were wrong; None where none gives what is said."""
    own = {r: v.values for r, v in memory.values.items() if not v.right}
    return next(_slips(marker, memory, claim, own), None)


def slip_made_again(marker: Marker, memory: Memory, claim: Claim) -> Explanation | None:
    """Return a slip that was made before, made with all values as they are shown, rounded."""
    if not memory.slips:
        return None
    own = {r: v.values for r, v in memory.values.items()}
    found = (Explanation(e.slip, e.words.partition(FROM)[0])
             for e in _slips(marker, memory, claim, own))
    return next((e for e in found if slip_key(e.slip, e.words) in memory.slips), None)


def _slips(marker: Marker, memory: Memory, claim: Claim, known: dict[Ref, Any]
           ) -> Iterator[Explanation]:
    """Yield the slips that give what is said, made with values that are known."""
    ref = claim.subject
    if not marker.solver.numeric or not isinstance(ref, Ref) or free_indices(ref) or (
            claim.expr is None or list(references(claim.expr))):
        return
    own = {r: value for r, value in known.items() if r != ref}
    with suppress(*UNJUDGED):
        said = marker.numbers(ref, claim.expr)
        if said is not None and said.shape == ref.shape and own:
            yield from _found(marker, memory, ref, own, (said.values, said.half))


def _found(marker: Marker, memory: Memory, ref: Ref, own: dict[Ref, Any], said: tuple[Any, Any]
           ) -> Iterator[Explanation]:
    for sweeps in marker.slips.sweeps:
        redone = Redone(marker.judge.given, sweeps, own, without=ref,
                        unnamed=memory.unnamed)
        value, room = left_open_by(memory, ref, redone)
        if not redone.used or not np.all(np.isfinite(value)):
            return
        words = ", ".join(write(r) for r in redone.used)
        sample = Sample(marker.judge.given, {}, value, said[0], said[1] + room)
        case = Case(marker.solver, marker.target(ref), [sample], None, False, True, True)
        found = explain(case, ROWS)
        if found.slip:
            yield Explanation(found.slip, f"{found.words}{FROM}{words} as found before")
        for name, told, made in _missteps(marker, ref, sweeps):
            spoilt = Redone(marker.judge.given, sweeps, own, without=ref, working=made,
                             unnamed=memory.unnamed)
            other = np.asarray(spoilt.look(ref), dtype=float)
            if same(other, said[0], said[1] + room) and not same(other, value, said[1] + room):
                yield Explanation(name, f"{told}{FROM}{words} as found before")


def _missteps(marker: Marker, ref: Ref, sweeps: Sweeps) -> Iterator[tuple[str, str, Working]]:
    for working, other in marker.slips.mistakes.workings(ref):
        if other is sweeps:
            yield from missteps(working)
