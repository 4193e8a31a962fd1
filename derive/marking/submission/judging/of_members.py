"""A statement for the members of which it may be said: a row's, a case's, entries, or all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from derive.expr.integers import named, names_in
from derive.expr.walk import at
from derive.expr.walk import replace as put_in
from derive.marking.submission.claims import Judgement, Statement, Where
from derive.marking.submission.judging.entry_names import EntryNames
from derive.marking.submission.judging.following import FORMULA
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.memory import Memory
from derive.marking.submission.judging.readings import Readings
from derive.marking.submission.judging.worth import goodness
from derive.marking.submission.members import names_of, placed, without_units

__all__ = ["OfMembers", "one_member"]

IN_CASE = "it is so in the case that is told beside it"
OF_A_CASE = "it is said of a case: whether it is so there is for a person"


@dataclass(frozen=True)
class OfMembers:
    """Judges statements for one member, one case or all, as suits them best."""

    marker: Marker
    memory: Memory
    readings: Readings
    entry_names: EntryNames

    def judged(self, statement: Statement, rows: Sequence[Where]) -> list[Judgement]:
        """Judge a statement, and where it is wrong, with names that stand for entries."""
        found = self._in_its_row(statement, rows)
        if all(j.verdict in ("right", "follow_through") for j in found):
            return found
        return self.entry_names.instead(
            statement, lambda meant: self._in_its_row(meant, rows)) or found

    def _in_its_row(self, statement: Statement, rows: Sequence[Where]) -> list[Judgement]:
        """Judge a statement for the member that stands in front of it, if it is right for that."""
        for where in rows:
            found = self.readings.judged(one_member(replace(statement, when=where)))
            if found and all(j.verdict in ("right", "follow_through") for j in found):
                return found
        return self.in_its_case(statement)

    def in_its_case(self, statement: Statement) -> list[Judgement]:
        """Judge a statement for all members, or, where it is wrong, for the case beside it."""
        found = self.readings.judged(statement)
        if statement.data:
            return [self._with_data(j, statement) for j in found]
        if not statement.cases or statement.when or all(j.verdict != "wrong" for j in found):
            return found
        case = one_member(replace(statement, when=statement.cases))
        other = self.readings.judged(replace(case, when=case.when or statement.cases))
        return other if goodness(other) >= goodness(found) else found

    def _with_data(self, judgement: Judgement, statement: Statement) -> Judgement:
        """Judge what is wrong in general by a formula with the value of data put in."""
        claim = judgement.claim
        if judgement.verdict not in ("wrong", "repeated", "refer") or claim.subject is None or (
                claim.expr is None):
            return judgement
        made = [(f, m) for f in self.memory.formulas.get(claim.subject, ())
                if (m := put_in(f, dict(statement.data))) != f]
        behind = [f for f, m in made if self.marker.is_right(m, claim.expr)]
        if behind:
            right = any(self.marker.is_right(claim.subject, f) for f in behind)
            return Judgement(claim, "right" if right else "follow_through",
                             IN_CASE if right else FORMULA)
        return judgement if made else Judgement(claim, "refer", OF_A_CASE)


def one_member(statement: Statement) -> Statement:
    """Return a statement about the one member for which it is said."""
    fixed = {name: values[0] for one, relation, values in statement.when if relation == "="
             and len(values) == 1 for name in names_in(one) if one == named(name)}
    if not fixed:
        return statement
    sides = (side if side is None else replace(
        side, expr=None if side.expr is None else without_units(at(side.expr, fixed)),
        fixed=(*side.fixed, *fixed.items())) for side in statement.sides)
    more = tuple(c for c in placed(statement.when, fixed) if names_of(c))
    return replace(statement, sides=tuple(sides), when=more)
