r"""Functions without an argument: \sigma' = \sigma (1 - \sigma), and y' = y (1 - y) where y is one.

Each stands for its value at what the model applies it to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from derive.expr.nodes import Apply, Expr, Symbol
from derive.expr.walk import refs, walk
from derive.marking.submission.claims import EQUALITIES, Side, Statement
from derive.marking.submission.reading.words import Words
from derive.ops import ELEMENTWISE, apply, derivative
from derive.question.latex.functions import NAMES
from derive.question.latex.spelling import base_name, spelled
from derive.syntax.read_latex.tree import Fenced, Name, Node, Product, Scripted

__all__ = ["Meanings", "meanings_of_bare", "read_again"]

Meanings = Sequence[tuple[Node, Expr]]


def meanings_of_bare(statement: Statement, words: Words) -> Meanings:
    """Return what the function on the left of a statement about its slope means, and the slope.

    A prime on a quantity is taken so only where the formula is in that quantity alone: it may be
    another name.
    """
    first = statement.sides[0]
    node = first.node if first is not None and (
        statement.relations[:1] and statement.relations[0] in EQUALITIES) else None
    if isinstance(node, Product):
        return _argument(node, words)
    if not isinstance(node, Scripted) or node.primes != 1 or node.subs or node.sup is not None or (
            not isinstance(node.base, Name)):
        return ()
    for value, applied in _values(node.base, words):
        meanings = (node.base, value), (node, _slope(applied))
        if not isinstance(value, Symbol) or _is_in(value, statement, words, meanings):
            return meanings
    return ()


def _argument(node: Product, words: Words) -> Meanings:
    r"""Return what x of \sigma'(x) means, where the question has no x."""
    slope, *rest = node.factors
    inside = rest[0].items if len(rest) == 1 and isinstance(rest[0], Fenced) else ()
    if not isinstance(slope, Scripted) or slope.primes != 1 or not isinstance(slope.base, Name) or (
            len(inside) != 1 or not isinstance(inside[0], Name)):
        return ()
    known = words.read(inside[0], "") is not None
    found = () if known else (a.args[0] for v, a in _values(slope.base, words) if v == a)
    return [(inside[0], arg) for arg in islice(found, 1)]


def _values(base: Name, words: Words) -> Iterator[tuple[Expr, Apply]]:
    """Yield what a bare name stands for, and the function that makes it."""
    name = spelled(base)
    called = {own for own, node in words.vocabulary.called.items() if spelled(node) == name}
    quantities = {p.family.name for p in words.vocabulary.patterns.get(name, ())
                  if base_name(p.shape) == name}
    for equation in words.solver.model.equations:
        for found in walk(equation.rhs):
            if not isinstance(found, Apply) or len(found.args) != 1 or found.op not in ELEMENTWISE:
                continue
            own = dict(found.params).get("called")
            if (own in called) if own else NAMES.get(name) == found.op:
                yield found, found
            elif found is equation.rhs and equation.target.family in quantities:
                yield equation.target, found


def _slope(applied: Apply) -> Expr:
    own = dict(applied.params).get("called")
    if own is None:
        return derivative(applied.op, applied.args[0])
    order = dict(applied.params).get("order", 0)
    return apply(applied.op, applied.args[0], called=own, order=order + 1)


def _is_in(value: Symbol, statement: Statement, words: Words, meanings: Meanings) -> bool:
    """True where the other sides read nothing but one quantity, and some of them do."""
    with words.meaning(meanings):
        found = [ref for side in statement.sides[1:] if side is not None and side.node is not None
                 for expr in (words.read(side.node, side.source),
                              *words.loosely(side.node, side.source)) if expr is not None
                 for ref in refs(expr)]
    return bool(found) and all(ref == value for ref in found)


def read_again(statement: Statement, words: Words) -> Statement:
    """Return a statement with its sides read with the words there are now."""
    def again(side: Side | None) -> Side | None:
        if side is None or side.node is None:
            return side
        expr = words.counted(side.node, side.source, words.first)
        return replace(side, expr=expr, fault="" if expr is not None else side.fault or UNREAD)

    return replace(statement, sides=tuple(map(again, statement.sides)))


UNREAD = "this cannot be read"
