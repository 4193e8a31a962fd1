r"""What \delta_1 is of somebody who has said what \delta_2 is, or has said it of none of them.

Where \delta_2 is dL/da_2, \delta_1 is dL/da_1. One that is used and was never explained is the
derivative with which the formula is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.expr.nodes import Entry, Expr, Partial, Ref, Symbol
from derive.marking.submission.claims import Judgement, Side, Statement
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.worth import unread
from derive.marking.submission.reading.bare_functions import read_again
from derive.marking.submission.reading.words import MOST_NAMES, Words
from derive.question.latex.spelling import base_name
from derive.syntax.read_latex.tree import Name, Node, Numeral, Scripted, nodes

__all__ = ["ErrorsOfLayers"]

MOST_TRIED = 12     # quantities of which a name may be the derivative


@dataclass(frozen=True)
class ErrorsOfLayers:
    """The names of somebody for derivatives of the loss, layer by layer."""

    marker: Marker
    words: Words

    def alike(self, first: Side | None, rest: tuple[Side | None, ...]) -> Partial | None:
        r"""Return dL/da_1 of \delta_1, where \delta_2 was said to be dL/da_2, and let it mean that.

        What is said to be another derivative is that.
        """
        node = first.node if first is not None and first.expr is None else None
        said = rest[0].expr if rest and rest[0] is not None else None
        layer = _layer(node)
        if not isinstance(node, Scripted) or layer is None or isinstance(said, (Ref, Entry)):
            return None
        for pattern in self.words.own:
            other, meaning = _layer(pattern.shape), self.words.defined.get(pattern.family.name)
            if other is None or not isinstance(meaning, Partial) or meaning.bottom.index or (
                    base_name(pattern.shape) != base_name(node)):
                continue
            found = self._at(meaning, other, layer)
            if found is not None and self.words.define(node, found):
                return found
        return None

    def _at(self, meaning: Partial, other: str, layer: str) -> Partial | None:
        name = meaning.bottom.name
        family = self.marker.solver.question.families.get(
            name.removesuffix(other) + layer) if name.endswith(other) else None
        return None if family is None or family.indices else Partial(
            meaning.top, Symbol(family.name, (), family.shape))

    def explain(self, label: Judgement) -> None:
        """Let a name that nobody knew mean what was found to be written over it."""
        claim = label.claim
        if label.slip == "label" and isinstance(claim.node, (Name, Scripted)) and isinstance(
                claim.subject, Ref) and len(self.words.own) < MOST_NAMES and (
                self.words.read(claim.node, claim.source) is None):
            self.words.define(claim.node, claim.subject)

    def tried(self, statement: Statement) -> Iterator[tuple[Node, Expr, Statement]]:
        r"""Yield what the only \delta_2 that nobody knows may be, and what is said then."""
        found = {base_name(n): n for side in statement.sides if side is not None and side.node
                 for n in _named(side.node) if self.words.read(n, side.source) is None}
        node = next(iter(found.values())) if len(found) == 1 else None
        for meaning in self._derivatives() if node is not None else ():
            assert node is not None, "a name"
            with self.words.meaning([(node, meaning)]):
                yield node, meaning, read_again(statement, self.words)

    def _derivatives(self) -> Iterator[Partial]:
        """Yield the derivatives of the loss by what the model makes, as far as they are one each.
        """
        model, count = self.marker.solver.model, 0
        for top in self.words.vocabulary.slopes.values():
            for name in model.by_target:
                family = model.families.get(name)
                if family is not None and not family.indices and family.shape and (
                        name != top.name) and count < MOST_TRIED:
                    count += 1
                    yield Partial(top, Symbol(name, (), family.shape))


def settled(found: list[Judgement]) -> bool:
    """True where all that is said is right."""
    return bool(found) and not unread(found) and all(
        j.verdict in ("right", "follow_through") for j in found)


def _layer(node: Node | None) -> str | None:
    """Return the number below a name; None where there is something else."""
    only = node.subs[0] if isinstance(node, Scripted) and len(node.subs) == 1 else None
    return only.digits if isinstance(only, Numeral) and only.digits.isdigit() else None


def _named(node: Node) -> Iterator[Node]:
    r"""Yield the \delta in a formula, with what stands below them."""
    if isinstance(node, (Name, Scripted)) and base_name(node) in NAMES:
        yield node
        return
    for part in nodes(node):
        if part is not node and isinstance(part, Scripted) and base_name(part) in NAMES:
            yield part


NAMES = (r"\delta", "delta")
