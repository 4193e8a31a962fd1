"""Where a quantity begins that is made from the step before, and read from the second step on.

In Viterbi's recursion ``M[t] = A + v[t-1]``, ``v[t] = max(M[t])`` with v[1] given, M[1] would need
v[0]. Nobody reads M[1], so M begins at t = 2, as v's own equation does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.integers import IntLike
from derive.expr.nodes import Range
from derive.expr.positions import assignments
from derive.question.coverage import MOST_INSTANCES, Member, member_of, members_read, trial_sizes
from derive.question.question import Given
from derive.question.scope import Scope
from derive.syntax.read_equation import Text

__all__ = ["begun_where_read"]


@dataclass(frozen=True)
class _Instance:
    """One member that an equation defines, at what position, and what it reads."""

    equation: Equation
    at: Mapping[str, IntLike]
    reads: frozenset[Member]


def begun_where_read(equations: Sequence[Equation], given: Mapping[str, Given],
                     declared: Mapping[str, object], scope: Scope, places: dict[int, Text]
                     ) -> tuple[Equation, ...]:
    """Let quantities begin later whose first members cannot be worked out and are not read.

    Everything stays as it is, to be reported, where that does not account for all that is missing.
    """
    try:
        instances = _instances(equations, scope)
    except DeriveError:
        return tuple(equations)
    known = {*instances, *((name, p) for name, item in given.items() for p in item.members)}
    starved = {member for member, one in instances.items()
               if any(m not in known and m[0] not in declared for m in one.reads)}
    if not starved:
        return tuple(equations)
    lacking = _lacking(instances, starved)
    kept = _kept(instances, starved, lacking)
    found = tuple(e if e.target.family in kept else _later(e, instances, lacking)
                  for e in equations)
    for old, new in zip(equations, found, strict=True):
        places[id(new)] = places[id(old)]
    left = {m for m in lacking if instances[m].equation in found}
    return tuple(equations) if left else found


def _instances(equations: Sequence[Equation], scope: Scope) -> dict[Member, _Instance]:
    """Return every member that is defined; none where there are too many to look at."""
    env = trial_sizes(equations)
    found: dict[Member, _Instance] = {}
    for equation in equations:
        read = members_read(equation, scope)
        for at in assignments(equation.domain, env):
            found[member_of(equation.target, at)] = _Instance(equation, at, frozenset(read(at)))
            if len(found) > MOST_INSTANCES:
                return {}
    return found


def _lacking(instances: Mapping[Member, _Instance], starved: set[Member]) -> set[Member]:
    """Return what cannot be worked out: it reads what is not there, or what cannot be."""
    lacking, more = set(starved), starved
    while more:
        more = {member for member, one in instances.items()
                if member not in lacking and one.reads & lacking}
        lacking |= more
    return lacking


def _kept(instances: Mapping[Member, _Instance], starved: set[Member], lacking: set[Member]
          ) -> set[str]:
    """Return the results that read a value which is not there: it may have been forgotten."""
    read = {name for member, one in instances.items() if member not in lacking
            for name, _ in one.reads}
    return {name for name, _ in starved} - read


def _later(equation: Equation, instances: Mapping[Member, _Instance], lacking: set[Member]
           ) -> Equation:
    """Return the equation on the rest of its range, where what is lacking are the first steps."""
    mine = {m: one for m, one in instances.items() if one.equation is equation}
    gone = lacking.intersection(mine)
    for place, (index, bounds) in enumerate(equation.domain if gone else ()):
        values = sorted({one.at[index] for one in mine.values()}, key=int)  # type: ignore[arg-type]
        steps = sorted({mine[m].at[index] for m in gone}, key=int)  # type: ignore[arg-type]
        same = {m for m, one in mine.items() if one.at[index] in steps}
        if same == gone and steps == values[:len(steps)] and len(steps) < len(values):
            rest = (index, Range((bounds.lo + len(steps),), bounds.his))
            domain = (*equation.domain[:place], rest, *equation.domain[place + 1:])
            return replace(equation, domain=domain)
    return equation
