"""A solved question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from derive.api.sheet import Sheet, refuse_failed
from derive.derivation import Derivation, Step
from derive.errors import nearest
from derive.question.question import Question as Source
from derive.solution.step import Check, SolvedQuestion, deep

if TYPE_CHECKING:
    from derive.solution.accept import Value

__all__ = ["Solution"]


@dataclass(frozen=True)
class Solution(Sheet):
    """A solved question: values, steps, checks, and all its sheets."""

    solved: SolvedQuestion
    source: Source

    @property
    def checks(self) -> tuple[Check, ...]:
        return self.solved.checks

    @property
    def values(self) -> Mapping[str, Any]:
        """All values, keyed as one would type them: ``h[0]``, ``dL/dV``."""
        return self.solved.values

    def __getitem__(self, key: str) -> Any:
        """Return a value as a NumPy array; KeyError names the nearest key."""
        try:
            return self.solved.values[key]
        except KeyError:
            raise KeyError(f"{key!r}: {nearest(key, self.solved.values)}") from None

    @cached_property
    def steps(self) -> dict[str, Step]:
        """All steps by id."""
        return {step.id: Step(self.solved, step)
                for part in self.solved.parts for step in deep(part.steps)}

    def derivation(self, key: str) -> Derivation:
        """Return the steps of the parts that asked for *key*; KeyError names the nearest key."""
        from derive.syntax.write_text import write

        found = [part for part in self.solved.parts if key in map(write, part.asked)]
        if not found:
            asked = [write(a) for part in self.solved.parts for a in part.asked]
            raise KeyError(f"{key!r} is not asked for: {nearest(key, asked)}")
        return Derivation(self.solved, tuple(step for part in found for step in part.steps))

    def sympy(self, key: str) -> Any:
        """Return a result as a SymPy expression or Matrix: ``solution.sympy("dL/do[t]")``.

        Quantities are SymPy Indexed objects, index positions first; derivatives by name stand for
        themselves.
        """
        from derive.solution.in_sympy import in_sympy

        if key not in self.solved.formulas:
            raise KeyError(f"{key!r}: {nearest(key, self.solved.formulas)}")
        return in_sympy(self.solved.formulas[key])

    def accept(self, key: str) -> Value:
        """Return a value with its shown digits and the interval that a marker may accept."""
        self[key]
        return cast("Value", self.solved.accept[key])

    def at(self, detail: str) -> SolvedQuestion:
        """Return what a sheet at this level of detail shows; CheckFailed where a check failed."""
        solved = self._full if detail == "full" else self.solved
        refuse_failed(solved.checks)
        return solved

    @cached_property
    def _full(self) -> SolvedQuestion:
        from derive.solution.solve import solve_question

        return solve_question(self.source, full=True)
