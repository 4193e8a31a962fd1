"""What relates its two sides and is about neither: inequalities, positions, shapes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from derive.expr.integers import IntLike, named, names_in
from derive.expr.nodes import Expr, Number, Ref
from derive.expr.walk import transform
from derive.marking.submission.claims import Claim, Judgement, Side, Statement
from derive.marking.submission.judging.claiming import Claiming
from derive.marking.submission.judging.differentials import (
    Differentials,
    is_about_differentials,
)
from derive.marking.submission.judging.fitting_shapes import is_about_shapes, misfit
from derive.marking.submission.judging.following import MODEL
from derive.marking.submission.judging.inequalities import INEQUALITIES, holds
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.memory import Memory
from derive.marking.submission.judging.powers_of_bounds import other_power
from derive.marking.submission.judging.separating import Separating
from derive.marking.submission.judging.spaces import IN, Spaces
from derive.marking.submission.members import whole
from derive.marking.submission.reading.words import Words

__all__ = ["Comparing"]

HOLDS = "it holds at all numbers that were tried"
HOLDS_NOT = "it does not hold for all numbers: whether it is meant as an assumption is for a person"
ALWAYS = "it is so for every one of them"
SOMETIMES = "for which it holds is for a person"
LIES = "it lies there"
OWN = ("wrong", "repeated", "follow_through")
UNTOLD = "whether it lies in there is for a person"
FITS = "the shapes fit together"


@dataclass(frozen=True)
class Comparing:
    """Judges relations between two sides."""

    marker: Marker
    words: Words
    claiming: Claiming
    spaces: Spaces
    separating: Separating
    memory: Memory
    said: Sequence[Judgement] = ()

    def alone(self, statement: Statement) -> list[Judgement] | None:
        """Judge a statement about positions or shapes, which goes on from nothing; None for others.
        """
        if is_about_shapes(statement):
            return [self._shapes(statement)]
        if is_about_differentials(statement, self.words.vocabulary):
            return list(Differentials(self.marker, self.words, self.claiming).judged(statement))
        first = statement.sides[0]
        if self.spaces.of_what(first) is not None and statement.relations[:1] == ("=",):
            return list(self._sizes(statement))
        position = whole(first.expr) if first is not None else None
        if first is not None and first.expr is not None and position is not None and (
                names_in(position)) and not self._is_a_size(position, statement):
            return list(self._positions(first, first.expr, statement))
        return None

    def _is_a_size(self, position: IntLike, statement: Statement) -> bool:
        """True for H - 2 + 1 = .., which says what a size is, and not where something holds."""
        read = all(side is not None and whole(side.expr) is not None for side in statement.sides)
        return read and names_in(position) <= {*self.marker.question.sizes} and (
            statement.relations[:1] == ("=",)) and position not in [
                named(name) for name in names_in(position)]

    def _shapes(self, statement: Statement) -> Judgement:
        first, last = statement.sides[0], statement.sides[-1]
        assert first is not None, "shapes to the left"
        assert last is not None, "a shape to the right"
        why = misfit(statement)
        return Judgement(self.claiming.over(first, last, "=", statement),
                         "wrong" if why else "right", why or FITS)

    def _sizes(self, statement: Statement) -> Iterator[Judgement]:
        """Judge what shape(J) is said to be."""
        of, *rest = statement.sides
        subject = self.spaces.of_what(of)
        for side, relation in zip(rest, statement.relations, strict=True):
            if side is not None and subject is not None:
                said = self.spaces.tuple_said(side)
                claim = self.claiming.of(None, side, relation, statement)
                yield self._lies(claim, self.spaces.of_shape(subject, said))

    def _positions(self, first: Side, position: Expr, statement: Statement
                   ) -> Iterator[Judgement]:
        """A position is no quantity: ``t = 2`` says where something holds, i <= t is a fact or not.
        """
        relation, other = statement.relations[:1], statement.sides[1]
        if relation not in (("<=",), ("<",), (">=",), (">",)):
            return
        claim = self.claiming.over(first, other or first, relation[0], statement)
        always = other is not None and other.expr is not None and self.marker.always(
            position, relation[0], other.expr)
        yield Judgement(claim, "right", ALWAYS) if always else Judgement(claim, "refer", SOMETIMES)

    def of(self, statement: Statement) -> Iterator[Judgement]:
        """Judge the inequalities of a chain, each by the two sides it stands between."""
        sides = statement.sides
        for left, relation, right in zip(sides, statement.relations, sides[1:], strict=False):
            if relation in INEQUALITIES and left is not None and right is not None:
                yield self._inequality(left, relation, right, statement)
            known = left is None or left.expr is not None   # of a name of its own nothing is known
            if relation == IN and right is not None and known:
                claim = self.claiming.over(left or right, right, relation, statement)
                yield self._lies(claim, self.spaces.fault(left, right))

    def _lies(self, claim: Claim, fault: str | None) -> Judgement:
        """Judge where something lies by what is wrong with it."""
        if fault is None:
            return Judgement(claim, "refer", UNTOLD)
        if fault and self._found_wrong(claim):
            return Judgement(claim, "follow_through", MODEL)
        return Judgement(claim, "wrong" if fault else "right", fault or LIES)

    def _found_wrong(self, claim: Claim) -> bool:
        """True for sizes that were found before, each by a count that was wrong."""
        said = {str(j.claim.expr.value): j.verdict for j in self.said
                if isinstance(j.claim.expr, Number)}
        found = [said.get(size) for size in re.findall(r"\d+", claim.text.partition("mathbb")[2])]
        return None not in found and any(v in OWN for v in found)

    def _holds_for_own(self, left: Side, relation: str, right: Side) -> bool:
        """True where it holds with the values that the student has found before."""
        def own(expr: Expr) -> Expr | None:
            value = self.memory.values.get(expr) if isinstance(expr, Ref) else None
            return None if value is None or np.shape(value.values) else Number(
                Fraction(float(value.values)).limit_denominator(10**9))

        read = [s if s.expr is not None else self._from_one(s) for s in (left, right)]
        sides = [s if s.expr is None else replace(s, expr=transform(s.expr, own)) for s in read]
        return sides != read and bool(
            holds(self.marker, self.words, sides[0], relation, sides[1]))

    def _inequality(self, left: Side, relation: str, right: Side, statement: Statement
                    ) -> Judgement:
        claim = self.claiming.over(left, right, relation, statement)
        found = holds(self.marker, self.words, left, relation, right)
        if not found:       # entries may be counted from 1
            counted = self._from_one(left), self._from_one(right)
            found = holds(self.marker, self.words, counted[0], relation, counted[1]) or found
        if not found and self._holds_for_own(left, relation, right):
            return Judgement(claim, "follow_through", MODEL)
        if found is None:
            why = left.fault or right.fault or "this cannot be judged"
            return self.separating.inequality(claim, left, relation, right) or Judgement(
                claim, "unread", why)
        off = other_power(left.expr, right.expr) if found and relation in ("<=", "<") else ""
        if off:
            return Judgement(claim, "refer" if self.marker.solver.numeric else "wrong", off)
        return Judgement(claim, "right", HOLDS) if found else Judgement(claim, "refer", HOLDS_NOT)

    def _from_one(self, side: Side) -> Side:
        """Return a side with its entries counted as the student counts, or from 1."""
        expr = self.words.counted(side.node, side.source, self.words.first or 1) if (
            side.node is not None) else None
        return side if expr is None else replace(side, expr=expr)
