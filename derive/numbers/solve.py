"""Numbers for a whole system: families in the order in which they can be worked out.

A family that does not depend on itself is evaluated for all positions of one index at once; a
recurrence runs along its index, in whichever direction its equations look; anything else is put in
order member by member.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.integers import IntLike, coefficient, put
from derive.expr.nodes import Range, Ref
from derive.expr.walk import refs
from derive.numbers.efficient import efficient
from derive.numbers.stacked import NotStackable, Scope, evaluate, whole
from derive.numbers.stepwise import Loop, program
from derive.numbers.stores import Store, Values

__all__ = ["solve"]

Env = Mapping[str, IntLike]
Position = tuple[int, ...]


def solve(equations: Sequence[Equation], known: Mapping[str, Store], env: Env | None = None
          ) -> Values:
    """Return the values of all families; equations for one target are added up.

    known:  stores of what is given already; families that are also defined are extended.
    env:    numbers for sizes and lengths.
    Raises `DeriveError` for a circle, a missing member, a division by zero or a logarithm of 0.
    """
    env = dict(env or {})
    equations = [Equation(e.target, e.domain, efficient(e.rhs)) for e in equations]
    stores = dict(known) | _allocate(equations, known, env)
    with np.errstate(all="ignore"):
        for group in _groups(equations):
            mine = [e for e in equations if e.target.family in group]
            _run(mine, frozenset(group), stores, env)
            for name in group:
                _check_finite(name, stores[name])
    return Values(stores)


def _allocate(equations: Sequence[Equation], known: Mapping[str, Store], env: Env
              ) -> dict[str, Store]:
    boxes: dict[str, list[tuple[Position, Position]]] = {}
    shapes: dict[str, tuple[int, ...]] = {}
    for equation in equations:
        name = equation.target.family
        shapes[name] = tuple(_int(n, env) for n in equation.target.shape)
        box = _box(equation, env)
        boxes.setdefault(name, []).extend([box] if box else [])
    out = {}
    for name, found in boxes.items():
        old = known.get(name)
        if old is not None:
            found = [*found, (old.offset, tuple(o + n - 1 for o, n in zip(
                old.offset, old.known.shape, strict=True)))]
        if found:
            lows = tuple(map(min, zip(*(lo for lo, _ in found), strict=True)))
            highs = tuple(map(max, zip(*(hi for _, hi in found), strict=True)))
            out[name] = _filled(Store.over(lows, highs, shapes[name]), old)
    return out


def _filled(store: Store, old: Store | None) -> Store:
    if old is not None:
        where = tuple(slice(o - s, o - s + n) for o, s, n in zip(
            old.offset, store.offset, old.known.shape, strict=True))
        store.array[where] = old.array
        store.known[where] = old.known
    return store


def _int(value: IntLike, env: Env) -> int:
    found = put(value, env)
    if not isinstance(found, int):
        raise DeriveError(f"the size {found} has no value")
    return found


def _box(equation: Equation, env: Env) -> tuple[Position, Position] | None:
    """Return the least and greatest position that an equation defines; None where none."""
    corners: list[dict[str, IntLike]] = [dict(env)]
    for index, bounds in equation.domain:
        spans = [(c, _span(bounds, c)) for c in corners]
        corners = [{**c, index: end} for c, (lo, hi) in spans if lo <= hi for end in {lo, hi}]
    found = [tuple(_int(i, c) for i in equation.target.index) for c in corners]
    if not found:
        return None
    return tuple(map(min, zip(*found, strict=True))), tuple(map(max, zip(*found, strict=True)))


def _span(bounds: Range, env: Env) -> tuple[int, int]:
    return max(_int(b, env) for b in bounds.los), min(_int(b, env) for b in bounds.his)


def _groups(equations: Sequence[Equation]) -> list[set[str]]:
    """Return the families in order; families that depend on each other stand together."""
    reads: dict[str, set[str]] = {}
    for e in equations:
        reads.setdefault(e.target.family, set()).update(r.family for r in refs(e.rhs))
    reads = {name: {r for r in read if r in reads} for name, read in reads.items()}
    reach = {name: _reach(name, reads) for name in reads}
    group = {n: frozenset(m for m in reach[n] if n in reach[m]) | {n} for n in reads}

    merged: dict[frozenset[str], set[frozenset[str]]] = {}
    for n, read in reads.items():
        merged.setdefault(group[n], set()).update({group[m] for m in read} - {group[n]})
    order = TopologicalSorter(merged)
    return [set(g) for g in order.static_order()]


def _reach(start: str, reads: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    todo = list(reads[start])
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(reads[name])
    return found


def _run(equations: Sequence[Equation], group: frozenset[str], stores: dict[str, Store], env: Env
         ) -> None:
    inside = [e for e in equations if any(r.family in group for r in refs(e.rhs))]
    for equation in equations:
        if equation not in inside:
            _all_at_once(equation, stores, env)
    if inside:
        plan = _plan(inside, equations, group)
        if plan is None:
            _member_by_member(inside, stores, env)
        else:
            _along(plan, group, stores, env)


def _all_at_once(equation: Equation, stores: Mapping[str, Store], env: Env) -> None:
    """Evaluate an equation that reads nothing it defines; the last index is stacked."""
    outer, last = equation.domain[:-1], equation.domain[-1:]
    for fixed in _assignments(outer, env):
        scope = Scope(stores, fixed)
        if not last:
            _add(equation.target, scope, evaluate(equation.rhs, scope)[0])
            continue
        index, bounds = last[0]
        lo, hi = _span(bounds, fixed)
        if lo > hi:
            continue
        try:
            _add_stack(equation, scope.over(index, lo, hi))
        except NotStackable:
            for value in range(lo, hi + 1):
                inner = scope.put(index, value)
                _add(equation.target, inner, evaluate(equation.rhs, inner)[0])


def _assignments(domain: Sequence[tuple[str, Range]], env: Env) -> Iterable[dict[str, IntLike]]:
    if not domain:
        return [dict(env)]
    (index, bounds), rest = domain[0], domain[1:]
    lo, hi = _span(bounds, env)
    return (found for value in range(lo, hi + 1)
            for found in _assignments(rest, {**env, index: value}))


def _add(target: Ref, scope: Scope, value: Any) -> None:
    store = scope.stores[target.family]
    slot = tuple(whole(i, scope) - o for i, o in zip(target.index, store.offset, strict=True))
    store.array[slot] += value
    store.known[slot] = True


def _add_stack(equation: Equation, scope: Scope) -> None:
    value, stacked = evaluate(equation.rhs, scope)
    target = equation.target
    store = scope.stores[target.family]
    slots: list[Any] = []
    for position, offset in zip(target.index, store.offset, strict=True):
        slope = coefficient(position, scope.index)
        if not slope:
            slots.append(whole(position, scope) - offset)
            continue
        first = whole(put(position, {scope.index: scope.lo}), scope) - offset
        stop = first + slope * scope.count
        slots.append(slice(first, stop if stop >= 0 else None, slope))
    where = tuple(slots)
    store.array[where] += value if stacked else np.asarray(value)
    store.known[where] = True


@dataclass
class _Plan:
    """A recurrence along one index: its equations in the order within one position."""

    index_of: dict[str, str]
    step: int
    equations: list[Equation]


def _plan(inside: Sequence[Equation], equations: Sequence[Equation], group: frozenset[str]
          ) -> _Plan | None:
    """Find a direction in which every equation only reads what is already there."""
    gaps: set[int] = set()
    same: dict[str, set[str]] = {name: set() for name in group}
    for e in inside:
        index = e.domain[0][0] if len(e.domain) == 1 else None
        if index is None or len(e.target.index) != 1:
            return None
        if coefficient(e.target.index[0], index) != 1:
            return None
        for ref in refs(e.rhs):
            if ref.family in group:
                gap = ref.index[0] - e.target.index[0] if len(ref.index) == 1 else None
                if not isinstance(gap, int):
                    return None
                gaps.add(gap)
                if gap == 0:
                    same[e.target.family].add(ref.family)
    if any(g > 0 for g in gaps) and any(g < 0 for g in gaps):
        return None
    try:
        order = list(TopologicalSorter(same).static_order())
    except CycleError:
        return None
    ranked = sorted(inside, key=lambda e: order.index(e.target.family))
    step = -1 if any(g > 0 for g in gaps) else 1
    return _Plan({e.target.family: e.domain[0][0] for e in inside}, step, ranked)


def _along(plan: _Plan, group: frozenset[str], stores: Mapping[str, Store], env: Env) -> None:
    runs = []
    at = [0]
    for e in plan.equations:
        index, bounds = e.domain[0]
        lo, hi = _span(bounds, env)
        if lo > hi:
            continue
        shift = _int(put(e.target.index[0], {index: 0}), env)  # position = index + shift
        local = [0]
        loop = Loop(Scope(stores, env), index, lo, hi, group, local)
        store = stores[e.target.family]
        runs.append((lo + shift, hi + shift, shift, local, program(e.rhs, loop), store.array,
                     store.known, store.offset[0]))
    first, last = min(r[0] for r in runs), max(r[1] for r in runs)
    for position in range(first, last + 1)[::plan.step]:
        at[0] = position
        for lo, hi, shift, local, run, array, known, offset in runs:
            if lo <= position <= hi:
                local[0] = position - shift
                array[position - offset] += run()
                known[position - offset] = True


def _member_by_member(inside: Sequence[Equation], stores: Mapping[str, Store], env: Env) -> None:
    """Order single members by what they read; every system without a circle can be done so."""
    jobs: dict[tuple[str, Position], list[tuple[Equation, dict[str, IntLike]]]] = {}
    for e in inside:
        for fixed in _assignments(e.domain, env):
            member = (e.target.family, tuple(_int(i, fixed) for i in e.target.index))
            jobs.setdefault(member, []).append((e, fixed))
    graph = {member: {m for e, fixed in todo for m in _read(e, fixed) if m in jobs}
             for member, todo in jobs.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        path = " -> ".join(f"{n}{list(p)}" for n, p in reversed(error.args[1]))
        raise DeriveError(f"the equations go in a circle: {path}") from None
    for member in order:
        for e, fixed in jobs[member]:
            scope = Scope(stores, fixed)
            _add(e.target, scope, evaluate(e.rhs, scope)[0])


def _read(equation: Equation, fixed: Env) -> Iterable[tuple[str, Position]]:
    from derive.expr.nodes import Reduce
    from derive.expr.walk import walk

    bound = tuple((n.index, n.range) for n in walk(equation.rhs) if isinstance(n, Reduce))
    for ref in refs(equation.rhs):
        mine = tuple((n, r) for n, r in bound if any(coefficient(i, n) for i in ref.index))
        for env in _assignments(mine, fixed):
            yield ref.family, tuple(_int(i, env) for i in ref.index)


def _check_finite(name: str, store: Store) -> None:
    if not np.all(np.isfinite(store.array)):
        bad = np.argwhere(~np.isfinite(store.array))[0][:len(store.offset)]
        at = [int(i) + o for i, o in zip(bad, store.offset, strict=True)]
        where = f"{name}{at if at else ''}"
        raise DeriveError(f"`{where}` is not a finite number: a division by zero, a logarithm of "
                          "0 or an overflow")


