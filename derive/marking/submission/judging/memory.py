"""What a student has said so far, from which the rest may follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from derive.calculus.system import System
from derive.expr.nodes import Entry, Expr, Ref, Symbol, Transpose
from derive.expr.walk import array_of, at, free_indices, refs
from derive.marking.submission.claims import Claim, Judgement, Where
from derive.marking.submission.judging.essays import IN_ANSWER
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.members import member_of
from derive.marking.submission.mistakes.own_formulas import Said
from derive.marking.submission.mistakes.redone import Sweeps
from derive.marking.submission.mistakes.unnamed import ordered, symbol_for
from derive.marking.written import LEAST_DIGITS, Numbers

__all__ = ["Memory", "Own", "slip_key"]

INDEX = re.compile(r"\[[^\[\]]*\]")
GRADIENT = re.compile(r"\((d\w+(?:\[\])?)/d\w+(?:\[\])?\)")     # (dL/dW), (dL[]/dh[])


@dataclass(frozen=True)
class Own:
    """A value as the student wrote it, and whether it was right."""

    values: Any
    half: Any
    right: bool


@dataclass
class Memory:
    """What the student has said so far: values by member, formulas by what they are for."""

    subject: Expr | None = None
    last: Expr | None = None        # the side before, from which the next may go on
    loose: tuple[Expr, ...] = ()    # and what else it may mean
    values: dict[Ref, Own] = field(default_factory=dict)
    unnamed: dict[Expr, Symbol] = field(default_factory=dict)  # what stands for W h_0 in `values`
    formulas: dict[Expr, list[Expr]] = field(default_factory=dict)
    wrong: list[Said] = field(default_factory=list)     # formulas, the last one first
    slips: set[str] = field(default_factory=set)
    row: int | None = None          # of a batch, the example that was spoken of last
    trusted: set[str] = field(default_factory=set)  # names that something right was said by
    when: Where = ()                # what the formula was said for that the next may go on from
    right: tuple[Claim, ...] = ()   # the last formulas that were right
    in_vain: int = 0                # claims in numbers that followed from nothing, by each reading
    pieced: set[Ref] = field(default_factory=set)   # values of which only entries were written
    _swept: tuple[tuple[tuple[Symbol, Expr], ...], Sweeps | None] = ((), None)

    def keep(self, marker: Marker, judgement: Judgement) -> None:
        """Remember what was said, and what was thought of it."""
        claim = judgement.claim
        if claim.subject is not None:
            self.subject = claim.subject
        if judgement.verdict in ("right", "follow_through") and judgement.reason != IN_ANSWER:
            self.trusted.update(claim.notes)
        if isinstance(claim.subject, Entry) and claim.subject.shape and (
                judgement.verdict == "right") and isinstance(claim.subject.at[0], int):
            self.row = claim.subject.at[0]
        if judgement.verdict == "right" and claim.subject is not None and claim.expr is not None:
            self.right = (*self.right[1 - MOST_RIGHT:], claim)
        if claim.relation:
            self.last, self.loose = claim.expr, claim.loose
        if judgement.verdict == "wrong" and judgement.slip:
            self.slips.add(slip_key(judgement.slip, judgement.reason))
        if claim.expr is not None and claim.subject is not None:
            self._remember(marker, judgement, claim.subject, claim.expr)

    def changed(self, marker: Marker) -> dict[Symbol, Expr]:
        """Return the formulas that this student has in the place of equations of the model."""
        made = marker.solver.named.by_target
        return {of: said for of, said, _ in self.wrong if isinstance(of, Symbol) and any(
            equation.target == of for equation in made.get(of.name, ()))}

    def swept(self, marker: Marker) -> Sweeps | None:
        """Return the derivatives of the model with these in it; None where there are none."""
        changed = self.changed(marker)
        if not changed:
            return None
        key = tuple(changed.items())
        if key != self._swept[0]:
            system = marker.solver.named
            equations = tuple(replace(e, rhs=changed[e.target]) if isinstance(
                e.target, Symbol) and e.target in changed else e for e in system.equations)
            self._swept = key, Sweeps(System(equations, system.families, system.helpers))
        return self._swept[1]

    def formulas_of(self, subject: Expr) -> Iterator[Expr]:
        """Yield the formulas written for something, then those for all members, at this one."""
        yield from self.formulas.get(subject, ())
        for of, said in self.formulas.items():
            env = member_of(of, subject) if of != subject else None
            if env:
                yield from (at(formula, env) for formula in said)

    def _remember(self, marker: Marker, judgement: Judgement, subject: Expr, expr: Expr) -> None:
        if any(True for _ in refs(expr)):
            self.formulas.setdefault(subject, []).insert(0, expr)
            self._remember_wrong(judgement, subject, expr)
            return
        try:
            answer = marker.numbers(subject, expr)
        except UNJUDGED:
            return
        if answer is not None and isinstance(subject, Entry) and answer.shape == subject.shape:
            self._remember_entry(marker, judgement, subject, answer)
        if answer is None or free_indices(subject) or answer.shape != subject.shape:
            return
        own = Own(answer.values, _open(marker, subject, answer), judgement.verdict == "right")
        if isinstance(subject, Ref):
            self.pieced.discard(subject)
            for ref in (subject, *marker.asking.in_equations(subject)):
                self.values[ref] = own
        elif not isinstance(subject, Entry) and any(True for _ in refs(subject)):
            # one digit says too little: it would leave anything open
            half = own.half * ((answer.figures or LEAST_DIGITS) >= LEAST_DIGITS)
            symbol = self.unnamed.setdefault(ordered(subject), symbol_for(subject))
            self.values[symbol] = replace(own, half=half)

    def _remember_entry(self, marker: Marker, judgement: Judgement, entry: Entry,
                        answer: Numbers) -> None:
        """Remember an entry or a row of a value; the others are what they were, or as they should
        be."""
        whole, place = entry.arg, tuple[int | slice, ...](i for i in entry.at if isinstance(i, int))
        across = isinstance(whole, Transpose) and len(whole.shape) == AXES
        if isinstance(whole, Transpose) and across:     # a column
            whole, place = whole.arg, (slice(None), *place)
        if not isinstance(whole, Ref) or free_indices(whole) or (
                len(place) != len(entry.at) + across):
            return
        try:
            truth = marker.truth(whole)
        except UNJUDGED:
            return
        own = self.values.get(whole, Own(truth, np.zeros(truth.shape), True))
        outside = any(not 0 <= i < n for i, n in zip(place, truth.shape, strict=False)
                      if isinstance(i, int))
        if np.shape(own.values) != truth.shape or outside:
            return
        values, half = np.array(own.values, dtype=float), np.array(own.half, dtype=float)
        values[place], half[place] = answer.values, answer.half
        self.values[whole] = Own(values, half, own.right and judgement.verdict == "right")
        self.pieced.add(whole)

    def _remember_wrong(self, judgement: Judgement, subject: Expr, expr: Expr) -> None:
        """Remember a formula that is wrong, until a right one stands for the same."""
        whole = array_of(subject)
        if not isinstance(whole, Ref) or judgement.verdict not in ("wrong", "repeated", "right"):
            return
        self.wrong = [said for said in self.wrong if said.of != subject]
        slopes = (*expr.shape, *expr.shape) == subject.shape
        if judgement.verdict != "right" and (slopes or expr.shape == subject.shape) and (
                whole not in set(refs(expr))):
            self.wrong.insert(0, Said(subject, expr, judgement.claim.when))


def _open(marker: Marker, ref: Expr, said: Numbers) -> Any:
    """Return how far digits leave a value open: not at all where they are the value, as in 0.5."""
    if not isinstance(ref, Ref):
        return said.half
    try:
        truth = marker.truth(ref)
    except UNJUDGED:
        return said.half
    return np.where(np.isclose(said.values, truth, rtol=EXACT, atol=0), 0.0, said.half)


EXACT = 1e-12
MOST_RIGHT = 12     # formulas that a derivative may be explained behind
AXES = 2    # of a matrix


def slip_key(slip: str, words: str) -> str:
    """Return what is the same where a slip is made again, whatever else would explain it too.

    It is made again at another step, and in the gradient of something else.
    """
    told = GRADIENT.sub(r"(\1)", INDEX.sub("[]", words.partition("; or: ")[0]))
    return f"{slip}: {told}"
