"""What is said of every entry, and of all at once: one follows from the other.

(dL/dy)_i = p_i ((p_i - t_i) + sum_k ..) is written for all entries as p * (p - t + ..), and
(x_i - mu)/sigma with numbers put in for mu and sigma is said of each i.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from derive.expr.nodes import Entry, Expr
from derive.expr.walk import at, free_indices, refs
from derive.marking.submission.claims import Claim
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.memory import Memory
from derive.marking.submission.judging.plain import has_numbers
from derive.marking.submission.members import entries_of_letters

__all__ = ["each_entry", "in_other_form"]

MOST_FORMULAS = 3   # of one quantity, the last ones


def each_entry(marker: Marker, claim: Claim, before: Expr | None,
               behind: Callable[[Claim, Expr | None], tuple[str, ...]]) -> tuple[str, ...]:
    """Return the wrong values from which a formula with numbers put in follows at every entry."""
    if claim.subject is None or claim.expr is None or not marker.solver.numeric or not (
            has_numbers(claim.expr) and list(refs(claim.expr))):
        return ()
    known = frozenset(marker.question.sizes) | frozenset(marker.question.indices)
    found: dict[str, None] = {}
    for cell in entries_of_letters(claim.subject, known):
        wrong = behind(replace(claim, subject=at(claim.subject, cell), loose=(),
                               expr=at(claim.expr, cell)),
                       None if before is None else at(before, cell))
        if not wrong:
            return ()
        found |= dict.fromkeys(wrong)
    return tuple(found)


def in_other_form(marker: Marker, memory: Memory, claim: Claim) -> bool:
    """True for the own formula of an entry, written for all of them, or the other way round."""
    ways = [e for e in (claim.expr, *claim.loose) if e is not None and list(refs(e))]
    return any(marker.is_right(own, said, claim.when)
               for way in ways for own, said in _pairs(memory, claim.subject, way))


def _pairs(memory: Memory, subject: Expr | None, expr: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Yield an entry of an own formula, and what is said of it now."""
    if isinstance(subject, Entry) and not expr.shape:
        for own in memory.formulas.get(subject.arg, [])[:MOST_FORMULAS]:
            if own.shape == subject.arg.shape:
                yield Entry(own, subject.at), expr
        return
    for of, formulas in memory.formulas.items():
        if isinstance(of, Entry) and of.arg == subject and expr.shape == subject.shape and (
                len(free_indices(of)) > len(free_indices(subject))):
            for own in formulas[:MOST_FORMULAS]:
                yield own, Entry(expr, of.at)
