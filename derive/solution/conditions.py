"""Linear conditions on unknown arrays, as exact equations in their entries, and judged again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from derive.calculus.elimination import Row, Solved, distinct, eliminate
from derive.calculus.linear_conditions import (
    Cell,
    cells_of,
    equations_of,
    mentions,
    refuse_nonlinear,
)
from derive.errors import DeriveError, Place
from derive.expr.build import sub
from derive.expr.nodes import Expr, Literal, Ref, Symbol
from derive.expr.positions import integers
from derive.expr.walk import transform
from derive.numbers.exact import exact_value
from derive.numbers.reference import evaluate
from derive.question.keys.solve import Solve
from derive.question.question import Fact
from derive.solution.numeric import given_literal
from derive.solution.solver import Solver
from derive.syntax.write_text import write

__all__ = ["Conditions"]

MOST_UNKNOWNS = 200
DEEPEST = 50            # equations that are put into each other


Made = TypeVar("Made")


def _located(make: Callable[[], Made], place: Place) -> Made:
    """Say where the condition stands for which something cannot be made."""
    try:
        return make()
    except DeriveError as error:
        raise DeriveError(error.message, error.place or place, error.remedy) from error


@dataclass
class Conditions:
    """The conditions of a task: `rows` are their distinct equations, `solved` what they leave."""

    solver: Solver
    task: Solve

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(symbol.name for symbol in self.task.unknowns)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The entries of the unknowns, in the order in which vectors of solutions hold them."""
        found = cells_of(self.task.unknowns)
        if len(found) > MOST_UNKNOWNS:
            raise DeriveError(f"{len(found)} unknown numbers are too many to be solved for by hand",
                              remedy=f"up to {MOST_UNKNOWNS} are")
        return found

    @cached_property
    def differences(self) -> tuple[Expr, ...]:
        """left - right of each condition in the given quantities and the unknowns alone."""
        return tuple(_located(lambda c=condition: self._difference(c), place)  # type: ignore[misc]
                     for condition, place in zip(self.task.conditions, self.task.places,
                                                 strict=True))

    def _difference(self, condition: Fact) -> Expr:
        whole = self._in_givens(sub(condition.left, condition.right))
        if not mentions(whole, self.names):
            raise DeriveError(f"`{condition.typed}` does not speak of "
                              f"{' or '.join(sorted(self.names))}")
        refuse_nonlinear(whole, self.names)
        return whole

    def _in_givens(self, expr: Expr) -> Expr:
        """Put the equations of computed quantities in, as long as there are any."""
        for _ in range(DEEPEST):
            inlined = transform(expr, self._definition)
            if inlined == expr:
                return expr
            expr = inlined
        raise DeriveError(f"`{write(expr)[:60]}` goes through too many equations")

    def _definition(self, expr: Expr) -> Expr | None:
        if not isinstance(expr, Symbol) or expr.index:
            return None
        found = self.solver.model.by_target.get(expr.name, [])
        return found[0].rhs if len(found) == 1 and not found[0].domain else None

    # exact

    def _exact(self, values: Callable[[Symbol], Any]) -> list[Any]:
        """Return all entries of the differences, with numbers for the unknowns."""
        entries: list[Any] = []
        for difference, place in zip(self.differences, self.task.places, strict=True):
            found = _located(lambda d=difference: self._exact_value(d, values),  # type: ignore[misc]
                             place)
            entries += list(np.asarray(found, dtype=object).ravel())
        return entries

    def _exact_value(self, difference: Expr, values: Callable[[Symbol], Any]) -> Any:
        found = exact_value(transform(difference, lambda e: self._number(e, values)))
        if found is None:
            raise DeriveError(f"`{write(difference)[:80]}` has no exact value",
                              remedy="conditions are solved in fractions: give 0.1 or 1/3")
        return found

    def _number(self, expr: Expr, values: Callable[[Symbol], Any]) -> Expr | None:
        if not isinstance(expr, Ref):
            return None
        if isinstance(expr, Symbol) and expr.name in self.names:
            return Literal(values(expr), True, str)
        item = self.solver.question.given.get(expr.family)
        found = given_literal(item, integers(expr.index)) if item is not None else None
        if found is None:
            raise DeriveError(f"`{write(expr)}` has no numbers",
                              remedy=f"give it a value, or solve for it: for: {write(expr)}")
        return found

    @cached_property
    def equations(self) -> tuple[tuple[tuple[Fraction, ...], Fraction], ...]:
        """One equation per entry of the conditions, those included that say nothing."""
        if any(not isinstance(n, int) for d in self.differences for n in d.shape):
            raise DeriveError("conditions of unknown size cannot be written out",
                              remedy="give the sizes a number")
        start = self._exact(lambda symbol: self.vector([Fraction(0)] * len(self.cells), symbol))
        units = [self._exact(lambda symbol, m=m: self.vector(  # type: ignore[misc]
            [Fraction(m == n) for n in range(len(self.cells))], symbol))
            for m in range(len(self.cells))]
        return tuple(equations_of(units, start))

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return distinct(self.equations)

    @cached_property
    def solved(self) -> Solved:
        return eliminate(self.rows)

    def vector(self, values: Sequence[Fraction], symbol: Symbol) -> Any:
        """Return the part of a vector of all unknowns that is one array."""
        out = np.empty(integers(symbol.shape), dtype=object)
        for (owner, at), value in zip(self.cells, values, strict=True):
            if owner == symbol:
                out[at] = value
        return out

    def value(self, expr: Expr, values: Sequence[Fraction]) -> Any:
        """Return the exact value of an expression with these numbers for all unknowns."""
        whole = self._in_givens(expr)
        return self._exact_value(whole, lambda symbol: self.vector(values, symbol))

    # judged again, in floating point, by the plain evaluator

    def residual(self, values: Sequence[float]) -> Any:
        """Return all entries of left - right for these numbers."""
        exact = [Fraction(v) for v in values]

        def look(ref: Ref) -> Any:
            if isinstance(ref, Symbol) and ref.name in self.names:
                return self.vector(exact, ref).astype(float)
            found = given_literal(self.solver.question.given[ref.family], integers(ref.index))
            assert found is not None
            return np.asarray(found.values, dtype=float)

        parts = [np.ravel(evaluate(d, look)) for d in self.differences]
        return np.concatenate(parts).astype(float)

    @cached_property
    def matrix(self) -> tuple[Any, Any]:
        """Return A and b of A u = b, from the plain evaluator."""
        count = len(self.cells)
        start = self.residual([0.0] * count)
        columns = [self.residual([float(m == n) for n in range(count)]) - start
                   for m in range(count)]
        return np.stack(columns, axis=1), -start
