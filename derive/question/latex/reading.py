r"""The way in: LaTeX and a vocabulary in, expressions out, or where it cannot be read and why."""

from __future__ import annotations

from dataclasses import dataclass

from derive.errors import DeriveError, Unreadable
from derive.expr.nodes import Expr
from derive.expr.shapes import Shape
from derive.question.latex.fitting import sized
from derive.question.latex.laid import Laid, Unsized, Value
from derive.question.latex.reader import Reader
from derive.question.latex.vocabulary import Vocabulary
from derive.syntax.read_latex import chains
from derive.syntax.read_latex.tree import Chain, Node, Span

__all__ = ["Reading", "read_latex", "read_node", "read_relations"]

Side = Expr | Unreadable | None


@dataclass(frozen=True, slots=True)
class Reading:
    """``a = b = c`` as read: the sides, and the relation between each two of them.

    A side that cannot be read is the `Unreadable` that says why; the first is None where the
    formula goes on from the one before (``= 3``). `spans` says where each side stands, `notes`
    what was taken on trust (``w_{hh}`` for W_hh), `lead` the words in front, `nodes` the sides
    before anything was known of their names.
    """

    sides: tuple[Side, ...]
    relations: tuple[str, ...]
    spans: tuple[Span, ...]
    span: Span
    notes: tuple[str, ...] = ()
    lead: str = ""
    nodes: tuple[Node | None, ...] = ()


def read_latex(text: str, vocabulary: Vocabulary, shape: Shape | None = None) -> Expr:
    r"""Read one expression: ``V^\top (\hat{y} - y)``; an `Unreadable` says where it cannot be.

    Of a chain ``dL/dz = a = b`` the last side is the expression. Vectors that lie are the same
    1-D vectors as those that stand. *shape* is what is expected, for ``I`` and bold 0 alone.
    """
    found = read_relations(text, vocabulary, shape)
    if len(found) != 1:
        raise Unreadable("there is no formula" if not found else "these are several formulas",
                         text, (0, len(text)))
    last = found[0].sides[-1]
    if isinstance(last, Unreadable):
        raise last
    assert last is not None, "only the first side can be missing"
    return last


def read_relations(text: str, vocabulary: Vocabulary, shape: Shape | None = None
                   ) -> tuple[Reading, ...]:
    r"""Read all formulas of a text without dollar signs: chains of relations, or expressions.

    The text as a whole is refused (`Unreadable`) where it is no LaTeX mathematics or too long.
    """
    source = text.strip("$ \n") if text.strip().startswith("$") else text
    offset = text.find(source)
    padded = " " * offset + source
    return tuple(_reading(padded, chain, vocabulary, shape)
                 for chain in chains(padded, vocabulary.words))


def read_node(node: Node, text: str, vocabulary: Vocabulary) -> Expr | None:
    """Read a formula again with other names or other rules; None where it cannot be read."""
    try:
        found = Reader(text, vocabulary).value(node)
    except DeriveError:
        return None
    return found.expr if isinstance(found, Laid) else None


def _reading(text: str, chain: Chain, vocabulary: Vocabulary, wanted: Shape | None) -> Reading:
    reader = Reader(text, vocabulary)
    found = [_value(side, reader) for side in chain.sides]
    shape = next((v.shape for v in found if isinstance(v, Laid)), wanted)
    sides = tuple(_side(v, shape, text, chain.span) for v in found)
    spans = tuple((chain.span[0], chain.span[0]) if s is None else s.span for s in chain.sides)
    return Reading(sides, chain.relations, spans, chain.span, tuple(reader.notes), chain.lead,
                   chain.sides)


def _value(node: Node | None, reader: Reader) -> Value | Unreadable | None:
    if node is None:
        return None
    try:
        return reader.value(node)
    except Unreadable as error:
        return error
    except DeriveError as error:
        return reader.unreadable(error.message, node.span, error.remedy)


def _side(value: Value | Unreadable | None, shape: Shape | None, text: str,
          span: Span) -> Side:
    if isinstance(value, Unsized):
        if shape is None:
            return Unreadable("how large this is is not known", text, span)
        try:
            return sized(value, shape).expr
        except DeriveError as error:
            return Unreadable(error.message, text, span, error.remedy)
    return value.expr if isinstance(value, Laid) else value
