"""Submissions made up from model answers: random notation, layout and rounding, with known slips.

Everything is drawn from the seed alone, so that a submission can be made again from its number.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from derive.errors import ShapeError
from derive.expr.nodes import Expr, Partial, Ref, Symbol
from derive.expr.walk import walk
from derive.marking.mutations import mutants
from derive.marking.samples import places, value_of
from derive.marking.submission.marker import UNJUDGED, Marker
from derive.marking.submission.missteps import missteps
from derive.marking.submission.redone import Redone, Working
from derive.solution.members import making
from derive.syntax.write_latex import Style, write

__all__ = ["KINDS", "Line", "Made", "Slipped", "made", "sheet_of"]

HALF_WAY = 0.5


@dataclass
class Line:
    """One thing found: its name, perhaps the formula for it, its value as somebody has it."""

    ref: Ref
    formula: Expr | None
    value: Any
    half: Any = 0.0
    label: Ref | None = None     # what is written over it, where that is wrong
    spoilt: bool = False


@dataclass(frozen=True)
class Slipped:
    """A slip that was put in: its kind, the name a marker should give it, and where it stands."""

    kind: str
    name: str
    words: str
    of: Ref


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
        return list(_in_symbols(marker))
    asked = dict.fromkeys(marker.asked)
    forward = [r for r in _forward(marker) if r in asked or rng.random() < 0.7]
    backward = [r for r in asked if isinstance(r, Partial) and not r.held]
    return [Line(ref, _formula(marker, ref) if rng.random() < HALF_WAY else None,
                 marker.truth(ref)) for ref in (*forward, *backward) if len(ref.shape) < 3]


def _in_symbols(marker: Marker) -> Iterator[Line]:
    """Yield the equations of the model, and those of the sweeps that hold everywhere."""
    for equation in marker.question.equations:
        if isinstance(equation.target, Symbol):
            yield Line(equation.target, equation.rhs, None)
    for ref in marker.asked:
        if isinstance(ref, Partial) and not ref.held and not ref.top.index:
            found = [e for e in marker.sweeps[0].equations(ref) if e.target == ref]
            if len(found) == 1:
                yield Line(ref, found[0].rhs, None)


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
    equations = [e for e in marker.sweeps[0].equations(ref) if e.target.family == ref.family]
    if len(equations) != 1 or equations[0].domain:
        return None
    return equations[0].rhs


# slips

Making = Callable[[Marker, list[Line], random.Random], "Slipped | None"]


def _put(lines: list[Line], line: Line, value: Any) -> bool:
    """Give a line another value; False where it is the same one."""
    found, truth = np.asarray(value, dtype=float), np.asarray(line.value, dtype=float)
    if not np.all(np.isfinite(found)) or (found.shape == truth.shape and np.allclose(
            found, truth, rtol=0.02, atol=1e-4)):
        return False
    lines[lines.index(line)] = replace(line, value=found, formula=None, spoilt=True)
    return True


def _fresh(lines: Sequence[Line]) -> list[Line]:
    return [x for x in lines if not x.spoilt]


def misstep(marker: Marker, lines: list[Line], rng: random.Random) -> Slipped | None:
    """The whole working of one result done with one row of MISSTEPS in it."""
    line = rng.choice([x for x in _fresh(lines) if x.ref in marker.asked] or _fresh(lines))
    working, sweeps = rng.choice(list(marker.mistakes.workings(line.ref)))
    found = list(missteps(working))
    if not found:
        return None
    kind = rng.choice(sorted({name for name, _, _ in found}))
    name, words, spoilt = rng.choice([f for f in found if f[0] == kind])
    value = _worked(marker, line.ref, spoilt, sweeps)
    if value is None or not _put(lines, line, value):
        return None
    return Slipped("misstep", name, words, line.ref)


def _worked(marker: Marker, ref: Ref, working: Working | None, sweeps: Any,
            own: Mapping[Ref, Any] | None = None) -> Any:
    try:
        with np.errstate(all="ignore"):
            return np.asarray(Redone(marker.example, sweeps, own=own or {}, without=ref,
                                     working=working).look(ref), dtype=float)
    except UNJUDGED:
        return None


TURNS: dict[str, Callable[[Marker, Any, random.Random], Any]] = {
    "sign": lambda m, v, r: -v,
    "transpose": lambda m, v, r: v.T if v.ndim == 2 and v.shape != v.T.shape else v,
    "factor": lambda m, v, r: v * r.choice([2, 0.5, *_lengths(m)]),
    "swapped entries": lambda m, v, r: _swapped(v, r),
    "sign of an entry": lambda m, v, r: _at_one(v, r, lambda x: -x),
    "element dropped": lambda m, v, r: v[:-1] if v.ndim == 1 and len(v) > 2 else v,
    "logarithm": lambda m, v, r: v / np.log(10),
}


def _lengths(marker: Marker) -> list[float]:
    sizes = [b.hi - b.lo + 1 for b in marker.question.indices.values()]
    return [float(n) for n in sizes if isinstance(n, int) and n > 1]


def _swapped(value: Any, rng: random.Random) -> Any:
    if value.size < 3:
        return value
    one, other = rng.sample(range(value.size), 2)
    found = value.copy().ravel()
    found[[one, other]] = found[[other, one]]
    return found.reshape(value.shape)


def _at_one(value: Any, rng: random.Random, change: Callable[[float], float]) -> Any:
    if value.size < 2:
        return value
    found = value.copy().ravel()
    place = rng.randrange(found.size)
    found[place] = change(found[place])
    return found.reshape(value.shape)


def turned(marker: Marker, lines: list[Line], rng: random.Random) -> Slipped | None:
    """One of the slips that change a value: its sign, a factor, entries swapped."""
    kind = rng.choice(sorted(TURNS))
    if kind == "logarithm":
        logs = [x for x in _fresh(lines) if isinstance(x.ref, Symbol) and not x.ref.shape and any(
            getattr(part, "op", "") == "cross_entropy" for part in _nodes(marker, x.ref))]
        line = rng.choice(logs) if logs else None
    else:
        line = rng.choice(_fresh(lines))
    if line is None or not _put(lines, line, TURNS[kind](marker, np.asarray(line.value), rng)):
        return None
    return Slipped("value", kind, kind, line.ref)


def _nodes(marker: Marker, ref: Symbol) -> Iterator[Expr]:
    found = making(ref, marker.solver.model.by_target)
    return iter(()) if found is None else walk(found.rhs)


def mutated(marker: Marker, lines: list[Line], rng: random.Random) -> Slipped | None:
    """A formula with one row of MUTATIONS in it, and the value that follows from it."""
    line = rng.choice([x for x in _fresh(lines) if x.formula is not None] or _fresh(lines))
    if line.formula is None:
        return None
    try:
        found = list(mutants(line.formula))
    except ShapeError:
        return None
    if not found:
        return None
    kind = rng.choice(sorted({name for name, _, _ in found}))
    name, words, spoilt = rng.choice([f for f in found if f[0] == kind])
    if line.value is None:
        if not _differs(marker, line, spoilt):
            return None
        lines[lines.index(line)] = replace(line, formula=spoilt, spoilt=True)
        return Slipped("formula", name, words, line.ref)
    return _with_value(marker, lines, line, spoilt, Slipped("formula", name, words, line.ref))


def _with_value(marker: Marker, lines: list[Line], line: Line, spoilt: Expr, slip: Slipped
                ) -> Slipped | None:
    """Write the value that follows from a spoilt formula; None where it would be no slip."""
    square = len(line.ref.shape) == 2 and line.ref.shape[0] == line.ref.shape[1]
    if square and slip.name.startswith("transpose"):
        return None     # either layout is accepted
    try:
        with np.errstate(all="ignore"):
            value = Redone(marker.example, marker.sweeps[0]).value(spoilt)
    except UNJUDGED:
        return None
    if value.shape != np.shape(line.value) or not _put(lines, line, value):
        return None
    place = next(k for k, x in enumerate(lines) if x.ref == line.ref)
    lines[place] = replace(lines[place], formula=spoilt)
    return slip


def _differs(marker: Marker, line: Line, spoilt: Expr) -> bool:
    """True where a formula gives something else at drawn numbers, its transpose put aside."""
    trial = marker.example
    assert line.formula is not None, "a line in symbols is a formula"
    try:
        for env in list(places(trial, (line.ref, line.formula, spoilt)))[:3]:
            right, other = (value_of(trial, e, env) for e in (line.formula, spoilt))
            if not any(np.shape(right) == np.shape(v) and np.allclose(right, v)
                       for v in (other, np.transpose(other))):
                return True
    except UNJUDGED:
        return False
    return False


def digit(marker: Marker, lines: list[Line], rng: random.Random) -> Slipped | None:
    """One of the first two digits of a number that was copied wrongly; put in when it is written.
    """
    line = rng.choice(_fresh(lines))
    value = np.asarray(line.value, dtype=float)
    cells = [c for c in np.ndindex(*value.shape) if abs(value[c]) > 1e-3]
    if not cells:
        return None
    cell = rng.choice(cells)
    first = 10.0 ** np.floor(np.log10(abs(value[cell])) - rng.randrange(2))
    changed = value.copy()
    changed[cell] += np.sign(value[cell]) * first * rng.choice([1, 2, 3])
    return Slipped("digit", "", "", line.ref) if _put(lines, line, changed) else None


def label(marker: Marker, lines: list[Line], rng: random.Random) -> Slipped | None:
    """What is written over a matrix is the name of another result of its shape."""
    tables = [x for x in _fresh(lines) if isinstance(x.ref, Partial) and len(x.ref.shape) == 2]
    pairs = [(x, y) for x in tables for y in tables if x is not y and x.ref.shape == y.ref.shape]
    if not pairs:
        return None
    line, other = rng.choice(pairs)
    lines[lines.index(line)] = replace(line, label=other.ref, spoilt=True)
    lines.remove(other)
    return Slipped("label", "label", "is about", line.ref)


KINDS: Mapping[str, Making] = {"misstep": misstep, "value": turned, "formula": mutated,
                               "digit": digit, "label": label}


# writing

@dataclass
class Hand:
    """How somebody writes: digits, matrices, derivatives, accents; drawn once for a submission."""

    rng: random.Random
    style: Style

    def __post_init__(self) -> None:
        pick = self.rng.choice
        self.digits = pick([3, 4, 5, 6, 7, 8])
        self.grid = pick(["bmatrix", "pmatrix", "array", "matrix"])
        self.vector = pick(["column", "row", "tuple", "turned"])
        self.slope = pick(["frac", "d", "slash", "nabla", "dfrac"])
        self.times = pick([" ", r" \cdot ", " "])
        self.turn = pick([r"^{\top}", "^T", r"^\top", "^{T}"])
        self.accent = pick([(r"\hat{", r"\hat{"), (r"\hat{", r"\widehat{"),
                            (r"\bar{", r"\overline{")])
        self.braces = pick([True, False])
        self.shape = pick(["chain", "aligned", "blocks", "inline"])

    def number(self, value: float) -> tuple[str, float]:
        """Return a number to as many digits as are shown, and half a unit of its last digit."""
        if value == round(value) and abs(value) < 1000:
            return str(int(value)), 0.0
        size = int(np.floor(np.log10(abs(value)))) if value else 0
        places = max(0, self.digits - 1 - size)
        return f"{value:.{places}f}", 0.5 * 10.0**-places

    def value(self, value: Any) -> tuple[str, Any]:
        """Return an array as somebody writes it, and how far each entry may be off."""
        value = np.asarray(value, dtype=float)
        if not value.shape:
            text, half = self.number(float(value))
            return text, np.asarray(half)
        texts = [self.number(float(v)) for v in value.ravel()]
        half = np.reshape([h for _, h in texts], value.shape)
        cells = np.reshape(np.array([t for t, _ in texts], dtype=object), value.shape)
        return (self._vector(cells) if value.ndim == 1 else self._grid(cells)), half

    def _vector(self, cells: Any) -> str:
        if self.vector == "tuple":
            return "(" + ", ".join(cells) + ")"
        if self.vector == "turned":
            return "[" + ", ".join(cells) + "]" + self.turn
        return self._grid(cells[:, None] if self.vector == "column" else cells[None, :])

    def _grid(self, cells: Any) -> str:
        rows = r" \\ ".join(" & ".join(row) for row in cells)
        if self.grid == "array":
            return (rf"\left( \begin{{array}}{{{'c' * cells.shape[1]}}} {rows}"
                    r" \end{array} \right)")
        if self.grid == "matrix":
            return rf"\left[ \begin{{matrix}} {rows} \end{{matrix}} \right]"
        return rf"\begin{{{self.grid}}} {rows} \end{{{self.grid}}}"

    def formula(self, expr: Expr) -> str:
        text = write(expr, self.style)
        text = text.replace(r"^{\top}", self.turn).replace(*self.accent)
        text = self._slopes(text)
        if not self.braces:
            text = re.sub(r"_\{(\w)\}", r"_\1", text)
        return text

    def _slopes(self, text: str) -> str:
        if self.slope == "d":
            return text.replace(r"\partial ", "d ")
        if self.slope == "dfrac":
            return text.replace(r"\frac{\partial", r"\dfrac{\partial")
        return text

    def name(self, ref: Ref) -> str:
        text = self.formula(ref)
        if isinstance(ref, Partial) and not ref.top.shape and self.slope in ("slash", "nabla"):
            top, bottom = self.formula(ref.top), self.formula(ref.bottom)
            return (rf"\partial {top} / \partial {bottom}" if self.slope == "slash"
                    else rf"\nabla_{{{bottom}}} {top}")
        return text

    def line(self, line: Line, number: int) -> str:
        if line.value is None:
            assert line.formula is not None, "a line in symbols is a formula"
            return f"$${self.name(line.ref)} = {self.formula(line.formula)}$$"
        text, line.half = self.value(line.value)
        sign = r" \approx " if np.any(line.half) and self.rng.random() < HALF_WAY else " = "
        name = self.name(line.label or line.ref)
        mark = self.rng.choice(["", "", f"{number}) ", rf"\boxed{{{number})}} \quad ", "* "])
        if line.formula is None:
            return f"$${mark}{name}{sign}{text}$$"
        return self._shaped(mark + name, self.formula(line.formula), sign, text)

    def _shaped(self, name: str, formula: str, sign: str, text: str) -> str:
        if self.shape == "aligned":
            return (rf"$$\begin{{aligned}} {name} &= {formula} \\ &{sign.strip()} {text}"
                    r" \end{aligned}$$")
        if self.shape == "blocks":
            return f"$${name} = {formula}$$\n\n$${sign.strip()} {text}$$"
        if self.shape == "inline":
            return f"We get ${name} = {formula}{sign}{text}$."
        return f"$${name} = {formula}{sign}{text}$$"


PROSE = ("", "", "Now we put the numbers in.", "By the chain rule:", "So:", "Next step.",
         "Using the values found before,")


def made(marker: Marker, seed: int, slips: int | None = None) -> Made:
    """Make the submission with a number; *slips* says how many are tried, 0 to 2 by the seed."""
    rng = random.Random(seed)
    lines = sheet_of(marker, rng)
    hand = Hand(rng, Style(notation=marker.question.notation))
    rounded = rng.random() < 0.3
    count = rng.choice([0, 0, 1, 1, 2]) if slips is None else slips
    if rounded and marker.solver.numeric:
        _round_on(marker, lines, hand)
    found: list[Slipped] = []
    kinds = sorted(KINDS) if marker.solver.numeric else ["formula"]
    for _ in range(count * 8):
        if len(found) == count or not _fresh(lines):
            break
        slip = KINDS[rng.choice(kinds)](marker, lines, rng)
        if slip is not None:
            found.append(slip)
            if rng.random() < HALF_WAY and slip.kind != "label" and marker.solver.numeric:
                _follow(marker, lines, slip.of)
    return Made(_written(lines, hand, rng), tuple(lines), tuple(found), rounded)


def _follow(marker: Marker, lines: Sequence[Line], wrong: Ref) -> None:
    """Go on from a wrong value as one should."""
    place = next(k for k, x in enumerate(lines) if x.ref == wrong)
    own = {wrong: np.asarray(lines[place].value, dtype=float)}
    if own[wrong].shape != wrong.shape:
        return
    for line in lines[place + 1:]:
        value = _worked(marker, line.ref, None, marker.sweeps[0], own)
        if value is not None and not line.spoilt:
            line.value = value


def _round_on(marker: Marker, lines: Sequence[Line], hand: Hand) -> None:
    """Go on with every value as it is shown."""
    own: dict[Ref, Any] = {}
    for line in lines:
        value = _worked(marker, line.ref, None, marker.sweeps[0], own)
        if value is not None:
            shown = [float(hand.number(float(v))[0]) for v in np.ravel(value)]
            line.value = own[line.ref] = np.reshape(shown, np.shape(value))


def _written(lines: Sequence[Line], hand: Hand, rng: random.Random) -> str:
    parts = []
    for number, line in enumerate(lines, 1):
        parts += [rng.choice(PROSE), hand.line(line, number)]
    return "\n\n".join(part for part in parts if part) + "\n"

