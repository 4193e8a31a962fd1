"""How much of a submission is looked at.

What is limited is counted in steps of work, never in seconds: the same submission gets the same
marks on every machine, and in a class nobody's waits long for another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.errors import Unreadable
from derive.expr.nodes import Array, Expr, MatrixProduct, Number, Reduce
from derive.expr.walk import children
from derive.marking.submission.claims import Statement

__all__ = ["MOST_LINES", "Budget", "refuse_long", "too_much"]

MOST_LINES = 10_000
DEEPEST = 150           # formulas within formulas
MOST_STEPS = 3_000      # to work out one formula
MOST_CELLS = 10_000     # numbers of one matrix
MOST_OF_ALL = 40_000    # steps for all that is claimed
MOST_EXPLAINED = 1_500  # steps of what is wrong and not alike, for which slips are looked for
LARGEST_EXPLAINED = 400
EACH = 20               # steps that a claim takes however short it is
MANY = 6                # terms of a sum whose ends are letters: sizes are drawn small

TOO_DEEP = f"a formula of more than {DEEPEST} steps one in another is not judged"
TOO_LONG = "a formula that takes this many steps to work out is not judged"


def refuse_long(text: str) -> None:
    """Refuse a document of more lines than anybody hands in."""
    if text.count("\n") > MOST_LINES:
        raise Unreadable(f"a document of more than {MOST_LINES} lines is not read", text,
                         (0, len(text)))


def too_much(expr: Expr) -> str:
    """Return why a formula is too much work to be judged; "" for one that is not."""
    steps = cells = 0
    for part, depth, weight in _weighed(expr):
        if depth > DEEPEST:
            return TOO_DEEP
        steps += 0 if isinstance(part, (Array, Number)) else weight
        cells += weight
        if steps > MOST_STEPS or cells > MOST_CELLS:
            return TOO_LONG
    return ""


def _weighed(expr: Expr) -> Iterator[tuple[Expr, int, int]]:
    """Yield every node with its depth and how often it is worked out."""
    waiting = [(expr, 0, 1)]
    while waiting:
        part, depth, weight = waiting.pop()
        yield part, depth, weight
        below = weight * _terms(part)
        waiting += [(child, depth + 1, below) for child in children(part)]


def _terms(expr: Expr) -> int:
    if not isinstance(expr, (Reduce, MatrixProduct)):
        return 1
    los, his = expr.range.los, expr.range.his
    ends = [n for n in (*los, *his) if isinstance(n, int)]
    return max(ends) - min(ends) + 1 if len(ends) == len(los) + len(his) and ends else MANY


def steps_of(expr: Expr) -> int:
    """Return how many steps it takes to work out a formula; numbers that are written take none."""
    return sum(weight for part, _, weight in _weighed(expr)
               if not isinstance(part, (Array, Number)))


@dataclass
class Budget:
    """What is left of the steps for one submission."""

    claims: int = MOST_OF_ALL
    explanations: int = MOST_EXPLAINED

    def judges(self, statement: Statement) -> bool:
        """Take the steps for a statement off; False where they are used up."""
        found = [s.expr for s in statement.sides if s is not None and s.expr is not None]
        faults = sum(bool(s is not None and s.fault) for s in statement.sides)
        self.claims -= EACH * (len(statement.sides) + 4 * faults) + sum(map(steps_of, found))
        return self.claims >= 0

    def fails(self, formula: bool) -> None:
        """Take off what it takes to see that a claim is wrong, and follows from nothing."""
        self.claims -= (6 if formula else 2) * EACH

    def explains(self, expr: Expr | None) -> bool:
        """Take the steps for an explanation off; False where there are not enough."""
        steps = steps_of(expr) if expr is not None else 0
        if steps > LARGEST_EXPLAINED or self.explanations < 0:
            return False
        self.explanations -= EACH + steps
        return True
