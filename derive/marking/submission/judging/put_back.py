r"""Numbers put in for some names only: \sigma'(2) x for \sigma'(z) x, where z is 2.

Such a formula agrees for the numbers given. It is right where a number stands for a quantity that
has this value: with that in its place the formula is right for all numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, islice, product

import numpy as np

from derive.expr.nodes import Entry, Expr, Neg, Number, Quotient, Symbol
from derive.expr.walk import transform, walk
from derive.marking.submission.mistakes.redone import UNJUDGED
from derive.solution.solver import Solver

__all__ = ["with_names"]

MOST_NUMBERS = 3    # in one formula
MOST_ALIKE = 8      # quantities with one value
MOST_TWICE = 3      # places of one number
MOST_TRIED = 80
MOST_ENTRIES = 200  # of a quantity


def with_names(solver: Solver, expr: Expr) -> Iterator[Expr]:
    """Yield a formula with one or two of its numbers as quantities that have their values.

    A number may stand for one where it is written twice: s (1 - s) 1.
    """
    counts = Counter(p for p in walk(expr) if _value(p) not in (None, 0))
    ways = [((number, place), islice(_alike(solver, number), MOST_ALIKE))
            for number, count in islice(counts.items(), MOST_NUMBERS)
            for place in (None, *(range(min(count, MOST_TWICE)) if count > 1 else ()))]
    known = {at: list(names) for at, names in ways}
    chosen = [c for count in (1, 2) for c in combinations(known, count)
              if len({number for number, _ in c}) == count]
    made = (_put(expr, dict(zip(some, names, strict=True))) for some in chosen
            for names in product(*(known[n] for n in some)))
    yield from islice(made, MOST_TRIED)


def _put(expr: Expr, names: dict[tuple[Expr, int | None], Expr]) -> Expr:
    """Put names in for numbers, everywhere or at one place of those where they stand."""
    seen: Counter[Expr] = Counter()

    def change(part: Expr) -> Expr | None:
        place, seen[part] = seen[part], seen[part] + 1
        return names.get((part, None), names.get((part, place)))

    return transform(expr, change)


def _value(part: Expr) -> Fraction | None:
    """Return the value of 2 and of 1/2 as they are written."""
    if isinstance(part, Number):
        return part.value
    if isinstance(part, Quotient) and isinstance(part.top, Number) and isinstance(
            part.bottom, Number) and part.bottom.value:
        return part.top.value / part.bottom.value
    return None


def _alike(solver: Solver, number: Expr) -> Iterator[Expr]:
    """Yield the numbers of the question that have a value, or its opposite."""
    value = float(_value(number) or 0)
    for family in solver.named.families.values():
        try:
            positions = list(solver.values.positions(family.name))
        except UNJUDGED:
            continue
        for place in positions:
            symbol = Symbol(family.name, place, family.shape)
            array = np.asarray(solver.values[symbol], dtype=float)
            if array.size > MOST_ENTRIES:
                break
            for cell in map(tuple, np.argwhere(np.isclose(np.abs(array), abs(value)))):
                ref = Entry(symbol, tuple(map(int, cell))) if cell else symbol
                yield ref if array[cell] * value > 0 else Neg(ref)
