"""Formulas judged where every size is 1, so that all factors commute and all layouts agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from derive.expr.integers import IntLike
from derive.expr.nodes import Expr
from derive.marking.samples import places, value_of
from derive.marking.submission.mistakes.redone import UNJUDGED
from derive.solution.draw import Random
from derive.solution.solver import Solver
from derive.solution.trials import Trial, drawn_trial, sizes_at

__all__ = ["SizeOne"]

ENOUGH = 3          # numbers at which a formula must hold
LENGTHS = (2, 3, 4)


@dataclass(frozen=True)
class SizeOne:
    """A question in symbols at numbers drawn where every size that is no length is 1."""

    solver: Solver

    def holds(self, subject: Expr, expr: Expr) -> bool:
        """True where a formula is right if all sizes are 1: its layout is left open.

        What is the same for all numbers tells nothing: a softmax of one entry is 1.
        """
        compared = (_both(trial, subject, expr, env) for trial in self._trials
                    for env in places(trial, (subject, expr)))
        found: list[float] = []
        for a, b in (pair for pair in compared if pair is not None):
            if not np.allclose(a, b, rtol=1e-7, atol=1e-12):
                return False
            found.append(float(a.ravel()[0]) if a.size else 0.0)
        return len(found) >= ENOUGH and not np.allclose(found, found[0], rtol=1e-9)

    @cached_property
    def _trials(self) -> tuple[Trial, ...]:
        """Drawn numbers where every size that is no length is 1: all factors commute."""
        found: list[Trial] = []
        for seed, length in enumerate(LENGTHS):
            try:
                env = sizes_at(self.solver, length, (1,))
                found.append(drawn_trial(self.solver, env, Random(seed)))
            except UNJUDGED:
                continue
        return tuple(found)


def _both(trial: Trial, subject: Expr, expr: Expr, env: Mapping[str, IntLike]
          ) -> tuple[Any, Any] | None:
    """Return both sides as one number each; None where a side has no value or more than one."""
    try:
        with np.errstate(all="ignore"):
            a, b = (np.squeeze(value_of(trial, side, env)) for side in (subject, expr))
    except UNJUDGED:
        return None
    return (a, b) if a.shape == b.shape and np.all(np.isfinite(a) & np.isfinite(b)) else None
