r"""Differentials: dz = V da + dV a, where d is no quantity of the question."""

from __future__ import annotations

from derive.marking.submission.claims import Side, Statement
from derive.question.latex import Vocabulary
from derive.syntax.read_latex.tree import Name, Node, Product, Scripted

__all__ = ["is_about_differentials"]


def is_about_differentials(statement: Statement, vocabulary: Vocabulary) -> bool:
    """True for a statement whose first side is one differential: d and a name behind it."""
    first = statement.sides[0]
    return first is not None and "d" not in vocabulary.patterns and _is_differential(first) and (
        statement.relations[:1] in (("=",), ("≈",)))


def _is_differential(side: Side) -> bool:
    node = side.node
    if not isinstance(node, Product) or len(node.factors) != 2 or any(node.signs):
        return False
    sign, of = node.factors
    return _stem(sign) == "d" and isinstance(of, (Name, Scripted)) and (
        sign.span[1] == of.span[0] or side.source[sign.span[1]:of.span[0]].isspace())


def _stem(node: Node) -> str:
    return node.stem if isinstance(node, Name) else ""
