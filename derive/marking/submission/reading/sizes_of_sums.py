r"""Sizes that only formulas tell: the N of \sum_{n=1}^{N} y_n is as many as there are y_n.

The N of 1/N is as many as the model takes a mean of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from derive.expr.nodes import Apply, Number, Range, Reduce
from derive.expr.walk import walk
from derive.marking.submission.claims import Statement
from derive.marking.submission.reading.words import Words
from derive.question.latex.quantities import flat
from derive.question.latex.spelling import base_name, spelled
from derive.question.latex.vocabulary import Pattern
from derive.syntax.read_latex.tree import (
    Additive,
    Big,
    Chain,
    Name,
    Node,
    Numeral,
    Scripted,
    nodes,
)
from derive.syntax.read_latex.tree import Fraction as Quotient

__all__ = ["take_sizes_of_sums"]


def take_sizes_of_sums(words: Words, statement: Statement) -> bool:
    """Let names that nobody knows be the sizes that they must be; True where some are told."""
    found: dict[str, tuple[Name, set[int]]] = {}
    whole = [node for side in statement.sides if side is not None and side.node is not None
             for node in nodes(side.node)]
    for node in whole:
        for name, sizes in _ends(node, words):
            found.setdefault(spelled(name), (name, set()))[1].update(sizes)
    for node in whole:
        by = _divisor(node)
        if by is not None:
            found.setdefault(spelled(by), (by, _means(words)))
    told = [(name, sizes) for name, sizes in found.values()
            if len(sizes) == 1 and words.is_unknown(name)]
    for name, sizes in told:
        words.define(name, Number(Fraction(min(sizes))))
    return bool(told)


def _ends(node: Node, words: Words) -> Iterator[tuple[Name, set[int]]]:
    """Yield the name at the upper end of a sum, with what it must be."""
    limits = _limits(node) if isinstance(node, Big) else None
    if limits is None or not isinstance(node, Big):
        return
    letter, name = limits
    bounds = words.vocabulary.indices.get(letter)
    yield name, set(_lengths(node.body, letter, words)) if bounds is None else _length(bounds)


def _limits(node: Big) -> tuple[str, Name] | None:
    """Return the letter of a sum from 1 to N, or from 0 to N - 1, and N."""
    chain = node.lower[0] if len(node.lower) == 1 else None
    if not isinstance(chain, Chain) or chain.relations != ("=",):
        return None
    letter, first = chain.sides[:2]
    name, less = _end(node.upper)
    if not isinstance(letter, Name) or not isinstance(first, Numeral) or name is None or (
            f"{1 - less}" != first.digits):
        return None
    return spelled(letter), name


def _end(node: Node | None) -> tuple[Name | None, int]:
    """Return the N of N and of N - 1, and what is taken off."""
    if isinstance(node, Additive) and len(node.terms) == 2:
        (_, name), (sign, one) = node.terms
        taken = sign == "-" and isinstance(one, Numeral) and one.digits == "1"
        return (name if isinstance(name, Name) and taken else None), 1
    return (node if isinstance(node, Name) else None), 0


def _divisor(node: Node) -> Name | None:
    """Return the N of 1/N."""
    if isinstance(node, Quotient) and isinstance(node.top, Numeral) and node.top.digits == "1":
        return node.bottom if isinstance(node.bottom, Name) else None
    return None


def _means(words: Words) -> set[int]:
    """Return of how many terms the model takes means."""
    found: set[int] = set()
    for equation in words.solver.model.equations:
        for node in walk(equation.rhs):
            if isinstance(node, Reduce) and node.kind == "mean":
                found |= _length(node.range)
            elif isinstance(node, Apply) and node.op == "mean":
                shape = node.args[0].shape
                axes = dict(node.params).get("axis") or tuple(range(len(shape)))
                found |= {size for axis in axes if isinstance(size := shape[axis], int)}
    return found


def _lengths(body: Node, letter: str, words: Words) -> Iterator[int]:
    """Yield how long the axes are at which a letter stands."""
    for node in nodes(body):
        below = flat(node.subs) if isinstance(node, Scripted) else ()
        for place, sub in enumerate(below):
            if isinstance(sub, Name) and spelled(sub) == letter:
                patterns = words.vocabulary.patterns.get(base_name(node), ())
                yield from _along(patterns, place - len(below))


def _along(patterns: Sequence[Pattern], place: int) -> Iterator[int]:
    """Yield the size of the axis that a subscript picks from, counted from the last one."""
    for shape in (pattern.family.shape for pattern in patterns):
        if -len(shape) <= place and isinstance(size := shape[place], int):
            yield size


def _length(bounds: Range) -> set[int]:
    first, last = bounds.lo, bounds.hi
    return {last - first + 1} if isinstance(first, int) and isinstance(last, int) else set()
