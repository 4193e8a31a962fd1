"""Whether a formula that is right for the numbers given is right for others too.

An answer to a question with numbers may use some of them (W - 0.1*g for eta = 0.1): those it does
not depend on keep their values. Where it also fails for others, those it does not name are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from derive.expr.nodes import Expr, Number, Partial, Quotient, Ref, Symbol
from derive.expr.walk import refs, walk
from derive.marking.answers import Formula
from derive.marking.case import Case
from derive.marking.samples import Sample
from derive.question.question import Given
from derive.solution.members import ancestors, reads
from derive.solution.solver import Solver
from derive.solution.trials import Trial

__all__ = ["Generality", "generality"]


@dataclass(frozen=True)
class Generality:
    """For which numbers a formula holds: those of `kept` names keep the values given.

    wrong: a case that refutes it, where it only holds for the numbers given.
    """

    kept: tuple[str, ...] = ()
    samples: Sequence[Sample] = ()
    wrong: Case | None = None


def generality(solver: Solver, given: Trial, case: Case, answer: Formula,
               compared: Callable[[Trial, float], list[Sample]],
               drawn: Callable[[Mapping[str, Given]], list[tuple[Trial, float]]]) -> Generality:
    """Draw other numbers, keeping more and more of those given, until the formula holds."""
    first: Case | None = None
    for known in _levels(solver, given, case, answer):
        samples = [s for trial, slack in drawn(known)
                   for s in compared(trial, slack)]
        if not samples:
            continue
        tried = replace(case, samples=samples)
        if tried.agrees:
            return Generality(_kept(solver, given, case, known), samples)
        first = first or tried
    return Generality(_all_names(solver)) if first is None else Generality(wrong=first)


def _levels(solver: Solver, given: Trial, case: Case, answer: Formula
            ) -> Iterator[Mapping[str, Given]]:
    """Yield what is kept: initial states; what the answer does not depend on; or does not name."""
    everything = solver.question.given
    states = {n: item for n, item in everything.items() if n in solver.named.by_target}
    yield states
    used = {r.family for r in refs(answer.expr)}
    chosen = {n: item for n, item in everything.items() if _is_one_hot(item) or (
        n not in used and _is_label(item))}
    if chosen and not any(isinstance(r, Partial) for r in refs(case.target.expr)):
        yield states | chosen       # -log(p @ y) is a loss where y is one-hot
    needed = _needed(given, case, answer)
    if needed is not None:
        yield states | _without(everything, needed)
    spelled = {n: item for n, item in everything.items() if _is_written(item, answer)}
    if spelled:
        yield states | spelled
        if needed is not None:
            yield states | spelled | _without(everything, needed)
    named = {r for s in case.samples for r in reads(answer.expr, s.env) if isinstance(r, Symbol)}
    if any((r.index in everything[r.name].members) for r in named if r.name in everything):
        yield states | _without(everything, named)      # something moves


def _is_one_hot(item: Given) -> bool:
    """True for vectors that choose one of their entries, such as targets."""
    values = [np.asarray(a, dtype=float) for a in item.members.values()]
    return all(v.ndim == 1 and v.size > 1 and sorted(v.tolist()) == [0.0] * (v.size - 1) + [1.0]
               for v in values)


def _is_label(item: Given) -> bool:
    """True for the class of each example, 0 or 1: -log p is a loss where it is 1."""
    values = [np.asarray(a, dtype=float) for a in item.members.values()]
    return all(v.ndim == 0 and float(v) in (0.0, 1.0) for v in values)


def _is_written(item: Given, answer: Formula) -> bool:
    """True for numbers that stand in a formula in the place of their name: 0.1 for eta.

    A factor 1 is not written, nor is what is multiplied by 0.
    """
    written = {abs(v) for v in map(_number, walk(answer.expr)) if v is not None}
    values = [np.asarray(a, dtype=float) for a in item.members.values()]
    given = {abs(v) for array in values for v in array.ravel().tolist()}
    return given <= written or (bool(given - UNWRITTEN) and given - UNWRITTEN <= written)


UNWRITTEN = {0.0, 1.0}


def _number(expr: Expr) -> float | None:
    """Return the value of 0.1 and of 1/3."""
    if isinstance(expr, Number):
        return float(expr.value)
    if isinstance(expr, Quotient) and isinstance(expr.top, Number) and (
            isinstance(expr.bottom, Number) and expr.bottom.value):
        return float(expr.top.value / expr.bottom.value)
    return None


def _without(given: Mapping[str, Given], moved: set[Ref] | set[Symbol]) -> dict[str, Given]:
    """Return the members that are not to be moved."""
    places = {(r.family, r.index) for r in moved}
    kept = {n: {at: a for at, a in item.members.items() if (n, at) not in places}
            for n, item in given.items()}
    return {n: Given(n, members) for n, members in kept.items() if members}


def _needed(given: Trial, case: Case, answer: Formula) -> set[Ref] | None:
    """Return all members that an answer depends on; None where a derivative stands in it."""
    if any(isinstance(r, Partial) for r in refs(answer.expr)):
        return None
    read = [r for s in case.samples for r in reads(answer.expr, s.env)]
    return set(ancestors(read, given.oracle.parents, lambda ref: False)) | set(read)


def _kept(solver: Solver, given: Trial, case: Case, known: Mapping[str, Given]
          ) -> tuple[str, ...]:
    """Return the names whose numbers were kept, of those that the right answer depends on."""
    read = [r.bottom if isinstance(r, Partial) else r for s in case.samples
            for r in reads(case.target.expr, s.env)]
    matters: set[tuple[str, object]]
    if any(isinstance(r, Partial) for r in refs(case.target.expr)):
        matters = {(n, at) for n, item in known.items() for at in item.members}
    else:
        matters = {(r.family, r.index) for r in
                   {*read, *ancestors(read, given.oracle.parents, lambda ref: False)}}
    return tuple(n for n, item in known.items() if n not in solver.named.by_target
                 and not _is_label(item) and any((n, at) in matters for at in item.members))


def _all_names(solver: Solver) -> tuple[str, ...]:
    return tuple(solver.question.given)
