"""Single members of a system: which equation makes h[2], what it reads, in which order to go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from derive.calculus.adjoint import Adjoint
from derive.expr.equation import Equation
from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, Partial, Reduce, Ref
from derive.expr.positions import inside, match, span
from derive.expr.walk import at, children

__all__ = ["Making", "ancestors", "making", "making_adjoint", "reads"]


@dataclass(frozen=True)
class Making:
    """How one member comes about: its equation, the positions put in, the right side there."""

    member: Ref
    equation: Equation
    env: Mapping[str, IntLike]

    @property
    def rhs(self) -> Expr:
        return at(self.equation.rhs, self.env)


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
            return Making(member, equation, env)
    return None


def reads(expr: Expr, env: Mapping[str, IntLike] | None = None) -> Iterator[Ref]:
    """Yield every member an expression reads, reductions over an index written out."""
    env = env or {}
    if isinstance(expr, Ref):
        yield at(expr, env)
        return
    if isinstance(expr, Reduce):
        lo, hi = span(expr.range, env)
        for k in range(lo, hi + 1):
            yield from reads(expr.body, {**env, expr.index: k})
        return
    for part in children(expr):
        yield from reads(part, env)


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
