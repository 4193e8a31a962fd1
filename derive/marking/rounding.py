"""What rounding as by hand makes of a value: every line rounded, or too early."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.nodes import Entry, Expr, Ref
from derive.expr.positions import integers
from derive.marking.case import Case
from derive.marking.samples import entries_of
from derive.marking.target import Target
from derive.question.question import Find, Part, Question
from derive.solution.members import ancestors
from derive.solution.solver import Solver

__all__ = ["early_roundings", "rounded_value"]

DIGITS = (4, 3, 2, 1)
MOST_ENTRIES = 4000     # beyond this nobody rounds by hand
MOST_GUESSED = 500      # and beyond this nobody is thought to have done so too early
MOST_DIGITS = 7         # of an answer that was worked out with rounded numbers


def rounded_value(solver: Solver, target: Target, digits: int | None = None) -> Any | None:
    """Return a value with every line of the working rounded; None where that cannot be said."""
    key = target.expr, digits or solver.conventions.digits
    if key not in solver.rounded:
        solver.rounded[key] = _rounded(solver.question, target, key[1])
    return solver.rounded[key]


def _rounded(question: Question, target: Target, digits: int) -> Any | None:
    conventions = replace(question.conventions, carry="rounded", digits=digits)
    part = Part("check", (Find(requests=(target.request,) if target.request else ()),))
    solver = Solver(replace(question, conventions=conventions, parts=(*question.parts, part)))
    whole, cell = _apart(target.expr)
    if entries_of(solver) > MOST_ENTRIES:
        return None
    try:
        return np.asarray(_worked(solver, whole), dtype=float)[cell]
    except DeriveError:     # a single entry, or rounding gave the logarithm of 0
        return None


def _apart(expr: Expr) -> tuple[Ref, tuple[int, ...]]:
    whole, cell = (expr.arg, integers(expr.at)) if isinstance(expr, Entry) else (expr, ())
    if not isinstance(whole, Ref):
        raise DeriveError("only quantities are worked out by hand")
    return whole, cell


def _worked(solver: Solver, ref: Ref) -> Any:
    for member in ancestors([ref], solver.parents, solver.is_known):
        if solver.making(member) is not None:
            solver.work_out(member)
    found = solver.worked.get(ref)
    return (found.value if found else solver.literal(ref)).values


def early_roundings(case: Case) -> Iterator[tuple[str, Any]]:
    """Yield what carrying rounded values leads to, for several numbers of digits."""
    many = entries_of(case.solver) > MOST_GUESSED or (case.figures or 0) > MOST_DIGITS
    if many or not isinstance(case.target.expr, (Ref, Entry)):
        return
    own = case.solver.conventions.digits
    for digits in dict.fromkeys((own, *DIGITS)):
        value = rounded_value(case.solver, case.target, digits)
        if value is not None:
            yield (f"it is what rounding every line to {digits} digit{'s'[:digits != 1]} leads to: "
                   "rounded too early"), value
