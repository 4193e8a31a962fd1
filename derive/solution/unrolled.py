"""The same derivative over the unrolled graph, one member at a time, with nothing fused.

Every member is a quantity of its own, so that ranges, cases, sums over an index and fusions play
no part; one pass gives the derivatives of a number by everything it depends on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import accumulate
from operator import mul
from typing import Any

import numpy as np

from derive.calculus.pullback import parted, pullback
from derive.errors import DeriveError
from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, Reduce, Ref, Symbol
from derive.expr.positions import integers, span
from derive.expr.walk import at, children, refs
from derive.numbers.reference import Lookup, evaluate
from derive.solution.oracle import Oracle

__all__ = ["Cell", "Unrolled"]

Cell = tuple[int, ...]
Env = Mapping[str, IntLike]
Rule = tuple[tuple[Expr, Expr], ...]


@dataclass
class _Sweep:
    """Cotangents found so far, and the members whose own parents have not had their share yet.

    A member's cotangent is complete when no member of a higher rank is waiting.
    """

    rank: Mapping[Ref, int]
    found: dict[Ref, Any] = field(default_factory=dict)
    waiting: list[tuple[int, Ref]] = field(default_factory=list)

    def add(self, member: Ref, g: Any) -> None:
        if member in self.found:
            self.found[member] += g
        else:
            self.found[member] = np.array(g, dtype=float)
            heappush(self.waiting, (-self.rank[member], member))


def _or_nothing(cotangent: Expr, look: Lookup, env: Env) -> Any:
    """Return a cotangent; NaN where it has no value, so that only who asks for it fails."""
    try:
        return np.asarray(evaluate(cotangent, look, env))
    except DeriveError:
        return np.full(integers(cotangent.shape, env), np.nan)


@dataclass
class Unrolled:
    """Numeric cotangents, backwards through the members that an oracle knows.

    `rules` keeps for each node of an equation its parts with the formula of their cotangent; the
    members of a series share them.
    """

    oracle: Oracle
    sweeps: dict[tuple[Symbol, Cell], _Sweep] = field(default_factory=dict)
    rules: dict[int, tuple[Expr, Symbol, Rule]] = field(default_factory=dict)
    parted: dict[int, tuple[Expr, Expr]] = field(default_factory=dict)

    def gradient(self, top: Symbol, bottom: Ref, cell: Cell = ()) -> Any:
        """Return the derivative of an entry of *top* by *bottom*, through all ways.

        The sweep goes down as far as *bottom* and is taken up there for what lies further down.
        """
        value, rank = self.oracle.value(bottom), self.oracle.graph.rank
        if (top, cell) not in self.sweeps:
            self.sweeps[top, cell] = _Sweep(rank)
            self.sweeps[top, cell].add(top, self._seed(top, cell))
        sweep = self.sweeps[top, cell]
        while sweep.waiting and -sweep.waiting[0][0] > rank[bottom]:
            _, member = heappop(sweep.waiting)
            self._through(member, sweep.found[member], sweep)
        found = sweep.found.get(bottom)
        return np.zeros(np.shape(value)) if found is None else found

    def local(self, top: Symbol, bottom: Symbol, cell: Cell = ()) -> Any:
        """Return what the equation of *top* alone gives."""
        value, sweep = self.oracle.value(bottom), _Sweep(self.oracle.graph.rank)
        self._through(top, self._seed(top, cell), sweep)
        return sweep.found.get(bottom, np.zeros(np.shape(value)))

    def _seed(self, top: Symbol, cell: Cell) -> Any:
        seed = np.zeros(np.shape(self.oracle.value(top)))
        seed[cell] = 1.0
        return seed

    def _through(self, member: Ref, g: Any, out: _Sweep) -> None:
        made = self.oracle.making(member)
        if made is not None:
            self._down(made.equation.rhs, made.env, g, out)

    def _down(self, expr: Expr, env: Env, g: Any, out: _Sweep) -> None:
        if isinstance(expr, Ref):
            out.add(at(expr, env), g)
            return
        if isinstance(expr, Reduce):
            self._reduced(expr, env, g, out)
            return
        expr = self._parts(expr)
        hole, rule = self._rule(expr)

        def look(ref: Ref) -> Any:
            return g if ref == hole else self.oracle.value(ref)

        for part, cotangent in rule:
            self._down(part, env, _or_nothing(cotangent, look, env), out)

    def _parts(self, expr: Expr) -> Expr:
        """Return log(a/b) as log a - log b, always the same node."""
        if id(expr) not in self.parted:
            self.parted[id(expr)] = expr, parted(expr)
        return self.parted[id(expr)][1]

    def _rule(self, expr: Expr) -> tuple[Symbol, Rule]:
        if id(expr) not in self.rules:
            hole = Symbol("'g", (), expr.shape)
            pairs = zip(children(expr), pullback(expr, hole), strict=True)
            rule = tuple((part, cotangent) for part, cotangent in pairs
                         if cotangent is not None and any(True for _ in refs(part)))
            self.rules[id(expr)] = (expr, hole, rule)   # the node stays alive, so its id stays its
        _, hole, rule = self.rules[id(expr)]
        return hole, rule

    def _reduced(self, expr: Reduce, env: Env, g: Any, out: _Sweep) -> None:
        first, last = span(expr.range, env)
        cells = [{**env, expr.index: k} for k in range(first, last + 1)]
        for cell, weight in zip(cells, self._weights(expr, cells), strict=True):
            self._down(expr.body, cell, g * weight, out)

    def _weights(self, expr: Reduce, cells: list[dict[str, IntLike]]) -> list[Any]:
        """What the result changes by when one term does: 1, 1/n, the product of the others."""
        if expr.kind != "prod":
            return [1.0 / len(cells) if expr.kind == "mean" else 1.0] * len(cells)
        values = [evaluate(expr.body, self.oracle.value, cell) for cell in cells]
        before = [1.0, *accumulate(values[:-1], mul)]
        after = [1.0, *accumulate(values[:0:-1], mul)][::-1]
        return [a * b for a, b in zip(before, after, strict=True)][:len(cells)]
