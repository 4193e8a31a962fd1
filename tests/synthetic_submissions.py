"""Submissions made up from model answers: random notation, layout and rounding, with known slips.

Everything is drawn from the seed alone, so that a submission can be made again from its number.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from synthetic_hands import Hand, Line
from synthetic_slips import KINDS, Slipped, found_so_far, fresh, worked_out

from derive.expr.equation import Equation
from derive.expr.nodes import Array, Expr, Neg, Number, Partial, Reduce, Ref, Sum, Symbol
from derive.expr.walk import refs, transform, walk
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.solution.members import making
from derive.syntax.write_latex import Style

__all__ = ["Made", "made", "sheet_of"]

HALF_WAY = 0.5
MOST_CELLS = 9      # of an array whose numbers are put into a formula


@dataclass(frozen=True)
class Made:
    text: str
    lines: tuple[Line, ...]
    slips: tuple[Slipped, ...]
    rounded: bool


# what is found, in order

def sheet_of(marker: Marker, rng: random.Random) -> list[Line]:
    """Return the lines of a model answer: quantities of the model first, then what is asked for."""
    if not marker.solver.numeric:
        return list({line.ref: line for line in _in_symbols(marker)}.values())
    asked = dict.fromkeys(marker.asking.asked)
    forward = [r for r in _forward(marker) if r in asked or rng.random() < 0.7]
    backward = [r for r in asked if isinstance(r, Partial) and not r.held]
    return [Line(ref, _formula(marker, ref) if rng.random() < HALF_WAY else None,
                 marker.truth(ref)) for ref in (*forward, *backward) if len(ref.shape) < 3]


def _in_symbols(marker: Marker) -> Iterator[Line]:
    """Yield the equations of the model, and those of the sweeps, with where each holds."""
    for equation in marker.question.equations:
        if isinstance(equation.target, Symbol):
            yield Line(equation.target, equation.rhs, None)
    for ref in marker.asking.asked:
        if isinstance(ref, Partial) and not ref.held and not ref.top.index:
            yield from _of_sweep(marker.slips.sweeps[0].equations(ref))


def _of_sweep(equations: Sequence[Equation]) -> Iterator[Line]:
    """Yield one line for each target; contributions to the same one are added up."""
    for target in dict.fromkeys(e.target for e in equations):
        several = [e for e in equations if e.target == target]
        if isinstance(target, Partial) and target.top != target.bottom and target.top.shape == ():
            yield from _line(target, several)


def _line(target: Partial, several: Sequence[Equation]) -> Iterator[Line]:
    if len(several) == 1:
        yield Line(target, several[0].rhs, None)
    if len(several) != 2 or any(len(e.domain) != 1 for e in several):
        return
    (name, one), (_, other) = several[0].domain[0], several[1].domain[0]
    if isinstance(one.hi, int) and isinstance(other.hi, int) and isinstance(one.lo, int):
        last = min(one.hi, other.hi)
        yield Line(target, Sum((several[0].rhs, several[1].rhs)), None,
                   when=rf" \qquad \text{{for }} {name} = {max(one.lo, 1)}, \dots, {last}")


def _forward(marker: Marker) -> Iterator[Symbol]:
    places = [(step, order, Symbol(name, place, marker.solver.model.families[name].shape))
              for order, name in enumerate(marker.solver.model.by_target)
              for place in marker.solver.values.positions(name)
              for step in [place[0] if place else 10**6]]
    for _, _, ref in sorted(places, key=lambda p: p[:2]):
        if making(ref, marker.solver.model.by_target) is not None:
            yield ref


def _formula(marker: Marker, ref: Ref) -> Expr | None:
    """Return the right side by which a quantity is worked out, or the equation of the sweep."""
    if isinstance(ref, Symbol):
        found = making(ref, marker.solver.model.by_target)
        return None if found is None else found.rhs
    if not isinstance(ref, Partial):
        return None
    equations = [e for e in marker.slips.sweeps[0].equations(ref) if e.target.family == ref.family]
    if len(equations) != 1 or equations[0].domain:
        return None
    return equations[0].rhs


PROSE = ("", "", "Now we put the numbers in.", "By the chain rule:", "So:", "Next step.",
         "Using the values found before,")


def made(marker: Marker, seed: int, slips: int | None = None) -> Made:
    """Make the submission with a number; *slips* says how many are tried, 0 to 2 by the seed."""
    rng = random.Random(seed)
    lines = sheet_of(marker, rng)
    hand = Hand(rng, Style(notation=marker.question.notation))
    hand.suit(marker)
    rounded = rng.random() < 0.3
    count = rng.choice([0, 0, 1, 1, 2]) if slips is None else slips
    if rounded and marker.solver.numeric:
        _round_on(marker, lines, hand)
    found: list[Slipped] = []
    kinds = sorted(KINDS) if marker.solver.numeric else ["formula"]
    for _ in range(count * 8):
        if len(found) == count or not fresh(lines):
            break
        slip = KINDS[rng.choice(kinds)](marker, lines, rng)
        if slip is not None:
            found.append(slip)
            if rng.random() < HALF_WAY and slip.kind != "label" and marker.solver.numeric:
                _follow(marker, lines, slip.of)
    for line in lines:
        line.numbers = _with_numbers(marker, lines, line) if rng.random() < HALF_WAY else None
    return Made(_written(lines, hand, rng), tuple(lines), tuple(found), rounded)


def _follow(marker: Marker, lines: Sequence[Line], wrong: Ref) -> None:
    """Go on from a wrong value as one should."""
    place = next(k for k, x in enumerate(lines) if x.ref == wrong)
    if np.shape(lines[place].value) != wrong.shape:
        return
    lines[place].carried = True
    for line in lines[place + 1:]:
        value = worked_out(marker, line.ref, None, marker.slips.sweeps[0],
                           found_so_far(lines, line))
        if value is not None and not line.spoilt:
            line.value = value


def _with_numbers(marker: Marker, lines: Sequence[Line], line: Line) -> Expr | None:
    """Return a formula of the model with numbers in the place of names; None where it has sums."""
    if line.formula is None or line.value is None or line.spoilt or isinstance(
            line.ref, Partial) or any(isinstance(e, Reduce) for e in walk(line.formula)):
        return None
    own = {x.ref: np.asarray(x.value, dtype=float) for x in lines}
    try:
        values = {ref: own.get(ref, marker.truth(ref)) for ref in refs(line.formula)}
    except UNJUDGED:
        return None
    if any(v.size > MOST_CELLS or v.shape != r.shape for r, v in values.items()):
        return None
    return transform(line.formula, lambda e: _array(values[e]) if e in values else None)


def _array(value: Any) -> Expr:
    if not np.ndim(value):
        text = f"{abs(float(value)):.6g}"
        number = Number(Fraction(text), text)
        return Neg(number) if value < 0 else number
    return Array(tuple(_array(v) for v in value))


def _round_on(marker: Marker, lines: Sequence[Line], hand: Hand) -> None:
    """Go on with every value as it is shown."""
    own: dict[Ref, Any] = {}
    for line in lines:
        value = worked_out(marker, line.ref, None, marker.slips.sweeps[0], own)
        if value is not None:
            shown = [_shown(hand, float(v)) for v in np.ravel(value)]
            line.value = line.honest = own[line.ref] = np.reshape(shown, np.shape(value))


def _shown(hand: Hand, value: float) -> float:
    """Return a number as it is shown; 7.0009 is 7.00 then, and no whole number."""
    found = float(hand.number(value)[0])
    return found if found == value or found != round(found) else found * (1 + 1e-12)


def _written(lines: Sequence[Line], hand: Hand, rng: random.Random) -> str:
    """Return the text, and note in each line where it stands."""
    text = hand.first() + "\n\n"
    for number, line in enumerate(lines, 1):
        prose = rng.choice(PROSE)
        text += f"{prose}\n\n" if prose else ""
        written = hand.line(line, number)
        line.span = len(text), len(text) + len(written)
        text += written + "\n\n"
    return text
