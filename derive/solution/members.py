"""Single members of a system: which equation makes h[2], what it reads, in which order to go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from derive.calculus.adjoint import Adjoint
from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.integers import IntLike, coefficient, names_in, put
from derive.expr.nodes import Expr, Partial, Range, Reduce, Ref, Symbol
from derive.expr.walk import at, children

__all__ = ["Making", "ancestors", "inside", "making", "making_adjoint", "reads"]

Env = dict[str, IntLike]


@dataclass(frozen=True)
class Making:
    """How one member comes about: its equation, the positions put in, the right side there."""

    member: Ref
    equation: Equation
    env: Mapping[str, IntLike]

    @property
    def rhs(self) -> Expr:
        return at(self.equation.rhs, self.env)


def solve_position(target: Ref, found: Ref) -> Env | None:
    """Return the index values at which an equation's target is *found*."""
    env: Env = {}
    for own, other in zip(target.index, found.index, strict=True):
        free = [n for n in names_in(own) if n not in env and coefficient(own, n) in (1, -1)]
        if free:
            rest = put(own, {free[0]: 0})
            env[free[0]] = other - rest if coefficient(own, free[0]) == 1 else rest - other
        elif put(own, env) != other:
            return None
    return env


def inside(domain: Iterable[tuple[str, Range]], env: Mapping[str, IntLike]) -> bool:
    """True where the positions lie in their ranges (all integers)."""
    for name, bounds in domain:
        value = env[name]
        gaps = [value - put(b, env) for b in bounds.los] + [put(b, env) - value for b in bounds.his]
        if any(not isinstance(g, int) or g < 0 for g in gaps):
            return False
    return True


def making(member: Ref, equations: Mapping[str, list[Equation]]) -> Making | None:
    """Return how a quantity of the model is made, None where it is given."""
    for equation in equations.get(member.family, ()):
        env = solve_position(equation.target, member)
        if env is not None and inside(equation.domain, env):
            return Making(member, equation, env)
    return None


def making_adjoint(member: Partial, adjoint: Adjoint) -> Making | None:
    """Return how a derivative is made, None where it is zero."""
    name = member.bottom.name
    for piece in adjoint.pieces.get(name, ()):
        equation = adjoint.equation(name, piece)
        env = solve_position(equation.target, member)
        if env is not None and inside(piece.domain, env):
            return Making(member, equation, env)
    return None


def reads(expr: Expr, env: Mapping[str, IntLike] | None = None) -> Iterator[Ref]:
    """Yield every member an expression reads, reductions over an index written out."""
    env = env or {}
    if isinstance(expr, Ref):
        found = at(expr, env)
        assert isinstance(found, (Symbol, Partial))
        yield found
        return
    if isinstance(expr, Reduce):
        lo = max(_int(put(b, env)) for b in expr.range.los)
        hi = min(_int(put(b, env)) for b in expr.range.his)
        for k in range(lo, hi + 1):
            yield from reads(expr.body, {**env, expr.index: k})
        return
    for part in children(expr):
        yield from reads(part, env)


def _int(value: IntLike) -> int:
    if not isinstance(value, int):
        raise DeriveError(f"the size {value} has no value")
    return value


def ancestors(wanted: Iterable[Ref], parents: Callable[[Ref], Iterable[Ref]],
              known: Callable[[Ref], bool]) -> list[Ref]:
    """Return *wanted* and all they need that is not known yet, every member after its parents.

    Without recursion: a chain may be thousands of steps long.
    """
    order: list[Ref] = []
    done: set[Ref] = set()
    for start in wanted:
        stack: list[tuple[Ref, Iterator[Ref]]] = [(start, iter(parents(start)))]
        if start in done or known(start):
            continue
        done.add(start)
        while stack:
            member, rest = stack[-1]
            for parent in rest:
                if parent not in done and not known(parent):
                    done.add(parent)
                    stack.append((parent, iter(parents(parent))))
                    break
            else:
                order.append(member)
                stack.pop()
    return order
