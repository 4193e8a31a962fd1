r"""Other forms that a formula may be meant in: chains summed over a letter, powers by entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from derive.expr.nodes import Expr, MatMul, MatrixProduct, Number, Power
from derive.expr.walk import transform
from derive.question.latex.spelling import spelled
from derive.syntax.read_latex.tree import Fraction as Quotient
from derive.syntax.read_latex.tree import Node, Product, Scripted

__all__ = ["contracted", "turned", "with_plain_powers"]


def with_plain_powers(expr: Expr) -> Expr:
    """Return a formula with H^2 of a square matrix entry by entry, as in 1 - H^2."""
    return transform(expr, lambda part: Power(part.left, Number(Fraction(2))) if isinstance(
        part, MatMul) and part.left == part.right else None)


def turned(expr: Expr) -> Iterator[Expr]:
    """Yield a formula with its ordered products in the other order: nobody writes which it is."""
    made = transform(expr, lambda part: replace(part, falling=not part.falling)
                     if isinstance(part, MatrixProduct) else None)
    if made != expr:
        yield made


def contracted(node: Node) -> Node:
    r"""Return a chain in which a letter of an entry that stands below and above is left out.

    \frac{\partial J}{\partial \hat y_i} \frac{\partial \hat y_i}{\partial o} means the sum over i.
    """
    if not isinstance(node, Product):
        return node
    factors = list(node.factors)
    for place, (one, other) in enumerate(pairwise(node.factors)):
        if isinstance(one, Quotient) and isinstance(other, Quotient):
            below, above = _by(one.bottom), _by(other.top)
            if below is not None and above is not None and spelled(below) == spelled(above) and (
                    len(below.subs) > 1):
                left, right = factors[place], other
                assert isinstance(left, Quotient), "a fraction stays one"
                factors[place] = replace(left, bottom=_whole(left.bottom))
                factors[place + 1] = replace(right, top=_whole(right.top))
    return replace(node, factors=tuple(factors))


def _by(node: Node) -> Scripted | None:
    last = node.factors[-1] if isinstance(node, Product) and len(node.factors) == 2 else None
    return last if isinstance(last, Scripted) else None


def _whole(node: Node) -> Node:
    """Return a differential without the last subscript."""
    last = _by(node)
    if not isinstance(node, Product) or last is None:
        return node
    return replace(node, factors=(node.factors[0], replace(last, subs=last.subs[:-1])))
