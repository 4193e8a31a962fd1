"""A formula whose shapes do not fit is wrong: by what would mend it, or because they do not fit.

Nothing can be worked out with it. What a student does with it afterwards is followed by its signs:
where the same factors stand in a later formula, the derivative that they should be is put there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from derive.errors import DeriveError, Unreadable
from derive.marking.submission.claims import Claim, Judgement
from derive.marking.submission.judging.following import BEFORE
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.transposing import (
    EXCHANGED,
    MISFITS,
    TURNED,
    exchanged,
    is_turned,
    put,
    symbols,
    turned,
)
from derive.marking.submission.reading.words import Words
from derive.question.latex.functions import function
from derive.question.latex.quantities import UNKNOWN
from derive.question.latex.reader import Reader
from derive.syntax.read_latex.tree import Fenced, Name, Node, Product, Scripted, Signed

__all__ = ["Misfits"]

SHAPES = "shapes do not fit"
SLIP = "shape"
SIGNS = (r"\partial", "d", r"\nabla", "…")
LETTERS = frozenset("ijklmnprst")
MOST_KEPT = 30
CARRIED = "it follows from the formula found before, whose shapes do not fit"
ALONE = "another quantity"


@dataclass
class Misfits:
    """Judges what cannot be worked out, and remembers it."""

    marker: Marker
    words: Words
    kept: list[tuple[Node, Node]] = field(default_factory=list)     # what was said of what
    _known: list[tuple[Node, Node]] = field(default_factory=list)   # formulas of all kinds

    def judged(self, claim: Claim, chain: Sequence[Judgement]) -> Judgement | None:
        """Judge a formula that does not fit; None where something else keeps it from being read."""
        if claim.node is None or claim.subject is None or not claim.fault.startswith(MISFITS):
            return None
        last = chain[-1].claim if chain else None
        before = last.node if last is not None and last.expr is None else None
        found = self._followed(claim, claim.node, before) or self._mended(claim, claim.node)
        if found is None and claim.fault.startswith(SHAPES) and self._is_known(claim, claim.node):
            said = claim.fault.removeprefix(SHAPES).lstrip(": ")
            return Judgement(claim, "wrong", f"shapes do not fit: `{said}`", SLIP)
        return found

    def keep(self, judgement: Judgement) -> None:
        """Remember a formula, with what it is about."""
        claim = judgement.claim
        if claim.about is None or claim.node is None or judgement.verdict == "unread":
            return
        self._known = [(claim.about, claim.node), *self._known[:MOST_KEPT]]
        if claim.expr is None and judgement.verdict in ("wrong", "repeated"):
            self.kept = [(claim.about, claim.node), *self.kept[:MOST_KEPT]]

    # what would mend it

    def _mended(self, claim: Claim, node: Node) -> Judgement | None:
        for made, symbol in turned(node):
            if self._would_be_right(claim, made):
                name = claim.source[slice(*symbol.span)].strip()
                said = f"{name} should not be transposed" if is_turned(symbol) else (
                    f"{name} should be transposed")
                return Judgement(claim, "wrong", said, TURNED)
        if any(self._would_be_right(claim, made) for made in exchanged(node)):
            return Judgement(claim, "wrong", "two factors are in the wrong order", EXCHANGED)
        return self._with_another(claim, node)

    def _with_another(self, claim: Claim, node: Node) -> Judgement | None:
        """Name the one quantity that stands for another: X for M."""
        for symbol in symbols(node):
            base = symbol.base if isinstance(symbol, Scripted) else symbol
            if not isinstance(base, Name) or base.stem in SIGNS:
                continue
            for other in self._quantities():
                if other != base and self._would_be_right(claim, put(node, base, replace(
                        other, span=base.span))):
                    return Judgement(claim, "wrong", f"{base.stem} stands for {other.stem}", ALONE)
        return None

    def _quantities(self) -> Iterator[Name]:
        """Yield the names of arrays that are plain letters."""
        for patterns in self.words.vocabulary.patterns.values():
            for pattern in patterns[:1]:
                if isinstance(pattern.shape, Name) and pattern.family.shape:
                    yield pattern.shape

    def _would_be_right(self, claim: Claim, made: Node) -> bool:
        expr = self.words.counted(made, claim.source, self.words.first)
        return expr is not None and claim.subject is not None and self.marker.is_right(
            claim.subject, self.words.meant(expr), claim.when)

    def _is_known(self, claim: Claim, node: Node) -> bool:
        """True where every name in a formula means something."""
        return all(self._means(claim, symbol) for symbol in symbols(node))

    def _means(self, claim: Claim, symbol: Node) -> bool:
        base = symbol.base if isinstance(symbol, Scripted) else symbol
        if isinstance(base, Name) and (base.stem in SIGNS or base.stem in LETTERS):
            return True
        reader = Reader(claim.source, self.words.vocabulary)
        if function(symbol, reader) is not None:
            return True
        try:
            reader.value(symbol)
        except Unreadable as error:
            return UNKNOWN not in error.message
        except DeriveError:
            return True
        return True

    # what follows from it

    def _followed(self, claim: Claim, node: Node, before: Node | None) -> Judgement | None:
        for about, said in self.kept:
            for made in self._with_derivative(claim, node, about, said):
                if about != claim.about and any(self._is_right_somehow(claim, made)):
                    return Judgement(claim, "follow_through", CARRIED)
        before = before or next(
            (said for about, said in self.kept if about == claim.about), None)
        if before is not None and self._written_out(claim, before, node):
            return Judgement(claim, "follow_through", BEFORE)
        return None

    def _with_derivative(self, claim: Claim, node: Node, about: Node, said: Node
                         ) -> Iterator[Node]:
        """Yield a product with the factors of a formula replaced by what they are said to be."""
        factors, own = self._flat(claim, node), self._flat(claim, said)
        if factors is None or own is None or not own[1]:
            return
        (numbers, rest), (scale, run) = factors, own
        if any(n not in numbers for n in scale):
            return
        left = list(numbers)
        for n in scale:
            left.remove(n)
        for at in range(len(rest) - len(run) + 1):
            if rest[at:at + len(run)] == run:
                whole = Fenced(node.span, "(", (about,))
                made = [*left, *rest[:at], whole, *rest[at + len(run):]]
                yield made[0] if len(made) == 1 else Product(
                    node.span, tuple(made), ("",) * (len(made) - 1))

    def _is_right_somehow(self, claim: Claim, made: Node) -> Iterator[bool]:
        yield self._would_be_right(claim, made)
        if claim.subject is not None:
            yield from (self.marker.is_right(claim.subject, e, claim.when)
                        for e in self.words.loosely(made, claim.source))

    def _written_out(self, claim: Claim, before: Node, node: Node) -> bool:
        """True where a line is the one before with its derivatives written out."""
        wanted = self._flat(claim, node)
        for about, said in self._known:
            for made in self._with_derivative(claim, node, about, said):
                if self._alike(claim, made, before):
                    return True
        return wanted is not None and wanted == self._flat(claim, before)

    def _alike(self, claim: Claim, one: Node, other: Node) -> bool:
        return self._flat(claim, one) == self._flat(claim, other)

    def _flat(self, claim: Claim, node: Node) -> tuple[list[Node], list[Node]] | None:
        """Return the factors of a product that are numbers, and the others in order."""
        if isinstance(node, Signed) and node.sign == "-":
            return None
        numbers: list[Node] = []
        others: list[Node] = []
        for factor in _factors(node):
            is_number = self._is_number(claim, factor)
            (numbers if is_number else others).append(factor)
        return sorted(numbers, key=repr), others

    def _is_number(self, claim: Claim, node: Node) -> bool:
        found = self.words.counted(node, claim.source, self.words.first)
        return found is not None and found.shape == ()


def _factors(node: Node) -> Sequence[Node]:
    if isinstance(node, Product) and set(node.signs) <= {"", "cdot", "times", "*"}:
        return [part for factor in node.factors for part in _factors(factor)]
    if isinstance(node, Fenced) and node.kind in ("(", "[", "{") and len(node.items) == 1 and (
            isinstance(node.items[0], Product)):
        return _factors(node.items[0])
    return [node]
