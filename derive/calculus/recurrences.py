"""One adjoint recurrence out of several equations: what stands between two states is put in.

dL/dh_i = W^T dL/dz_{i+1} + ... and dL/dz_i = D_i dL/dh_i are one recurrence in dL/dh. The family
that stays is the one without which nothing goes in a circle: the state. Where one family is not
enough (an LSTM's h and c) there is no single recurrence, and that is said by name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from derive.calculus.adjoint import Adjoint
from derive.calculus.contributions import Contribution
from derive.calculus.ranges import Limit, at_most, is_empty, ranges_of
from derive.calculus.system import reach
from derive.calculus.tidy import tidy
from derive.expr.build import add
from derive.expr.equation import Domain
from derive.expr.integers import IntLike, named
from derive.expr.nodes import Expr, Partial, Range, Symbol
from derive.expr.walk import at, refs, replace

__all__ = ["Flow", "NotClosed", "between", "circle_of", "flows_of", "nearest_circle",
           "numbers_in", "put_in", "resolved", "state_of"]

DEEPEST = 8
Keeps = Callable[[Partial], bool]


class NotClosed(Exception):
    """There is no single product, for a reason that lies with `parts`."""

    def __init__(self, reason: str, *parts: Expr) -> None:
        super().__init__(reason)
        self.reason, self.parts = reason, parts


@dataclass(frozen=True)
class Flow:
    """A term of an adjoint, linear in the derivative by `source`; the seed has no source.

    `domain` is where it exists, `sums` what it sums over.
    """

    expr: Expr
    domain: Domain
    source: Symbol | None
    sums: Domain = ()


def flows_of(adjoint: Adjoint, family: str) -> list[Flow]:
    """Return what flows into the adjoint of a family directly."""
    return [Flow(t.expr, t.domain, t.source if isinstance(t, Contribution) else None, t.sums)
            for t in adjoint.terms[family]]


def _edges(adjoint: Adjoint) -> dict[str, set[str]]:
    return {name: {c.source.name for c in adjoint.contributions(name)} for name in adjoint.terms}


def circle_of(adjoint: Adjoint, family: str) -> frozenset[str]:
    """Return the families whose adjoints need each other with that of *family*; none if it is free.
    """
    edges = _edges(adjoint)
    found = {u for u in reach(family, edges) if family in reach(u, edges)}
    return frozenset(found if len(found) > 1 or family in edges.get(family, ()) else ())


def nearest_circle(adjoint: Adjoint, family: str) -> frozenset[str]:
    """Return the circle that the adjoint of a family meets first on its way to the top."""
    edges = _edges(adjoint)
    circles = {circle_of(adjoint, u) for u in reach(family, edges)} - {frozenset()}
    first = [c for c in circles if all(
        any(reach(u, edges) & other for u in c) for other in circles)]
    if circles and len(first) != 1:
        raise NotClosed("several", adjoint.member(family))
    return first[0] if first else frozenset()


def between(adjoint: Adjoint, family: str, state: str) -> frozenset[str]:
    """Return the families through which the adjoint of *family* comes from that of the state."""
    edges = _edges(adjoint)
    return frozenset(u for u in reach(family, edges) if state in reach(u, edges)) - {state}


def state_of(adjoint: Adjoint, circle: frozenset[str]) -> str:
    """Return the family that carries the recurrence of a circle.

    Where several would do, it is the one that the model reads at another position: the state.
    """
    edges = _edges(adjoint)
    enough = [name for name in adjoint.terms if name in circle
              and _is_free_of_circles({n: edges[n] & circle - {name} for n in circle - {name}})]
    if not enough:
        states = [n for n in adjoint.terms if n in circle and _is_read_elsewhere(adjoint, n)]
        raise NotClosed("coupled", *(adjoint.member(n) for n in states))
    return max(enough, key=lambda name: _is_read_elsewhere(adjoint, name))


def _is_free_of_circles(edges: Mapping[str, Iterable[str]]) -> bool:
    try:
        TopologicalSorter(edges).prepare()
    except CycleError:
        return False
    return True


def _is_read_elsewhere(adjoint: Adjoint, family: str) -> bool:
    return any(c.distance for c in adjoint.contributions(family))


def put_in(adjoint: Adjoint, family: str, state: str, circle: Collection[str]) -> list[Flow]:
    """Return the flows into a family with every adjoint of the circle but the state's put in."""
    todo, found = flows_of(adjoint, family), []
    while todo:
        flow = todo.pop(0)
        name = flow.source.name if flow.source is not None else state
        if name == state or name not in circle:
            found.append(flow)
        else:
            todo = [*_replaced(adjoint, flow), *todo]
    return found


def _replaced(adjoint: Adjoint, flow: Flow) -> list[Flow]:
    """Put the adjoint of a flow's source in, term by term."""
    assert flow.source is not None
    names = adjoint.model.families[flow.source.name].indices
    env = dict(zip(names, flow.source.index, strict=True))
    partial = adjoint.partial(flow.source)
    found = []
    for inner in flows_of(adjoint, flow.source.name):
        domain = _both(flow, inner, env)
        if domain is None:
            continue
        expr = tidy(replace(flow.expr, {partial: at(inner.expr, env)}))
        source = at(inner.source, env) if inner.source is not None else None
        found.append(Flow(expr, domain, source, flow.sums))
    return found


def _both(flow: Flow, inner: Flow, env: Mapping[str, IntLike]) -> Domain | None:
    """Return where both exist; None where that is nowhere."""
    assert flow.source is not None
    if inner.sums:
        raise NotClosed("whole past", flow.source)
    letters = [n for n, _ in flow.domain]
    limits: list[Limit] = [(named(n), r) for n, r in flow.domain]
    limits += [(env[n], r) for n, r in inner.domain]
    sums = dict(flow.sums)
    domain = ranges_of(letters, limits, sums)
    if any(is_empty(r) for _, r in (*domain, *sums.items())):
        return None
    if tuple(sums.items()) != flow.sums:
        raise NotClosed("cases", flow.source)
    return domain


def resolved(adjoint: Adjoint, expr: Expr, kept: Keeps = lambda ref: False, deep: int = 0) -> Expr:
    """Put in the derivatives that are known outright, as dJ/do = p - y is; *kept* ones stay."""
    table: dict[Expr, Expr] = {}
    for ref in dict.fromkeys(refs(expr)):
        if isinstance(ref, Partial) and not ref.direct and ref.top == adjoint.top:
            known = None if kept(ref) else _known(adjoint, ref, kept, deep)
            table |= {ref: known} if known is not None else {}
    return tidy(replace(expr, table)) if table else expr


def numbers_in(adjoint: Adjoint, expr: Expr) -> Expr:
    """Put in the derivatives that are numbers, as dL/dl_t = 1/T is."""
    return resolved(adjoint, expr, lambda ref: any(True for _ in refs(resolved(adjoint, ref))))


def _known(adjoint: Adjoint, ref: Partial, kept: Keeps, deep: int) -> Expr | None:
    name = ref.bottom.name
    pieces = adjoint.pieces.get(name, ())
    if deep > DEEPEST or len(pieces) != 1 or circle_of(adjoint, name):
        return None
    env = dict(zip(adjoint.model.families[name].indices, ref.bottom.index, strict=True))
    if not all(_fits(env[n], r) for n, r in pieces[0].domain):
        return None
    whole = at(add(*(t.expr for t in pieces[0].terms)), env)
    found = resolved(adjoint, whole, kept, deep + 1)
    left = any(isinstance(r, Partial) and not r.direct and not kept(r) for r in refs(found))
    return None if left else found


def _fits(position: IntLike, bounds: Range) -> bool:
    """True unless the position is a number that lies outside: letters run where terms exist."""
    ends = [*((b, position) for b in bounds.los), *((position, b) for b in bounds.his)]
    return all(at_most(a, b) or not isinstance(b - a, int) for a, b in ends)
