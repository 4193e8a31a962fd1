"""Declared facts are used in derivations, so they have to hold for the numbers that are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.integers import IntLike
from derive.expr.nodes import Ref
from derive.expr.positions import assignments
from derive.expr.walk import free_indices
from derive.numbers.reference import evaluate
from derive.question.question import Fact
from derive.solution.solver import Solver

__all__ = ["refuse_false_facts"]

TOLERANCE = 1e-9
HOLDS: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: np.abs(a - b) <= TOLERANCE * np.maximum(1.0, np.abs(b)),
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
}


def refuse_false_facts(solver: Solver) -> None:
    """Raise DeriveError for the first fact that the numbers contradict."""
    for fact in solver.question.facts:
        for env in _positions(solver, fact):
            where = ", ".join(f"{name} = {value}" for name, value in env.items())
            if not _holds(solver, fact, env):
                raise DeriveError(
                    f"{solver.question.file or solver.question.name}: the fact `{fact.typed}` does "
                    f"not hold for the given numbers" + (f" at {where}" if where else ""))


def _holds(solver: Solver, fact: Fact, env: dict[str, IntLike]) -> bool:
    def look(ref: Ref) -> Any:
        return solver.values[ref]

    left, right = (np.asarray(evaluate(side, look, env)) for side in (fact.left, fact.right))
    return bool(np.all(HOLDS[fact.relation](left, right)))


def _positions(solver: Solver, fact: Fact) -> Iterator[dict[str, IntLike]]:
    """Return every position of the indices that a fact leaves free."""
    names = sorted(free_indices(fact.left) | free_indices(fact.right))
    return assignments([(n, solver.question.indices[n]) for n in names], {})
