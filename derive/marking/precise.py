"""Exact arithmetic as the last word on a formula: rational numbers, or forty digits.

Float64 cannot tell x from x + 1e-14. SymPy's entries of both sides can, at rational points. It is
tried where both sides are plain formulas: no derivative of the model, no facts (rational numbers
would have to obey them), and not too much to write out.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.expand import expanded
from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, Literal, Partial, Ref
from derive.expr.walk import at, refs, transform, walk
from derive.marking.answers import Formula
from derive.marking.case import Case
from derive.marking.samples import Sample
from derive.solution.members import making
from derive.solution.trials import Trial

__all__ = ["is_refuted_exactly"]

MOST_NODES = 600
MOST_SAMPLES = 2
MOST_CELLS = 3
MOST_TERMS = 12
DIGITS = 40
CLEAR = Fraction(1, 10 ** 25)   # relative
FINEST = 10 ** 6                # denominators of the numbers that are put in


def is_refuted_exactly(case: Case, answer: Formula) -> Sample | None:
    """Return a sample at which both sides differ although float64 cannot tell; None otherwise."""
    sides = (case.target.expr, answer.expr)
    derived = any(isinstance(r, Partial) for side in sides for r in refs(side))
    rounded = any(np.any(s.half) for s in case.samples)
    if derived or rounded or answer.letters or case.solver.question.facts:
        return None
    plain = [s for s in case.samples if np.shape(s.truth) == np.shape(s.got)]
    return next((s for s in islice(plain, MOST_SAMPLES) if _differs(s, *sides)), None)


def _differs(sample: Sample, left: Expr, right: Expr) -> bool:
    try:
        one, other = (_with_numbers(sample.trial, side, sample.env) for side in (left, right))
        if one.shape != other.shape:
            return False
        cells = [tuple(map(int, c)) for c in np.argwhere(np.broadcast_to(
            sample.where, np.shape(sample.truth)))]
        return any(_apart(one, other, cell) for cell in cells[:MOST_CELLS])
    except (DeriveError, NotImplementedError, TypeError, ValueError, RecursionError):
        return False


def _with_numbers(trial: Trial, expr: Expr, env: Mapping[str, IntLike]) -> Expr:
    """Write an expression in the numbers that are given, the equations of the model put in."""
    def change(part: Expr) -> Expr | None:
        if not isinstance(part, Ref):
            return None
        found = making(part, trial.oracle.equations)
        return _literal(trial, part) if found is None else _with_numbers(trial, found.rhs, {})

    whole = transform(expanded(at(expr, env), MOST_TERMS), change)
    if sum(1 for _ in islice(walk(whole), MOST_NODES + 1)) > MOST_NODES:
        raise DeriveError("too long to be worked out exactly")
    return whole


def _literal(trial: Trial, ref: Ref) -> Literal:
    values = np.asarray(trial.oracle.value(ref))
    exact = [Fraction(float(v)).limit_denominator(FINEST) for v in values.ravel()]
    out = np.empty(len(exact), dtype=object)
    out[:] = exact
    return Literal(out.reshape(values.shape), True, str)


def _apart(one: Expr, other: Expr, cell: tuple[int, ...]) -> bool:
    from derive.calculus.entries import entry

    left, right = (_evaluated(entry(side, cell)) for side in (one, other))
    if not (left.is_number and right.is_number and left.is_finite and right.is_finite):
        return False
    if left.is_Rational and right.is_Rational:
        return bool(left != right)
    size = max(abs(left), abs(right), 1)
    return bool(abs(left - right) > size * float(CLEAR))


def _evaluated(found: Any) -> Any:
    whole = found.doit()
    return whole if whole.is_Rational else whole.evalf(DIGITS)


