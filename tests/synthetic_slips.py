"""Slips that are put into a model answer, and what a marker should call them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from synthetic_hands import Line

from derive.errors import ShapeError
from derive.expr.nodes import Expr, Partial, Ref, Symbol
from derive.expr.walk import walk
from derive.marking.mutations import mutants
from derive.marking.rounding import rounded_value
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.mistakes.missteps import missteps
from derive.marking.submission.mistakes.redone import Redone, Working
from derive.marking.submission.slipped import differs
from derive.solution.members import making

__all__ = ["KINDS", "Slipped", "found_so_far", "fresh", "worked_out"]


@dataclass(frozen=True)
class Slipped:
    """A slip that was put in: its kind, the name a marker should give it, and where it stands."""

    kind: str
    name: str
    words: str
    of: Ref


Making = Callable[[Marker, list[Line], random.Random], "Slipped | None"]


def _put(lines: list[Line], line: Line, value: Any) -> bool:
    """Give a line another value; False where it is the same one."""
    found, truth = np.asarray(value, dtype=float), np.asarray(line.value, dtype=float)
    if not np.all(np.isfinite(found)) or (found.shape == truth.shape and np.allclose(
            found, truth, rtol=0.02, atol=1e-4)):
        return False
    lines[lines.index(line)] = replace(line, value=found, formula=None, spoilt=True)
    return True


def fresh(lines: Sequence[Line]) -> list[Line]:
    return [x for x in lines if not x.spoilt]


def found_so_far(lines: Sequence[Line], line: Line) -> dict[Ref, Any]:
    """Return the wrong values before a line that are gone on from."""
    place = next(k for k, x in enumerate(lines) if x.ref == line.ref)
    return {x.ref: np.asarray(x.value, dtype=float) for x in lines[:place] if x.carried}


def misstep(marker: Marker, lines: list[Line], rng: random.Random) -> Slipped | None:
    """The whole working of one result done with one row of MISSTEPS in it."""
    line = rng.choice([x for x in fresh(lines) if x.ref in marker.asking.asked] or fresh(lines))
    working, sweeps = rng.choice(list(marker.slips.mistakes.workings(line.ref)))
    found = list(missteps(working))
    if not found:
        return None
    kind = rng.choice(sorted({name for name, _, _ in found}))
    name, words, spoilt = rng.choice([f for f in found if f[0] == kind])
    value = worked_out(marker, line.ref, spoilt, sweeps, found_so_far(lines, line))
    if value is None or not _put(lines, line, value):
        return None
    return Slipped("misstep", name, words, line.ref)


def worked_out(marker: Marker, ref: Ref, working: Working | None, sweeps: Any,
               own: Mapping[Ref, Any]) -> Any:
    """Return a value from own values and with a mistake; None where there is none."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(Redone(marker.slips.example, sweeps, own=own, without=ref,
                                     working=working).look(ref), dtype=float)
    except UNJUDGED:
        return None


TURNS: dict[str, Callable[[Marker, Any, random.Random], Any]] = {
    "sign": lambda m, v, r: -v,
    "transpose": lambda m, v, r: v.T if v.ndim == 2 and v.shape != v.T.shape else v,
    "factor": lambda m, v, r: v * r.choice([2, 0.5, *_lengths(m)]),
    "swapped entries": lambda m, v, r: _swapped(v, r),
    "sign of an entry": lambda m, v, r: _at_one(v, r, lambda x: -x),
    "element dropped": lambda m, v, r: _dropped(v, r),
    "logarithm": lambda m, v, r: v / np.log(10),
}


def _lengths(marker: Marker) -> list[float]:
    sizes = [b.hi - b.lo + 1 for b in marker.question.indices.values()]
    return [float(n) for n in sizes if isinstance(n, int) and n > 1]


def _dropped(value: Any, rng: random.Random) -> Any:
    if not value.ndim or max(value.shape) < 3:
        return value
    axis = rng.choice([k for k, n in enumerate(value.shape) if n > 2])
    return np.delete(value, rng.randrange(value.shape[axis]), axis)


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
        logs = [x for x in fresh(lines) if isinstance(x.ref, Symbol) and not x.ref.shape and any(
            getattr(part, "op", "") == "cross_entropy" for part in _nodes(marker, x.ref))]
        line = rng.choice(logs) if logs else None
    else:
        line = rng.choice(fresh(lines))
    if kind == "transpose" and line is not None and isinstance(line.ref, Partial):
        return None     # of a derivative either layout is accepted
    if line is None or not _put(lines, line, TURNS[kind](marker, np.asarray(line.value), rng)):
        return None
    return Slipped("value", kind, kind, line.ref)


def _nodes(marker: Marker, ref: Symbol) -> Iterator[Expr]:
    found = making(ref, marker.solver.model.by_target)
    return iter(()) if found is None else walk(found.rhs)


def mutated(marker: Marker, lines: list[Line], rng: random.Random) -> Slipped | None:
    """A formula with one row of MUTATIONS in it, and the value that follows from it."""
    line = rng.choice([x for x in fresh(lines) if x.formula is not None] or fresh(lines))
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
        assert line.formula is not None, "a line in symbols is a formula"
        if not differs(marker, line.ref, line.formula, spoilt):
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
            value = Redone(marker.slips.example, marker.slips.sweeps[0],
                           found_so_far(lines, line)).value(spoilt)
    except UNJUDGED:
        return None
    if value.shape != np.shape(line.value) or not _put(lines, line, value):
        return None
    place = next(k for k, x in enumerate(lines) if x.ref == line.ref)
    lines[place] = replace(lines[place], formula=spoilt)
    return slip


def digit(marker: Marker, lines: list[Line], rng: random.Random) -> Slipped | None:
    """One of the first two digits of a number that was copied wrongly; put in when it is written.
    """
    line = rng.choice(fresh(lines))
    value = np.asarray(line.value, dtype=float)
    cells = [c for c in np.ndindex(*value.shape) if abs(value[c]) > 1e-3]
    if not cells:
        return None
    cell = rng.choice(cells)
    first = 10.0 ** np.floor(np.log10(abs(value[cell])) - rng.randrange(2))
    changed = value.copy()
    changed[cell] += np.sign(value[cell]) * first * rng.choice([1, 2, 3])
    return Slipped("digit", "", "", line.ref) if _put(lines, line, changed) else None


def rounding(marker: Marker, lines: list[Line], rng: random.Random) -> Slipped | None:
    """Every line of the working rounded to two digits."""
    line = rng.choice(fresh(lines))
    if found_so_far(lines, line):
        return None
    value, right = rounded_value(marker.solver, marker.target(line.ref), 2), np.asarray(line.value)
    if value is None or np.allclose(value, right, rtol=0.1) or not _put(lines, line, value):
        return None
    next(x for x in lines if x.ref == line.ref).digits = 2
    return Slipped("rounding", "rounded too early", "rounded too early", line.ref)


def label(marker: Marker, lines: list[Line], rng: random.Random) -> Slipped | None:
    """What is written over a matrix is the name of another result of its shape."""
    tables = [x for x in fresh(lines) if isinstance(x.ref, Partial) and len(x.ref.shape) == 2]
    pairs = [(x, y) for x in tables for y in tables if x is not y and x.ref.shape == y.ref.shape]
    if not pairs:
        return None
    line, other = rng.choice(pairs)
    if np.allclose(line.value, other.value, rtol=0.02, atol=1e-4):
        return None
    lines[lines.index(line)] = replace(line, label=other.ref, spoilt=True)
    lines.remove(other)
    return Slipped("label", "label", "is about", line.ref)


KINDS: Mapping[str, Making] = {"misstep": misstep, "value": turned, "formula": mutated,
                               "digit": digit, "label": label,
                               "rounding": rounding}


