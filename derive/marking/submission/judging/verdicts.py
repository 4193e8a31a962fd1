"""The verdict on one claim, by what was said before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from derive.expr.nodes import Expr, Partial, Ref
from derive.expr.walk import refs
from derive.marking.submission.claims import Claim, Judgement
from derive.marking.submission.judging.best_member import of_the_best
from derive.marking.submission.judging.beyond import beyond_the_end
from derive.marking.submission.judging.entrywise import assuming_a_function, judged_by_entries
from derive.marking.submission.judging.following import (
    BEFORE,
    FORMULA,
    MODEL,
    followed,
)
from derive.marking.submission.judging.following_entries import each_entry, in_other_form
from derive.marking.submission.judging.loosely import (
    is_label_from_one,
    is_of_data,
    loosely,
)
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.memory import Memory
from derive.marking.submission.judging.misfits import Misfits
from derive.marking.submission.judging.plain import is_scientific
from derive.marking.submission.judging.reasons import Wrong, doubted
from derive.marking.submission.judging.rows import of_a_row, of_every_row
from derive.marking.submission.judging.second_slopes import of_own_gradient
from derive.marking.submission.judging.sought import Sought
from derive.marking.submission.judging.spoken import UNSAID
from derive.marking.submission.judging.true_class import TrueClass
from derive.marking.submission.limits import Budget
from derive.marking.submission.members import member_of
from derive.marking.submission.reading.words import Words

__all__ = ["Judging"]

MOST_WAYS = 4   # in which one line may be laid out
NEARLY = 0.01  # of the largest entry
UNKNOWN = "a condition on what is to be found is for a person"
ASKED = "the question itself says this: for which it holds is for a person"
DATA = "it is so with the numbers given"


@dataclass
class Judging:
    """What a claim is judged by: the question, and all that was said before."""

    marker: Marker
    words: Words
    memory: Memory
    budget: Budget
    judgements: list[Judgement]
    misfits: Misfits

    def __post_init__(self) -> None:
        self.sought = Sought(self.marker)
        self.true_class = TrueClass(self.marker, self.words.chosen)

    def one(self, claim: Claim, before: Expr | None, chain: Sequence[Judgement]) -> Judgement:
        """Judge one side; *chain* is what was thought of those before it."""
        claim = of_a_row(self.marker, self.memory, claim)
        found = self._judged(claim, before, chain)
        return found if isinstance(found, Wrong) else doubted(found)

    def _judged(self, claim: Claim, before: Expr | None, chain: Sequence[Judgement]
                ) -> Judgement:
        plain = self._without_judging(claim, chain) or self._of_unknowns(claim, before)
        if plain is not None:
            return plain
        assert claim.subject is not None, "what is about nothing is not judged"
        verdict = self.marker.verdict(claim.subject, claim.expr, claim.when) if (
            claim.expr is not None) else None
        if is_label_from_one(self.marker, self.words, claim):
            return Judgement(claim, "right", "right, counted from 1", notion="value")
        if verdict is not None and (verdict.right or is_of_data(self.marker, claim, verdict)):
            wide = self._followed(claim, before, chain) if self._is_wide(claim) else None
            return wide or Judgement(claim, "right", verdict.message if verdict.right else DATA,
                                     notion=verdict.notion)
        good = beyond_the_end(self.marker, claim) or self.true_class.judged(claim) or loosely(
            self.marker, claim) or of_every_row(
            self.marker, self.words, claim) or self._followed(claim, before, chain) or (
            self._rewritten(claim, before, chain)) or self._by_own_formula(claim) or (
            self.true_class.followed(self.memory, claim, before))
        good = good or assuming_a_function(self.marker, claim) or of_the_best(
            self.marker, claim, before) or of_own_gradient(self.marker, self.memory, claim)
        if good is None:
            self.budget.fails(claim.expr is None or bool(list(refs(claim.expr))))
        if good is None and (verdict is None or verdict.slip == "shape"):
            by_entries = judged_by_entries(self.marker, claim)
            verdict = verdict if by_entries is None else by_entries
        good = good or self.true_class.wrong(self.memory, claim)
        return good or Wrong(claim, "wrong", before=before, found=verdict)

    def _without_judging(self, claim: Claim, chain: Sequence[Judgement]) -> Judgement | None:
        """Return what is said of a claim that says nothing about a quantity; None for others."""
        if claim.expr is None and not claim.loose:
            return of_every_row(self.marker, self.words, claim) or self.misfits.judged(
                claim, chain) or Judgement(claim, "unread", claim.fault)
        if claim.subject is None:
            return Judgement(claim, "refer", UNSAID)
        if claim.expr == claim.subject:
            return Judgement(claim, "right", "it is what it is about")
        return None

    def _of_unknowns(self, claim: Claim, before: Expr | None) -> Judgement | None:
        """Judge what is said of unknowns that a part solves for."""
        assert claim.subject is not None, "what is about nothing is not judged"
        found = self.sought.judge(claim, before)
        if found is None and self.marker.asking.is_sought(claim.subject):
            return Judgement(claim, "refer", UNKNOWN)
        if found is None and claim.expr is not None and (
                self.marker.asking.is_asked_for(claim.subject, claim.expr)):
            return Judgement(claim, "refer", ASKED)
        return found

    def _rewritten(self, claim: Claim, before: Expr | None, chain: Sequence[Judgement]
                   ) -> Judgement | None:
        """Judge a formula by the one in the line before: it may be that, written in another way.
        """
        if claim.subject is None or before is None:
            return None
        last = next(iter([*chain[-1:], *self.judgements[-1:]]), None)
        if last is not None and last.verdict == "right":
            return None
        loose = chain[-1].claim.loose if chain else self.memory.loose
        earlier = [e for e in (before, *loose) if list(refs(e))]
        said = [e for e in (claim.expr, *claim.loose) if e is not None and list(refs(e))]
        follows = any(self.marker.is_right(one, other) for one in earlier[:MOST_WAYS]
                      for other in said[:MOST_WAYS])
        return Judgement(claim, "follow_through", BEFORE) if follows else None

    def _behind(self, claim: Claim, before: Expr | None) -> tuple[str, ...]:
        """Return the wrong values from which a claim follows."""
        found = followed(self.marker, self.memory, claim, before)
        return () if found is None else found.wrong

    def _by_own_formula(self, claim: Claim) -> Judgement | None:
        """Judge dS/dz = dC/dz by the formula that was written for dS/dz, or for its entries."""
        subject = claim.subject
        if in_other_form(self.marker, self.memory, claim):
            return Judgement(claim, "follow_through", FORMULA)
        if subject is None or not isinstance(claim.expr, Ref):
            return None
        follows = any(self.marker.is_right(own, claim.expr)
                      for own in self.memory.formulas_of(subject) if not isinstance(own, Ref))
        return Judgement(claim, "follow_through", FORMULA) if follows else None

    def _followed(self, claim: Claim, before: Expr | None, chain: Sequence[Judgement]
                  ) -> Judgement | None:
        found = followed(self.marker, self.memory, claim, before)
        if found is None:
            each = each_entry(self.marker, claim, before, self._behind)
            return Judgement(claim, "follow_through", MODEL, carried=each) if each else None
        # from right values, shown rounded, right values follow, shown rounded
        right = not found.wrong and self._are_right(claim, chain) and not self._is_wide(claim)
        if right and found.apart:
            return Judgement(claim, "follow_through", found.reason)
        if right and not found.honest:
            if found.reason != BEFORE:
                return None
            right = False
        if found.wrong and self._is_trivial(claim):
            return Judgement(claim, "refer", f"{found.reason}, but those leave nothing to do here",
                             carried=found.wrong)
        return Judgement(claim, "right" if right else "follow_through", found.reason,
                         carried=found.wrong)

    def _is_wide(self, claim: Claim) -> bool:
        """True where something was wrong before, and a value is not nearly what is right.

        Few digits in numbers put in leave much open, which says nothing of what went into them.
        """
        if claim.expr is None or not isinstance(claim.subject, Ref) or list(refs(claim.expr)) or (
                all(own.right for own in self.memory.values.values())):
            return False
        found = self.marker.said_and_true(claim.subject, claim.expr)
        if found is None or found[0].shape != found[1].shape:
            return False
        said, truth = found
        # either layout of a derivative is right
        turned = isinstance(claim.subject, Partial) and truth.shape == truth.T.shape
        off = min((abs(said.values - way) for way in (truth, truth.T)[:1 + turned]), key=np.sum)
        if is_scientific(claim.expr) and np.all(off <= said.half):
            return False
        return bool(np.any(off > NEARLY * np.abs(truth).max(initial=0.0)))

    def _is_trivial(self, claim: Claim) -> bool:
        """True for zeros that follow from a 0 found before, where there is something to do."""
        if claim.expr is None or not isinstance(claim.subject, Ref) or not any(
                not own.right and not own.values.any() for own in self.memory.values.values()):
            return False
        found = self.marker.said_and_true(claim.subject, claim.expr)
        return found is not None and not found[0].values.any() and bool(found[1].any())

    def _are_right(self, claim: Claim, chain: Sequence[Judgement]) -> bool:
        """True where all that was written for this so far was right."""
        return all(j.verdict == "right" for j in (*self.judgements, *chain)
                   if j.claim.subject is not None and claim.subject is not None and (
                       j.claim.subject == claim.subject
                       or member_of(j.claim.subject, claim.subject) is not None))
