"""What somebody calls the quantities of a question who explains one name by another.

In a_t = W s_{t-1} + U x_t, s_t = tanh(a_t) neither name means anything by itself. A name means the
only quantity with which an equation that uses it is one of the question's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.expr.integers import named
from derive.expr.nodes import Expr, Ref, Symbol
from derive.marking.submission.claims import EQUALITIES, Side, Statement
from derive.marking.submission.judging.diagonals import of_any_step
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.reading.bare_functions import read_again
from derive.marking.submission.reading.words import MOST_NAMES, Words
from derive.question.latex.functions import NAMES
from derive.question.latex.spelling import base_name, spelled
from derive.syntax.read_latex.tree import Name, Node, Scripted, nodes

__all__ = ["take_renamed"]

MOST_TRIED = 16     # quantities that a name may stand for
MOST_STATEMENTS = 12
MOST_ROUNDS = 4


def take_renamed(marker: Marker, words: Words, unread: Sequence[Statement]) -> None:
    """Let names mean quantities of the question by the equations between them."""
    renamed = _Renamed(marker, words)
    for _ in range(MOST_ROUNDS):
        taken = [renamed.take(statement) for statement in unread[:MOST_STATEMENTS]]
        if not any(taken):
            break


@dataclass(frozen=True)
class _Renamed:
    marker: Marker
    words: Words

    def take(self, statement: Statement) -> bool:
        """Let the only name that an equation uses and nobody knows mean what makes it right."""
        first, rest = statement.sides[0], statement.sides[1:]
        if first is None or first.node is None or not rest or rest[0] is None or (
                statement.relations[0] not in EQUALITIES or len(self.words.own) >= MOST_NAMES):
            return False
        unknown = {base_name(n): n for n in self._unknown(rest[0])}
        if len(unknown) > 1:
            return False
        node = next(iter(unknown.values()), None)
        if node is None:
            return self._says(first, statement)
        ways = list(self._ways(node, statement))
        if len({meaning for _, meaning, _ in ways}) != 1:
            return False
        general, meaning, whole = ways[0]
        self.words.define(general, meaning)
        if whole is not None and isinstance(first.node, (Name, Scripted)):
            self.words.define(first.node, whole)
        return True

    def _says(self, first: Side, statement: Statement) -> bool:
        """Let a name mean the quantity that a formula is, which can be read by now."""
        said = read_again(statement, self.words).sides[1]
        if said is None or said.expr is None or first.node is None or (
                self.words.read(first.node, first.source) is not None):
            return False
        known = self._known(said.expr)
        return known is not None and self.words.define(first.node, known)

    def _ways(self, node: Node, statement: Statement
              ) -> Iterator[tuple[Node, Expr, Ref | None]]:
        """Yield how a name may be written, what it may mean, and what the first side is then."""
        for family in list(self.marker.solver.model.families.values())[:MOST_TRIED]:
            general = of_any_step(node, family.indices)
            if general is None or len(family.indices) > 1:
                continue
            meaning = Symbol(family.name, tuple(map(named, family.indices)), family.shape)
            with self.words.meaning([(general, meaning)]):
                first, said = read_again(statement, self.words).sides[:2]
            if said is None or said.expr is None or first is None:
                continue
            known = self._known(said.expr) if first.expr is None else None
            if known is not None or (first.expr is not None and self.marker.is_right(
                    first.expr, said.expr)):
                yield general, meaning, known

    def _is_function(self, base: Name) -> bool:
        """True for softmax, and for a function that the question leaves open."""
        called = self.words.vocabulary.called.values()
        return base_name(base) in (*NAMES, *(spelled(written.base) for written in called))

    def _known(self, formula: Expr) -> Ref | None:
        alike = self.marker.alike
        return next(alike.known_by(formula), None) or alike.argument(formula)

    def _unknown(self, side: Side) -> Iterator[Name | Scripted]:
        """Yield the names in a formula that mean nothing, with what stands below them."""
        if side.node is None:
            return
        for node in nodes(side.node):
            if not isinstance(node, (Name, Scripted)):
                continue
            base = node.base if isinstance(node, Scripted) else node
            if isinstance(base, Name) and self.words.is_unknown(base) and (
                    self.words.read(node, side.source) is None) and (
                    not self._is_function(base)):
                yield node
