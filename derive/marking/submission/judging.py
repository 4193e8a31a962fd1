"""The verdict on each claim of a submission, with the evidence for it.

A claim is right where it says what is right, in numbers to the digits written. One that is not may
follow from what the student found before: from the line before it, from the student's own formula,
or from the model with the student's own values put in. What is left is explained, if a slip
explains it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.nodes import Array, Entry, Expr, Neg, Number, Partial, Ref, Symbol
from derive.expr.walk import free_indices, refs, walk
from derive.marking.answers import Answer, Formula, Names, nudged, settled
from derive.marking.comparison import same
from derive.marking.judge import Judge
from derive.marking.submission.claims import Claim, Judgement, Side, Statement
from derive.marking.submission.redone import Redone, Sweeps
from derive.marking.submission.words import Words
from derive.marking.target import Target
from derive.marking.typed import reader_of, set_apart
from derive.marking.verdict import Verdict
from derive.marking.written import Numbers
from derive.numbers.reference import evaluate
from derive.question.question import Question, Request
from derive.solution.solver import Solver
from derive.syntax.write_text import write

__all__ = ["Marker", "Own"]

# what evaluating something strange may raise: an entry that is not there, a shape, no value
UNJUDGED = (DeriveError, ArithmeticError, IndexError, KeyError, ValueError)
FINEST = 1e-6       # relative: nobody is judged by more digits than six


@dataclass(frozen=True)
class Own:
    """A value as the student wrote it, and whether it was right."""

    values: Any
    half: Any
    right: bool


@dataclass
class Memory:
    """What the student has said so far."""

    subject: Expr | None = None
    last: Side | None = None        # the side before, from which the next may go on
    values: dict[Ref, Own] = field(default_factory=dict)
    formulas: dict[Expr, list[Expr]] = field(default_factory=dict)
    slips: set[str] = field(default_factory=set)


class Marker:
    """Judges submissions to one question; what is worked out once serves all of them."""

    def __init__(self, question: Question) -> None:
        self.question = set_apart(question)
        self.solver = Solver(self.question)
        self.judge = Judge(self.solver, "jacobian")
        self.words = Words(self.solver)
        self.words.terms    # introduced before anything is worked out

    @cached_property
    def sweeps(self) -> tuple[Sweeps, ...]:
        """The equations of derivatives, a loss and its softmax as one, and step by step."""
        return Sweeps(self.solver, self.solver.fusions), Sweeps(self.solver)

    @cached_property
    def names(self) -> Names:
        return Names(reader_of(self.question), self.question.notation,
                     self.solver.conventions.digits)

    def target(self, subject: Expr) -> Target:
        letters = tuple(sorted(free_indices(subject) - set(self.question.sizes)))
        whole = subject.arg if isinstance(subject, Entry) else subject
        request = None
        if isinstance(whole, Partial) and not whole.held:
            request = Request(whole.top, whole.bottom)
        elif isinstance(whole, Symbol):
            request = Request(whole)
        return Target(write(subject), subject, letters, request)

    def answer(self, expr: Expr) -> Answer:
        """Return what was written, judged by no more digits than are asked of anybody.

        A line with numbers put in is worth what the digits in it leave open.
        """
        found = settled(expr, self.names)
        if not isinstance(found, Numbers):
            return found
        half, figures = found.half, found.figures
        if not _is_plain(expr):
            half, figures = _left_open(expr, found.values), None
        return Numbers(found.values, np.maximum(half, FINEST * np.abs(found.values)), figures)

    def verdict(self, subject: Expr, expr: Expr) -> Verdict | None:
        """Judge by what is right; None where nothing can be said."""
        try:
            return self.judge.verdict(self.target(subject), self.answer(expr))
        except UNJUDGED:
            return None

    def marked(self, text: str, found: Iterator[Statement]) -> list[Judgement]:
        """Judge all statements of a submission in order."""
        marking = Marking(self, text)
        for statement in found:
            marking.take(statement)
        return marking.judgements


@dataclass
class Marking:
    """One submission while it is judged."""

    marker: Marker
    text: str
    memory: Memory = field(default_factory=Memory)
    judgements: list[Judgement] = field(default_factory=list)

    def take(self, statement: Statement) -> None:
        first, *rest = statement.sides
        if first is not None and self._is_name(first, rest):
            return
        subjects = self._subjects(first)
        if first is not None:
            self.memory.last = None
        found = self._best(subjects, statement, rest)
        self._keep(found)

    def _is_name(self, first: Side, rest: Sequence[Side | None]) -> bool:
        """Take the name of something the student defines; nothing is claimed by that."""
        if first.expr is not None or first.node is None:
            return False
        meaning = next((s.expr for s in rest if s is not None and s.expr is not None), None)
        return meaning is not None and self.marker.words.define(first.node, meaning)

    def _subjects(self, first: Side | None) -> list[Expr]:
        """Return what the statement may be about, as it is written first."""
        if first is None:
            return [self.memory.subject] if self.memory.subject is not None else []
        if first.expr is None:
            return []
        meant = self.marker.words.meant(first.expr)
        return list(dict.fromkeys((meant, self.marker.words.whole(meant))))

    def _best(self, subjects: Sequence[Expr], statement: Statement, rest: Sequence[Side | None]
              ) -> list[Judgement]:
        """Judge all sides for each thing that the statement may be about; the best reading counts.
        """
        best: list[Judgement] = []
        for subject in subjects or [None]:
            found = self._judged(subject, statement, rest)
            if not best or _worth(found) > _worth(best):
                best = found
        return best

    def _judged(self, subject: Expr | None, statement: Statement, rest: Sequence[Side | None]
                ) -> list[Judgement]:
        found: list[Judgement] = []
        before = self.memory.last
        for side, relation in zip(rest, statement.relations, strict=False):
            if side is None:
                continue
            claim = self._claim(subject, side, relation, statement.label)
            found.append(self._one(claim, before))
            before = replace(side, expr=claim.expr)
        return _with_slips_of_the_pen(self, found)

    def _claim(self, subject: Expr | None, side: Side, relation: str, label: str) -> Claim:
        expr = self.marker.words.meant(side.expr) if side.expr is not None else None
        line = self.text.count("\n", 0, side.span[0]) + 1
        of = write(subject) if subject is not None else None
        return Claim(line, side.span, side.text, relation, label, of, subject, expr, side.fault)

    def _one(self, claim: Claim, before: Side | None) -> Judgement:
        if claim.expr is None:
            return Judgement(claim, "unread", claim.fault)
        if claim.subject is None:
            return Judgement(claim, "refer", "what this is about is not said")
        verdict = self.marker.verdict(claim.subject, claim.expr)
        if verdict is None:
            return Judgement(claim, "unread", "this cannot be judged")
        if verdict.right:
            return Judgement(claim, "right", verdict.message)
        return self._followed(claim, before) or self._explained(claim, before, verdict)

    # follow-through

    def _followed(self, claim: Claim, before: Side | None) -> Judgement | None:
        """Judge by what was found before, where that leads to what is said."""
        if claim.expr is None or claim.subject is None:
            return None
        for reason, expr, redone in self._ways(claim, before):
            said = self._agrees(claim.expr, expr, redone)
            if said:
                wrong = tuple(write(r) for r in redone.used if not self.memory.values[r].right)
                verdict = "follow_through"
                if not wrong and reason != BEFORE:
                    verdict = "right"   # with the digits that were shown
                return Judgement(claim, verdict, reason, carried=wrong)
        return None

    def _ways(self, claim: Claim, before: Side | None) -> Iterator[tuple[str, Expr, Redone]]:
        """Yield what the claim may follow from: the line before, an own formula, the model."""
        assert claim.subject is not None, "a claim about nothing has no ways"
        subject = claim.subject
        if before is not None and before.expr is not None:
            yield BEFORE, before.expr, self._redone(None)
        for formula in self.memory.formulas.get(subject, ()):
            yield "it follows from the formula written for it", formula, self._redone(None)
        if self.marker.solver.numeric:
            own = subject if isinstance(subject, Ref) else None
            for sweeps in self.marker.sweeps:
                yield "it follows from values found before", subject, self._redone(own, sweeps)

    def _redone(self, without: Ref | None, sweeps: Sweeps | None = None) -> Redone:
        own = {ref: value.values for ref, value in self.memory.values.items()}
        return Redone(self.marker.judge.given, sweeps or self.marker.sweeps[0], own, without)

    def _agrees(self, said: Expr, other: Expr, redone: Redone) -> bool:
        """True where both sides have one value, to the digits of either."""
        if not self.marker.solver.numeric:
            return False
        try:
            one, other_value = self._worth_of(said, redone), self._worth_of(other, redone)
        except UNJUDGED:
            return False
        (a, half), (b, more) = one, other_value
        if a.shape != b.shape and a.shape == b.T.shape:
            b, more = b.T, np.transpose(more)
        room = half + more + FINEST * np.abs(a)
        return same(b, a, room)

    def _worth_of(self, expr: Expr, redone: Redone) -> tuple[Any, Any]:
        """Return a value with how far its digits leave it open."""
        answer = self.marker.answer(expr)
        if isinstance(answer, Numbers):
            return answer.values, answer.half
        assert isinstance(answer, Formula), "a side is numbers or a formula"
        value = redone.value(expr)
        open_ = sum((np.abs(redone.value(moved) - value) for moved in nudged(expr)),
                    start=np.zeros(value.shape))
        for ref in list(redone.used):
            open_ = open_ + self._slack(expr, ref, redone, value)
        return value, open_

    def _slack(self, expr: Expr, ref: Ref, redone: Redone, value: Any) -> Any:
        """Return what the digits shown of an own value leave open."""
        own = self.memory.values[ref]
        if not np.any(own.half):
            return 0.0
        total = np.zeros(np.shape(value))
        for cell in np.ndindex(*np.shape(own.values)):
            moved = np.array(own.values, dtype=float)
            moved[cell] += np.asarray(own.half)[cell]
            nearby = replace(redone, own={**redone.own, ref: moved}, used={}, _known={})
            total = total + np.abs(nearby.value(expr) - value)
        return total

    # what is left

    def _explained(self, claim: Claim, before: Side | None, verdict: Verdict) -> Judgement:
        slip = verdict.slip or None
        repeated = slip is not None and f"{slip}: {verdict.explanation}" in self.memory.slips
        return Judgement(claim, "repeated" if repeated else "wrong",
                         verdict.explanation or verdict.message, slip)

    def _keep(self, found: Sequence[Judgement]) -> None:
        """Remember what was said."""
        for judgement in found:
            claim = judgement.claim
            self.judgements.append(judgement)
            if claim.subject is not None:
                self.memory.subject = claim.subject
            self.memory.last = Side(claim.text, claim.span, claim.expr, claim.fault)
            if judgement.verdict == "wrong" and judgement.slip:
                self.memory.slips.add(f"{judgement.slip}: {judgement.reason}")
            if claim.expr is not None and claim.subject is not None:
                self._remember(judgement, claim.subject, claim.expr)

    def _remember(self, judgement: Judgement, subject: Expr, expr: Expr) -> None:
        if any(True for _ in refs(expr)):
            self.memory.formulas.setdefault(subject, []).insert(0, expr)
            return
        answer = self.marker.answer(expr)
        if isinstance(answer, Numbers) and isinstance(subject, Ref) and not free_indices(subject):
            if answer.shape == subject.shape:
                self.memory.values[subject] = Own(answer.values, answer.half,
                                                  judgement.verdict == "right")


def _is_plain(expr: Expr) -> bool:
    """True for numbers as they are, not to be worked out first."""
    return all(isinstance(part, (Array, Number, Neg)) for part in walk(expr))


def _left_open(expr: Expr, values: Any) -> Any:
    """Return by how much a value may be off for the digits of what it is worked out from."""
    moved = (np.asarray(evaluate(other, _nothing), dtype=float) for other in nudged(expr))
    return sum((np.abs(m - values) for m in moved), start=np.zeros(np.shape(values)))


def _nothing(ref: Ref) -> Any:
    raise DeriveError(f"{ref} has no value here")


BEFORE = "it follows from the line before"
GOOD = {"right": 3, "follow_through": 2, "notation": 1}


def _worth(found: Sequence[Judgement]) -> int:
    return sum(GOOD.get(j.verdict, 0) for j in found)


def _with_slips_of_the_pen(marking: Marking, found: list[Judgement]) -> list[Judgement]:
    """Say of a wrong formula that only its writing is wrong, where what follows is as it should be.
    """
    out = list(found)
    for place, judgement in enumerate(found):
        later = [j for j in found[place + 1:] if j.verdict in ("right", "follow_through")
                 and j.reason != BEFORE]
        if judgement.verdict == "wrong" and later:
            out[place] = replace(judgement, verdict="notation",
                                 reason=f"{judgement.reason}; what follows is as it should be")
    return out
