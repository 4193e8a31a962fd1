"""Why a claim is wrong: each is explained once, and what was made again costs nothing more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from derive.expr.nodes import Expr
from derive.marking.submission.claims import Claim, Judgement
from derive.marking.submission.judging.carrying import slip_made_again, slips_carried_on
from derive.marking.submission.judging.explaining import Explained, explained
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.memory import Memory, slip_key
from derive.marking.submission.limits import Budget
from derive.marking.verdict import Verdict
from derive.question.latex.quantities import READ_AS

__all__ = ["Reasons", "Wrong", "doubted"]

DOUBTS = ("a comma", r"\sigma is", r"\partial is")     # the first is for a person


@dataclass(frozen=True, slots=True)
class Wrong(Judgement):
    """What is wrong, and not explained yet: the line before, and what was found."""

    before: Expr | None = None
    found: Verdict | None = None


@dataclass
class Reasons:
    """What explains the wrong claims of a submission, as far as there are steps left for it."""

    marker: Marker
    memory: Memory
    budget: Budget
    explains: bool = True
    _told: dict[tuple[Expr | None, ...], Explained | None] = field(default_factory=dict)

    def given(self, judgement: Judgement) -> Judgement:
        """Explain what is wrong.

        What nothing explains is left to a person where it may be about something else: a name in
        it is spelled in its own way, and nothing right was said by that yet.
        """
        return doubted(self._explained(judgement)) if isinstance(judgement, Wrong) else judgement

    def _explained(self, wrong: Wrong) -> Judgement:
        claim, verdict = wrong.claim, wrong.found
        found = self._explanation(claim, wrong.before)
        if verdict is None and found is None:
            return Judgement(claim, "unread", claim.fault or "this cannot be judged")
        if found is None:
            assert verdict is not None, "what cannot be judged is unread"
            doubt = next((note for note in claim.notes if _is_respelled(note)
                          and note not in self.memory.trusted), "")
            return Judgement(claim, "refer" if doubt else "wrong",
                             f"{verdict.message}; {doubt}" if doubt else verdict.message,
                             notion=verdict.notion, fact=verdict.fact)
        repeated = slip_key(found.slip, found.words) in self.memory.slips
        return Judgement(claim, "repeated" if repeated else "wrong", found.words, found.slip,
                         notion=verdict.notion if verdict is not None else "",
                         fact=found.fact)

    def _explanation(self, claim: Claim, before: Expr | None) -> Explained | None:
        """Return what explains a wrong claim; the same one is explained once."""
        key = claim.subject, claim.expr, before, *claim.loose
        if key not in self._told:
            self._told[key] = None
            if self.explains and self.budget.explains(claim.expr):
                self._told[key] = explained(self.marker, claim, before, self._carried)
        return self._told[key]

    def _carried(self, claim: Claim) -> Explained | None:
        found = slips_carried_on(self.marker, self.memory, claim) or (
            slip_made_again(self.marker, self.memory, claim))
        return None if found is None else Explained(found.slip, found.words)


def _is_respelled(note: str) -> bool:
    """True for a name that is spelled in another way; y for y[k] only lacks its step."""
    name, _, meant = note.partition(READ_AS)
    return READ_AS in note and meant.partition("[")[0] != name


def doubted(found: Judgement) -> Judgement:
    """Say what was taken on trust when a claim was read."""
    doubts = [note for note in found.claim.notes if note.startswith(DOUBTS)]
    if not doubts:
        return found
    lost = doubts[0].startswith(DOUBTS[0]) and found.verdict in ("right", "notation")
    return replace(found, verdict="refer" if lost else found.verdict,
                   reason=f"{found.reason}; {doubts[0]}")
