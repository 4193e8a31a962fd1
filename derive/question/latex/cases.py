r"""Formulas in cases: \begin{cases} p_i (1 - p_i) & i = j \\ -p_i p_j & i \ne j \end{cases}.

The value of a case counts where its condition holds, which is a factor 1 there and 0 elsewhere:
Kronecker's delta for positions, a comparison for numbers.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from derive.expr.nodes import Delta, Expr, Neg, Number, Product, Sum
from derive.question.latex.indicators import holds
from derive.question.latex.laid import Laid, Value
from derive.question.latex.positions import position
from derive.syntax.read_latex.tree import Cases, Chain, Node

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["by_cases"]

ONE = Number(Fraction(1))


def by_cases(reader: Reader, node: Cases) -> Value:
    terms: list[Expr] = []
    weights: list[Expr] = []
    for value, condition in node.rows:
        if condition is None:
            weight: Expr = Sum((ONE, *map(Neg, weights)))
        else:
            weight = _weight(reader, condition)
        weights.append(weight)
        found = reader.laid(value)
        if not (isinstance(found.expr, Number) and found.expr.value == 0):
            terms.append(Product((weight, found.expr)))
    if not terms:
        raise reader.unreadable("all cases are 0", node.span)
    return Laid(terms[0] if len(terms) == 1 else Sum(tuple(terms)))


def _weight(reader: Reader, condition: Node) -> Expr:
    """Return 1 where a condition holds, else 0."""
    if not isinstance(condition, Chain) or len(condition.sides) != 2:
        raise reader.unreadable("this condition is not read", condition.span)
    one, other = condition.sides
    at = [None if side is None else position(side, reader) for side in (one, other)]
    if condition.relations[0] in ("=", "!=") and at[0] is not None and at[1] is not None:
        same = Delta(at[0], at[1])
        return same if condition.relations[0] == "=" else Sum((ONE, Neg(same)))
    return holds(reader, condition).expr
