"""In which order a system can be worked out: groups of families, and the way through a group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.integers import IntLike, coefficient
from derive.expr.nodes import Reduce
from derive.expr.positions import assignments, integers
from derive.expr.walk import refs, walk
from derive.numbers.stores import Position

__all__ = ["Env", "Run", "Work", "groups", "members", "works"]

Env = Mapping[str, IntLike]
Member = tuple[str, Position]


@dataclass(frozen=True, slots=True)
class Work:
    """An equation with the family it defines and those it reads."""

    family: str
    equation: Equation
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Run:
    """A recurrence along one index: forwards or backwards, its equations in order."""

    step: int
    works: tuple[Work, ...]


def works(equations: Sequence[Equation]) -> list[Work]:
    return [Work(e.target.family, e, frozenset(r.family for r in refs(e.rhs))) for e in equations]


def groups(found: Sequence[Work]) -> Iterator[list[Work]]:
    """Yield equations whose families depend on each other together, what they read before them."""
    reads: dict[str, set[str]] = {work.family: set() for work in found}
    for work in found:
        reads[work.family] |= work.reads & reads.keys()
    reach = {name: _reach(name, reads) for name in reads}
    group = {n: frozenset(m for m in reach[n] if n in reach[m]) | {n} for n in reads}
    merged: dict[frozenset[str], set[frozenset[str]]] = {g: set() for g in group.values()}
    for n, read in reads.items():
        merged[group[n]] |= {group[m] for m in read} - {group[n]}
    for names in TopologicalSorter(merged).static_order():
        yield [work for work in found if work.family in names]


def _reach(start: str, reads: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    todo = list(reads[start])
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(reads[name])
    return found


def run_through(inside: Sequence[Work], group: frozenset[str]) -> Run | None:
    """Find a direction in which every equation only reads what is already there."""
    gaps: set[int] = set()
    same: dict[str, set[str]] = {name: set() for name in group}
    for work in inside:
        found = _gaps(work.equation, group)
        if found is None:
            return None
        gaps.update(gap for gap, _ in found)
        same[work.family] |= {name for gap, name in found if gap == 0}
    if any(g > 0 for g in gaps) and any(g < 0 for g in gaps):
        return None
    try:
        order = list(TopologicalSorter(same).static_order())
    except CycleError:
        return None
    ranked = sorted(inside, key=lambda work: order.index(work.family))
    return Run(-1 if any(g > 0 for g in gaps) else 1, tuple(ranked))


def _gaps(equation: Equation, group: frozenset[str]) -> list[tuple[int, str]] | None:
    """Return how far away an equation reads its own group; None where that is no fixed number."""
    target = equation.target
    if len(equation.domain) != 1 or len(target.index) != 1:
        return None
    if coefficient(target.index[0], equation.domain[0][0]) != 1:
        return None
    found = []
    for ref in refs(equation.rhs):
        if ref.family in group:
            gap = ref.index[0] - target.index[0] if len(ref.index) == 1 else None
            if not isinstance(gap, int):
                return None
            found.append((gap, ref.family))
    return found


def members(inside: Sequence[Work], env: Env) -> Iterator[tuple[Equation, Env]]:
    """Yield single members in an order that works; only a circle has none."""
    jobs: dict[Member, list[tuple[Equation, dict[str, IntLike]]]] = {}
    for work in inside:
        e = work.equation
        for fixed in assignments(e.domain, env):
            member = (work.family, integers(e.target.index, fixed))
            jobs.setdefault(member, []).append((e, fixed))
    graph = {member: {m for e, fixed in todo for m in _read(e, fixed) if m in jobs}
             for member, todo in jobs.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        path = " -> ".join(f"{n}{list(p)}" for n, p in reversed(error.args[1]))
        raise DeriveError(f"the equations go in a circle: {path}") from None
    for member in order:
        yield from jobs[member]


def _read(equation: Equation, fixed: Env) -> Iterator[Member]:
    bound = tuple((n.index, n.range) for n in walk(equation.rhs) if isinstance(n, Reduce))
    for ref in refs(equation.rhs):
        mine = tuple((n, r) for n, r in bound if any(coefficient(i, n) for i in ref.index))
        for env in assignments(mine, fixed):
            yield ref.family, integers(ref.index, env)
