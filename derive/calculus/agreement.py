"""When two formulas of one entry are the same, and what that rests on.

Both are brought to one normal form, for any size: first as they are, then with declared facts put
in, then with the equations of quantities put in. What cannot be brought together in this way is
not called equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import sympy

from derive.calculus.entries import entry
from derive.calculus.facts import Fact, cited
from derive.calculus.places import Formula, integer, position
from derive.calculus.sums import fresh, normal, put, standard, vanishes
from derive.calculus.system import System
from derive.calculus.window_sums import in_one_way
from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.nodes import Symbol, Transpose
from derive.expr.walk import refs

__all__ = ["Agreement", "agreement"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Declared facts and equations of the model that were needed to see that both are equal."""

    facts: tuple[Fact, ...] = ()
    equations: tuple[Equation, ...] = ()


def agreement(ours: Formula, theirs: Formula, facts: Sequence[Fact], system: System
              ) -> Agreement | None:
    """Return what the equality of two formulas rests on, or None where it is not seen."""
    apart = in_one_way(_as_given(ours - theirs))
    for equations in _choices(apart, system):
        difference = in_one_way(_as_given(_put_in(apart, equations)))
        if vanishes(difference):
            return Agreement((), equations)
        reduced, used = cited(normal(difference), facts)
        if used and vanishes(reduced):
            return Agreement(used, equations)
        turned, even = _symmetric(normal(difference), facts)
        if even and vanishes(cited(normal(turned), facts)[0]):
            return Agreement((*used, *even), equations)
    return None


def _as_given(formula: Formula) -> Formula:
    """Write h for sg(h), whose value it is."""
    return formula.replace(lambda f: type(f).__name__ == "stop_gradient", lambda f: f.args[0])


def _symmetric(formula: Formula, facts: Sequence[Fact]) -> tuple[Formula, tuple[Fact, ...]]:
    """Write A_ij for A_ji where A is declared symmetric."""
    even = tuple(fact for fact in facts if Transpose(fact[0]) == fact[1]
                 or Transpose(fact[1]) == fact[0])
    names = {ref.name for left, _ in even for ref in refs(left) if isinstance(ref, Symbol)}
    atoms = [a for a in formula.atoms(sympy.Indexed) if str(a.base.label) in names]
    table = {a: a.func(a.base, *a.indices[:-2], *sorted(a.indices[-2:],
                                                        key=sympy.default_sort_key))
             for a in atoms}
    return formula.xreplace(table), even


def _choices(difference: Formula, system: System) -> Iterator[tuple[Equation, ...]]:
    """Yield which equations to put in: none, one, then more and more from the top down."""
    found = tuple(_equations(difference, system))
    yield ()
    yield from ((equation,) for equation in found)
    yield from (found[:count] for count in range(2, len(found) + 1))


def _equations(difference: Formula, system: System) -> Iterator[Equation]:
    """Yield the equations of all that a formula speaks of, each before those that it reads."""
    names = {str(a.base.label) for a in difference.atoms(sympy.Indexed)}
    names |= {s.name for s in difference.free_symbols if s.is_Symbol}
    below = {n for name in names if name in system.by_target for n in system.above(name)}
    waiting = [e for e in system.equations if e.target.family in below
               and len(system.by_target[e.target.family]) == 1]
    while waiting:
        first = next((e for e in waiting if not any(
            e.target.family in system.reads[o.target.family] for o in waiting if o is not e)),
            waiting[0])
        waiting.remove(first)
        yield first


def _put_in(formula: Formula, equations: Sequence[Equation]) -> Formula:
    for equation in equations:
        formula = _unfolded(formula, equation)
    return standard(formula)


def _unfolded(formula: Formula, equation: Equation) -> Formula:
    """Put the right side of an equation in for its target, at every member that occurs."""
    target = cast(Symbol, equation.target)
    slots = tuple(position(f"slot{m}") for m, _ in enumerate(target.shape))
    try:
        rhs = entry(equation.rhs, slots)
    except DeriveError:
        return formula
    if not target.index and not target.shape:
        return put(formula, {sympy.Symbol(target.name, real=True): fresh(rhs)})
    atoms = [a for a in formula.atoms(sympy.Indexed) if str(a.base.label) == target.name]
    return put(formula, {a: found for a in atoms
                         if (found := _member(rhs, a, target, slots)) is not None})


def _member(rhs: Formula, atom: Formula, target: Symbol, slots: tuple[Formula, ...]
            ) -> Formula | None:
    """Return the formula of ``h[t-1, k]`` from that of ``h[t, k]``."""
    own = len(target.index)
    table = dict(zip(slots, atom.indices[own:], strict=True))
    for at, found in zip(map(integer, target.index), atom.indices[:own], strict=True):
        if at.is_Symbol:
            table[at] = found
        elif at != found:
            return None
    return fresh(rhs).xreplace(table)
