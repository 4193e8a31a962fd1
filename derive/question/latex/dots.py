r"""What dots leave out of a product or sum: a_n a_{n-1} \cdots a_1, told by the neighbours.

The factor before the dots and the one behind them must be one formula at two positions; where a
second one stands before them, it tells the step. Anything else is not guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derive.errors import DeriveError
from derive.expr.integers import IntLike, constant_part, named
from derive.expr.nodes import Expr, MatrixProduct, Partial, Range, Reduce, Ref, Symbol
from derive.expr.walk import at, free_indices, refs, transform
from derive.question.latex.fitting import CONSTANTS
from derive.question.latex.laid import Laid, Value
from derive.syntax.read_latex.tree import Name, Node, Product

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["Known", "filled_product", "filled_terms", "is_dots"]


MOST_REPEATED = 4   # factors, of a group that dots repeat


@dataclass(frozen=True, slots=True)
class Known(Node):
    """A part of a formula that has been read already."""

    value: Laid


def is_dots(node: Node) -> bool:
    return isinstance(node, Name) and node.stem == "…"


def filled_product(reader: Reader, node: Product) -> Product:
    """Return a product with its dots, and their neighbours, as one factor."""
    place = next((k for k, f in enumerate(node.factors) if is_dots(f)), None)
    if place is None or not 0 < place < len(node.factors) - 1:
        return node
    grouped = _in_groups(reader, node, place)
    if grouped is not None:
        return grouped
    known = [reader.value(f) for f in (*node.factors[max(place - 2, 0):place],
                                       node.factors[place + 1])]
    if all(v == CONSTANTS["I"] for v in known):
        return _without(node, place)
    made, used = _filled(reader, node, known, "prod")
    return _with(node, made, place - used, place + 2)


def _with(node: Product, made: Laid, first: int, end: int) -> Product:
    """Return a product with one value in the place of some factors."""
    factors = (*node.factors[:first], Known(node.span, made), *node.factors[end:])
    signs = (*node.signs[:first], *node.signs[end - 1:])
    return replace(node, factors=factors, signs=signs)


def _in_groups(reader: Reader, node: Product, place: int) -> Product | None:
    r"""Read D_t W D_{t-1} W \cdots D_1 W, in which several factors are repeated; None for others.
    """
    for size in range(2, MOST_REPEATED + 1):
        starts = [s for s in (place - 2 * size, place - size) if s >= 0]
        ends = [*(s + size for s in starts), place + 1 + size]
        if not starts or place + 1 + size > len(node.factors):
            return None
        try:
            known = [reader.laid(_group(node, end - size, end)) for end in ends]
            made, used = _filled(reader, node, known, "prod")
        except DeriveError:
            continue
        return _with(node, made, place - used * size, place + 1 + size)
    return None


def _group(node: Product, first: int, end: int) -> Product:
    factors = node.factors[first:end]
    return Product((factors[0].span[0], factors[-1].span[1]), factors,
                   node.signs[first:end - 1])


def _without(node: Product, place: int) -> Product:
    """Leave out dots between factors that are all the identity."""
    return replace(node, factors=(*node.factors[:place], *node.factors[place + 1:]),
                   signs=(*node.signs[:place], *node.signs[place + 1:]))


def filled_terms(reader: Reader, node: Node, terms: Sequence[tuple[str, Node]]
                 ) -> Sequence[tuple[str, Node]]:
    """Return the terms of a sum with its dots, and their neighbours, as one."""
    place = next((k for k, (_, t) in enumerate(terms) if is_dots(t)), None)
    if place is None or not 0 < place < len(terms) - 1:
        return terms
    around = [*terms[max(place - 2, 0):place], terms[place + 1]]
    if {sign for sign, _ in around} != {"+"}:
        return terms
    made, used = _filled(reader, node, [reader.value(t) for _, t in around], "sum")
    return (*terms[:place - used], ("+", Known(node.span, made)), *terms[place + 2:])


def _filled(reader: Reader, node: Node, known: Sequence[Value], kind: str) -> tuple[Laid, int]:
    """Return what the dots stand for with their neighbours, and how many before them are used."""
    laid = [v for v in known if isinstance(v, Laid)]
    if len(laid) == len(known):
        for before in ([*laid[:-1]], [laid[-2]]):
            found = _pattern(reader, [v.expr for v in before], laid[-1].expr)
            if found is not None:
                return _made(kind, *found, laid[0]), len(before)
    raise reader.unreadable("what the dots leave out is not known", node.span)


def _pattern(reader: Reader, before: Sequence[Expr], last: Expr
             ) -> tuple[str, Expr, IntLike, IntLike] | None:
    """Return (letter, formula, first, last position) of which all of these are members."""
    first = before[0]
    moved = [(a, b) for a, b in zip(_positions(first), _positions(last), strict=False) if a != b]
    if not moved or len(_positions(first)) != len(_positions(last)):
        return None
    start, end = moved[0]
    letter = next(c for c in "kjrsq" if c not in reader.vocabulary.indices
                  and c not in free_indices(first))
    formula = _at_letter(first, last, letter, start)
    if at(formula, {letter: start}) != first or at(formula, {letter: end}) != last:
        return None
    if len(before) > 1:
        steps = [b - a for a, b in zip(_positions(first), _positions(before[1]), strict=False)
                 if a != b]
        if not steps or steps[0] not in (1, -1) or (
                at(formula, {letter: start + steps[0]}) != before[1]):
            return None
    return letter, formula, start, end


def _positions(expr: Expr) -> list[IntLike]:
    return [p for ref in refs(expr) for p in _of(ref)]


def _of(ref: Ref) -> tuple[IntLike, ...]:
    return (*ref.top.index, *ref.bottom.index) if isinstance(ref, Partial) else ref.index


def _at_letter(first: Expr, last: Expr, letter: str, start: IntLike) -> Expr:
    """Put a letter in the place of every position that moves."""
    others = iter(_positions(last))

    def moved(symbol: Symbol) -> Symbol:
        return replace(symbol, index=tuple(
            p if p == next(others) else named(letter) + (p - start) for p in symbol.index))

    def change(part: Expr) -> Expr | None:
        if isinstance(part, Partial):
            return replace(part, top=moved(part.top), bottom=moved(part.bottom))
        return moved(part) if isinstance(part, Symbol) else None

    try:
        return transform(first, change)
    except StopIteration:
        raise DeriveError("what the dots leave out is not known") from None


def _made(kind: str, letter: str, formula: Expr, start: IntLike, end: IntLike, like: Laid
          ) -> Laid:
    gap = end - start
    falls = _falls(gap)
    bounds = Range((end,), (start,)) if falls else Range((start,), (end,))
    if kind == "prod" and len(formula.shape) == 2:
        return Laid(MatrixProduct(letter, bounds, formula, falls), slope=True)
    return Laid(Reduce(kind, letter, bounds, formula), like.way, like.slope)


def _falls(gap: IntLike) -> bool:
    """True for 1 - n, False for n - 1: what is written first tells which way it runs."""
    return gap < 0 if isinstance(gap, int) else constant_part(gap) > 0

