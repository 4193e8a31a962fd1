"""One statement in all ways in which it may be read: the one that suits it best counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.expr.nodes import Expr, Partial, Symbol
from derive.expr.walk import refs
from derive.marking.submission.claims import EQUALITIES, Judgement, Side, Statement
from derive.marking.submission.judging.chain_rule import is_chain_rule
from derive.marking.submission.judging.claiming import Claiming
from derive.marking.submission.judging.facts import Facts
from derive.marking.submission.judging.memory import Memory
from derive.marking.submission.judging.reasons import Reasons
from derive.marking.submission.judging.spoken import UNSAID, is_of_another
from derive.marking.submission.judging.subjects import Subjects
from derive.marking.submission.judging.verdicts import Judging
from derive.marking.submission.judging.worth import (
    GOOD,
    NAMED,
    as_meant,
    goodness,
    is_telling,
    unread,
    worth,
)
from derive.marking.submission.members import without_units
from derive.marking.submission.reading.words import Words
from derive.question.latex.quantities import READ_AS
from derive.syntax.read_latex.tree import Node

__all__ = ["TELLING", "Readings"]

TELLING = ("right", "follow_through", "repeated")
CHAIN = "the chain rule, whatever these names stand for"


@dataclass
class Readings:
    """What a statement is judged by, in every sense that it may have.

    about: the first side of the chain to which a statement belongs.
    stepless: whether the step was left out last.
    numbers_steps: whether something right was said of a step by its number.
    """

    words: Words
    claiming: Claiming
    subjects: Subjects
    judging: Judging
    reasons: Reasons
    facts: Facts
    memory: Memory
    text: str
    about: Node | None = None
    stepless: bool = False
    numbers_steps: bool = False

    def judged(self, statement: Statement) -> list[Judgement]:
        """Judge a statement with its entries counted from 0 or from 1, and with subscripts that
        pick entries of any one step, as suits it best.

        What suited before is tried first.
        """
        first, usual = self.words.first, self.stepless
        ways = [(first, usual), (1 - first, usual), (first, not usual), (1 - first, not usual)]
        best: list[Judgement] = []
        kept = ways[0]
        # who counts from 1 goes on so
        tried = [statement] if first and not usual else []
        numbered = self.numbers_steps and not usual and _numbers_steps(statement)
        for way in ways:
            if way[1] and numbered:     # h_2 is no entry for somebody who has said what h_1 is
                continue
            counted = self._read_so(way, statement)
            if way != kept and (counted in tried or (
                    way[1] != usual and not self._promises(counted, best))):
                continue
            found = self.best(self.subjects.of(counted), counted, counted.sides[1:])
            if way[1] != usual and _is_read(best) and not any(j.verdict in TELLING for j in found):
                continue    # nobody is wrong in a reading that is not theirs
            if not best or (-unread(found), goodness(found)) > (-unread(best), goodness(best)):
                best, kept = found, way
            tried.append(counted)
            if all(j.verdict == "right" for j in best):
                break
        self.words.first, self.stepless = kept
        self.words.stepless = False
        self.numbers_steps = self.numbers_steps or (not kept[1] and _numbers_steps(statement)
                                                    and all(j.verdict == "right" for j in best))
        return best

    def again(self, side: Side) -> Side:
        """Read a side again that could not be read before its first side had a meaning."""
        return self._counted_from(self.words.first, side) if side.fault else side

    def _promises(self, statement: Statement, best: Sequence[Judgement]) -> bool:
        """True where a reading has more that is right, or less that cannot be read."""
        subjects: Sequence[Expr | None] = self.subjects.of(statement) or [None]
        found = [self._judged(subject, statement, statement.sides[1:]) for subject in subjects]
        return any((-unread(f), goodness(f)[0]) > (-unread(best), goodness(best)[0])
                   for f in found)

    def _read_so(self, way: tuple[int, bool], statement: Statement) -> Statement:
        """Return a statement with its entries counted from a number, and its step left out or not.
        """
        self.words.first, self.words.stepless = way
        found = replace(statement, sides=tuple(
            side if side is None else self._counted_from(way[0], side)
            for side in statement.sides))
        if not way[1] or (found == self._read_so((way[0], False), statement) and not (
                self.stepless and _says_no_step(found))):
            return found
        self.words.stepless = True
        return replace(found, sides=tuple(
            side if side is None or side.expr is None else replace(
                side, expr=self.words.of_one_step(side.expr)) for side in found.sides))

    def _counted_from(self, start: int, side: Side) -> Side:
        """Return a side with its entries counted from a number."""
        plain = start == 0 and not self.words.stepless
        if side.node is None or (plain and not side.fault and not side.notes):
            return side
        found = self.words.counted(side.node, side.source, start)
        expr = None if found is None else without_units(side.placed(found))
        return side if expr is None or expr == side.expr else replace(side, expr=expr, fault="")

    def best(self, subjects: Sequence[Expr], statement: Statement, rest: Sequence[Side | None]
              ) -> list[Judgement]:
        """Judge all sides for each thing that the statement may be about; the best reading counts.
        """
        best = self.best_of(subjects or (None,), statement, rest)
        first = statement.sides[0]
        if first is not None and best and worth(best) < NAMED + GOOD["repeated"]:
            least = max(worth(best), GOOD["notation"])
            other = self.best_of(self.subjects.instead(subjects, rest), statement, rest, least)
            if other and is_telling(other, bool(subjects)):
                return [self.claiming.label(first, statement, other[0].claim), *other]
        return best

    def best_of(self, subjects: Sequence[Expr | None], statement: Statement,
                 rest: Sequence[Side | None], least: int = -1) -> list[Judgement]:
        """Return the first reading worth most, and more than *least*; [] where there is none.

        Slips are looked for only where a reading may still be the best.
        """
        best: list[Judgement] = []
        for subject in subjects:
            raw = self._judged(subject, statement, rest)
            if worth(as_meant(raw)) > least:
                found = as_meant([self.facts.referred(self.reasons.given(
                    self.facts.supposed(j))) for j in raw])
                if worth(found) > least:
                    best, least = found, worth(found)
        return best

    def _judged(self, subject: Expr | None, statement: Statement, rest: Sequence[Side | None]
                ) -> list[Judgement]:
        found: list[Judgement] = []
        before = self.memory.last
        for side, relation in zip(rest, statement.relations, strict=False):
            if side is None or relation not in EQUALITIES:
                before = None
                if side is not None:    # what follows goes on from a bound: |a| <= b = c
                    subject = self.words.meant(side.expr) if side.expr is not None else None
                continue
            claim = replace(self.claiming.of(subject, side, relation, statement), about=self.about)
            judgement, first = self.judging.one(claim, before, found), statement.sides[0]
            if subject is None and first is not None and is_chain_rule(first, side):
                judgement = Judgement(claim, "right", CHAIN)
            if first is None and not found and is_of_another(judgement, self.text):
                judgement = Judgement(replace(claim, of=None, subject=None), "refer", UNSAID)
                subject = claim.expr    # what follows is said of that
            found.append(judgement)
            before = claim.expr
        return found


def _is_read(found: Sequence[Judgement]) -> bool:
    """True where all was read, whether or not it could be judged."""
    return bool(found) and all(j.claim.expr is not None for j in found)


def _numbers_steps(statement: Statement) -> bool:
    """True where all members of series in a statement are numbered."""
    used = {symbol.index for side in statement.sides if side is not None and side.expr is not None
            for symbol in _members(side.expr)}
    return bool(used) and all(isinstance(at, int) for index in used for at in index)


def _members(expr: Expr) -> Iterator[Symbol]:
    """Yield the members of series in an expression, also those in derivatives."""
    for ref in refs(expr):
        for symbol in (ref.top, ref.bottom) if isinstance(ref, Partial) else (ref,):
            if isinstance(symbol, Symbol) and symbol.index:
                yield symbol


def _says_no_step(statement: Statement) -> bool:
    """True where no quantity of a series has its step, as every note on how it is read tells."""
    sides = [side for side in statement.sides if side is not None and side.expr is not None]
    noted = {note.partition(READ_AS)[0] for side in sides for note in side.notes
             if READ_AS in note}
    used = {symbol.name for side in sides if side.expr is not None
            for symbol in _members(side.expr)}
    return bool(used) and used <= noted
