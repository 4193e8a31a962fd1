r"""What is said where a label is one-hot at a letter: \partial L/\partial s_c = p_c - 1.

It is judged at numbers at which the label is that: 1 at one position after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from derive.errors import DeriveError
from derive.expr.integers import IntLike, named, put
from derive.expr.nodes import Entry, Expr, Symbol
from derive.expr.walk import at, free_indices
from derive.marking.samples import FINE
from derive.marking.submission.claims import Claim, Judgement, Where
from derive.marking.submission.judging.following import followed
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.judging.memory import Memory, slip_key
from derive.marking.submission.judging.reasons import Wrong
from derive.marking.submission.members import ENTRIES, names_of, placed
from derive.marking.submission.reading.true_class import Chosen
from derive.marking.verdict import Verdict
from derive.question.question import Given
from derive.solution.draw import Random
from derive.solution.trials import Trial, drawn_trial

__all__ = ["TrueClass"]

SEED = 500


@dataclass
class TrueClass:
    """Judges claims by the letter of the right class."""

    marker: Marker
    chosen: Chosen | None

    def judged(self, claim: Claim) -> Judgement | None:
        """Judge a claim that is right with a letter for the right class; None for others."""
        chosen, subject = self.chosen, claim.subject
        if chosen is None or subject is None:
            return None
        for letter in self._letters(chosen, claim, subject):
            meant = replace(claim, when=self._when(chosen, claim, letter))
            for expr in (claim.expr, *claim.loose):
                if expr is not None and self._verdict(replace(meant, expr=expr), letter) is True:
                    chosen.letters.add(letter)
                    return self._right(chosen, claim, letter)
        return None

    def followed(self, memory: Memory, claim: Claim, before: Expr | None) -> Judgement | None:
        """Judge what follows by that letter from formulas that were wrong."""
        chosen = self.chosen
        if chosen is None or claim.subject is None or claim.expr is None or not memory.wrong:
            return None
        for letter in self._letters(chosen, claim, claim.subject):
            meant = replace(claim, when=self._when(chosen, claim, letter))
            found = [followed(self._at(place), _there(memory, {letter: place}),
                              _at(meant, {letter: place}),
                              None if before is None else at(before, {letter: place}))
                     for place in self._places]
            if all(found):
                return Judgement(claim, "follow_through", found[0].reason if found[0] else "")
        return None

    def wrong(self, memory: Memory, claim: Claim) -> Judgement | None:
        """Explain a claim that is wrong, where the letter in it is known."""
        chosen, subject = self.chosen, claim.subject
        if chosen is None or subject is None or claim.expr is None:
            return None
        for letter in self._letters(chosen, claim, subject):
            found = self._verdict(replace(claim, when=self._when(chosen, claim, letter)), letter)
            if letter in chosen.letters and isinstance(found, Verdict):
                return self._explained(memory, claim, letter) or Wrong(claim, "wrong", found=found)
        return None

    def _explained(self, memory: Memory, claim: Claim, letter: str) -> Judgement | None:
        for place in self._places:
            here = _at(claim, {letter: place})
            found = None if here.subject is None or here.expr is None else (
                self._at(place).explained(here.subject, here.expr))
            if found is not None and found.slip and not found.right:
                words = found.explanation
                again = slip_key(found.slip, words) in memory.slips
                return Judgement(claim, "repeated" if again else "wrong", words, found.slip)
        return None

    def _letters(self, chosen: Chosen, claim: Claim, subject: Expr) -> list[str]:
        """Return the letters of a claim that may stand for the right class.

        One that what it is about does not have can mean nothing else.
        """
        about, told = free_indices(subject), frozenset().union(*map(names_of, claim.when))
        said = frozenset().union(*(free_indices(e) for e in (claim.expr, *claim.loose)
                                   if e is not None))
        taken = {*self.marker.question.indices, *self.marker.question.sizes}
        stray = said - about
        if _is_of_label(chosen, subject):   # y_c = 1 says which it is
            stray |= about
        of_others = _is_of_label(chosen, subject) or chosen.is_of_others(claim.span)
        known = chosen.letters if of_others else (about | said | told) & chosen.letters
        return sorted(known | stray - taken)

    def _when(self, chosen: Chosen, claim: Claim, letter: str) -> Where:
        """Return for which entries something is said: words may say so of all others."""
        assert claim.subject is not None, "a claim that is about something"
        others = free_indices(claim.subject) - chosen.letters - {letter}
        zero = _is_of_label(chosen, claim.subject)
        if len(others) == 1 and not claim.when and (zero or chosen.is_of_others(claim.span)):
            return ((named(*others), "!=", (named(letter),)),)
        return claim.when

    def _right(self, chosen: Chosen, claim: Claim, letter: str) -> Judgement:
        name = chosen.label.name
        if chosen.told:
            return Judgement(claim, "right", f"right, where {name} is 1 at {letter} and 0 "
                             "elsewhere", notion="value")
        return Judgement(claim, "refer", f"it is right where {name} is one-hot: whether that may "
                         "be assumed is for a person")

    def _verdict(self, claim: Claim, letter: str) -> Verdict | bool | None:
        """Return True for what is right at every place, or the first verdict that it is not."""
        for place in self._places:
            here = _at(claim, {letter: place})
            assert here.subject is not None, "a claim that is about something"
            assert here.expr is not None, "a claim that was read"
            found = self._at(place).verdict(here.subject, here.expr, here.when)
            if found is None or not found.right:
                return found
        return True

    @property
    def _places(self) -> Sequence[int]:
        return range(ENTRIES) if self._given is None else (self._given,)

    @property
    def _given(self) -> int | None:
        """The right class of a question with numbers."""
        assert self.chosen is not None, "a question with a label"
        given = self.marker.question.given.get(self.chosen.label.name)
        return None if given is None else int(np.argmax(np.asarray(
            given.members[()], dtype=float)))

    def _at(self, place: int) -> Marker:
        """Return what judges at numbers at which the label is 1 at a place."""
        if self._given is not None:
            return self.marker
        kept = self.marker.chosen
        if place not in kept:
            kept[place] = self.marker.at_numbers(list(self._drawn(place)))
        return kept[place]

    def _drawn(self, place: int) -> Iterator[tuple[Trial, float]]:
        assert self.chosen is not None, "a question with a label"
        label = self.chosen.label
        solver = self.marker.solver
        for seed, (trial, slack) in enumerate(self.marker.judge.drawn()):
            size = put(label.shape[0], trial.env)
            if slack > FINE or not isinstance(size, int) or place >= size:
                continue
            known = {**solver.question.given,
                     label.name: Given(label.name, {(): np.eye(size)[place]})}
            try:
                yield drawn_trial(solver, trial.env, Random(SEED + seed), known=known), slack
            except (DeriveError, *UNJUDGED):
                continue


def _is_of_label(chosen: Chosen, subject: Expr) -> bool:
    return isinstance(subject, Entry) and isinstance(subject.arg, Symbol) and (
        subject.arg.name == chosen.label.name)


def _at(claim: Claim, here: Mapping[str, IntLike]) -> Claim:
    """Return a claim with a place for its letter."""
    return replace(claim, when=placed(claim.when, here),
                   subject=None if claim.subject is None else at(claim.subject, here),
                   expr=None if claim.expr is None else at(claim.expr, here),
                   loose=tuple(at(e, here) for e in claim.loose))


def _there(memory: Memory, here: Mapping[str, IntLike]) -> Memory:
    """Return what was said, with a place for a letter."""
    return replace(memory, wrong=[said.put(here) for said in memory.wrong], formulas={
        at(of, here): [at(e, here) for e in found] for of, found in memory.formulas.items()})
