r"""Sums that people write without the brackets around their terms.

In \sum_n y_n \ln p_n + (1 - y_n) \ln(1 - p_n) the second term is summed, too: its n has no other
meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.question.latex.quantities import flat
from derive.question.latex.spelling import spelled
from derive.syntax.read_latex.tree import (
    Additive,
    Big,
    Chain,
    Name,
    Node,
    Product,
    Scripted,
    Signed,
    nodes,
)

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["with_wide_sums"]

Rebuilt = Callable[[Node], Node]


def with_wide_sums(reader: Reader, node: Additive) -> Node:
    """Return terms with those put under a sum that use its letter, which means nothing else."""
    for place, (sign, term) in enumerate(node.terms[:-1]):
        found = _at_the_end(term)
        letter = _letter(found[0]) if found is not None else None
        if found is None or letter is None or _means_something(reader, letter):
            continue
        end = place + 1
        while end < len(node.terms) and _uses(node.terms[end][1], letter):
            end += 1
        if end > place + 1:
            big, rebuilt = found
            body = Additive(node.span, (("", big.body), *node.terms[place + 1:end]))
            wide = (sign, rebuilt(replace(big, body=body)))
            return _plain(replace(node, terms=(*node.terms[:place], wide, *node.terms[end:])))
    return node


def _plain(node: Additive) -> Node:
    """Return one term alone as such."""
    (sign, term), *others = node.terms
    if others:
        return node
    return Signed(node.span, sign, term) if sign else term


def _at_the_end(term: Node) -> tuple[Big, Rebuilt] | None:
    """Return the sum that a term ends with, and how the term is put together again."""
    if isinstance(term, Big):
        return (term, lambda new: new) if term.sign == "sum" else None
    if not isinstance(term, (Signed, Product)):
        return None
    inner = _at_the_end(term.arg if isinstance(term, Signed) else term.factors[-1])
    if inner is None:
        return None
    big, rebuilt = inner
    if isinstance(term, Signed):
        return big, lambda new: replace(term, arg=rebuilt(new))
    return big, lambda new: replace(term, factors=(*term.factors[:-1], rebuilt(new)))


def _letter(big: Big) -> str | None:
    """Return the letter through which a sum runs."""
    first = big.lower[0] if len(big.lower) == 1 else None
    letter = first.sides[0] if isinstance(first, Chain) else first
    return spelled(letter) if isinstance(letter, Name) else None


def _means_something(reader: Reader, letter: str) -> bool:
    """True for a letter of the question, or one that a sum around this one binds."""
    return letter in reader.bound or letter in reader.vocabulary.integers


def _uses(node: Node, letter: str) -> bool:
    """True where a letter stands in a subscript, and no sum of its own binds it."""
    if any(isinstance(n, Big) and _letter(n) == letter for n in nodes(node)):
        return False
    return any(isinstance(n, Scripted) and any(
        isinstance(sub, Name) and spelled(sub) == letter for sub in flat(n.subs))
        for n in nodes(node))
