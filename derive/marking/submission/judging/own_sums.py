"""Plain sums of numbers that were wrong before: e^{-2} + e^4 = 54.7, where s_4 is not 4.

Such a line is true by itself, and says nothing that is right of the question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from derive.expr.nodes import Entry, Expr, Number, Ref, Symbol
from derive.expr.walk import array_of, free_indices, refs, walk
from derive.marking.answers import constant_cell
from derive.marking.comparison import differing
from derive.marking.samples import value_of
from derive.marking.submission.claims import Judgement
from derive.marking.submission.judging.following import MODEL
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.judging.plain import is_plain
from derive.marking.written import Cell, Numbers, exact_cell
from derive.syntax.write_text import write

__all__ = ["of_own_numbers"]

CROSSED = ("wrong", "repeated", "follow_through")
TELLING = 3     # digits of a number that hardly stands for another one
FEWEST = 3      # shorter numbers of one quantity that tell whose they are
MOST = 400      # values
CLOSE = 1e-3    # relative: what is rounded on the way to what a formula gives


@dataclass(frozen=True)
class _Said:
    """One number as it was said of a quantity; `wrong` where it is not its value."""

    of: Expr
    value: float
    half: float
    place: int
    wrong: bool


def of_own_numbers(marker: Marker, found: list[Judgement]) -> list[Judgement]:
    """Return what was said; a plain sum of wrong values, or one that gives them, follows."""
    sums = [k for k, j in enumerate(found) if j.verdict == "right" and _is_plain_sum(j)]
    if not sums or not marker.solver.numeric or all(j.verdict not in CROSSED for j in found):
        return found
    said, right = [*_said(marker, found)][:MOST], _right(marker, found)
    out = list(found)
    for k in sums:
        wrong = _behind(found[k], k, said, right)
        if wrong:
            names = tuple(dict.fromkeys(write(of).strip("()") for of in wrong))
            out[k] = replace(found[k], verdict="follow_through", reason=MODEL, carried=names,
                             notion="")
            said += [_Said(wrong[0], c.value, _half(c), k, True) for c in _result(found[k])]
    return out


def _is_plain_sum(judgement: Judgement) -> bool:
    """True for 0.2 - 0.05 = 0.15: both sides are numbers, and the first is worked out."""
    one, other = judgement.claim.subject, judgement.claim.expr
    return one is not None and other is not None and not one.shape and not other.shape and not (
        list(refs(one)) or list(refs(other)) or free_indices(one) or free_indices(other)) and (
        not is_plain(one))


def _result(judgement: Judgement) -> list[Cell]:
    """Return the number that a sum gives; nothing for a further sum."""
    gives = _cells(judgement.claim.expr) if judgement.claim.expr is not None else []
    return gives if len(gives) == 1 else []


def _cells(expr: Expr) -> list[Cell]:
    """Return the numbers in a formula, as they are typed."""
    return [constant_cell(n) if n.typed else exact_cell(n.value)
            for n in walk(expr) if isinstance(n, Number)]


def _said(marker: Marker, found: Sequence[Judgement]) -> Iterator[_Said]:
    """Yield every number that was said of a quantity."""
    for place, judgement in enumerate(found):
        subject, pair = judgement.claim.subject, _beside(marker, judgement)
        if pair is None or subject is None:
            continue
        numbers, truth = pair
        wrong = differing(truth, numbers.values, numbers.half)
        for cell in np.ndindex(*numbers.shape):
            yield _Said(subject, float(numbers.values[cell]), float(numbers.half[cell]), place,
                        bool(wrong[cell]) and judgement.verdict in CROSSED)


def _beside(marker: Marker, judgement: Judgement) -> tuple[Numbers, Any] | None:
    """Return what is said of a quantity in numbers, and its value."""
    subject, expr = judgement.claim.subject, judgement.claim.expr
    if not isinstance(subject, (Ref, Entry)) or expr is None or free_indices(subject):
        return None
    try:
        numbers = marker.numbers(subject, expr) or _by_formula(marker, judgement)
        truth = value_of(marker.judge.given, subject, {})
    except UNJUDGED:
        return None
    return None if numbers is None or numbers.shape != truth.shape else (numbers, truth)


def _by_formula(marker: Marker, judgement: Judgement) -> Numbers | None:
    """Return what a wrong formula gives; None for others."""
    expr = judgement.claim.expr
    if judgement.verdict not in ("wrong", "repeated") or expr is None or free_indices(expr):
        return None
    value = value_of(marker.judge.given, expr, {})
    return Numbers(value, CLOSE * np.abs(value))


def _right(marker: Marker, found: Sequence[Judgement]) -> list[float]:
    """Return the numbers that are given, and those that are right for what was spoken of."""
    model = marker.solver.model
    given = (Symbol(name, (), f.shape) for name, f in model.families.items()
             if not f.indices and name not in model.by_target)
    about = dict.fromkeys((*given, *(array_of(s) for j in found if isinstance(
        s := j.claim.subject, (Ref, Entry)) and not free_indices(s))))
    values: list[float] = []
    for one in about:
        try:
            values += map(float, np.ravel(value_of(marker.judge.given, one, {})))
        except UNJUDGED:
            continue
    return values


def _behind(judgement: Judgement, place: int, said: Sequence[_Said], right: Sequence[float]
            ) -> list[Expr]:
    """Return what the wrong values in a sum are of, or the wrong value that it gives."""
    subject = judgement.claim.subject
    went_in = _cells(subject) if subject is not None else []
    before = [s for s in said if s.place < place]
    wrong = [s.of for cell in went_in for s in before if s.wrong and _is(cell, s)
             and (_tells(cell, right) or _is_among(s, went_in, before))]
    return wrong + [s.of for cell in _result(judgement) for s in said if s.wrong
                    and _is(cell, s) and _tells(cell, right)]


def _is(cell: Cell, said: _Said) -> bool:
    """True for a number written as it was said before; its sign may stand apart."""
    room = min(said.half, _half(cell)) * 1.01 + 1e-12
    return abs(abs(cell.value) - abs(said.value)) <= room


def _half(cell: Cell) -> float:
    return 0.0 if cell.places is None else 0.5 * 10.0 ** -cell.places


def _tells(cell: Cell, right: Sequence[float]) -> bool:
    """True for a number of several digits that is no right one, rounded."""
    return cell.figures >= TELLING and cell.value != 0 and not any(
        abs(abs(cell.value) - abs(value)) <= _half(cell) for value in right)


def _is_among(wrong: _Said, cells: Sequence[Cell], said: Sequence[_Said]) -> bool:
    """True where further numbers beside it are what was said of the same quantity."""
    whole = array_of(wrong.of)
    same = {(s.place, s.of): s for s in said if array_of(s.of) == whole}.values()
    rest = list(cells)
    met = 0
    for one in same:
        at = next((k for k, cell in enumerate(rest) if _is(cell, one)), None)
        if at is not None:
            del rest[at]
            met += 1
    return met >= FEWEST
