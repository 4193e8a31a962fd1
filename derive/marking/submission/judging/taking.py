"""A submission while it is judged, statement by statement, with what each goes on from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from derive.expr.nodes import Entry, Ref
from derive.marking.submission.claims import (
    Claim,
    Judgement,
    Side,
    Statement,
    Where,
)
from derive.marking.submission.judging.claiming import Claiming
from derive.marking.submission.judging.comparing import Comparing
from derive.marking.submission.judging.differentials import is_about_differentials
from derive.marking.submission.judging.entry_names import EntryNames
from derive.marking.submission.judging.errors_of_layers import ErrorsOfLayers, settled
from derive.marking.submission.judging.essays import Essays
from derive.marking.submission.judging.facts import Facts
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.memory import Memory
from derive.marking.submission.judging.misfits import Misfits
from derive.marking.submission.judging.of_members import OfMembers, one_member
from derive.marking.submission.judging.primes import Primes
from derive.marking.submission.judging.readings import TELLING, Readings
from derive.marking.submission.judging.reasons import Reasons
from derive.marking.submission.judging.row_labels import RowLabels
from derive.marking.submission.judging.separating import Separating
from derive.marking.submission.judging.sizes_said import SizesSaid
from derive.marking.submission.judging.spaces import Spaces
from derive.marking.submission.judging.spoken import UNSAID
from derive.marking.submission.judging.subjects import Subjects
from derive.marking.submission.judging.verdicts import Judging
from derive.marking.submission.limits import Budget
from derive.marking.submission.reading.bare_functions import meanings_of_bare, read_again
from derive.marking.submission.reading.sizes_of_sums import take_sizes_of_sums
from derive.marking.submission.reading.words import Words
from derive.question.latex.quantities import UNKNOWN

__all__ = ["Marking"]

MOST_WAITING = 3


@dataclass
class Marking:
    """One submission while it is judged."""

    marker: Marker
    words: Words
    text: str
    memory: Memory = field(default_factory=Memory)
    budget: Budget = field(default_factory=Budget)
    judgements: list[Judgement] = field(default_factory=list)
    chains: list[int] = field(default_factory=list)     # where the chain of a judgement begins
    ended: bool = False     # whether there was too much to judge
    quick: bool = False     # whether what is wrong is left unexplained
    unknown: list[Statement] = field(default_factory=list)  # what uses names that nobody knows
    _beginning: int = 0
    # what uses names that nobody knows yet, with where its judgements begin, and how many they are
    _waiting: list[tuple[Statement, int, int]] = field(default_factory=list)
    _changes: Side | None = None    # the differential that the lines before are about

    def __post_init__(self) -> None:
        self.claiming = Claiming(self.words, self.text)
        self.subjects = Subjects(self.marker, self.words, self.memory, self.text)
        self.separating = Separating(self.marker, self.words, self.text)
        self.comparing = Comparing(self.marker, self.words, self.claiming,
                                   Spaces(self.marker, self.words, self.memory),
                                   self.separating, self.memory, self.judgements)
        self.misfits = Misfits(self.marker, self.words)
        self.facts = Facts(self.text, not self.marker.solver.numeric)
        self.readings = Readings(
            self.words, self.claiming, self.subjects, self._judging(),
            Reasons(self.marker, self.memory, self.budget, not self.quick), self.facts,
            self.memory, self.text)
        self.essays = Essays(self.marker)
        self.entry_names = EntryNames(self.marker, self.words)
        self.members = OfMembers(self.marker, self.memory, self.readings, self.entry_names)
        self.sizes = SizesSaid(self.marker, self.claiming, self.comparing.spaces)
        self.errors = ErrorsOfLayers(self.marker, self.words)
        self.primes = Primes(self.marker, self.words, self.memory)
        self.rows = RowLabels(self.marker, self.words, self.text)

    def _judging(self) -> Judging:
        return Judging(self.marker, self.words, self.memory, self.budget, self.judgements,
                       self.misfits)

    def one(self, claim: Claim) -> Judgement:
        """Judge one claim with nothing written before it."""
        return self.readings.reasons.given(self.readings.judging.one(claim, None, ()))

    @property
    def has_unknown(self) -> bool:
        """True where something uses a name that nobody knows."""
        return any(j.verdict == "unread" and UNKNOWN in j.claim.fault for j in self.judgements)

    def end(self, statement: Statement) -> None:
        """Say from where on nothing is judged any more."""
        self.ended = True
        self._beginning = len(self.judgements)
        self._say([self.claiming.rest(statement)])

    def take(self, statement: Statement) -> None:
        """Judge a statement; an aside leaves no trace in what the next one goes on from."""
        before = self._place()
        try:
            self.facts.take(statement)
            if take_sizes_of_sums(self.words, statement):
                statement = read_again(statement, self.words)
            bare = meanings_of_bare(statement, self.words)
            if not bare:
                statement, bare = self.primes.read(statement)
            if bare:
                with self.words.meaning(bare):
                    self._take(read_again(statement, self.words))
            else:
                self._take(statement)
        except Exception:   # whatever goes wrong with one formula, the others are judged
            self._say(self.claiming.failed(statement, self.judgements))
        if statement.aside:
            self._return_to(before)

    def _place(self) -> tuple[Any, ...]:
        """Return what the next formula goes on from."""
        memory = self.memory
        return (memory.subject, memory.last, memory.loose, memory.when, self._beginning,
                self._changes)

    def _return_to(self, place: tuple[Any, ...]) -> None:
        memory = self.memory
        (memory.subject, memory.last, memory.loose, memory.when, self._beginning,
         self._changes) = place

    def _take(self, statement: Statement) -> None:
        where, certain = self.rows.where(statement)
        self.rows.take(statement)
        if statement.here or (statement.row is not None and statement.row.cells):
            return
        statement = self.rows.of_entry(statement)
        if certain:     # of a label's member a name needs no index
            statement = replace(statement, when=where[0], sides=tuple(
                side and replace(side, notes=()) for side in statement.sides))
        if statement.sides[0] is not None or statement.when:
            self.memory.when = statement.when
        statement = self.subjects.renewed(one_member(replace(statement, when=self.memory.when)))
        statement = self._with_differential(statement)
        if not self._is_apart(statement):
            self._take_plain(statement, () if certain else where)

    def _is_apart(self, statement: Statement) -> bool:
        """Judge what is about no quantity, or says what dW and delta are; False for the rest."""
        if self._is_in_short(statement):
            return True
        alone = self.comparing.alone(statement)
        self._say(alone or ())
        first, *rest = statement.sides
        return alone is not None or self.subjects.says_what_slopes_are(first, rest)

    def _take_plain(self, statement: Statement, rows: Sequence[Where]) -> None:
        first = statement.sides[0]
        if first is not None:
            self.readings.about = first.node
            self.memory.last, self.memory.loose = None, ()
            self._beginning = len(self.judgements)
        self._say(self.comparing.of(statement))
        sizes = self.sizes.of(statement)
        if sizes is not None:
            self._say(sizes)
            return
        self._judge(statement, rows)

    def _judge(self, statement: Statement, rows: Sequence[Where]) -> None:
        """Judge what each side is said to be; *rows* are the members that it may be said of."""
        first, *rest = statement.sides
        if self.entry_names.of_grid(first, rest):
            rest = [side if side is None else self.readings.again(side) for side in rest]
            statement = replace(statement, sides=(first, *rest))
        alike = self.errors.alike(first, tuple(rest))
        if alike is not None:
            self._keep(self.readings.best([alike], statement, rest))
            return
        named = self.subjects.named(first, rest) if first is not None else None
        told = isinstance(named, Ref) or (
            isinstance(named, Entry) and rest[0] is not None and named != rest[0].expr)
        known = named if told or first is None else (
            self.subjects.output(first) or self.subjects.by_custom(first)
            or self.subjects.valued(first, rest))
        if named is not None or known is not None:
            rest = [side if side is None else self.readings.again(side) for side in rest]
            self._judge_what_waits()
        if known is not None:
            self._keep(self.readings.best([known], statement, rest))
        elif named is not None:     # the first side says what the name means
            self._keep(self.readings.best_of([named], replace(
                statement, relations=statement.relations[1:]), rest[1:]))
        else:
            self._wait_or_keep(self.subjects.names_last(statement), rows)

    def _is_in_short(self, statement: Statement) -> bool:
        """Judge dW = .. where dW is how somebody writes the gradient by W.

        The first such formula tells by being right.
        """
        if not is_about_differentials(statement, self.words.vocabulary):
            return False
        known = "d" in self.words.slopes
        found = self.readings.judged(statement) if self.words.write_in_short(True) else []
        told = found and all(j.verdict in TELLING for j in found)
        if told or (known and all(j.verdict != "unread" for j in found)):
            self._beginning = len(self.judgements)
            self._keep(found)
            return True
        self.words.write_in_short(known)
        return False

    def _wait_or_keep(self, statement: Statement, rows: Sequence[Where]) -> None:
        """Judge a statement; where it uses a name that nobody knows, what follows may tell it."""
        found, start = self.members.judged(statement, rows), len(self.judgements)
        found = found if statement.row is None else self.rows.of_cell(statement, found)
        if any(j.reason == UNSAID for j in found) and self._chosen(statement):
            return
        if any(j.verdict == "unread" and UNKNOWN in j.claim.fault for j in found):
            found = self._with_errors(statement, rows) or found
        self._keep(found)
        if any(j.verdict == "unread" and UNKNOWN in j.claim.fault for j in found):
            self.unknown.append(statement)
            self._waiting = [*self._waiting[1 - MOST_WAITING:], (statement, start, len(found))]

    def _with_errors(self, statement: Statement, rows: Sequence[Where]) -> list[Judgement]:
        r"""Judge what uses a \delta never explained: it means what makes that right."""
        for tried in self.errors.tried(statement):
            if settled(found := self.members.judged(tried[2], rows)):
                break
        else:
            return []
        self.words.define(*tried[:2])
        return found

    def _judge_what_waits(self) -> None:
        """Judge what used a name before it was said what that means: ``.. D_2 .., D_t = ..``."""
        place = self._place()
        for statement, start, count in list(self._waiting):
            self.memory.last = None
            found = self.members.in_its_case(statement)
            if len(found) == count and all(UNKNOWN not in j.claim.fault for j in found):
                self.judgements[start:start + count] = found
                self._waiting.remove((statement, start, count))
                for judgement in found:
                    self.memory.keep(self.marker, judgement)
        self._return_to(place)

    def _chosen(self, statement: Statement) -> bool:
        """Take weights that somebody tries, where rows are to be separated: w' = (1, -2, 2)."""
        first, last = statement.sides[0], statement.sides[-1]
        if first is None or last is None or last.expr is None:
            return False
        claim = self.claiming.of(None, last, "=", statement)
        tried = self.separating.tried(statement, claim, last.expr)
        if tried is None or not self.subjects.chooses(first, last.expr):
            return False
        self._say([tried])
        return True

    def _with_differential(self, statement: Statement) -> Statement:
        """Return a line that goes on from a differential with what it is about."""
        if statement.sides[0] is None:
            return replace(statement, sides=(self._changes, *statement.sides[1:]))
        about = is_about_differentials(statement, self.words.vocabulary)
        self._changes = statement.sides[0] if about else None
        return statement

    def _say(self, found: Iterable[Judgement]) -> None:
        for judgement in found:
            self.judgements.append(judgement)
            self.chains.append(self._beginning)

    def _keep(self, found: Sequence[Judgement]) -> None:
        found = [self.essays.of(judgement) for judgement in found]
        self._say(found)
        for judgement in found:
            self.errors.explain(judgement)
            self.memory.keep(self.marker, judgement)
            self.misfits.keep(judgement)
