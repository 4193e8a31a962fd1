"""The second opinion: forward values member by member, derivatives by the complex step.

Nothing here knows the sweep, the fast evaluator or the rules of differentiation: a derivative is
``Im f(x + i eps v) / eps``, exact to rounding (Squire and Trapp, SIAM Review 40, 1998).
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.nodes import Expr, Partial, Ref, Symbol
from derive.expr.positions import integers
from derive.numbers.reference import evaluate
from derive.solution.members import Making, ancestors, making, reads

__all__ = ["EPS", "Oracle"]

EPS = 1e-180    # its square is 0 in float64, so that a kink hit exactly is still hit


@dataclass
class Oracle:
    """Values and derivatives of a system, recomputed from the equations and what is given.

    given: arrays by member.
    """

    equations: Mapping[str, list[Equation]]
    given: Mapping[Ref, Any]
    values: dict[Ref, Any] = field(default_factory=dict)
    makings: dict[Ref, Making | None] = field(default_factory=dict)
    _sides: dict[Ref, Expr] = field(default_factory=dict)
    _totals: dict[tuple[Symbol, Symbol], Any] = field(default_factory=dict)

    def making(self, ref: Ref) -> Making | None:
        if ref not in self.makings:
            self.makings[ref] = making(ref, self.equations)
        return self.makings[ref]

    def parents(self, ref: Ref) -> Iterable[Ref]:
        found = self.making(ref)
        return () if found is None else dict.fromkeys(reads(found.equation.rhs, found.env))

    def value(self, ref: Ref) -> Any:
        """Return the value of a member, worked out with all that it needs."""
        if ref not in self.values:
            for member in ancestors([ref], self.parents, self.values.__contains__):
                self.values[member] = self._made(member, self.values)
            self.__dict__.pop("_readers", None)  # more members, more readers
            self._reach.clear()
        return self.values[ref]

    def _made(self, member: Ref, known: Mapping[Ref, Any]) -> Any:
        found = self.making(member)
        if found is None:
            if member not in self.given:
                raise DeriveError(f"{member} has no value")
            return np.asarray(self.given[member], dtype=float)
        if member not in self._sides:
            self._sides[member] = found.rhs
        return np.asarray(evaluate(self._sides[member], known.__getitem__))

    @cached_property
    def _readers(self) -> dict[Ref, list[Ref]]:
        readers: dict[Ref, list[Ref]] = {}
        for member in self.values:
            for parent in self.parents(member):
                readers.setdefault(parent, []).append(member)
        return readers

    def moved(self, top: Symbol, bottom: Symbol, direction: Any) -> Any:
        """Return the derivative of *top* when *bottom* moves along *direction*."""
        self.value(top)
        self.value(bottom)
        changed: dict[Ref, Any] = {bottom: self.values[bottom] + 1j * EPS * direction}
        for member in self._between(bottom, top):
            changed[member] = self._made(member, ChainMap(changed, self.values))
        result = changed.get(top)
        if result is None:
            return np.zeros(np.shape(self.values[top]))
        return np.imag(result) / EPS

    def _between(self, bottom: Symbol, top: Symbol) -> list[Ref]:
        """Return the members on a way from *bottom* to *top*, in order."""
        needed = self._above(top)
        below = self._below(bottom)
        return [m for m in needed if m in below and m != bottom]

    def _above(self, top: Ref) -> list[Ref]:
        key = self._orders.get(top)
        if key is None:
            key = self._orders[top] = ancestors([top], self.parents, lambda _: False)
        return key

    @cached_property
    def _orders(self) -> dict[Ref, list[Ref]]:
        return {}

    @cached_property
    def _reach(self) -> dict[Ref, set[Ref]]:
        return {}

    def _below(self, bottom: Ref) -> set[Ref]:
        found = self._reach.get(bottom)
        if found is None:
            found, todo = {bottom}, [bottom]
            while todo:
                for reader in self._readers.get(todo.pop(), ()):
                    if reader not in found:
                        found.add(reader)
                        todo.append(reader)
            self._reach[bottom] = found
        return found

    def total(self, top: Symbol, bottom: Symbol) -> Any:
        """Return d top / d bottom through all ways, entry by entry: top.shape + bottom.shape."""
        key = (top, bottom)
        if key not in self._totals:
            self._totals[key] = self._entries(bottom, lambda d: self.moved(top, bottom, d))
        return self._totals[key]

    def local(self, top: Symbol, bottom: Symbol) -> Any:
        """Return what the equation of *top* alone does when *bottom* moves.

        Where that equation does not read *bottom*, the derivative goes through what it reads.
        """
        if bottom not in self.parents(top) and bottom != top:
            return self.total(top, bottom)
        self.value(top)
        self.value(bottom)

        def one(direction: Any) -> Any:
            changed: dict[Ref, Any] = {bottom: self.values[bottom] + 1j * EPS * direction}
            value = self._made(top, ChainMap(changed, self.values))
            return np.imag(value) / EPS

        return self._entries(bottom, one)

    def _entries(self, bottom: Symbol, derivative: Any) -> Any:
        shape = np.shape(self.value(bottom))
        columns = []
        for cell in np.ndindex(*shape):
            direction = np.zeros(shape)
            direction[cell] = 1.0
            columns.append(np.asarray(derivative(direction)))
        stacked = np.stack(columns, axis=-1)
        return stacked.reshape(stacked.shape[:-1] + shape)

    def partial(self, ref: Partial) -> Any:
        """Return the value of a derivative symbol; one entry of its top where it names one."""
        find = self.local if ref.direct else self.total
        whole = find(ref.top, ref.bottom)
        return whole[integers(ref.component)]
