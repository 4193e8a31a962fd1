"""What would explain a wrong answer: one row for each slip that people make.

A row yields what somebody who made the slip would have answered; the first row that gives the
answer at all numbers compared names it. Rows are in the order of likelihood: what is said is a
guess, but one that fits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.integers import IntLike, text
from derive.expr.nodes import Apply
from derive.expr.positions import integer
from derive.expr.walk import walk
from derive.marking.case import Case
from derive.marking.slips_of_formulas import formula_slips
from derive.marking.slips_of_quantities import other_quantities, other_steps

__all__ = ["SLIPS", "Explanation", "Slip", "Try", "explain"]

MOST_SWAPPED = 64       # entries of an array in which two may be swapped
SMALL = 10
MOST_TOLD = 4           # explanations that fit alike
SAY_LITTLE = ("rounded too early", "constant factor", "constant added")
ROUGH = 1               # digits that say too little for anything but an exact slip


@dataclass(frozen=True)
class Explanation:
    """The name of a slip, and what it was, in words; `fact` is what was taken for granted."""

    slip: str = ""
    words: str = ""
    fact: str = ""


@dataclass(frozen=True)
class Try:
    """What a slip would have given at each sample, and the words for it; `slip` names it."""

    words: str
    values: Sequence[Any]
    slip: str = ""


@dataclass(frozen=True)
class Slip:
    """One row: `tries` yields the answers that the slip leads to.

    alone: whether these are about one member at the first numbers where the answer is wrong.
    """

    name: str
    tries: Callable[[Case], Iterator[Try]]
    alone: bool = False


def explain(case: Case, rows: Sequence[str] = ()) -> Explanation:
    """Return the first slip that gives the answer; an empty one where none does.

    rows: the names of those that are tried; all where none is given.
    """
    if not any(np.any(s.got) for s in case.samples):
        return Explanation()    # zeros are what many slips lead to
    with np.errstate(all="ignore"):
        first, *others = [*islice(_fitting(case, rows), MOST_TOLD if case.either else 1),
                          Explanation()]
    told = [first.words, *(o.words for o in others if o.words)]
    return Explanation(first.slip, "; or: ".join(dict.fromkeys(told)))


def _fitting(case: Case, rows: Sequence[str]) -> Iterator[Explanation]:
    """Yield all that would give the answer; what says little is no second explanation."""
    found = False
    for slip in (s for s in SLIPS if not rows or s.name in rows):
        if found and slip.name in SAY_LITTLE:
            return
        judged = case.member if slip.alone else case
        for given in slip.tries(case):
            if _has_shape(judged, given) and judged.is_explained_by(given.values):
                found = True
                yield Explanation(given.slip or slip.name, given.words)


def _has_shape(case: Case, found: Try) -> bool:
    return all(np.shape(v) == np.shape(s.truth)
               for s, v in zip(case.samples, found.values, strict=True))


def _each(case: Case, change: Callable[[Any], Any]) -> list[Any]:
    return [change(s.truth) for s in case.samples]


def _few_digits(case: Case) -> Iterator[Try]:
    """0.1 for 0.0885: right, but to fewer digits than can be judged."""
    if case.figures is not None and case.figures <= ROUGH and not case.is_formula:
        sample = case.samples[0]
        rounded = [_rounded(t, g) for t, g in zip(sample.truth.ravel(), sample.got.ravel(),
                                                  strict=True)]
        values = np.reshape(rounded, np.shape(sample.truth))
        yield Try("it may be right, but it has only one digit: give at least two", [values])


def _rounded(truth: float, got: float) -> float:
    """Return *truth* to the one digit that *got* has."""
    if not got:
        return got if abs(truth) < 0.05 else truth
    places = -math.floor(math.log10(abs(got)))
    return round(truth, places)


def _sign(case: Case) -> Iterator[Try]:
    yield Try("the sign is wrong", _each(case, lambda t: -t))


def _transpose(case: Case) -> Iterator[Try]:
    yield Try("it is the transpose of the right answer", _each(case, np.transpose))


def _factor(case: Case) -> Iterator[Try]:
    """T times too much: a mean taken as a sum, the 2 of a square, ..."""
    for name, values in _scales(case):
        pairs = list(zip(case.samples, values, strict=True))
        if 0.0 in values or set(values) == {1.0}:
            continue
        for sign, minus in ((1, ""), (-1, ", and the sign is wrong")):
            yield Try(f"it is {name} times the right answer: a factor 1/{name} is missing{minus}",
                      [sign * s.truth * v for s, v in pairs])
            yield Try(f"it is the right answer divided by {name}: a factor {name} is missing"
                      f"{minus}", [sign * s.truth / v for s, v in pairs])


def _scales(case: Case) -> Iterator[tuple[str, list[float]]]:
    """Yield the numbers that such a factor may be, with their value at each sample."""
    for name, size in {"2": 2, **_lengths(case), **_sizes(case), "3": 3, "4": 4, "10": 10,
                       "100": 100}.items():
        try:
            yield name, [float(integer(size, s.trial.env)) for s in case.samples]
        except DeriveError:
            continue


def _lengths(case: Case) -> dict[str, IntLike]:
    """Return how many positions each index has: T, or 3 where it is a number."""
    found = {}
    for bounds in case.solver.question.indices.values():
        count = bounds.hi - bounds.lo + 1
        found[text(count)] = count
    return found


def _sizes(case: Case) -> dict[str, IntLike]:
    families = case.solver.question.families.values()
    return {text(n): n for family in families for n in family.shape}


def _logarithm(case: Case) -> Iterator[Try]:
    """log 10 or log 2 in the place of ln."""
    families = [e.rhs for e in case.solver.model.equations]
    logs = ("log", "cross_entropy", "binary_cross_entropy", "log2", "log10", "logsumexp",
            "log_sigmoid", "log1p")
    if not any(isinstance(n, Apply) and n.op in logs for rhs in families for n in walk(rhs)):
        return
    own = case.solver.conventions.log
    for base in ("10", "2", "e"):
        if base != own:
            scale = _natural(own) / _natural(base)
            yield Try(f"the logarithm was taken to the base {base}, not {own}",
                      [s.truth * scale for s in case.samples])


def _natural(base: str) -> float:
    return 1.0 if base == "e" else math.log(float(base))


def _swapped(case: Case) -> Iterator[Try]:
    """Two entries have changed places, or all stand in the other direction."""
    if case.is_formula:
        return
    truth = case.samples[0].truth
    if truth.ndim == 1:
        yield Try("the entries stand in reverse order", [truth[::-1]])
    if truth.ndim == 2:
        yield Try("the rows stand in reverse order", [truth[::-1]])
        yield Try("the columns stand in reverse order", [truth[:, ::-1]])
    if not 2 < truth.size <= MOST_SWAPPED:
        return
    cells = list(np.ndindex(*truth.shape))
    for one, other in combinations(cells, 2):
        values = truth.copy()
        values[one], values[other] = truth[other], truth[one]
        yield Try(f"the entries {list(one)} and {list(other)} are swapped", [values])


def _one_sign(case: Case) -> Iterator[Try]:
    """One entry, row or column has the wrong sign."""
    if case.is_formula:
        return
    truth = case.samples[0].truth
    if truth.size < 2 or truth.size > MOST_SWAPPED:
        return
    for cell in np.ndindex(*truth.shape):
        values = truth.copy()
        values[cell] = -values[cell]
        yield Try(f"the sign of the entry {list(cell)} is wrong", [values])
    yield Try("all signs are left out", [np.abs(truth)])


def _rounding(case: Case) -> Iterator[Try]:
    """Rounded values were carried on: the answer lies where honest rounding may lead."""
    if case.is_formula or case.figures is None or case.target.request is None:
        return
    from derive.marking.rounding import early_roundings

    for words, values in early_roundings(case):
        yield Try(words, [values])


def _proportional(case: Case) -> Iterator[Try]:
    """A constant factor that has no name; only where several entries tell it."""
    pairs = [(t, g) for s in case.samples for t, g in zip(s.truth.ravel(), s.got.ravel(),
                                                          strict=True)
             if t and np.isfinite(t) and np.isfinite(g)]
    if len(pairs) < 3 or len({round(t, 12) for t, _ in pairs}) < 2:
        return
    truth, got = max(pairs, key=lambda pair: abs(pair[0]))
    scale = got / truth
    if scale:
        yield Try(f"it is {scale:.4g} times the right answer", _each(case, lambda t: scale * t))


def _shifted(case: Case) -> Iterator[Try]:
    """The same number was added to every entry."""
    sample = case.samples[0]
    if len(case.samples) * np.size(sample.truth) < 3:
        return
    gap = float(np.ravel(sample.got - sample.truth)[0])
    yield Try(f"every entry is too {'large' if gap > 0 else 'small'} by {abs(gap):.4g}",
              _each(case, lambda t: t + gap))


def _from(found: Iterator[tuple[str, str, Sequence[Any]]]) -> Iterator[Try]:
    return (Try(words, values, name) for name, words, values in found)


def _quantity(case: Case) -> Iterator[Try]:
    """dL/dU for dL/dW; a small whole number may be anything."""
    got = case.samples[0].got
    plain = not case.is_formula and not np.ndim(got) and float(got) in range(-SMALL, SMALL)
    return iter(()) if plain else _from(other_quantities(case))


SLIPS: tuple[Slip, ...] = (
    Slip("too few digits", _few_digits),
    Slip("sign", _sign),
    Slip("transpose", _transpose),
    Slip("logarithm", _logarithm),
    Slip("factor", _factor),
    Slip("swapped entries", _swapped),
    Slip("another step", lambda case: _from(other_steps(case))),
    Slip("sign of an entry", _one_sign),
    Slip("mistake in the formula", lambda case: _from(formula_slips(case)), True),
    Slip("another quantity", _quantity),
    Slip("rounded too early", _rounding),
    Slip("constant factor", _proportional),
    Slip("constant added", _shifted),
)
