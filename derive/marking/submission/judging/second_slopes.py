r"""The derivative of an own gradient: a Hessian X^T X of somebody whose gradient lacks its 1/N.

The own formula is differentiated by differences, at the numbers drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.nodes import Expr, Partial, Symbol
from derive.expr.walk import refs
from derive.marking.fitting import fitting
from derive.marking.samples import FINE, value_of
from derive.marking.submission.claims import Claim, Judgement
from derive.marking.submission.judging.following import FORMULA
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.judging.memory import Memory
from derive.question.question import Given
from derive.solution.draw import Random
from derive.solution.trials import Trial, drawn_trial

__all__ = ["of_own_gradient"]

STEP = 1e-4
CLOSE = 1e-5        # relative to the largest entry
MOST_FORMULAS = 3
TRIALS = 3


def of_own_gradient(marker: Marker, memory: Memory, claim: Claim) -> Judgement | None:
    """Judge a second derivative by the formula that was written for the first."""
    subject, said = claim.subject, claim.expr
    if not isinstance(subject, Partial) or said is None or subject.bottom.index:
        return None
    inner = marker.question.gradients.get(subject.top.name)
    if inner is None or inner.letters:
        return None
    first = Partial(inner.top, inner.bottom)
    own = [f for f in memory.formulas.get(first, ()) if all(
        isinstance(r, Symbol) for r in refs(f)) and not marker.is_right(first, f)]
    if any(_is_slope(marker, formula, subject.bottom, said) for formula in own[:MOST_FORMULAS]):
        return Judgement(claim, "follow_through", FORMULA)
    return None


def _is_slope(marker: Marker, formula: Expr, by: Symbol, said: Expr) -> bool:
    found = []
    for trial in islice(_trials(marker), TRIALS):
        try:
            slope, value = _slope(marker, trial, formula, by), value_of(trial, said, trial.env)
        except (DeriveError, *UNJUDGED):
            return False
        fit = fitting(slope.shape, value.shape, not value.shape and not value.any())
        if fit is None:
            return False
        room = CLOSE * max(float(np.abs(slope).max(initial=0.0)), 1.0)
        ways = [fit.shaped(value, slope.shape)]
        ways += [ways[0].T] if slope.shape == slope.T.shape else []
        found.append(any(np.all(np.abs(slope - way) <= room) for way in ways))
    return bool(found) and all(found)


def _trials(marker: Marker) -> Iterator[Trial]:
    if marker.solver.numeric:
        yield marker.judge.given
        return
    yield from (trial for trial, slack in marker.judge.drawn() if slack <= FINE)


def _slope(marker: Marker, trial: Trial, formula: Expr, by: Symbol) -> Any:
    """Return the derivative of a formula by central differences, the entries below last."""
    here = np.asarray(trial.look(by), dtype=float)
    columns = []
    for cell in np.ndindex(*here.shape):
        step = np.zeros(here.shape)
        step[cell] = STEP
        above, below = (value_of(_moved(marker, trial, by, here + d), formula, trial.env)
                        for d in (step, -step))
        columns.append((above - below) / (2 * STEP))
    return np.stack(columns, axis=-1).reshape(*np.shape(columns[0]), *here.shape)


def _moved(marker: Marker, trial: Trial, by: Symbol, values: Any) -> Trial:
    """Return the same numbers with others for one quantity."""
    solver = marker.solver
    known = dict(solver.question.given)
    for name, family in trial.families.items():
        if name not in solver.named.by_target and name in trial.forward.stores:
            known[name] = Given(name, {place: trial.forward[Symbol(name, place, family.shape)]
                                       for place in trial.forward.positions(name)})
    known[by.name] = Given(by.name, {(): values})
    return drawn_trial(solver, trial.env, Random(0), known=known)
