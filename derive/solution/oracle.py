"""The second opinion: forward values member by member, derivatives by the complex step.

Nothing here knows the sweep, the fast evaluator or the rules of differentiation: a derivative is
``Im f(x + i eps v) / eps``, exact to rounding (Squire and Trapp, SIAM Review 40, 1998).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.nodes import Expr, Literal, MatrixProduct, Reduce, Ref, Symbol
from derive.expr.positions import assignments
from derive.expr.walk import at, children, free_indices, rebuild
from derive.numbers.reference import evaluate
from derive.solution.graph import Graph
from derive.solution.members import Making, ancestors, is_held, making, reads

__all__ = ["EPS", "Oracle"]

EPS = 1e-180    # its square is 0 in float64, so that a kink hit exactly is still hit


@dataclass
class Oracle:
    """Values and derivatives of a system, recomputed from the equations and what is given.

    given: arrays by member.
    held:  members that keep the values `given` for them, whatever their equations say.
    """

    equations: Mapping[str, list[Equation]]
    given: Mapping[Ref, Any]
    values: dict[Ref, Any] = field(default_factory=dict)
    makings: dict[Ref, Making | None] = field(default_factory=dict)
    held: tuple[Symbol, ...] = ()
    _holding: dict[tuple[Symbol, ...], Oracle] = field(default_factory=dict)
    _sides: dict[Ref, Expr] = field(default_factory=dict)
    _parents: dict[Ref, Mapping[Ref, None]] = field(default_factory=dict)
    totals: dict[tuple[Symbol, Symbol], Any] = field(default_factory=dict)

    @cached_property
    def graph(self) -> Graph:
        return Graph(self.parents)

    def making(self, ref: Ref) -> Making | None:
        if ref not in self.makings:
            self.makings[ref] = None if is_held(ref, self.held) else making(ref, self.equations)
        return self.makings[ref]

    def parents(self, ref: Ref) -> Mapping[Ref, None]:
        """Return what the equation of a member reads, in order."""
        if ref not in self._parents:
            found = self.making(ref)
            read = reads(found.equation.rhs, found.env) if found else ()
            self._parents[ref] = dict.fromkeys(read)
        return self._parents[ref]

    def holding(self, held: tuple[Symbol, ...]) -> Oracle:
        """Return the same system where some members keep their values, whatever moves."""
        if held not in self._holding:
            members = [m for m in self._members() if is_held(m, held)]
            fixed = {m: self.value(m) for m in members}
            self._holding[held] = Oracle(self.equations, {**self.given, **fixed}, held=held)
        return self._holding[held]

    def _members(self) -> Iterator[Ref]:
        """Yield every member that an equation defines."""
        for equation in (e for several in self.equations.values() for e in several):
            for env in assignments(equation.domain, {}):
                yield at(equation.target, env)

    def value(self, ref: Ref) -> Any:
        """Return the value of a member, worked out with all that it needs."""
        if ref not in self.values:
            for member in ancestors([ref], self.parents, self.values.__contains__):
                self.values[member] = self.made(member, self.values.__getitem__)
                self.graph.add(member)
        return self.values[ref]

    def made(self, member: Ref, look: Callable[[Ref], Any]) -> Any:
        """Work one member out by its equation, from what *look* gives."""
        found = self.making(member)
        if found is None:
            if member not in self.given:
                raise DeriveError(f"{member} has no value")
            return np.asarray(self.given[member], dtype=float)
        return np.asarray(evaluate(self._side(member, found), look))

    def _side(self, member: Ref, found: Making) -> Expr:
        if member not in self._sides:
            self._sides[member] = found.rhs
        return self._sides[member]

    def over(self, changed: Mapping[Ref, Any]) -> Callable[[Ref], Any]:
        """Return a look-up that finds changed values first."""
        values = self.values

        def look(ref: Ref) -> Any:
            found = changed.get(ref)
            return values[ref] if found is None else found

        return look

    def moved(self, top: Symbol, bottom: Symbol, direction: Any) -> Any:
        """Return the derivative of *top* when *bottom* moves along *direction*."""
        self.value(top)
        self.value(bottom)
        return self._moved(top, bottom, direction, self.graph.between(bottom, top))

    def _moved(self, top: Symbol, bottom: Symbol, direction: Any, between: Sequence[Ref]) -> Any:
        changed: dict[Ref, Any] = {bottom: self.values[bottom] + 1j * EPS * direction}
        look = self.over(changed)
        for member in between:
            changed[member] = self.made(member, look)
        result = changed.get(top)
        if result is None:
            return np.zeros(np.shape(self.values[top]))
        return np.imag(result) / EPS

    def total(self, top: Symbol, bottom: Symbol) -> Any:
        """Return d top / d bottom through all ways, entry by entry: top.shape + bottom.shape."""
        key = (top, bottom)
        if key not in self.totals:
            self.value(top)
            self.value(bottom)
            between = self.graph.between(bottom, top)
            self.totals[key] = self._entries(
                bottom, lambda d: self._moved(top, bottom, d, between))
        return self.totals[key]

    def local(self, top: Symbol, bottom: Symbol) -> Any:
        """Return what the equation of *top* alone does when *bottom* moves, all else held."""
        self.value(top)
        found = self.making(top)
        if found is None or top == bottom:
            return self._entries(bottom, lambda d: d if top == bottom else 0.0 * self.value(top))
        held = self._held(self._side(top, found), bottom)
        return self._entries(bottom, lambda d: self._pushed(held, bottom, d))

    def local_along(self, top: Symbol, bottom: Symbol, direction: Any) -> Any:
        """Return the same along one direction; *top* has an equation."""
        self.value(top)
        found = self.making(top)
        assert found is not None, "what is given has no local derivative"
        return self._pushed(self._side(top, found), bottom, direction)

    def _pushed(self, side: Expr, bottom: Symbol, direction: Any) -> Any:
        changed: dict[Ref, Any] = {bottom: self.value(bottom) + 1j * EPS * direction}
        return np.imag(evaluate(side, self.over(changed))) / EPS

    def _held(self, expr: Expr, bottom: Symbol) -> Expr:
        """Put in the numbers of all parts in which *bottom* does not stand."""
        if isinstance(expr, Ref) or not children(expr):
            return expr
        if not free_indices(expr) and bottom not in set(reads(expr)):
            return Literal(np.asarray(evaluate(expr, self.value)), False, str)
        if isinstance(expr, (Reduce, MatrixProduct)):
            return expr
        return rebuild(expr, tuple(self._held(part, bottom) for part in children(expr)))

    def _entries(self, bottom: Symbol, derivative: Callable[[Any], Any]) -> Any:
        shape = np.shape(self.value(bottom))
        columns = []
        for cell in np.ndindex(*shape):
            direction = np.zeros(shape)
            direction[cell] = 1.0
            columns.append(np.asarray(derivative(direction)))
        stacked = np.stack(columns, axis=-1)
        return stacked.reshape(stacked.shape[:-1] + shape)
