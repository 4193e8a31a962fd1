"""The same derivative over the unrolled graph, one member at a time, with nothing fused.

Every member is a quantity of its own, so that ranges, cases, sums over an index and fusions play
no part; one pass gives the derivatives of a number by everything it depends on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from operator import mul
from typing import Any

import numpy as np

from derive.calculus.pullback import pullback
from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, Reduce, Ref, Symbol
from derive.expr.positions import span
from derive.expr.walk import at, children, refs
from derive.numbers.reference import evaluate
from derive.solution.oracle import Oracle

__all__ = ["Cell", "Unrolled"]

Cell = tuple[int, ...]
Env = Mapping[str, IntLike]
Rule = tuple[tuple[Expr, Expr], ...]


@dataclass
class Unrolled:
    """Numeric cotangents, backwards through the members that an oracle knows.

    `rules` keeps for each node of an equation its parts with the formula of their cotangent; the
    members of a series share them.
    """

    oracle: Oracle
    gradients: dict[tuple[Symbol, Cell], dict[Ref, Any]] = field(default_factory=dict)
    rules: dict[int, tuple[Expr, Symbol, Rule]] = field(default_factory=dict)

    def gradient(self, top: Symbol, bottom: Symbol, cell: Cell = ()) -> Any:
        """Return the derivative of an entry of *top* by *bottom*, through all ways."""
        found = self.all(top, cell).get(bottom)
        return np.zeros(np.shape(self.oracle.value(bottom))) if found is None else found

    def all(self, top: Symbol, cell: Cell = ()) -> dict[Ref, Any]:
        """Return the derivatives of an entry of *top* by all members that it depends on."""
        if (top, cell) not in self.gradients:
            found: dict[Ref, Any] = {top: self._seed(top, cell)}
            for member in reversed(self.oracle.above(top)):
                if member in found:
                    self._through(member, found[member], found)
            self.gradients[top, cell] = found
        return self.gradients[top, cell]

    def local(self, top: Symbol, bottom: Symbol, cell: Cell = ()) -> Any:
        """Return what the equation of *top* alone gives."""
        found: dict[Ref, Any] = {}
        self._through(top, self._seed(top, cell), found)
        return found.get(bottom, np.zeros(np.shape(self.oracle.value(bottom))))

    def _seed(self, top: Symbol, cell: Cell) -> Any:
        seed = np.zeros(np.shape(self.oracle.value(top)))
        seed[cell] = 1.0
        return seed

    def _through(self, member: Ref, g: Any, out: dict[Ref, Any]) -> None:
        made = self.oracle.making(member)
        if made is not None:
            self._down(made.equation.rhs, made.env, g, out)

    def _down(self, expr: Expr, env: Env, g: Any, out: dict[Ref, Any]) -> None:
        if isinstance(expr, Ref):
            _add(out, at(expr, env), g)
            return
        if isinstance(expr, Reduce):
            self._reduced(expr, env, g, out)
            return
        hole, rule = self._rule(expr)

        def look(ref: Ref) -> Any:
            return g if ref == hole else self.oracle.value(ref)

        for part, cotangent in rule:
            self._down(part, env, np.asarray(evaluate(cotangent, look, env)), out)

    def _rule(self, expr: Expr) -> tuple[Symbol, Rule]:
        if id(expr) not in self.rules:
            hole = Symbol("'g", (), expr.shape)
            pairs = zip(children(expr), pullback(expr, hole), strict=True)
            rule = tuple((part, cotangent) for part, cotangent in pairs
                         if cotangent is not None and any(True for _ in refs(part)))
            self.rules[id(expr)] = (expr, hole, rule)   # the node stays alive, so its id stays its
        _, hole, rule = self.rules[id(expr)]
        return hole, rule

    def _reduced(self, expr: Reduce, env: Env, g: Any, out: dict[Ref, Any]) -> None:
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


def _add(out: dict[Ref, Any], member: Ref, g: Any) -> None:
    if member in out:
        out[member] += g
    else:
        out[member] = np.array(g, dtype=float)
