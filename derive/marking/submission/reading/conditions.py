r"""For which members something is said: ``for t = 0, 1``, ``(i \ne j)``, and cases: ``i = j``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from derive.expr.integers import IntLike, named
from derive.expr.nodes import Expr
from derive.marking.submission.claims import Where
from derive.marking.submission.members import whole
from derive.question.latex import Reading, Vocabulary, read_node
from derive.question.latex.positions import position
from derive.question.latex.reader import Reader
from derive.question.latex.reading import Side as ReadSide
from derive.syntax.read_latex.connectives import CONDITIONS
from derive.syntax.read_latex.tree import (
    Additive,
    Chain,
    Fenced,
    Name,
    Node,
    Product,
    Signed,
)

__all__ = ["condition", "following", "is_case", "listed_behind", "said_when", "without_condition"]

LETTERS = frozenset("ijklmnprst")


def without_condition(reading: Reading, text: str, known: Vocabulary) -> tuple[Reading, Where]:
    r"""Return a formula without the condition behind it in brackets, and that: .. (i \ne j)."""
    last = reading.nodes[-1]
    rest, brackets = _without_last(last) if last is not None else (None, None)
    condition = _in_brackets(brackets, known) if len(reading.nodes) > 1 else ()
    if not condition or rest is None:
        return reading, ()
    expr = read_node(rest, text, known)
    side = expr if expr is not None else reading.sides[-1]
    return replace(reading, sides=(*reading.sides[:-1], side),
                   nodes=(*reading.nodes[:-1], rest)), condition


def _without_last(node: Node) -> tuple[Node, Node | None]:
    """Return a formula without the factor at its end, and that factor."""
    if isinstance(node, Product) and not node.signs[-1]:
        factors = node.factors[:-1]
        rest = factors[0] if len(factors) == 1 else replace(
            node, factors=factors, signs=node.signs[:-1])
        return rest, node.factors[-1]
    if isinstance(node, Signed):
        inner, last = _without_last(node.arg)
        return replace(node, arg=inner), last
    if isinstance(node, Additive):
        sign, term = node.terms[-1]
        inner, last = _without_last(term)
        return replace(node, terms=(*node.terms[:-1], (sign, inner))), last
    return node, None


def _in_brackets(node: Node | None, known: Vocabulary) -> Where:
    r"""Return what (i \ne j) says of letters; nothing for other brackets."""
    chain = node.items[0] if isinstance(node, Fenced) and len(node.items) == 1 else None
    if not isinstance(chain, Chain) or len(chain.sides) != 2 or None in chain.sides:
        return ()
    letter, value = (position(side, Reader("", known)) for side in chain.sides if side)
    one = chain.sides[0]
    if letter is None or value is None or not isinstance(one, Name) or one.stem not in LETTERS:
        return ()
    return ((letter, chain.relations[0], (value,)),)




def said_when(reading: Reading, listed: bool) -> int:
    """Return how many sides only say for which member something holds.

    Two of "for t = 0" and of ", i = 0" behind it, one of ", 1", or of dots.
    """
    positions = [_is_position(*side) for side in zip(reading.nodes, reading.sides, strict=True)]
    if len(positions) > 1 and all(positions[:2]) and (
            _begins(reading) or (listed and _is_letter(reading.nodes[0]))):
        return 2
    return int(listed and positions[0])




def is_case(reading: Reading, known: Vocabulary, bound: Collection[str]) -> bool:
    """True for i = j and t = 2, letters that the question does not have: a case, no claim.

    One that it has is a letter of a sum, *bound*, and an array is no whole number but 0.
    """
    first, *rest = reading.nodes
    if not isinstance(first, Name) or first.accents or len(rest) != 1 or (
            not _is_position(rest[0], reading.sides[1])):
        return False
    side = reading.sides[0]
    if isinstance(side, Expr) and first.stem in {*known.patterns, *known.integers}:
        return first.stem in bound and bool(side.shape) and bool(whole(reading.sides[1]))
    return first.stem in LETTERS


def _is_letter(node: Node | None) -> bool:
    return isinstance(node, Name) and len(node.stem) == 1 and not _is_dots(node)


def _is_position(node: Node | None, side: ReadSide) -> bool:
    return whole(side) is not None or (isinstance(node, Name) and len(node.stem) == 1)


def _begins(reading: Reading) -> bool:
    return reading.lead.casefold().partition(" ")[0] in CONDITIONS


def following(after: Sequence[Reading], known: Vocabulary) -> Where:
    """Return the conditions that stand behind a formula: "for t = 0, 1, i = 0, 1", "for i < t"."""
    alone = _in_brackets(after[0].nodes[0], known) if after and len(after[0].nodes) == 1 else ()
    if alone or not after or said_when(after[0], False) != 2:
        return alone
    found: list[Where] = []
    for place, reading in enumerate(after):
        if place and (said_when(reading, True) < 1 or _begins(reading)):
            break
        if said_when(reading, bool(place)) == 2:
            values = list(listed_behind(after[place + 1:])) if len(reading.sides) == 2 else []
            found.append(condition(reading, values))
        if len(reading.sides) > said_when(reading, bool(place)):
            break       # the formula goes on in the next line
    return tuple(c for where in found for c in where)


def listed_behind(after: Sequence[Reading]) -> Iterator[Reading]:
    """Yield the further positions of a list, ``, 1, 2`` behind ``t = 0``."""
    for reading in after:
        if said_when(reading, True) != 1 or _begins(reading):
            return
        yield reading
        if len(reading.sides) > 1:
            return


def condition(reading: Reading, more: Sequence[Reading]) -> Where:
    """Return what one letter is said to be: one of some values, or all between two."""
    letter = _whole(reading.nodes[0], reading.sides[0])
    sides = [(reading.nodes[1], reading.sides[1]), *((r.nodes[0], r.sides[0]) for r in more)]
    values = [_whole(*side) for side in sides if not _is_dots(side[0])]
    if len(values) < len(sides):
        return (letter, ">=", tuple(values[:1])), (letter, "<=", tuple(values[-1:]))
    return ((letter, reading.relations[0], tuple(values)),)


def _is_dots(node: Node | None) -> bool:
    return isinstance(node, Name) and node.stem == "…"


def _whole(node: Node | None, side: ReadSide) -> IntLike:
    """Return a position; a letter that the question does not have is one of an entry."""
    found = whole(side)
    if found is not None:
        return found
    assert isinstance(node, Name), "a condition is about letters and whole numbers"
    return named(node.stem)
