"""Numbers for a whole system: families in the order in which they can be worked out.

A family that does not depend on itself is evaluated for all positions of one index at once; a
recurrence runs along its index, in whichever direction its equations look; anything else is put in
order member by member.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from derive.expr.equation import Equation
from derive.expr.integers import IntLike
from derive.numbers.order import Env
from derive.numbers.program import Known, Program, known_of, program
from derive.numbers.stores import Store, Values

__all__ = ["solve"]


def solve(equations: Sequence[Equation], known: Mapping[str, Store], env: Env | None = None
          ) -> Values:
    """Return the values of all families; equations for one target are added up.

    known:  stores of what is given already; families that are also defined are extended.
    env:    numbers for sizes and lengths.
    Raises `DeriveError` for a circle, a missing member, a division by zero or a logarithm of 0.
    """
    made = _program(_Same(equations), known_of(known), tuple((env or {}).items()))
    return Values(made.run(known))


@dataclass(frozen=True, eq=False, slots=True)
class _Same:
    """Equations compared by being the same object: comparing their trees costs more than a run."""

    equations: Sequence[Equation]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.equations is other.equations

    def __hash__(self) -> int:
        return id(self.equations)


@lru_cache(maxsize=64)
def _program(same: _Same, known: Known, env: tuple[tuple[str, IntLike], ...]) -> Program:
    return program(same.equations, known, dict(env))
