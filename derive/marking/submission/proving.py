"""That a question can be marked: its own sheet is right, slips are named, digits are caught.

Every slip of the tables is made for what the parts ask, written with as many digits as the sheet
shows, and judged as if somebody had handed it in. Slips whose values are the same to these digits
collide: nobody can tell which it was, and the reason says them side by side.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from derive.expr.nodes import Array, Expr, Neg, Number, Ref
from derive.expr.walk import free_indices
from derive.marking.comparison import same
from derive.marking.submission.claims import Judgement
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.judging.marking import judged_alone
from derive.marking.submission.marked import Marked, marked
from derive.marking.submission.slipped import Slipped, in_formulas, in_values
from derive.marking.written import Numbers
from derive.syntax.write_text import write

__all__ = ["ALWAYS", "CROSSES", "DIGITS", "GIVEN", "Collision", "Proof", "Tried", "proved"]

CROSSES = ("wrong", "repeated", "notation", "follow_through")
LEAST_DIGITS = 3
# how far two mistakes have the same value
DIGITS, GIVEN, ALWAYS = "to the digits written", "with these numbers", "whatever the numbers are"
CHANGED = 3         # digits that are changed in each value, one at a time


@dataclass(frozen=True)
class Tried:
    """A slip that was put in, and what was made of it.

    outcome: named; beside, where another one with the same value is; unnamed; right, which must
    not be.
    """

    slipped: Slipped
    outcome: str
    reason: str


@dataclass(frozen=True)
class Collision:
    """Two mistakes in a working of one quantity with the same value.

    how:  as far as is known: to the digits written, for these numbers, or whatever they are.
    told: whether the reason says both where one of them was made.
    """

    of: str
    one: str
    other: str
    how: str
    told: bool


@dataclass(frozen=True)
class Proof:
    """What was tried on one question.

    sheet: its own sheet, marked. changed: digits that were changed; ticked: those that were not
    caught. collisions: pairs of mistakes in a working with the same value.
    """

    question: str
    sheet: Marked
    tried: tuple[Tried, ...]
    collisions: tuple[Collision, ...]
    changed: int
    ticked: tuple[str, ...]

    @cached_property
    def outcomes(self) -> Counter[str]:
        return Counter(t.outcome for t in self.tried)

    @property
    def is_full(self) -> bool:
        """True where nothing on the sheet is crossed, and nothing is lost that a machine awards."""
        lost = any(a.awarded != a.available and not a.referred
                   for p in self.sheet.parts for a in p.awards)
        return not lost and not any(self.sheet.verdicts[v] for v in CROSSES)

    @property
    def holds(self) -> bool:
        """True where all is right that must be: slips are named, those that look alike together."""
        seen = not self.outcomes["right"] and not self.outcomes["unnamed"] and not self.ticked
        return self.is_full and seen and all(c.told for c in self.collisions)


def proved(marker: Marker, sheet: str) -> Proof:
    """Mark a question's own *sheet*, and everything that slips make of its answers."""
    wanted = _wanted(marker)
    tried = [t for ref in wanted for t in _tried(marker, ref)]
    worked = [t for t in tried if t.slipped.worked]
    digits = [found for ref in wanted for found in _digits(marker, ref)]
    return Proof(marker.question.name, marked(marker, sheet), tuple(tried),
                 tuple(_collisions(marker, worked)), len(digits), tuple(filter(None, digits)))


def _wanted(marker: Marker) -> Sequence[Ref]:
    """Return what is asked for, of each series its last member."""
    last: dict[object, Ref] = {ref.family: ref for ref in marker.asking.asked}
    return [ref for ref in last.values() if not marker.asking.is_sought(ref)]


def _has_value(marker: Marker, ref: Ref) -> bool:
    if not marker.solver.numeric or free_indices(ref):
        return False
    try:
        return bool(np.all(np.isfinite(marker.truth(ref))))
    except UNJUDGED:
        return False


def _tried(marker: Marker, ref: Ref) -> Iterator[Tried]:
    if not _has_value(marker, ref):
        for slipped in in_formulas(marker, ref):
            assert slipped.formula is not None, "a mistake in a formula makes a formula"
            yield _outcome(slipped, judged_alone(marker, ref, slipped.formula))
        return
    for slipped in in_values(marker, ref):
        if _can_be_seen(marker, slipped):
            wrong = _typed(_written(marker, slipped.value))
            yield _outcome(slipped, judged_alone(marker, ref, wrong))


def _can_be_seen(marker: Marker, slipped: Slipped) -> bool:
    """False where a slip gives the right value to the digits written, or its transpose."""
    truth, wrong = marker.truth(slipped.of), _written(marker, slipped.value)
    if not np.all(np.isfinite(wrong.values)) or not np.any(wrong.values):
        return False    # zeros are what many slips lead to
    turned = np.shape(truth.T) == wrong.shape and same(truth.T, wrong.values, wrong.half)
    return not turned and not same(truth, wrong.values, 2 * wrong.half)


def _outcome(slipped: Slipped, found: Judgement) -> Tried:
    """Compare what was said with the slip that was made."""
    names = (found.slip or "").split(" + ")
    if found.verdict == "right":
        outcome = "right"
    elif slipped.words in found.reason or (slipped.slip in names and not slipped.worked):
        outcome = "named"
    else:   # what is told gives the same value, or it would not be told
        outcome = "beside" if found.slip else "unnamed"
    return Tried(slipped, outcome, found.reason)


def _collisions(marker: Marker, tried: Sequence[Tried]) -> Iterator[Collision]:
    """Yield the pairs of mistakes that give one quantity the same value, to the digits written."""
    for first, second in combinations(tried, 2):
        one, other = first.slipped, second.slipped
        wrong = _written(marker, one.value)
        if one.of == other.of and same(other.value, wrong.values, wrong.half):
            told = other.words in first.reason and one.words in second.reason
            yield Collision(write(one.of), one.words, other.words, _alike(marker, one, other), told)


def _alike(marker: Marker, one: Slipped, other: Slipped) -> str:
    """Say how far two mistakes cannot be told apart: other numbers are drawn and tried."""
    if not same(one.value, other.value):
        return DIGITS
    found = {m.words: m.value for m in marker.slips.mistakes_elsewhere.worked(one.of, 1).found}
    pair = [found[s.words] for s in (one, other) if s.words in found]
    return ALWAYS if len(pair) == 2 and same(*pair) else GIVEN


# digits

def _digits(marker: Marker, ref: Ref) -> Iterator[str]:
    """Yield for each digit that is changed what was ticked; nothing where it was caught."""
    if not _has_value(marker, ref):
        return
    drawn = random.Random(f"{marker.question.name} {write(ref)}")
    right = _written(marker, marker.truth(ref))
    for _ in range(CHANGED):
        wrong = _changed(right, drawn)
        found = judged_alone(marker, ref, _typed(wrong))
        shown = np.array2string(wrong.values, precision=6)
        yield f"{write(ref)} = {shown}" if found.verdict == "right" else ""


def _changed(right: Numbers, drawn: random.Random) -> Numbers:
    """Return numbers with one digit of one of them changed."""
    values = np.array(right.values, dtype=float)
    cell = tuple(drawn.randrange(n) for n in values.shape)
    figures = right.figures or LEAST_DIGITS
    unit = 2 * float(np.asarray(right.half)[cell])
    place = drawn.randrange(figures if values[cell] else 1)
    digit = int(abs(float(values[cell])) / (unit * 10 ** place) + 1e-6) % 10
    other = drawn.choice([d for d in range(10) if d != digit])
    sign = -1.0 if values[cell] < 0 else 1.0
    changed = values[cell] + sign * (other - digit) * unit * 10 ** place
    values[cell] = round(changed, max(0, round(-np.log10(unit))))
    return Numbers(values, right.half, right.figures)


def _written(marker: Marker, value: Any) -> Numbers:
    """Return a value with as many digits as the sheet shows."""
    figures = max(marker.solver.conventions.digits, LEAST_DIGITS)
    shape = np.shape(value)
    written = np.array([float(f"{v:.{figures - 1}e}") for v in np.ravel(value)]).reshape(shape)
    with np.errstate(divide="ignore"):      # 0.99996 to four digits is 1.000
        size = np.where(written, np.floor(np.log10(np.abs(written))), 0.0)
    return Numbers(written, 10.0 ** (size - figures + 1) / 2, figures)


def _typed(numbers: Numbers) -> Expr:
    """Return numbers as somebody would type them: digits to the last one that is meant."""
    if not numbers.shape:
        places = round(-np.log10(2 * float(numbers.half)))
        text = f"{abs(float(numbers.values)):.{max(0, places)}f}"
        number = Number(Fraction(text), text if places > 0 else f"{text}.")
        return Neg(number) if numbers.values < 0 else number
    return Array(tuple(_typed(numbers.at(k)) for k in range(numbers.shape[0])))
