"""The verdict on each claim of a submission, with the evidence for it.

A claim is right where it says what is right, in numbers to the digits written. One that is not may
follow from what the student found before: from the line before it, from the student's own formula,
or from the model with the student's own values put in. What is left is explained, if a slip
explains it, or referred to a person, if it may be a fault in copying.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from derive.expr.integers import named, names_in
from derive.expr.nodes import Entry, Expr, Partial, Ref, Symbol
from derive.expr.walk import at, refs
from derive.expr.walk import replace as put_in
from derive.marking.submission.claims import (
    EQUALITIES,
    Claim,
    Judgement,
    Side,
    Statement,
    Where,
)
from derive.marking.submission.judging.afterwards import afterwards
from derive.marking.submission.judging.chain_rule import is_chain_rule
from derive.marking.submission.judging.claiming import Claiming
from derive.marking.submission.judging.comparing import Comparing
from derive.marking.submission.judging.copying import referred
from derive.marking.submission.judging.differentials import is_about_differentials
from derive.marking.submission.judging.entry_names import EntryNames
from derive.marking.submission.judging.errors_of_layers import ErrorsOfLayers, settled
from derive.marking.submission.judging.essays import Essays
from derive.marking.submission.judging.facts import Facts
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.memory import Memory
from derive.marking.submission.judging.misfits import Misfits
from derive.marking.submission.judging.other_network import as_said_elsewhere
from derive.marking.submission.judging.primes import Primes
from derive.marking.submission.judging.reasons import Reasons
from derive.marking.submission.judging.row_labels import RowLabels
from derive.marking.submission.judging.separating import Separating
from derive.marking.submission.judging.sizes_said import SizesSaid
from derive.marking.submission.judging.spaces import Spaces
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
from derive.marking.submission.limits import Budget
from derive.marking.submission.members import names_of, placed, without_units
from derive.marking.submission.reading.bare_functions import meanings_of_bare, read_again
from derive.marking.submission.reading.legible import legible
from derive.marking.submission.reading.other_case import take_other_case
from derive.marking.submission.reading.sizes import take_sizes
from derive.marking.submission.reading.sizes_of_sums import take_sizes_of_sums
from derive.marking.submission.reading.statements import statements
from derive.marking.submission.reading.steps_above import take_steps_above
from derive.marking.submission.reading.words import Words
from derive.question.latex.quantities import READ_AS, UNKNOWN
from derive.syntax.read_latex.tree import Node
from derive.syntax.write_text import write

__all__ = ["judged", "judged_alone"]

TELLING = ("right", "follow_through", "repeated")
MOST_WAITING = 3
IN_CASE = "it is so in the case that is told beside it"
OF_A_CASE = "it is said of a case: whether it is so there is for a person"
MOST_READINGS = 4   # of a text that uses names before it explains them
CHAIN = "the chain rule, whatever these names stand for"


def judged(marker: Marker, text: str) -> list[Judgement]:
    """Judge all claims of a submission, in order."""
    meant = legible(text)
    marking = _marking_of(marker, meant, stops=True)
    if marking.has_unknown:
        marking = _marking_of(marker, meant, _explained_names(marker, meant))
    found = afterwards(marker, _elsewhere(marker, _referred(marking), meant), meant)
    return [j if meant == text else _as_written(j, text) for j in found]


def _explained_names(marker: Marker, text: str) -> Words | None:
    """Return the names that a text explains after it has used them; None where there are none.

    No slip is looked for while it is not known what is said.
    """
    known: Words | None = None
    marking = _marking_of(marker, text, quick=True)
    for _ in range(MOST_READINGS - 1):
        if not marking.words.own or all(j.verdict != "unread" for j in marking.judgements):
            break
        again = _marking_of(marker, text, marking.words, quick=True)
        if not _is_better(again.judgements, marking.judgements):
            break
        known, marking = marking.words, again
    return known


def _marking_of(marker: Marker, text: str, known: Words | None = None, quick: bool = False,
                stops: bool = False) -> _Marking:
    """Judge a text; *known* are names that it explains after it has used them.

    *stops* at the first name that means nothing yet.
    """
    words = marker.words()
    if known is not None:
        words.take_over(known)
    take_sizes(words, text)
    take_other_case(words, text)
    take_steps_above(words, text)
    marking = _Marking(marker, words, text, quick=quick)
    labels = [part.label for part in marker.question.parts]
    for statement in statements(text, words, labels):
        if stops and marking.has_unknown:
            break
        if not marking.budget.judges(statement):
            marking.end(statement)
            break
        marking.take(statement)
    return marking


def _is_better(found: Sequence[Judgement], before: Sequence[Judgement]) -> bool:
    """True where more is read, and nothing more is wrong."""
    def count(judgements: Sequence[Judgement], *verdicts: str) -> int:
        return sum(j.verdict in verdicts for j in judgements)

    crossed = ("wrong", "repeated", "follow_through")
    return count(found, "unread") < count(before, "unread") and (
        count(found, *crossed) <= count(before, *crossed))


def _referred(marking: _Marking) -> list[Judgement]:
    """Return what was said, with what goes to a person; where that fails, what was said."""
    try:
        found = referred(marking.marker, marking.judgements, marking.chains)
        return marking.sizes.with_shapes(found)
    except Exception:   # what was judged stands
        return marking.judgements


def _elsewhere(marker: Marker, found: list[Judgement], text: str) -> list[Judgement]:
    """Return what was said, with what is about another network; where that fails, what was said."""
    try:
        return as_said_elsewhere(marker, found, text, judged)
    except Exception:   # what was judged stands
        return found


def _as_written(judgement: Judgement, text: str) -> Judgement:
    claim = judgement.claim
    return replace(judgement, claim=replace(claim, text=text[slice(*claim.span)].strip()))


def judged_alone(marker: Marker, subject: Expr, expr: Expr) -> Judgement:
    """Judge one thing said of a quantity, with nothing written before it."""
    claim = Claim(1, (0, 0), write(expr), "=", "", write(subject), subject, expr)
    marking = _Marking(marker, marker.words(), "")
    return marking.reasons.given(marking.judging.one(claim, None, ()))


@dataclass
class _Marking:
    """One submission while it is judged."""

    marker: Marker
    words: Words
    text: str
    memory: Memory = field(default_factory=Memory)
    budget: Budget = field(default_factory=Budget)
    judgements: list[Judgement] = field(default_factory=list)
    chains: list[int] = field(default_factory=list)     # where the chain of a judgement begins
    quick: bool = False     # whether what is wrong is left unexplained
    _beginning: int = 0
    _about: Node | None = None  # the first side of the chain
    _stepless: bool = False     # whether the step was left out last
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
        self.judging = Judging(self.marker, self.words, self.memory, self.budget, self.judgements,
                               self.misfits)
        self.reasons = Reasons(self.marker, self.memory, self.budget, not self.quick)
        self.essays = Essays(self.marker)
        self.facts = Facts(self.text, not self.marker.solver.numeric)
        self.entry_names = EntryNames(self.marker, self.words)
        self.sizes = SizesSaid(self.marker, self.claiming, self.comparing.spaces)
        self.errors = ErrorsOfLayers(self.marker, self.words)
        self.primes = Primes(self.marker, self.words, self.memory)
        self.rows = RowLabels(self.marker, self.words, self.text)

    @property
    def has_unknown(self) -> bool:
        """True where something uses a name that nobody knows."""
        return any(j.verdict == "unread" and UNKNOWN in j.claim.fault for j in self.judgements)

    def end(self, statement: Statement) -> None:
        """Say from where on nothing is judged any more."""
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
        statement = self.subjects.renewed(_placed(replace(statement, when=self.memory.when)))
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
            self._about = first.node
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
            rest = [side if side is None else self._again(side) for side in rest]
            statement = replace(statement, sides=(first, *rest))
        alike = self.errors.alike(first, tuple(rest))
        if alike is not None:
            self._keep(self._best([alike], statement, rest))
            return
        named = self.subjects.named(first, rest) if first is not None else None
        told = isinstance(named, Ref) or (
            isinstance(named, Entry) and rest[0] is not None and named != rest[0].expr)
        known = named if told or first is None else (
            self.subjects.output(first) or self.subjects.by_custom(first)
            or self.subjects.valued(first, rest))
        if named is not None or known is not None:
            rest = [side if side is None else self._again(side) for side in rest]
            self._judge_what_waits()
        if known is not None:
            self._keep(self._best([known], statement, rest))
        elif named is not None:     # the first side says what the name means
            self._keep(self._best_of([named], replace(
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
        found = self._counted(statement) if self.words.write_in_short(True) else []
        told = found and all(j.verdict in TELLING for j in found)
        if told or (known and all(j.verdict != "unread" for j in found)):
            self._beginning = len(self.judgements)
            self._keep(found)
            return True
        self.words.write_in_short(known)
        return False

    def _wait_or_keep(self, statement: Statement, rows: Sequence[Where]) -> None:
        """Judge a statement; where it uses a name that nobody knows, what follows may tell it."""
        found, start = self._as_entries(statement, rows), len(self.judgements)
        found = found if statement.row is None else self.rows.of_cell(statement, found)
        if any(j.reason == UNSAID for j in found) and self._chosen(statement):
            return
        if any(j.verdict == "unread" and UNKNOWN in j.claim.fault for j in found):
            found = self._with_errors(statement, rows) or found
        self._keep(found)
        if any(j.verdict == "unread" and UNKNOWN in j.claim.fault for j in found):
            self._waiting = [*self._waiting[1 - MOST_WAITING:], (statement, start, len(found))]

    def _with_errors(self, statement: Statement, rows: Sequence[Where]) -> list[Judgement]:
        r"""Judge what uses a \delta never explained: it means what makes that right."""
        for tried in self.errors.tried(statement):
            if settled(found := self._as_entries(tried[2], rows)):
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
            found = self._in_its_case(statement)
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

    def _again(self, side: Side) -> Side:
        """Read a side again that could not be read before its first side had a meaning."""
        return self._counted_from(self.words.first, side) if side.fault else side

    def _as_entries(self, statement: Statement, rows: Sequence[Where]) -> list[Judgement]:
        """Judge a statement, and where it is wrong, with names that stand for entries."""
        found = self._in_its_row(statement, rows)
        if all(j.verdict in ("right", "follow_through") for j in found):
            return found
        return self.entry_names.instead(
            statement, lambda meant: self._in_its_row(meant, rows)) or found

    def _in_its_row(self, statement: Statement, rows: Sequence[Where]) -> list[Judgement]:
        """Judge a statement for the member that stands in front of it, if it is right for that."""
        for where in rows:
            found = self._counted(_placed(replace(statement, when=where)))
            if found and all(j.verdict in ("right", "follow_through") for j in found):
                return found
        return self._in_its_case(statement)

    def _in_its_case(self, statement: Statement) -> list[Judgement]:
        """Judge a statement for all members, or, where it is wrong, for the case beside it."""
        found = self._counted(statement)
        if statement.data:
            return [self._with_data(j, statement) for j in found]
        if not statement.cases or statement.when or all(j.verdict != "wrong" for j in found):
            return found
        case = _placed(replace(statement, when=statement.cases))
        other = self._counted(replace(case, when=case.when or statement.cases))
        return other if goodness(other) >= goodness(found) else found

    def _with_data(self, judgement: Judgement, statement: Statement) -> Judgement:
        """Judge what is wrong in general by a right formula with the value of data put in."""
        claim = judgement.claim
        if judgement.verdict not in ("wrong", "repeated") or claim.subject is None or (
                claim.expr is None):
            return judgement
        right = [f for f in self.memory.formulas.get(claim.subject, ())
                 if self.marker.is_right(claim.subject, f)]
        made = [m for f in right if (m := put_in(f, dict(statement.data))) != f]
        if any(self.marker.is_right(m, claim.expr) for m in made):
            return Judgement(claim, "right", IN_CASE)
        return judgement if made else Judgement(claim, "refer", OF_A_CASE)

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

    def _counted(self, statement: Statement) -> list[Judgement]:
        """Judge a statement with its entries counted from 0 or from 1, and with subscripts that
        pick entries of any one step, as suits it best.

        What suited before is tried first.
        """
        first, usual = self.words.first, self._stepless
        ways = [(first, usual), (1 - first, usual), (first, not usual), (1 - first, not usual)]
        best: list[Judgement] = []
        kept = ways[0]
        # who counts from 1 goes on so
        tried = [statement] if first and not usual else []
        for way in ways:
            counted = self._read_so(way, statement)
            if way != kept and (counted in tried or (
                    way[1] != usual and not self._promises(counted, best))):
                continue
            found = self._best(self.subjects.of(counted), counted, counted.sides[1:])
            if way[1] != usual and is_read(best) and not any(j.verdict in TELLING for j in found):
                continue    # nobody is wrong in a reading that is not theirs
            if not best or (-unread(found), goodness(found)) > (-unread(best), goodness(best)):
                best, kept = found, way
            tried.append(counted)
            if all(j.verdict == "right" for j in best):
                break
        self.words.first, self._stepless = kept
        self.words.stepless = False
        return best

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
                self._stepless and says_no_step(found))):
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

    def _best(self, subjects: Sequence[Expr], statement: Statement, rest: Sequence[Side | None]
              ) -> list[Judgement]:
        """Judge all sides for each thing that the statement may be about; the best reading counts.
        """
        best = self._best_of(subjects or (None,), statement, rest)
        first = statement.sides[0]
        if first is not None and best and worth(best) < NAMED + GOOD["repeated"]:
            least = max(worth(best), GOOD["notation"])
            other = self._best_of(self.subjects.instead(subjects, rest), statement, rest, least)
            if other and is_telling(other, bool(subjects)):
                return [self.claiming.label(first, statement, other[0].claim), *other]
        return best

    def _best_of(self, subjects: Sequence[Expr | None], statement: Statement,
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
            claim = replace(self.claiming.of(subject, side, relation, statement), about=self._about)
            judgement, first = self.judging.one(claim, before, found), statement.sides[0]
            if subject is None and first is not None and is_chain_rule(first, side):
                judgement = Judgement(claim, "right", CHAIN)
            if first is None and not found and is_of_another(judgement, self.text):
                judgement = Judgement(replace(claim, of=None, subject=None), "refer", UNSAID)
                subject = claim.expr    # what follows is said of that
            found.append(judgement)
            before = claim.expr
        return found


def is_read(found: Sequence[Judgement]) -> bool:
    """True where all was read, whether or not it could be judged."""
    return bool(found) and all(j.claim.expr is not None for j in found)


def says_no_step(statement: Statement) -> bool:
    """True where no quantity of a series has its step, as every note on how it is read tells."""
    sides = [side for side in statement.sides if side is not None and side.expr is not None]
    noted = {note.partition(READ_AS)[0] for side in sides for note in side.notes
             if READ_AS in note}
    used = {symbol.name for side in sides if side.expr is not None for ref in refs(side.expr)
            for symbol in ((ref.top, ref.bottom) if isinstance(ref, Partial) else (ref,))
            if isinstance(symbol, Symbol) and symbol.index}
    return bool(used) and used <= noted


def _placed(statement: Statement) -> Statement:
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
