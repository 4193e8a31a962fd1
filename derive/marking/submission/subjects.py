"""What a statement of a submission is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.expr.integers import named
from derive.expr.nodes import Expr, Partial, Product, Ref
from derive.expr.walk import at, refs
from derive.marking.submission.claims import Side
from derive.marking.submission.marker import Marker
from derive.marking.submission.memory import Memory
from derive.marking.submission.words import MOST_NAMES, Words
from derive.syntax.read_latex.tree import Fenced, Name
from derive.syntax.read_latex.tree import Product as ProductNode

__all__ = ["Subjects"]


@dataclass(frozen=True)
class Subjects:
    """What a statement is about: its first side, in the senses that it may have."""

    marker: Marker
    words: Words
    memory: Memory

    def of(self, first: Side | None) -> list[Expr]:
        """Return what the statement may be about, as it is written first."""
        if first is None:
            return [self.memory.subject] if self.memory.subject is not None else []
        if first.expr is None:
            return []
        meant = self.words.meant(first.expr)
        alone = self.marker.immediate(meant)
        members = self.marker.members(meant) if isinstance(first.node, Name) else ()
        return list(dict.fromkeys((meant, *_with_argument(first, meant),
                                   self.words.whole(meant), alone, self._at_its_end(meant),
                                   *self.marker.other_senses(meant), *members)))

    def _at_its_end(self, expr: Expr) -> Expr:
        """Return dJ_3/dh_3 of dJ_t/dh_3, where that is said of the last step alone."""
        if not isinstance(expr, Partial) or len(expr.top.index) != 1 or (
                len(expr.bottom.index) != 1):
            return expr
        (top,), (bottom,) = expr.top.index, expr.bottom.index
        letters = [n for n in self.marker.question.indices if top == named(n)]
        if len(letters) != 1 or not isinstance(bottom, int):
            return expr
        return at(expr, {letters[0]: bottom})

    def instead(self, subjects: Sequence[Expr], rest: Sequence[Side | None]) -> list[Ref]:
        """Return what else is asked for that has this shape: a label may be wrong, or unreadable.
        """
        if subjects and subjects[0] not in self.marker.asked:
            return []
        shapes = [s.expr.shape for s in rest if s is not None and s.expr is not None]
        wanted = subjects[0].shape if subjects else next(iter(shapes), None)
        written = {s.expr for s in rest if s is not None}
        return [ref for ref in self.marker.asked if ref.shape == wanted and ref not in subjects
                and ref not in written]

    def named(self, first: Side, rest: Sequence[Side | None]) -> Expr | None:
        """Take a name that the student gives to something, and return what it means.

        A quantity of the question under another name is that quantity.
        """
        meaning = rest[0].expr if rest and rest[0] is not None else None
        free = first.expr is None or self.words.is_free(first.expr)
        if not free or first.node is None or meaning is None or not list(refs(meaning)) or (
                len(self.words.own) >= MOST_NAMES):
            return None
        known = self._known_as(meaning) or meaning
        if first.expr == known:
            return None
        return known if self.words.define(first.node, known) else None

    def _known_as(self, meaning: Expr) -> Ref | None:
        """Return the quantity of the question that a formula is; None for something else."""
        if isinstance(meaning, Ref):
            return meaning
        return next((ref for ref in self.marker.known_by(meaning)), None) or (
            self.marker.argument(meaning))


def _with_argument(first: Side, meant: Expr) -> Iterator[Expr]:
    """Yield L of L(w), which says what it depends on."""
    node = first.node
    if isinstance(meant, Product) and isinstance(node, ProductNode) and node.signs == ("",) and (
            isinstance(node.factors[1], Fenced)):
        yield meant.factors[0]
