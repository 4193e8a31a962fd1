r"""Does a formula follow from formulas that were wrong? Tried at drawn numbers.

Whoever has written dL/da = A'(a) dL/dx gets W^T A'(a) ... from there on: the working is done again
with what was written put in wherever it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from derive.expr.integers import named, names_in
from derive.expr.nodes import Expr, MatrixProduct, Partial, Range
from derive.expr.walk import array_of, at, refs, transform
from derive.marking.fitting import fitting
from derive.marking.samples import places, value_of
from derive.marking.submission.claims import Claim
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.judging.memory import Memory
from derive.marking.submission.members import entries_of_letters, is_met, placed
from derive.marking.submission.mistakes.own_formulas import Said
from derive.marking.submission.mistakes.redone import Redone
from derive.solution.trials import Trial
from derive.syntax.write_text import write

__all__ = ["in_steps", "over_steps", "wrong_formulas_behind"]

MOST_TRIALS, MOST_PLACES = 3, 4
MOST_ALONE = 4      # formulas, the last ones
MOST_WAYS = 3       # in which one formula may be meant
NEAR = 1e-6         # relative to the largest entry


def wrong_formulas_behind(marker: Marker, memory: Memory, claim: Claim, base: Expr
                          ) -> tuple[str, ...]:
    """Return the own formulas with which *base* is what is claimed; none where it is not.

    What is claimed may be meant in several ways.
    """
    ways = [e for e in (claim.expr, *claim.loose) if e is not None] if list(refs(base)) else []
    return next((found for said in ways[:MOST_WAYS]
                 if (found := _behind(marker, memory, claim, base, said))), ())


def _behind(marker: Marker, memory: Memory, claim: Claim, base: Expr, said: Expr
            ) -> tuple[str, ...]:
    """Try all own formulas, then each alone: who takes back one goes on with the others."""
    alone = [(one,) for one in memory.wrong[:MOST_ALONE]] if len(memory.wrong) > 1 else []
    return next((found for wrong in (memory.wrong, *alone)
                 if (found := _by(marker, wrong, claim, base, said))), ())


def _by(marker: Marker, wrong: Sequence[Said], claim: Claim, base: Expr, said: Expr
        ) -> tuple[str, ...]:
    found: dict[str, None] = {}
    count = 0
    for case in _cases(marker, wrong, claim, base, said):
        applied = case.agree(isinstance(claim.subject, Partial))
        if applied is None:
            return ()
        found |= dict.fromkeys(write(of) for of in applied)
        count += 1
    return tuple(found) if count else ()


def over_steps(subject: Expr) -> Iterator[Expr]:
    """Yield dh_T/dh_t as a product of dh_k/dh_{k-1}."""
    if not isinstance(subject, Partial) or subject.top.name != subject.bottom.name or (
            len(subject.top.index) != 1) or len(subject.shape) != 2 or subject.component:
        return
    (last,), (first,) = subject.top.index, subject.bottom.index
    letter = next(c for c in "kjrsq" if c not in names_in(last) | names_in(first))
    step = Partial(replace(subject.top, index=(named(letter),)),
                   replace(subject.bottom, index=(named(letter) - 1,)))
    yield MatrixProduct(letter, Range((first + 1,), (last,)), step, True)


def in_steps(subject: Expr) -> Iterator[Expr]:
    """Yield the norm of dh_T/dh_t as that of a product; nothing for what has no such derivative."""
    found = transform(subject, lambda part: next(over_steps(part), None))
    if found != subject:
        yield found


@dataclass(frozen=True)
class _Case:
    """Both sides at one position of one set of numbers."""

    redone: Redone
    base: Expr
    said: Expr

    def agree(self, turns: bool) -> tuple[Expr, ...] | None:
        """Return the formulas that were applied where both sides are equal; None where they differ.
        """
        try:
            with np.errstate(all="ignore"):
                other = self.redone.value(self.base)
                applied = tuple(self.redone.applied)
                plain = value_of(self.redone.trial, self.said, {})
                own = self.redone.value(self.said) if applied else plain
        except UNJUDGED:
            return None
        return applied if any(_same(one, other, turns) for one in (plain, own)) else None


def _same(one: Any, other: Any, turns: bool) -> bool:
    fit = fitting(one.shape, other.shape)
    if fit is None or (fit.turned and not turns):
        return False
    ways = [fit.shaped(other, one.shape)]
    if turns and one.ndim == 2 and one.shape == other.T.shape:
        ways.append(other.T)
    room = NEAR * np.abs(one).max(initial=0.0) + NEAR * NEAR
    return any(bool(np.all(np.abs(one - way) <= room)) for way in ways)


def _cases(marker: Marker, own: Sequence[Said], claim: Claim, base: Expr, said: Expr
           ) -> Iterator[_Case]:
    """Yield both sides at all positions and entries of which the claim is said."""
    about = claim.subject
    assert about is not None, "a claim about something"
    whole = array_of(about)
    wrong = [one for one in own if array_of(one.of) != whole]
    formulas = [*wrong, *(one._replace(of=replace(one.of, held=())) for one in wrong
                          if isinstance(one.of, Partial) and one.of.held)]
    known = frozenset(marker.question.sizes) | frozenset(marker.question.indices)
    for trial in _trials(marker):
        put = [one.put(trial.env) for one in formulas]
        for cell in [*entries_of_letters(at(about, trial.env), known)] or [{}]:
            sides = tuple(at(side, cell) for side in (about, base, said))
            when = placed(claim.when, cell)
            for env in islice(places(trial, sides), MOST_PLACES):
                if all(is_met(c, env) for c in when):
                    redone = Redone(trial, marker.slips.swept(trial), formulas=put)
                    yield _Case(redone, at(sides[1], env), at(sides[2], env))


def _trials(marker: Marker) -> Iterator[Trial]:
    if marker.solver.numeric:
        yield marker.judge.given
        return
    fine = (trial for trial, slack in marker.judge.drawn() if slack <= NEAR)
    yield from islice(fine, MOST_TRIALS)
