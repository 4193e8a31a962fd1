"""What people would hand in who make a slip: the values that every row of the tables leads to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.errors import ShapeError
from derive.expr.nodes import Expr, Ref
from derive.marking.case import Case
from derive.marking.comparison import same
from derive.marking.mutations import mutants
from derive.marking.samples import Sample, places, value_of
from derive.marking.slips import SLIPS
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.mistakes.formulas import made

__all__ = ["Slipped", "differs", "in_formulas", "in_values"]

EACH = 2            # answers that each row of a table gives to one quantity
FREE = ("too few digits", "rounded too early", "constant factor", "constant added")
TURNED = "transpose"    # right where either layout is


@dataclass(frozen=True)
class Slipped:
    """A slip made for one quantity: its name, the words for it, and what it leads to.

    worked: a mistake throughout a working, not one of the table of single slips.
    """

    of: Ref
    slip: str
    words: str
    value: Any = None
    formula: Expr | None = None
    worked: bool = False


def in_values(marker: Marker, ref: Ref) -> Iterator[Slipped]:
    """Yield what slips lead to that are made for a member with a value."""
    truth = marker.truth(ref)
    seen: set[str] = set()
    for found in marker.slips.mistakes.worked(ref, 1).found:
        if found.words not in seen:
            seen.add(found.words)
            yield Slipped(ref, found.slip, found.words, found.value, worked=True)
    sample = Sample(marker.judge.given, {}, truth, truth + 1.0)
    case = Case(marker.solver, marker.target(ref), [sample], None, False)
    for row in SLIPS:
        count = 0
        for tried in row.tries(case) if row.name not in FREE else ():
            value = np.asarray(tried.values[0], dtype=float)
            if value.shape == truth.shape and not same(truth, value):
                yield Slipped(ref, tried.slip or row.name, tried.words, value)
                count += 1
            if count >= EACH:
                break


def in_formulas(marker: Marker, ref: Ref) -> Iterator[Slipped]:
    """Yield the formula of a quantity with one mistake in it, one for each row of the table."""
    seen: set[str] = set()
    cases = made(marker.solver, ref)
    for formula in filter(None, (*cases[:len(cases) == 1], marker.slips.told.right(ref))):
        with suppress(ShapeError):
            yield from _spoilt(marker, ref, formula, seen)


def _spoilt(marker: Marker, ref: Ref, formula: Expr, seen: set[str]) -> Iterator[Slipped]:
    for name, words, wrong in mutants(formula):
        if name not in seen and differs(marker, ref, formula, wrong):
            seen.add(name)
            yield Slipped(ref, name, words, formula=wrong)


def differs(marker: Marker, ref: Ref, formula: Expr, made: Expr) -> bool:
    """True where a formula gives something else at drawn numbers, its transpose put aside."""
    trial = marker.slips.example
    try:
        with np.errstate(all="ignore"):
            for env in list(places(trial, (ref, formula, made)))[:3]:
                right, other = (value_of(trial, e, env) for e in (formula, made))
                if not any(np.shape(right) == np.shape(v) and np.allclose(right, v)
                           for v in (other, np.transpose(other))):
                    return True
    except UNJUDGED:
        return False
    return False
