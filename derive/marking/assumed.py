"""A fact that somebody took for granted: p - t, where nothing says that t adds up to 1."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from derive.errors import DeriveError
from derive.expr.nodes import Apply, Partial, Symbol, Transpose
from derive.expr.walk import refs
from derive.marking.answers import Formula
from derive.marking.case import Case
from derive.marking.kept import Kept
from derive.marking.samples import LARGE, Sample, drawn, entries_of
from derive.question.question import Fact, Given
from derive.solution.counterexample import candidate_facts, obeyed
from derive.solution.solver import Solver
from derive.solution.trials import Trial

__all__ = ["Compared", "assumed_fact", "is_obeyed_by"]

Drawn = tuple[Trial, float]
Compared = Callable[[Trial, float], list[Sample]]
ENOUGH = 3      # sets of numbers
MOST = 12       # quantities about which something may have been assumed


def assumed_fact(solver: Solver, case: Case, answer: Formula, compared: Compared,
                 numbers: dict[Any, Kept[Drawn]]) -> Fact | None:
    """Return a fact that was not declared and with which the answer would be right.

    *numbers* keeps those that obey a fact.
    """
    if entries_of(solver) > LARGE:
        return None
    names = list(_leaves(solver, case, answer))[:MOST]
    facts = [f for name in names for f in candidate_facts(solver.named.families[name])]
    declared = {(f.left, f.right) for f in solver.question.facts}
    return next((f for f in facts if (f.left, f.right) not in declared
                 and _holds_with(f, solver, case, compared, numbers)), None)


def _leaves(solver: Solver, case: Case, answer: Formula) -> Iterator[str]:
    """Yield the names that both sides depend on and no equation defines."""
    read = {part.name for side in (answer.expr, case.target.expr) for ref in refs(side)
            for part in ((ref.top, ref.bottom) if isinstance(ref, Partial) else (ref,))
            if isinstance(part, Symbol)}
    above = {name for top in read for name in solver.named.above(top)}
    yield from sorted(n for n in above | read if n in solver.named.families
                      and n not in solver.named.by_target)


def _holds_with(fact: Fact, solver: Solver, case: Case, compared: Compared,
                numbers: dict[Any, Kept[Drawn]]) -> bool:
    count, key = 0, (fact.left, fact.relation, fact.right)
    if key not in numbers:
        numbers[key] = Kept(drawn(solver, _states(solver), (fact,)))
    try:
        for trial, slack in numbers[key]:
            samples = compared(trial, slack)
            if samples and not replace(case, samples=samples).agrees:
                return False
            count += bool(samples)
    except DeriveError:     # no numbers can be drawn that obey it together with the others
        return False
    return count >= ENOUGH


def _states(solver: Solver) -> Mapping[str, Given] | None:
    """Return the given numbers that are not to be drawn: initial states."""
    if not solver.numeric:
        return None
    return {n: g for n, g in solver.question.given.items() if n in solver.named.by_target}


def is_obeyed_by(given: Trial, fact: Fact) -> bool:
    """True for a sum to 1 that the numbers given obey, and for a matrix that is symmetric.

    Then it need not be declared.
    """
    shares: Sequence[str] = ("sum",)
    told = isinstance(fact.left, Apply) and fact.left.op in shares
    return (told or isinstance(fact.right, Transpose)) and obeyed(fact, given)
