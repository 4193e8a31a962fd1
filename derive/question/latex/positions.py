"""Positions and sizes written in LaTeX: t-1, 2n, n_{l-1}."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from derive.expr.integers import IntLike, named, names_in
from derive.expr.integers import text as written
from derive.question.latex.spelling import spelled
from derive.syntax.read_latex.tree import (
    Additive,
    Fenced,
    Name,
    Node,
    Numeral,
    Product,
    Scripted,
    Signed,
)

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["position"]

MOST_FACTORS = 6
ENTRIES = frozenset("ijklmnpqst")    # letters that number entries, whatever else is called so


def position(node: Node, reader: Reader) -> IntLike | None:
    """Return the integer a node stands for, names left in it; None where it is none."""
    read = POSITIONS.get(type(node))
    return read(node, reader) if read else None


def _numeral(node: Numeral, reader: Reader) -> IntLike | None:
    return int(node.digits) if node.digits.isdigit() and len(node.digits) < 10 else None


def _name(node: Name, reader: Reader) -> IntLike | None:
    spelling = spelled(node)
    vocabulary = reader.vocabulary
    if spelling in reader.bound:
        return named(reader.bound[spelling])
    known = vocabulary.integers.get(spelling)
    if known is not None:
        return vocabulary.numbers.get(known) or named(known)
    own = vocabulary.numbers.get(f"own {spelling}")
    if own is not None:
        return own
    chooses = any(p.family.name in vocabulary.labels
                  for p in vocabulary.patterns.get(spelling, ()))
    array = vocabulary.forgiving and spelling not in ENTRIES and any(
        p.family.shape or p.family.indices for p in vocabulary.patterns.get(spelling, ()))
    if chooses or array or len(spelling.removeprefix("\\")) > 1 + 9 * (spelling[:1] == "\\"):
        return None     # a label; but i is a letter, also where i[t] is a quantity
    return named(spelling.removeprefix("\\"))


def _scripted(node: Scripted, reader: Reader) -> IntLike | None:
    known = reader.vocabulary.integers.get(spelled(node))
    if known is not None:
        return named(known)
    if len(node.subs) != 1 or node.sup is not None or node.primes:
        return None
    head = reader.vocabulary.integers.get(spelled(node.base), spelled(node.base))
    at = position(node.subs[0], reader)
    varying = f"{head}[" in "".join(reader.vocabulary.sizes)
    return named(f"{head}[{written(at)}]") if at is not None and varying else None


def _sum(node: Additive, reader: Reader) -> IntLike | None:
    total: IntLike = 0
    for sign, term in node.terms:
        value = position(term, reader)
        if value is None:
            return None
        total = total - value if sign == "-" else total + value
    return total


def _product(node: Product, reader: Reader) -> IntLike | None:
    if len(node.factors) > MOST_FACTORS or any(s not in ("", "cdot", "times", "*")
                                               for s in node.signs):
        return None
    total: IntLike = 1
    for factor in node.factors:
        value = position(factor, reader)
        if value is None:
            return None
        if names_in(total) and names_in(value) and not names_in(value) <= reader.vocabulary.sizes:
            return None     # \delta_{jk} has two positions, not their product
        total = total * value
    return total


def _signed(node: Signed, reader: Reader) -> IntLike | None:
    value = position(node.arg, reader)
    return None if value is None else -value


def _fenced(node: Fenced, reader: Reader) -> IntLike | None:
    return position(node.items[0], reader) if len(node.items) == 1 and node.kind == "(" else None


POSITIONS: dict[type[Node], Callable[[Any, Reader], IntLike | None]] = {
    Numeral: _numeral, Name: _name, Scripted: _scripted, Additive: _sum, Product: _product,
    Signed: _signed, Fenced: _fenced,
}
