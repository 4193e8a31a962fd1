r"""Names for the slopes of a layer: s_t = f'(a_t), or the matrix D_t that has them on its diagonal.

Who never says what D_t is in a formula, but what the entries of D_1 are, has said it.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.errors import DeriveError
from derive.expr.integers import named
from derive.expr.nodes import Diag, Expr, Symbol
from derive.expr.shapes import Shape
from derive.expr.walk import at, refs
from derive.marking.samples import value_of
from derive.marking.submission.claims import Side
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.reading.words import Words
from derive.ops import derivative
from derive.question.latex.fitting import sized
from derive.question.latex.reader import Reader
from derive.question.latex.spelling import spelled
from derive.syntax.read_latex.tree import Name, Node, Numeral, Scripted

__all__ = ["of_any_step", "slopes", "valued"]


def slopes(marker: Marker, words: Words) -> Iterator[tuple[Expr, tuple[str, ...]]]:
    """Yield f'(a_t) and diag(f'(a_t)) of every layer, each with the index that it has."""
    for applied in words.vocabulary.layers:
        argument = applied.args[0]
        if not isinstance(argument, Symbol) or len(argument.shape) != 1:
            continue
        family = marker.solver.named.families[argument.name]
        letters = family.indices
        slope = derivative(applied.op, Symbol(family.name, tuple(map(named, letters)),
                                              family.shape), **dict(applied.params))
        yield slope, letters
        yield Diag(slope), letters


def of_any_step(node: Node | None, letters: tuple[str, ...]) -> Node | None:
    """Return D_t of D_2, and D of D where a layer is there once."""
    if isinstance(node, Name) and not letters:
        return node
    if not isinstance(node, Scripted) or len(node.subs) != 1 or node.sup is not None or node.primes:
        return None
    if not letters:
        return node
    return Scripted(node.span, node.base, (Name(node.span, letters[0]),)) if (
        len(letters) == 1) else None


def valued(marker: Marker, words: Words, first: Side, side: Side | None) -> Expr | None:
    """Return the slopes whose values are written over a name that nobody knows: D_1 = diag(1, 0.1).
    """
    node, step = first.node, _step(first.node)
    if node is None or side is None or side.node is None or not marker.solver.numeric or (
            words.read(node, first.source) is not None):
        return None
    for slope, letters in slopes(marker, words):
        general = of_any_step(node, letters)
        if general is None or (letters and step is None):
            continue
        meant = at(slope, {letters[0]: step}) if letters and step is not None else slope
        if _is_value(marker, words, meant, side) and words.define(general, slope):
            return meant
    return None


def _is_value(marker: Marker, words: Words, meant: Expr, side: Side) -> bool:
    """True where a side has the value of the slopes; of 0.1 I the size is theirs."""
    said = side.expr if side.expr is not None else _sized(words, side, meant.shape)
    if said is None or said.shape != meant.shape or any(True for _ in refs(said)):
        return False
    try:
        value = value_of(marker.judge.given, meant, {})
        return bool(abs(value - value_of(marker.judge.given, said, {})).max() < EXACT)
    except UNJUDGED:
        return False


def _sized(words: Words, side: Side, shape: Shape) -> Expr | None:
    """Return 0.1 I as large as something is."""
    if side.node is None:
        return None
    try:
        return sized(Reader(side.source, words.vocabulary).value(side.node), shape).expr
    except DeriveError:
        return None


def _step(node: Node | None) -> int | None:
    """Return the number below a name."""
    only = node.subs[0] if isinstance(node, Scripted) and len(node.subs) == 1 else None
    return int(spelled(only)) if isinstance(only, Numeral) and only.digits.isdigit() else None


EXACT = 5e-5    # as far as four digits go
