"""What people mean by the derivatives in a chain rule: often those of one equation, or one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from derive.expr.equation import Equation
from derive.expr.nodes import Entry, Expr, Partial, Symbol, Transpose
from derive.expr.positions import match
from derive.expr.walk import refs, transform
from derive.marking.submission.members import symbol_at

__all__ = ["chained", "immediate"]


def immediate(expr: Expr, equations: Mapping[str, Sequence[Equation]]) -> Expr:
    """Return a formula with dh_t/dW as what it is at fixed h_{t-1}.

    In a sum over time steps people write dh_t/dW for the share of one step alone.
    """
    def alone(part: Expr) -> Expr | None:
        if not isinstance(part, Partial) or part.held or not part.top.index or part.bottom.index:
            return None
        held = _states_before(part.top, equations)
        return replace(part, held=held) if held else None

    return transform(expr, alone)


def chained(expr: Expr, subject: Expr, equations: Mapping[str, Sequence[Equation]]) -> Expr:
    """Return a chain rule with what stands behind its first derivative as those of one equation.

    Where z reads h and c, and c reads h, (dc/dh) dL/dc + (dz/dh) dL/dz is dL/dh: all ways between z
    and h but the one that its equation shows are in other terms.
    """
    whole = subject
    while isinstance(whole, (Entry, Transpose)):
        whole = whole.arg
    if not isinstance(whole, Partial):
        return expr

    def alone(part: Expr) -> Expr | None:
        if not isinstance(part, Partial) or part.held or part.direct or part.top == whole.top:
            return None
        reads = any(ref.family == part.bottom.family for e in equations.get(part.top.name, ())
                    for ref in refs(e.rhs))
        return replace(part, direct=True) if reads else None

    return transform(expr, alone)


def _states_before(top: Symbol, equations: Mapping[str, Sequence[Equation]]) -> tuple[Symbol, ...]:
    """Return what a member reads from other positions, through all that stands at its own."""
    found: dict[Symbol, None] = {}
    todo, seen = [top.name], {top.name}
    while todo:
        for equation in equations.get(todo.pop(), ()):
            own = match(equation.target, replace(top, name=equation.target.family))
            for ref in refs(equation.rhs) if own is not None else ():
                if not isinstance(ref, Symbol) or not ref.index or ref.name not in equations:
                    continue
                if ref.index != equation.target.index:
                    found[symbol_at(ref, own or {})] = None
                elif ref.name not in seen:
                    seen.add(ref.name)
                    todo.append(ref.name)
    return tuple(found)
