r"""Sums and products over a letter: a declared index, or one that runs through entries.

\sum_k y_k runs through all entries, also where it is written from 1 to n: entries of an axis are
counted from 0 in the tree, so such a letter is shifted.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.errors import DeriveError
from derive.expr.integers import IntLike, constant_part, is_nonnegative, named, names_in, put
from derive.expr.nodes import (
    Array,
    Delta,
    Entry,
    Expr,
    MatrixProduct,
    Neg,
    Number,
    Product,
    Range,
    Reduce,
    Sum,
)
from derive.expr.walk import at, free_indices, places, walk
from derive.ops import apply
from derive.question.latex.laid import Laid, Unsized, Value
from derive.question.latex.positions import position
from derive.question.latex.quantities import flat
from derive.question.latex.spelling import spelled
from derive.syntax.read_latex import tree
from derive.syntax.read_latex.tree import Big, Chain, Fenced, Node, nodes

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["all_entries", "reduction"]


Ends = tuple[IntLike, ...]
Limits = tuple[Sequence[Node], Ends, Ends]


def reduction(reader: Reader, node: Big) -> Value:
    if not node.lower and node.upper is None:
        return _over_what_is_free(reader, node)
    if len(node.lower) == 1 and isinstance(node.lower[0], Chain) and (
            node.lower[0].relations == ("!=",)):
        return _over_the_others(reader, node, node.lower[0])
    letters, lower, upper = _limits(reader, node)
    names = {spelled(letter): _called(reader, letter) for letter in letters}
    known = {name: Range(lower, upper) for name in names.values() if lower and upper}
    inner = reader.within(names, known)
    body = inner.value(node.body)
    if reader.vocabulary.loose == "entries" and isinstance(body, Laid):
        body = _entry_of(body, inner, letters)
    limits = (letters, lower, upper)
    if isinstance(body, Unsized):
        return body.then(lambda expr: _over(reader, node, inner, limits, expr))
    return Laid(_over(reader, node, inner, limits, body.expr), body.way)


def _over_the_others(reader: Reader, node: Big, chain: Chain) -> Value:
    r"""Read \sum_{k \ne i}: all but one."""
    letter, other = chain.sides
    but = position(other, reader) if other is not None else None
    if letter is None or but is None or node.upper is not None or node.sign != "sum":
        raise reader.unreadable("these limits are not read", node.span)
    name = _called(reader, letter)
    inner = reader.within({spelled(letter): name}, {})
    body = inner.value(node.body)
    if isinstance(body, Unsized):
        raise reader.unreadable("how large this is is not known", node.span)
    if isinstance(but, int) and _axes(body.expr, name):
        but = but - reader.vocabulary.first
    others = Product((Sum((Number(Fraction(1)), Neg(Delta(named(name), but)))), body.expr))
    return Laid(_everywhere(reader, node, name, others), body.way)


def _entry_of(body: Laid, inner: Reader, letters: Sequence[Node]) -> Laid:
    """Return the entry of a vector over which is summed: y_i g stands for y_i g_i."""
    names = [inner.bound[spelled(letter)] for letter in letters]
    if len(body.shape) != 1 or len(names) != 1 or _axes(body.expr, names[0]) != {body.shape[0]}:
        return body
    return Laid(Entry(body.expr, (named(names[0]),)))


def _over_what_is_free(reader: Reader, node: Big) -> Value:
    r"""Read \sum l_t, which says no letter: through the range of the only index that is free."""
    body = reader.value(node.body)
    indices = reader.vocabulary.indices
    free = [n for n in indices if isinstance(body, Laid) and n in free_indices(body.expr)
            and n not in reader.bound.values()]
    if not free and isinstance(body, Laid) and body.shape and reader.vocabulary.forgiving and (
            node.sign == "sum"):
        reader.note("the sum runs over all entries")
        return Laid(apply("sum", body.expr, axis=tuple(range(-len(body.shape), 0)),
                          keepdims=False))
    if not free and isinstance(body, Laid) and not body.shape and reader.vocabulary.forgiving:
        letters = _entry_letters(body.expr) - {*reader.bound.values()}
        if len(letters) == 1:
            return Laid(_everywhere(reader, node, letters.pop(), body.expr), body.way)
    if len(free) != 1 or isinstance(body, Unsized):
        raise reader.unreadable("over what this runs is not said", node.span)
    reader.note(f"the sum runs over {free[0]}")
    return Laid(_made(node.sign, free[0], indices[free[0]], body.expr), body.way)


def _entry_letters(expr: Expr) -> set[str]:
    """Return the letters that pick entries."""
    return {n for part in walk(expr) if isinstance(part, Entry) for at in part.at
            for n in names_in(at) if at == named(n)}


def all_entries(expr: Expr, bound: frozenset[str]) -> Expr | None:
    """Return the vector of what a formula is for each value of the letter that picks its entries.

    None where there is not one such letter, or how far it runs is no number.
    """
    letters = _entry_letters(expr) - bound
    letter = letters.pop() if len(letters) == 1 else ""
    sizes = _axes(expr, letter) if letter else set()
    size = sizes.pop() if len(sizes) == 1 else None
    if not isinstance(size, int):
        return None
    return Array(tuple(at(expr, {letter: place}) for place in range(size)))


def _over(reader: Reader, node: Big, inner: Reader, limits: Limits, body: Expr) -> Expr:
    """Sum over every letter, the last one first."""
    letters, lower, upper = limits
    for letter in reversed(letters):
        name = inner.bound[spelled(letter)]
        if not lower or not upper:
            body = _everywhere(reader, node, name, body)
        else:
            body = _between(reader, node, name, (lower, upper), body)
    return body


def _called(reader: Reader, letter: Node) -> str:
    """Return the name of a bound letter in the tree: a declared index keeps its own."""
    spelling = spelled(letter)
    return reader.vocabulary.integers.get(spelling, spelling.removeprefix("\\"))


def _limits(reader: Reader, node: Big) -> Limits:
    """Return the letters and, where they are given, both ends."""
    if len(node.lower) == 1 and isinstance(node.lower[0], Chain):
        return _bounded(reader, node, node.lower[0])
    if not node.lower or node.upper is not None:
        raise reader.unreadable("over what this runs is not said", node.span)
    if any(isinstance(part, Chain) for part in node.lower):
        raise reader.unreadable("these limits are not read", node.span)
    return flat(node.lower), (), ()


def _bounded(reader: Reader, node: Big, chain: Chain) -> Limits:
    letter, first = chain.sides[0], chain.sides[1]
    if chain.relations != ("=",) or letter is None or first is None or node.upper is None:
        raise reader.unreadable("these limits are not read", node.span,
                                r"write \sum_{t=1}^{T} or \sum_k")
    lower, upper = _end(reader, first, "max"), _end(reader, node.upper, "min")
    own = _all_of_an_index(reader, letter, node.upper)
    if own is not None and lower in ((0,), (1,)) and len(upper) == 1 and (
            own.hi - own.lo == upper[0] - lower[0]):
        return (letter,), own.los, own.his
    if not lower or not upper:
        raise reader.unreadable("the limits are no whole numbers", node.span)
    return (letter,), lower, upper


def _all_of_an_index(reader: Reader, letter: Node, upper: Node) -> Range | None:
    """Return the range of an index that a name of the student's own says the length of.

    Who sums from 1 to T means all steps, whether the question counts them from 0 or 1.
    """
    vocabulary = reader.vocabulary
    own = any(f"own {spelled(n)}" in vocabulary.numbers for n in nodes(upper))
    return vocabulary.indices.get(spelled(letter)) if own else None


def _end(reader: Reader, node: Node, choice: str) -> Ends:
    r"""Read one end, or several of which the tightest counts: \max(0, k-1)."""
    parts: Sequence[Node] = (node,)
    if isinstance(node, tree.Product) and len(node.factors) == 2 and (
            spelled(node.factors[0]) == choice):
        brackets = node.factors[1]
        parts = brackets.items if isinstance(brackets, Fenced) else parts
    found = [at for at in (position(part, reader) for part in parts) if at is not None]
    return tuple(found) if len(found) == len(parts) else ()


def _everywhere(reader: Reader, node: Big, name: str, body: Expr) -> Expr:
    """Sum over a letter without limits: all entries of the axes it stands at, or its own range."""
    sizes = _axes(body, name)
    own = reader.vocabulary.indices.get(name)
    if own is not None and not sizes:
        return _made(node.sign, name, own, body)
    if len(sizes) != 1:
        raise reader.unreadable(f"through what `{name}` runs is not clear", node.span,
                                r"write the limits: \sum_{k=1}^{n}")
    return _made(node.sign, name, Range((0,), (sizes.pop() - 1,)), body)


def _between(reader: Reader, node: Big, name: str, ends: tuple[Ends, Ends], body: Expr) -> Expr:
    if len(ends[0]) + len(ends[1]) > 2:
        return _made(node.sign, name, Range(*ends), body)
    (lower,), (upper,) = ends
    sizes = _axes(body, name)
    if lower == 1 and sizes and sizes != {upper} and reader.vocabulary.first != 1:
        raise reader.unreadable("whether entries are counted from 0 or 1 is not clear", node.span)
    if lower == 1 and sizes:    # entries counted from 1
        body = _shifted(reader, node, name, body)
        return _made(node.sign, name, Range((0,), (upper - 1,)), body)
    ordered = node.sign == "prod" and len(body.shape) == 2
    falls = _falls(reader, lower, upper) if ordered else _backwards(lower, upper)
    if falls and not ordered:
        reader.note("the limits fall; it runs through the same terms")
    if falls:
        lower, upper = upper, lower
    if ordered:
        return MatrixProduct(name, Range((lower,), (upper,)), body, falls)
    return _made(node.sign, name, Range((lower,), (upper,)), body)


def _axes(body: Expr, name: str) -> set[IntLike]:
    """Return the sizes of the axes that a letter runs along."""
    found = [(place, size) for part in walk(body) for place, size in places(part)]
    exact = {size for place, size in found if place == named(name)}
    return exact or {size for place, size in found if name in names_in(place)}


def _backwards(lower: IntLike, upper: IntLike) -> bool:
    """True for numbers that fall by more than an empty range does."""
    gap = upper - lower
    return isinstance(gap, int) and gap < -1


def _falls(reader: Reader, lower: IntLike, upper: IntLike) -> bool:
    """True where an ordered product runs downwards, as far as the ranges of indices tell."""
    starts, ends = (bool(names_in(end)) and constant_part(end) > 0 for end in (lower, upper))
    if names_in(lower) and names_in(upper) and starts != ends:
        return ends     # t .. i + 1 runs down to the one after i
    gaps = _at_the_ends(upper - lower, reader, 4)
    rises = all(is_nonnegative(gap + 1) for gap in gaps)
    if rises or all(is_nonnegative(1 - gap) for gap in gaps):
        return not rises
    if not starts and not ends and reader.vocabulary.forgiving:
        return False
    if not starts and not ends:
        raise DeriveError("which way this product runs cannot be told")
    return ends


def _at_the_ends(value: IntLike, reader: Reader, more: int) -> list[IntLike]:
    """Return a value at both ends of the range of every index in it."""
    ranges = {**reader.vocabulary.indices, **reader.ranges}
    letter = next((n for n in sorted(names_in(value)) if n in ranges), None)
    if letter is None or not more:
        return [value]
    ends = (ranges[letter].lo, ranges[letter].hi)
    return [v for end in ends for v in _at_the_ends(put(value, {letter: end}), reader, more - 1)]


def _shifted(reader: Reader, node: Big, name: str, body: Expr) -> Expr:
    """Count the entries from 0; a letter that is a number as well cannot be moved so."""
    from derive.expr.nodes import Dimension, Ref

    for part in walk(body):
        used = names_in(part.value) if isinstance(part, Dimension) else frozenset(
            n for i in part.index for n in names_in(i)) if isinstance(part, Ref) else frozenset()
        if name in used:
            raise reader.unreadable(f"`{name}` is an entry and a number at once", node.span)
    return body


def _made(sign: str, name: str, bounds: Range, body: Expr) -> Expr:
    if sign == "prod" and len(body.shape) == 2:
        return MatrixProduct(name, bounds, body)
    return Reduce(sign, name, bounds, body)
