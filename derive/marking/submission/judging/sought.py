"""What is said of unknowns that a part solves for: it must hold for every solution.

``k_12 = 0`` is right where all solutions have it, wrong where none has, and may be a choice where
some have. What is said of the whole unknown must give all solutions, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.build import sub
from derive.expr.nodes import Expr, Symbol
from derive.expr.walk import refs
from derive.marking.submission.claims import Claim, Judgement
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.question.keys.solve import Solve
from derive.solution.conditions import Conditions

__all__ = ["FOR_ALL", "Sought"]

Vector = Sequence[Fraction]
FOR_ALL = "right for every solution"
NEVER = "no solution has it"
SOME = "not every solution has it: whether it is a choice is for a person"
NOT_ALL = "these are not all solutions"
MORE = "not all of these are solutions"
FOLLOWS = "it follows from the conditions written before"
STEPS = (2, -3, 5, -7, 11, 13)      # along the basis: no combination of them is 0 by chance


@dataclass
class Sought:
    """The unknowns of a question, and the conditions that a student has written for them."""

    marker: Marker
    _own: list[Any] = field(default_factory=list)

    @cached_property
    def _all(self) -> tuple[Conditions, ...]:
        solver = self.marker.solver
        return tuple(Conditions(solver, task) for part in self.marker.question.parts
                     for task in part.tasks if isinstance(task, Solve))

    def judge(self, claim: Claim, before: Expr | None) -> Judgement | None:
        """Judge a claim about unknowns, or about what depends on them; None for any other."""
        subject, expr = claim.subject, claim.expr
        if subject is None or expr is None or not self._all:
            return None
        for conditions in self._all:
            try:
                found = self._judged(conditions, claim, subject, expr)
                if found is not None and found.verdict != "right" and self._follows(
                        conditions, subject, expr):
                    found = Judgement(claim, "follow_through", FOLLOWS)
                self._keep(conditions, [e for e in (subject, before) if e is not None], expr)
            except (DeriveError, *UNJUDGED):
                continue
            if found is not None:
                return found
        return None

    def _judged(self, conditions: Conditions, claim: Claim, subject: Expr, expr: Expr
                ) -> Judgement | None:
        if conditions.solved.conflict is not None:
            return None
        whole = isinstance(subject, Symbol) and subject in conditions.task.unknowns
        difference = sub(subject, expr)
        start, *along = self._on_solutions(conditions, difference)
        holds = not np.any(start) and not any(map(np.any, along))
        of_unknowns = self.marker.asking.is_sought(subject)
        if not of_unknowns and (not holds or list(refs(expr))):
            return None     # a formula for something else is right or not, solution or not
        if holds:
            more = whole and not self._gives_solutions(conditions, subject, expr)
            return Judgement(claim, "wrong", MORE) if more else Judgement(claim, "right", FOR_ALL)
        moves = np.zeros(start.shape, dtype=bool)
        for step in along:
            moves |= step != 0
        if np.any((start != 0) & ~moves):
            return Judgement(claim, "wrong", NEVER)
        if whole and list(refs(expr)):
            return Judgement(claim, "wrong", NOT_ALL)
        return Judgement(claim, "refer", SOME)

    def _on_solutions(self, conditions: Conditions, expr: Expr) -> Iterator[Any]:
        """Yield the value at one solution, then how much it changes along each of the basis."""
        count = len(conditions.cells)
        first = conditions.solved.particular(count)
        start = conditions.value(expr, first)
        yield start
        for step, way in zip(STEPS * count, conditions.solved.basis(count), strict=False):
            there = [a + step * b for a, b in zip(first, way, strict=True)]
            yield conditions.value(expr, there) - start

    def _gives_solutions(self, conditions: Conditions, subject: Expr, expr: Expr) -> bool:
        """True where an expression for the unknown gives solutions, whatever stands in it.

        That a name is given to each entry says nothing yet.
        """
        count = len(conditions.cells)
        some = [Fraction(n * n + n + 1, n + 2) for n in range(count)]
        value = conditions.value(expr, some)
        if not np.any(conditions.value(sub(subject, expr), some)):
            return True
        matrix, right = conditions.matrix
        at = np.array([value[place] for owner, place in conditions.cells if owner == subject],
                      dtype=float)
        return len(at) == count and bool(np.allclose(matrix @ at, right))

    # conditions of the student's own

    def _rows(self, conditions: Conditions, expr: Expr) -> Any:
        """Return the equations of an expression that is to be 0, as rows with their constants."""
        count = len(conditions.cells)
        zero = [Fraction(0)] * count
        start = np.ravel(conditions.value(expr, zero))
        units = [np.ravel(conditions.value(expr, [Fraction(m == n) for n in range(count)])) - start
                 for m in range(count)]
        return np.stack([*units, start], axis=1).astype(float)

    def _keep(self, conditions: Conditions, sides: Sequence[Expr], expr: Expr) -> None:
        if any(True for _ in refs(expr)):
            return
        for side in sides:
            self._own.extend(row for row in self._rows(conditions, sub(side, expr)) if row.any())

    def _follows(self, conditions: Conditions, subject: Expr, expr: Expr) -> bool:
        """True where own conditions have this as a consequence, and do not contradict each other.
        """
        if not self._own:
            return False
        own, new = np.stack(self._own), self._rows(conditions, sub(subject, expr))
        rank = np.linalg.matrix_rank
        consistent = rank(own) == rank(own[:, :-1])
        return bool(consistent and rank(np.concatenate([own, new])) == rank(own))
