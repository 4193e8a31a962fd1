"""Labelled rows of a question, exactly: what a linear threshold is asked to do with each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from derive.errors import DeriveError
from derive.expr.nodes import Dimension, Entry, Expr, Symbol
from derive.expr.positions import integers
from derive.numbers.separation import Condition
from derive.question.keys.separable import Separable
from derive.solution.solver import Solver
from derive.syntax.write_text import write

__all__ = ["Example", "exact_row", "examples_of"]

KINDS = ((0, 1), (-1, 1))   # labels: the class below, the class above
ONE = Fraction(1)
MOST_NUMBERS = 2000     # of features; fractions grow as they are eliminated


@dataclass(frozen=True, slots=True)
class Example:
    """One row: where it stands, its features and label as mathematics, what it asks of w.

    With a bias, the condition's row ends in a constant 1.
    """

    number: Dimension
    features: Expr
    label: Expr
    value: Fraction
    condition: Condition


def examples_of(solver: Solver, task: Separable) -> tuple[Example, ...]:
    """Return all rows with their labels; a `DeriveError` where they do not fit together."""
    rows, labels = list(_rows(solver, task.features)), list(_rows(solver, task.labels))
    _refuse_many(len(rows), task)
    if len(rows) != len(labels):
        raise DeriveError(f"{len(rows)} rows, but {len(labels)} labels", task.place,
                          "give each row its label")
    numbers = [exact_row(solver, label, task)[0] for label in labels]
    below = _class_below(numbers, task)
    found = []
    for place, (row, label, number) in enumerate(zip(rows, labels, numbers, strict=True)):
        x = (*exact_row(solver, row, task), *((ONE,) if task.bias else ()))
        condition = Condition(x, number == 1, number == 1 or below == -1)
        found.append(Example(_number(row, place), row, label, number, condition))
    return tuple(found)


def _refuse_many(count: int, task: Separable) -> None:
    size = task.features.shape[-1]
    assert isinstance(size, int), "a row of numbers"
    if count * size > MOST_NUMBERS:
        raise DeriveError(f"{count} rows of {size} features are too many to be decided exactly",
                          task.place, f"up to {MOST_NUMBERS} numbers are worked out")


def _rows(solver: Solver, symbol: Symbol) -> Iterator[Expr]:
    if symbol.index:
        yield from sorted(solver.members(symbol), key=lambda s: s.index)
    elif isinstance(symbol.shape[0], int):
        yield from (Entry(symbol, (n,)) for n in range(symbol.shape[0]))


def _number(row: Expr, place: int) -> Dimension:
    return Dimension(row.index[0] if isinstance(row, Symbol) else place)


def exact_row(solver: Solver, row: Expr, task: Separable) -> tuple[Fraction, ...]:
    """Return the numbers of a row; what was rounded proves nothing."""
    symbol, at = (row.arg, row.at) if isinstance(row, Entry) else (row, ())
    assert isinstance(symbol, Symbol), "a row is a member or a part of a quantity"
    known = solver.literal(symbol)
    rounded = solver.policy.carry == "rounded" and not known.exact
    if known.values.dtype != object or rounded:
        raise DeriveError(f"`{write(symbol)}` is not exact, so nothing can be proved about it",
                          task.place, "give features and labels as whole numbers or fractions")
    return tuple(map(Fraction, np.ravel(known.values[integers(at)])))


def _class_below(labels: Sequence[Fraction], task: Separable) -> int:
    """Return the number of the class that is to lie below: 0, or -1."""
    for below, above in KINDS:
        if set(labels) <= {below, above}:
            return below
    odd = next(n for n in labels if n not in (0, 1, -1)) if set(labels) - {0, 1, -1} else None
    what = f"the label {odd}" if odd is not None else "labels of three kinds"
    raise DeriveError(f"{what}: two classes can be separated, not more", task.place,
                      "label them 0 and 1, or -1 and 1")
