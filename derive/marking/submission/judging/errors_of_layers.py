r"""What \delta_1 is of somebody who has said what \delta_2 is, or has said it of none of them.

Where \delta_2 is dL/da_2, \delta_1 is dL/da_1. One that is used and was never explained is the
derivative with which the formula is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.expr.integers import named
from derive.expr.nodes import Entry, Expr, Partial, Ref, Symbol
from derive.expr.walk import refs
from derive.marking.submission.claims import Judgement, Side, Statement
from derive.marking.submission.judging.diagonals import of_any_step, slopes, valued
from derive.marking.submission.judging.explaining import WEAK
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

    def alike(self, first: Side | None, rest: tuple[Side | None, ...]) -> Expr | None:
        r"""Return dL/da_1 of \delta_1, where \delta_2 was said to be dL/da_2, and let it mean that.

        What is said to be another derivative is that. A name for slopes is told by their values.
        """
        if first is not None and first.expr is None and rest:
            of_slopes = valued(self.marker, self.words, first, rest[0])
            if of_slopes is not None:
                return of_slopes
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
        return self._nearly(node, said)

    def _nearly(self, node: Scripted, said: Expr | None) -> Partial | None:
        r"""Return dL/dz for a \delta that is that but for a slip, where nothing is as it says."""
        if said is None or base_name(node) not in ERRORS or not any(True for _ in refs(said)):
            return None
        alike = [m for m, letters in self._derivatives() if m.shape == said.shape and not letters]
        if len(self.words.own) >= MOST_NAMES or any(
                self.marker.is_right(m, said) for m in alike):
            return None
        slips = [m for m in alike if m.bottom.name in self._arguments and self._is_slip(m, said)]
        meant = slips or [m for m in alike if self._is_one_below(m, said)]
        return meant[0] if len(meant) == 1 and self.words.define(node, meant[0]) else None

    def _is_one_below(self, meaning: Partial, said: Expr) -> bool:
        """True for dL/dz where a formula goes on from dL/dh, and h = f(z)."""
        above = (ref.bottom for ref in refs(said) if isinstance(ref, Partial))
        return any(meaning.bottom == inner for symbol in above
                   for inner in self.marker.asking.inside(symbol))

    @property
    def _arguments(self) -> set[str]:
        """What functions are applied to."""
        made = self.marker.solver.named.equations
        return {inner.name for e in made if isinstance(e.target, Symbol)
                for inner in self.marker.asking.inside(e.target)}

    def _is_slip(self, meaning: Partial, said: Expr) -> bool:
        found = self.marker.explained(meaning, said)
        return found is not None and bool(found.slip) and found.slip not in WEAK

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
        if node is None:
            return
        for meaning, letters in (*self._derivatives(), *self._slopes(node)):
            general = of_any_step(node, letters)
            if general is not None:
                with self.words.meaning([(general, meaning)]):
                    yield general, meaning, read_again(statement, self.words)

    def _slopes(self, node: Node) -> Iterator[tuple[Expr, tuple[str, ...]]]:
        """Yield what a letter that is usual for slopes may mean: D_t."""
        if base_name(node) in OF_SLOPES:
            yield from slopes(self.marker, self.words)

    def _derivatives(self) -> Iterator[tuple[Partial, tuple[str, ...]]]:
        """Yield the derivatives of the loss by what the model makes, each with its index."""
        model, count = self.marker.solver.model, 0
        for top in self.words.vocabulary.slopes.values():
            for name in model.by_target:
                family = model.families.get(name)
                if family is not None and len(family.indices) < 2 and family.shape and (
                        name != top.name) and count < MOST_TRIED:
                    count += 1
                    index = tuple(map(named, family.indices))
                    yield Partial(top, Symbol(name, index, family.shape)), family.indices


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
    found = [part for part in nodes(node) if part is not node
             and isinstance(part, (Name, Scripted)) and base_name(part) in NAMES]
    inside = [part.base for part in found if isinstance(part, Scripted)]
    yield from (part for part in found if all(part is not base for base in inside))


OF_SLOPES = ("D", r"\Sigma", r"\Lambda", "S", "G", "F", "R", r"\Phi", r"\Psi")
ERRORS = (r"\delta", "delta")
NAMES = (*ERRORS, "g", *OF_SLOPES)
