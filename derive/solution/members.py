"""Single members of a system: which equation makes h[2], what it reads, in which order to go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from derive.calculus.adjoint import Adjoint
from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, MatrixProduct, Partial, Reduce, Ref, Symbol
from derive.expr.positions import inside, match, span
from derive.expr.walk import at, children

__all__ = ["Making", "ancestors", "is_held", "making", "making_adjoint", "reads"]


@dataclass(frozen=True)
class Making:
    """How one member comes about: its equation, the positions put in, the right side there."""

    member: Ref
    equation: Equation
    env: Mapping[str, IntLike]

    @property
    def rhs(self) -> Expr:
        return at(self.equation.rhs, self.env)


def is_held(member: Ref, held: Iterable[Symbol]) -> bool:
    """True for what is kept fixed; a quantity held without positions is held everywhere."""
    return any(h == member or (not h.index and h.name == member.family) for h in held)


def making(member: Ref, equations: Mapping[str, list[Equation]]) -> Making | None:
    """Return how a quantity of the model is made, None where it is given."""
    for equation in equations.get(member.family, ()):
        env = match(equation.target, member)
        if env is not None and inside(equation.domain, env):
            return Making(member, equation, env)
    return None


def making_adjoint(member: Partial, adjoint: Adjoint) -> Making | None:
    """Return how a derivative is made, None where it is zero."""
    name = member.bottom.name
    for piece in adjoint.pieces.get(name, ()):
        equation = adjoint.equation(name, piece)
        env = match(equation.target, member)
        if env is not None and inside(piece.domain, env):
            return Making(member, equation, {**env, **_entry_on_top(equation.target, member)})
    return None


def _entry_on_top(pattern: Ref, member: Partial) -> dict[str, IntLike]:
    """Return what the letters of dY[k, j]/dK are in dY[0, 1]/dK."""
    if not isinstance(pattern, Partial) or pattern.component == member.component:
        return {}
    if not member.component:
        raise DeriveError(f"{member} is worked out entry by entry")
    return {str(k): i for k, i in zip(pattern.component, member.component, strict=True)}


def reads(expr: Expr, env: Mapping[str, IntLike] | None = None) -> Iterator[Ref]:
    """Yield every member an expression reads, reductions over an index written out."""
    env = env or {}
    if isinstance(expr, Ref):
        yield at(expr, env)
        return
    if isinstance(expr, (Reduce, MatrixProduct)):
        lo, hi = span(expr.range, env)
        for k in range(lo, hi + 1):
            yield from reads(expr.body, {**env, expr.index: k})
        return
    for part in children(expr):
        yield from reads(part, env)


def ancestors(wanted: Iterable[Ref], parents: Callable[[Ref], Iterable[Ref]],
              known: Callable[[Ref], bool]) -> list[Ref]:
    """Return *wanted* and all they need that is not known yet, every member after its parents.

    Members of one position stand together as far as that goes.
    """
    needs: dict[Ref, list[Ref]] = {}
    order = _depth_first(wanted, parents, known, needs)
    return _together(order, needs)


def _depth_first(wanted: Iterable[Ref], parents: Callable[[Ref], Iterable[Ref]],
                 known: Callable[[Ref], bool], needs: dict[Ref, list[Ref]]) -> list[Ref]:
    """Return what is needed, parents first, and note in *needs* who needs whom.

    Without recursion: a chain may be thousands of steps long.
    """
    order: list[Ref] = []
    for start in wanted:
        if start in needs or known(start):
            continue
        needs[start] = list(parents(start))
        stack = [(start, iter(needs[start]))]
        while stack:
            member, rest = stack[-1]
            for parent in rest:
                if parent not in needs and not known(parent):
                    needs[parent] = list(parents(parent))
                    stack.append((parent, iter(needs[parent])))
                    break
            else:
                order.append(member)
                stack.pop()
    return order


def _together(order: Sequence[Ref], needs: Mapping[Ref, list[Ref]]) -> list[Ref]:
    """Go on at the position one is at while something there is ready, else in the order given."""
    rank = {member: k for k, member in enumerate(order)}
    missing = [len({p for p in needs[m] if p in rank}) for m in order]
    readers: list[list[int]] = [[] for _ in order]
    for k, member in enumerate(order):
        for parent in {p for p in needs[member] if p in rank}:
            readers[rank[parent]].append(k)
    ready: dict[tuple[IntLike, ...], list[int]] = {}
    heap = [k for k, count in enumerate(missing) if not count]
    for k in heap:
        ready.setdefault(order[k].index, []).append(k)
    found: list[Ref] = []
    done: set[int] = set()
    here: tuple[IntLike, ...] = ()
    while heap:
        near = ready.get(here)
        k = heappop(near) if here and near else heappop(heap)
        if k in done:
            continue
        done.add(k)
        found.append(order[k])
        here = order[k].index or here
        for reader in readers[k]:
            missing[reader] -= 1
            if not missing[reader]:
                heappush(heap, reader)
                heappush(ready.setdefault(order[reader].index, []), reader)
    return found
