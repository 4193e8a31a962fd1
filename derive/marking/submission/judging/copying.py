"""What is probably a fault in copying is left to a person, with the edit that would mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from derive.expr.nodes import Apply, Expr, Partial, Ref, Symbol
from derive.expr.walk import refs
from derive.marking.submission.claims import Judgement
from derive.marking.submission.judging.explaining import adds_up, edited, is_one_edit
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.worth import as_meant
from derive.solution.members import ancestors
from derive.syntax.write_text import write

__all__ = ["referred"]

COPIED = "probably a fault in copying"


def referred(marker: Marker, judgements: Sequence[Judgement], chains: Sequence[int]
             ) -> list[Judgement]:
    """Return all judgements; what is probably a fault in copying goes to a person."""
    out = list(judgements)
    for first in dict.fromkeys(chains):    # a chain may go on in further displays
        places = [k for k, chain in enumerate(chains) if chain == first]
        for k, meant in zip(places, as_meant([out[k] for k in places]), strict=True):
            if not meant.slip:
                out[k] = meant
    return [_Place(marker, out, k).referred() if j.verdict == "wrong" else j
            for k, j in enumerate(out)]


@dataclass(frozen=True)
class _Place:
    """A judgement among all of a submission."""

    marker: Marker
    judgements: Sequence[Judgement]
    place: int

    def referred(self) -> Judgement:
        """Return the judgement; what is probably a fault in copying goes to a person."""
        judgement = self.judgements[self.place]
        claim = judgement.claim
        mended = edited(self.marker, claim) if not judgement.slip else None
        if mended is None:
            return judgement
        total = adds_up(self.marker, claim, 1.0) if self._is_share(claim.subject) else None
        if total is None and not self._is_used_right(claim.subject) and not (
                is_one_edit(*mended) and not self._is_carried(claim.subject)):
            return judgement
        why = f"one {'sign' if len({m.lstrip('-') for m in mended}) == 1 else 'digit'} differs"
        if total is not None:
            why = f"the entries add up to {total:.6g}, not 1"
        elif self._is_used_right(claim.subject):
            why = "what follows was worked out with the right value"
        return replace(judgement, verdict="refer",
                       reason=f"{why}: {mended[1]} for {mended[0]} would mend it; {COPIED}")

    def _is_share(self, subject: Expr | None) -> bool:
        """True for what a softmax gives: its entries add up to 1."""
        if not isinstance(subject, Symbol) or len(subject.shape) != 1:
            return False
        return any(isinstance(e.rhs, Apply) and e.rhs.op == "softmax"
                   for e in self.marker.solver.named.by_target.get(subject.name, ()))

    def _is_carried(self, subject: Expr | None) -> bool:
        """True where something worked out later follows from this value as it was written."""
        return subject is not None and any(write(subject) in j.carried
                                           for j in self.judgements[self.place + 1:])

    def _is_used_right(self, subject: Expr | None) -> bool:
        """True where something worked out later is right although it needs this value.

        Whoever goes on with the wrong value somewhere did not only copy it wrongly.
        """
        if not isinstance(subject, Symbol) or self._is_carried(subject):
            return False
        later = [j.claim.subject for j in self.judgements[self.place + 1:] if j.verdict == "right"
                 and j.claim.expr is not None and not list(refs(j.claim.expr))]
        oracle = self.marker.judge.given.oracle
        tops = [s.top if isinstance(s, Partial) else s for s in later if isinstance(s, Ref)]
        return any(subject != top and subject in ancestors([top], oracle.parents, lambda r: False)
                   for top in tops)
