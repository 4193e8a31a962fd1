r"""Sums and products over a letter: a declared index, or one that runs through entries.

\sum_k y_k runs through all entries, also where it is written from 1 to n: entries of an axis are
counted from 0 in the tree, so such a letter is shifted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derive.expr.integers import IntLike, constant_part, is_nonnegative, names_in
from derive.expr.nodes import Expr, MatrixProduct, Range, Reduce
from derive.expr.walk import places, walk
from derive.question.latex.laid import Laid, Value
from derive.question.latex.positions import position
from derive.question.latex.quantities import flat
from derive.question.latex.spelling import spelled
from derive.syntax.read_latex.tree import Big, Chain, Node

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["reduction"]


def reduction(reader: Reader, node: Big) -> Value:
    letters, lower, upper = _limits(reader, node)
    inner = reader.within({spelled(letter): _called(reader, letter) for letter in letters})
    body = inner.value(node.body)
    if not isinstance(body, Laid):
        raise reader.unreadable("how large this is is not known", node.body.span)
    found = body
    for letter in reversed(letters):
        name = inner.bound[spelled(letter)]
        if lower is None or upper is None:
            expr = _everywhere(reader, node, name, found.expr)
        else:
            expr = _between(reader, node, name, (lower, upper), found.expr)
        found = Laid(expr, body.way)
    return found


def _called(reader: Reader, letter: Node) -> str:
    """Return the name of a bound letter in the tree: a declared index keeps its own."""
    spelling = spelled(letter)
    return reader.vocabulary.integers.get(spelling, spelling.removeprefix("\\"))


def _limits(reader: Reader, node: Big
            ) -> tuple[Sequence[Node], IntLike | None, IntLike | None]:
    """Return the letters and, where both are given, the two ends."""
    if len(node.lower) == 1 and isinstance(node.lower[0], Chain):
        return _bounded(reader, node, node.lower[0])
    if not node.lower or node.upper is not None:
        raise reader.unreadable("over what this runs is not said", node.span)
    if any(isinstance(part, Chain) for part in node.lower):
        raise reader.unreadable("these limits are not read", node.span)
    return flat(node.lower), None, None


def _bounded(reader: Reader, node: Big, chain: Chain
             ) -> tuple[Sequence[Node], IntLike, IntLike]:
    letter, first = chain.sides[0], chain.sides[1]
    if chain.relations != ("=",) or letter is None or first is None or node.upper is None:
        raise reader.unreadable("these limits are not read", node.span,
                                r"write \sum_{t=1}^{T} or \sum_k")
    lower, upper = _end(reader, first, "max"), _end(reader, node.upper, "min")
    if lower is None or upper is None:
        raise reader.unreadable("the limits are no whole numbers", node.span)
    return (letter,), lower, upper


def _end(reader: Reader, node: Node, choice: str) -> IntLike | None:
    return position(node, reader)


def _everywhere(reader: Reader, node: Big, name: str, body: Expr) -> Expr:
    """Sum over a letter without limits: all entries of the axes it stands at, or its own range."""
    sizes = {size for part in walk(body) for place, size in places(part)
             if name in names_in(place)}
    own = reader.vocabulary.indices.get(name)
    if own is not None and not sizes:
        return _made(node.sign, name, own, body)
    if len(sizes) != 1:
        raise reader.unreadable(f"through what `{name}` runs is not clear", node.span,
                                r"write the limits: \sum_{k=1}^{n}")
    return _made(node.sign, name, Range((0,), (sizes.pop() - 1,)), body)


def _between(reader: Reader, node: Big, name: str, ends: tuple[IntLike, IntLike], body: Expr
             ) -> Expr:
    lower, upper = ends
    sizes = {size for part in walk(body) for place, size in places(part)
             if name in names_in(place)}
    if lower == 1 and sizes == {upper}:     # entries counted from 1
        body = _shifted(reader, node, name, body)
        return _made(node.sign, name, Range((0,), (upper - 1,)), body)
    falls = _falls(lower, upper)
    if falls and node.sign == "sum":
        reader.note("the limits of a sum fall; it runs through the same terms")
    if falls:
        lower, upper = upper, lower
    if node.sign == "prod" and len(body.shape) == 2:
        return MatrixProduct(name, Range((lower,), (upper,)), body, falls)
    return _made(node.sign, name, Range((lower,), (upper,)), body)


def _falls(lower: IntLike, upper: IntLike) -> bool:
    """True where the first limit is the larger one, as far as that can be told."""
    gap = upper - lower
    if isinstance(gap, int):
        return gap < -1
    if is_nonnegative(gap + 1):
        return False
    if is_nonnegative(-gap + 1):
        return True
    return constant_part(gap) > 0


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
