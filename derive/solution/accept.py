"""What a marker may accept: the values that either honest way of carrying digits leads to.

A value is shown rounded. Whoever carries full precision and whoever rounds at every line both write
numbers within half a unit of what they reach; the interval holds both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.nodes import Ref
from derive.numbers.policy import Policy
from derive.question.question import Question
from derive.solution.members import ancestors
from derive.solution.solver import Solver

__all__ = ["Intervals", "Value"]

MOST_ENTRIES = 4000     # beyond this nobody rounds by hand: half a unit around the value it is


@dataclass(frozen=True, slots=True)
class Value:
    """A value at full precision, the digits the sheet shows, the least and greatest to accept.

    All four are arrays of one shape (`shown` of text).
    """

    exact: Any
    shown: Any
    low: Any
    high: Any


@dataclass(frozen=True)
class Intervals(Mapping[str, Value]):
    """The values of a question with their intervals, worked out when they are asked for."""

    question: Question
    refs: Mapping[str, Ref]

    def __getitem__(self, key: str) -> Value:
        ref = self.refs[key]
        exact = np.asarray(self._precise.float(ref), dtype=float)
        rounded = self._by_hand(ref)
        lows, highs = _interval(exact, self._policy)
        if rounded is None:
            return Value(exact, _each(exact, self._policy.show), lows, highs)
        more = _interval(rounded, self._policy)
        carried = rounded if self.question.conventions.carry == "rounded" else exact
        return Value(exact, _each(carried, self._policy.show), np.minimum(lows, more[0]),
                     np.maximum(highs, more[1]))

    def __iter__(self) -> Iterator[str]:
        return iter(self.refs)

    def __len__(self) -> int:
        return len(self.refs)

    @cached_property
    def _precise(self) -> Solver:
        return Solver(_carrying(self.question, "exact"))

    @cached_property
    def _rounding(self) -> Solver:
        return Solver(_carrying(self.question, "rounded"))

    @property
    def _policy(self) -> Policy:
        return self._precise.policy

    def _by_hand(self, ref: Ref) -> Any:
        """Return the value with every written number rounded; None where it is too much work."""
        solver = self._rounding
        sizes = [store.array.size for store in self._precise.values.stores.values()]
        if sum(sizes) > MOST_ENTRIES:
            return None
        try:
            return self._worked(solver, ref)
        except DeriveError:     # a zero, single entries of an array, or rounding gave log of 0
            return None

    def _worked(self, solver: Solver, ref: Ref) -> Any:
        for member in ancestors([ref], solver.parents, solver.is_known):
            if solver.making(member) is not None:
                solver.work_out(member)
        found = solver.worked.get(ref)
        last = found.value if found else solver.literal(ref)
        return np.asarray(last.values, dtype=float)


def _carrying(question: Question, carry: str) -> Question:
    return replace(question, conventions=replace(question.conventions, carry=carry))


def _interval(values: Any, policy: Policy) -> tuple[Any, Any]:
    return (_each(values, lambda v: policy.interval(v)[0]),
            _each(values, lambda v: policy.interval(v)[1]))


def _each(values: Any, say: Any) -> Any:
    found = [say(float(v)) for v in values.ravel()]
    return np.asarray(found).reshape(values.shape)
