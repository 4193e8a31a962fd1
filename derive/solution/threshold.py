"""A linear threshold on labelled rows, as it is written: its letters, its table, its conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from derive.expr.build import add, mul, number
from derive.expr.integers import named
from derive.expr.nodes import Dimension, Entry, Expr, Literal, MatMul, Sum, Symbol
from derive.numbers.policy import literal
from derive.question.keys.separable import Separable
from derive.solution.columns import cells
from derive.solution.examples import Example
from derive.solution.exhibits import Table
from derive.solution.numeric import TYPED
from derive.solution.solver import Solver
from derive.solution.words import Claim, Sentence

__all__ = ["Threshold", "exactly"]

Cell = Expr | Sentence
OPPOSITE = {">": "<=", "<=": ">", "<": ">=", ">=": "<"}


def exactly(values: Sequence[Fraction] | Fraction) -> Literal:
    """Return exact numbers for the page."""
    return literal(np.array(values, dtype=object), TYPED, True)


@dataclass(frozen=True)
class Threshold:
    """The letters of a question for w x, or w x + b, at its rows."""

    solver: Solver
    task: Separable
    examples: tuple[Example, ...]

    def letter(self, letters: str) -> str:
        return next(c for c in letters if c not in self.solver.named.families)

    @property
    def weights(self) -> Symbol:
        """Weights that are looked for."""
        return Symbol(self.letter("wvuaq"), (), self.task.features.shape[-1:])

    @property
    def bias(self) -> Symbol:
        return Symbol(self.letter("bcd"), (), ())

    @property
    def row_letter(self) -> str:
        for symbol in (self.task.features, self.task.labels):
            if symbol.index and str(symbol.index[0]) in self.solver.question.indices:
                return str(symbol.index[0])
        return self.letter("nimrj")

    def general(self, symbol: Symbol) -> Expr:
        """Return the row, or the label, of any example."""
        at = (named(self.row_letter),)
        return Symbol(symbol.name, at, symbol.shape) if symbol.index else Entry(symbol, at)

    def at(self, x: Expr, weights: Symbol | None = None) -> Expr:
        """Return w x, with the bias where there is one."""
        product = MatMul(weights or self.weights, x)
        return Sum((product, self.bias)) if self.task.bias else product

    def needed(self, weights: Symbol | None = None) -> Sentence:
        """Say when a row is on its side."""
        value = self.at(self.general(self.task.features), weights)
        zero, kinds = number(0), {e.value: e.condition.relation for e in self.examples}
        claims = [p for label, relation in sorted(kinds.items(), reverse=True)
                  for p in (Claim(value, relation, zero), number(label))]
        both = ", and ".join(["{} where the label is {}"] * len(kinds))
        return Sentence(f"A row is on its side if {both}.", tuple(claims))

    def _spelled(self, example: Example) -> Claim:
        """Write a condition in the entries of w: w_0 + w_2 > 0."""
        w, x = self.weights, example.condition.x
        entries: list[Expr] = [Symbol(w.name, (i,), ()) for i in range(len(x) - self.task.bias)]
        entries += [self.bias] if self.task.bias else []
        terms = [mul(number(a), e) for a, e in zip(x, entries, strict=True) if a]
        return Claim(add(*terms) if terms else number(0), example.condition.relation, number(0))

    def conditions(self) -> Table:
        """Return the rows with what each asks of w."""
        head: tuple[Cell, ...] = (*self._head(), Sentence("asks for"))
        return Table(head, tuple((*self._row(e), Sentence("{}", (self._spelled(e),)))
                                 for e in self.examples))

    def judged(self, found: Sequence[Fraction], weights: Symbol | None = None) -> Table:
        """Return the rows with the value of w x at each, and whether it is on the right side."""
        value = self.at(self.general(self.task.features), weights)
        head: tuple[Cell, ...] = (*self._head(), value, Sentence("side"))
        return Table(head, tuple((*self._row(e), *_side(e, found)) for e in self.examples))

    def _head(self) -> tuple[Expr, ...]:
        features = self.general(self.task.features)
        return (Dimension(named(self.row_letter)), *cells(features),
                self.general(self.task.labels))

    def _row(self, example: Example) -> tuple[Expr, ...]:
        x = example.condition.x
        own = exactly(x[:len(x) - self.task.bias])
        return example.number, *cells(own), exactly(example.value)


def _side(example: Example, weights: Sequence[Fraction]) -> tuple[Sentence, Sentence]:
    """Compare w x with 0 as the condition does, or by the opposite where that is what is true."""
    condition = example.condition
    right = condition.holds(weights)
    relation = condition.relation if right else OPPOSITE[condition.relation]
    shown = Claim(exactly(condition.value(weights)), relation, number(0))
    return Sentence("{}", (shown,)), Sentence("right" if right else "wrong")
