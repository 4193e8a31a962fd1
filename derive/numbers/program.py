"""A system as a program: which arrays there are, and what is done with them in which order.

A program depends on the equations, the sizes and the positions of what is known, not on the
numbers; it is made once and may run many times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.integers import coefficient, put
from derive.expr.nodes import Constant, Ref
from derive.expr.positions import assignments, integer, integers, span
from derive.expr.walk import walk
from derive.numbers.efficient import efficient
from derive.numbers.order import (
    Env,
    Run,
    Work,
    groups,
    members,
    run_through,
    works,
)
from derive.numbers.stacked import Cells, NotStackable, Scope, stack, whole
from derive.numbers.stepwise import Loop, StepThunk, step
from derive.numbers.stores import Layout, Position, Store
from derive.syntax.write_text import write as typed

__all__ = ["Known", "Program", "known_of", "program"]

Known = tuple[tuple[str, Position, tuple[int, ...]], ...]
INFINITY = Constant("inf")
Action = Callable[[Cells], None]
Box = tuple[Position, Position]


def known_of(stores: Mapping[str, Store]) -> Known:
    """Return what a program needs to know of numbers: names and positions."""
    return tuple((name, s.offset, s.known.shape) for name, s in stores.items())


@dataclass(frozen=True, slots=True)
class Defined:
    """A family that a program computes: its array, and at which positions its equations stand.

    known: True where an equation defines a member.
    inner: where in the new array numbers stand that are known already; None if there are none.
    """

    name: str
    layout: Layout
    shape: tuple[int, ...]
    known: Any
    inner: tuple[slice, ...] | None

    def store(self, old: Store | None) -> Store:
        array, known = np.zeros(self.layout.counts + self.shape), self.known
        if old is not None and self.inner is not None:
            known = known.copy()
            array[self.inner], known[self.inner] = old.array, known[self.inner] | old.known
        return Store(array, self.layout.offset, known)


@dataclass
class Program:
    """What to allocate and what to do; `size` counts all cells, also those in between."""

    defined: list[Defined] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    size: int = 0

    def fresh(self) -> int:
        self.size += 1
        return self.size - 1

    def run(self, known: Mapping[str, Store]) -> dict[str, Store]:
        """Return *known* and all that the equations give."""
        stores = dict(known)
        for item in self.defined:
            stores[item.name] = item.store(known.get(item.name))
        cells: Cells = [None] * self.size
        for name, cell in self.names.items():
            cells[cell] = stores[name].array
        with np.errstate(all="ignore"):
            for action in self.actions:
                action(cells)
        return stores


def program(equations: Sequence[Equation], known: Known, env: Env) -> Program:
    """Put the equations in order and settle everything but the numbers.

    Raises `DeriveError` for a circle or a member that nothing defines.
    """
    made = Program()
    layouts = {name: Layout(made.fresh(), offset, counts) for name, offset, counts in known}
    found = works([Equation(e.target, e.domain, efficient(e.rhs)) for e in equations])
    for item in list(_defined(found, layouts, env, made.fresh)):
        made.defined.append(item)
        layouts[item.name] = item.layout
    made.names = {name: layout.cell for name, layout in layouts.items()}
    scope = Scope(layouts, env)
    masked = {w.family for w in found if any(n == INFINITY for n in walk(w.equation.rhs))}
    for group in groups(found):
        blamed = " or ".join(dict.fromkeys(typed(work.equation.target) for work in group))
        made.actions += (_named(action, blamed) for action in _group(group, scope, made.fresh))
        for name in dict.fromkeys(work.family for work in group):
            if name in layouts:
                made.actions.append(_finite(name, layouts[name], name in masked))
    return made


def _named(action: Action, blamed: str) -> Action:
    """Let a division by zero or a logarithm of 0 say in which quantity it happens."""
    def act(cells: Cells) -> None:
        try:
            action(cells)
        except DeriveError as error:
            raise type(error)(f"`{blamed}`: {error.message}", error.place, error.remedy) from None

    return act


# arrays


def _defined(found: Sequence[Work], layouts: Mapping[str, Layout], env: Env,
             fresh: Callable[[], int]) -> Iterator[Defined]:
    equations: dict[str, list[Equation]] = {}
    for work in found:
        equations.setdefault(work.family, []).append(work.equation)
    for name, mine in equations.items():
        old, boxes = layouts.get(name), [box for e in mine for box in _boxes(e, env)]
        if old is None and not boxes:
            continue
        lows, highs = _around(boxes, old)
        counts = tuple(h - lo + 1 for lo, h in zip(lows, highs, strict=True))
        layout = Layout(fresh(), lows, counts, len(mine) == 1 and not _overlaps(boxes, old))
        mask = np.zeros(counts, dtype=bool)
        for equation in mine:
            _mark(equation, env, layout, mask)
        shape = integers(mine[0].target.shape, env)
        yield Defined(name, layout, shape, mask, _inner(layout, old))


def _boxes(equation: Equation, env: Env) -> Iterator[Box]:
    """Yield the least and the greatest position that an equation defines, if there are any."""
    corners: list[dict[str, Any]] = [dict(env)]
    for index, bounds in equation.domain:
        spans = [(c, span(bounds, c)) for c in corners]
        corners = [{**c, index: end} for c, (lo, hi) in spans if lo <= hi for end in {lo, hi}]
    found = [integers(equation.target.index, c) for c in corners]
    if found:
        columns = list(zip(*found, strict=True))
        yield tuple(map(min, columns)), tuple(map(max, columns))


def _overlaps(found: Iterable[Box], old: Layout | None) -> bool:
    return old is not None and any(_meet(box, _around((), old)) for box in found)


def _meet(a: Box, b: Box) -> bool:
    return all(max(lo, other_lo) <= min(hi, other_hi) for lo, other_lo, hi, other_hi
               in zip(a[0], b[0], a[1], b[1], strict=True))


def _around(found: Iterable[Box], old: Layout | None) -> Box:
    boxes = list(found)
    if old is not None:
        ends = tuple(o + n - 1 for o, n in zip(old.offset, old.counts, strict=True))
        boxes.append((old.offset, ends))
    return (tuple(map(min, zip(*(lo for lo, _ in boxes), strict=True))),
            tuple(map(max, zip(*(hi for _, hi in boxes), strict=True))))


def _inner(layout: Layout, old: Layout | None) -> tuple[slice, ...] | None:
    if old is None:
        return None
    return tuple(slice(o - s, o - s + n) for o, s, n in zip(
        old.offset, layout.offset, old.counts, strict=True))


def _mark(equation: Equation, env: Env, layout: Layout, mask: Any) -> None:
    for fixed in assignments(equation.domain[:-1], env):
        inner = Scope({}, fixed)
        if equation.domain:
            index, bounds = equation.domain[-1]
            lo, hi = span(bounds, fixed)
            if lo > hi:
                continue
            inner = inner.over(index, lo, hi)
        mask[_place(equation.target, layout, inner)] = True


def _place(target: Ref, layout: Layout, scope: Scope) -> tuple[Any, ...]:
    """Return where the members of a target are kept: numbers, and a slice along the index."""
    slots: list[Any] = []
    for position, offset in zip(target.index, layout.offset, strict=True):
        slope = coefficient(position, scope.index) if scope.index else 0
        if not slope:
            slots.append(whole(position, scope) - offset)
            continue
        first = whole(put(position, {scope.index: scope.lo}), scope) - offset
        stop = first + slope * scope.count
        slots.append(slice(first, stop if stop >= 0 else None, slope))
    return tuple(slots)


# actions


def _group(group: Sequence[Work], scope: Scope, fresh: Callable[[], int]) -> Iterator[Action]:
    names = frozenset(work.family for work in group)
    inside = [work for work in group if work.reads & names]
    for work in group:
        if work not in inside:
            yield from _all_at_once(work.equation, scope)
    if inside:
        run = run_through(inside, names)
        if run is None:
            yield _member_by_member(inside, scope)
        else:
            yield from _along(run, names, scope, fresh)


def _all_at_once(equation: Equation, scope: Scope) -> Iterator[Action]:
    """Evaluate an equation that reads nothing it defines; the last index is stacked.

    With several indices there are too many programs to keep: each is made where it runs.
    """
    outer, last = equation.domain[:-1], equation.domain[-1:]
    if not outer:
        yield from _line(equation, last, scope)
        return

    def lines(cells: Cells) -> None:
        for fixed in assignments(outer, scope.env):
            for action in _line(equation, last, Scope(scope.layouts, fixed)):
                action(cells)

    yield lines


def _line(equation: Equation, last: Sequence[tuple[str, Any]], scope: Scope) -> Iterator[Action]:
    """Evaluate an equation along its last index, or at its one position."""
    if not last:
        yield _adding(equation, scope)
        return
    index, bounds = last[0]
    lo, hi = span(bounds, scope.env)
    if lo > hi:
        return
    try:
        yield _adding(equation, scope.over(index, lo, hi))
    except NotStackable:
        yield _one_by_one(equation, index, range(lo, hi + 1), scope)


def _one_by_one(equation: Equation, index: str, values: range, scope: Scope) -> Action:
    def each(cells: Cells) -> None:
        for value in values:
            _adding(equation, scope.put(index, value))(cells)

    return each


def _adding(equation: Equation, scope: Scope) -> Action:
    layout = scope.layouts[equation.target.family]
    run, _ = stack(equation.rhs, scope)
    cell, where = layout.cell, _place(equation.target, layout, scope)

    def add(cells: Cells) -> None:
        cells[cell][where] += run(cells)

    def put_there(cells: Cells) -> None:
        cells[cell][where] = run(cells)

    return put_there if layout.alone else add


def _member_by_member(inside: Sequence[Work], scope: Scope) -> Action:
    """Order single members by what they read; every system without a circle can be done so."""
    ordered = list(members(inside, scope.env))

    def each(cells: Cells) -> None:
        for equation, fixed in ordered:
            _adding(equation, Scope(scope.layouts, fixed))(cells)

    return each


# loops


@dataclass(frozen=True, slots=True)
class _Track:
    """One equation of a loop: on which positions, and how its target is written."""

    first: int
    last: int
    shift: int
    write: Callable[[Cells, int], None]


def _along(run: Run, names: frozenset[str], scope: Scope, fresh: Callable[[], int]
           ) -> Iterator[Action]:
    tracks = []
    for work in run.works:
        equation = work.equation
        index, bounds = equation.domain[0]
        lo, hi = span(bounds, scope.env)
        if lo > hi:
            continue
        loop = Loop(scope, index, lo, hi, names, fresh)
        shift = integer(put(equation.target.index[0], {index: 0}), scope.env)
        made = step(equation.rhs, loop)
        tracks.append(_Track(lo + shift, hi + shift, shift, _writing(equation, made, shift, scope)))
        yield from (_keeping(cell, thunk) for cell, thunk in loop.before)
    yield from (_walking(span_, active) for span_, active in _stretches(tracks, run.step))


def _keeping(cell: int, run: Callable[[Cells], Any]) -> Action:
    def keep(cells: Cells) -> None:
        cells[cell] = run(cells)

    return keep


def _writing(equation: Equation, made: StepThunk, shift: int, scope: Scope
             ) -> Callable[[Cells, int], None]:
    layout = scope.layouts[equation.target.family]
    cell, by = layout.cell, shift - layout.offset[0]

    def put_there(cells: Cells, t: int) -> None:
        cells[cell][t + by] = made(cells, t)

    def add_number(cells: Cells, t: int) -> None:
        cells[cell][t + by] += made(cells, t)

    def add_array(cells: Cells, t: int) -> None:
        member = cells[cell][t + by]    # a view: adding to it need not be written back
        member += made(cells, t)

    if layout.alone:
        return put_there
    return add_array if equation.target.shape else add_number


def _stretches(tracks: Sequence[_Track], way: int) -> Iterator[tuple[range, list[_Track]]]:
    """Yield stretches of positions on which the same equations hold, in the order of the run."""
    cuts = sorted({t.first for t in tracks} | {t.last + 1 for t in tracks})
    stretches = [range(a, b) for a, b in pairwise(cuts)]
    for found in stretches[::way]:
        active = [t for t in tracks if t.first <= found.start and found.stop <= t.last + 1]
        if active:
            yield found[::way], active


def _walking(positions: range, tracks: Sequence[_Track]) -> Action:
    writes = [(track.write, track.shift) for track in tracks]

    def walk(cells: Cells) -> None:
        for position in positions:
            for write, shift in writes:
                write(cells, position - shift)

    return walk


def _finite(name: str, layout: Layout, masked: bool) -> Action:
    """Refuse what has no finite value; -inf may stand where an equation puts it, in a mask."""
    def check(cells: Cells) -> None:
        array = cells[layout.cell]
        if isfinite(array.sum()) or np.isfinite(array).all():
            return
        if masked and not np.isnan(array).any() and (array < np.inf).all():
            return
        bad = np.argwhere(~np.isfinite(array))[0][:len(layout.offset)]
        at = [int(i) + o for i, o in zip(bad, layout.offset, strict=True)]
        raise DeriveError(f"`{name}{at if at else ''}` is not a finite number: a division by zero, "
                          "a logarithm of 0 or an overflow")

    return check
