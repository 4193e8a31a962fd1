"""The verdict on each claim of a submission, with the evidence for it.

A claim is right where it says what is right, in numbers to the digits written. One that is not may
follow from what the student found before: from the line before it, from the student's own formula,
or from the model with the student's own values put in. What is left is explained, if a slip
explains it, or referred to a person, if it may be a fault in copying.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from derive.expr.integers import named, names_in
from derive.expr.nodes import (
    Apply,
    Diag,
    Dimension,
    Entry,
    Expr,
    Eye,
    Number,
    Partial,
    Product,
    Ref,
    Symbol,
)
from derive.expr.walk import at, free_indices, refs, transform
from derive.marking.submission.carrying import slips_carried_on
from derive.marking.submission.chain_rule import is_chain_rule
from derive.marking.submission.claims import Claim, Judgement, Side, Statement
from derive.marking.submission.explaining import (
    Explained,
    adds_up,
    edited,
    explained,
    is_one_edit,
)
from derive.marking.submission.fitting_shapes import is_about_shapes, misfit
from derive.marking.submission.following import BEFORE, Memory, Own, followed
from derive.marking.submission.inequalities import INEQUALITIES, holds
from derive.marking.submission.legible import legible
from derive.marking.submission.limits import Budget, too_much
from derive.marking.submission.marker import UNJUDGED, Marker, is_plain
from derive.marking.submission.reading import statements
from derive.marking.submission.transposing import (
    EXCHANGED,
    MISFITS,
    TURNED,
    exchanged,
    is_turned,
    turned,
)
from derive.marking.submission.words import MOST_NAMES, Words
from derive.marking.verdict import Verdict
from derive.marking.written import Numbers
from derive.solution.members import ancestors
from derive.syntax.read_latex.tree import Fenced, Name, Node
from derive.syntax.read_latex.tree import Product as ProductNode
from derive.syntax.write_text import write

__all__ = ["judged", "judged_alone"]

GOOD = {"right": 30, "follow_through": 20, "notation": 10, "repeated": 6}
NAMED = 5       # a wrong claim that is explained
AFTER = 2       # one that follows from a wrong one
EQUALITIES = ("=", "≈")
LEAST_ROUNDED = 10      # one digit says too little to be judged by
MOST_WAYS = 4   # in which one line may be laid out
MOST_AXES = 2   # beyond them people write what one entry is multiplied with
NUMBERS = ("right where all of these are numbers; the order of the factors, rows and diagonals are "
           "left open")
DIAGONAL = "right, as the slopes of each entry; they stand on the diagonal of a matrix"
DOUBTS = ("a comma", r"\sigma is", r"\partial is")     # the first is for a person
ENDS = "from here on nothing is judged: more is written than in any answer"
DATA = "it is so with the numbers given"
CHAIN = "the chain rule, whatever these names stand for"
HOLDS = "it holds at all numbers that were tried"
HOLDS_NOT = "it does not hold for all numbers: whether it is meant as an assumption is for a person"
COPIED = "probably a fault in copying"


def judged(marker: Marker, text: str) -> list[Judgement]:
    """Judge all claims of a submission, in order."""
    words, meant = marker.words(), legible(text)
    marking = _Marking(marker, words, meant)
    labels = [part.label for part in marker.question.parts]
    for statement in statements(meant, words, labels):
        if not marking.budget.judges(statement):
            marking.end(statement)
            break
        marking.take(statement)
    return [j if meant == text else _as_written(j, text) for j in marking.referred()]


def _as_written(judgement: Judgement, text: str) -> Judgement:
    claim = judgement.claim
    return replace(judgement, claim=replace(claim, text=text[slice(*claim.span)].strip()))


def judged_alone(marker: Marker, subject: Expr, expr: Expr) -> Judgement:
    """Judge one thing said of a quantity, with nothing written before it."""
    claim = Claim(1, (0, 0), write(expr), "=", "", write(subject), subject, expr)
    marking = _Marking(marker, marker.words(), "")
    return marking._with_reason(marking._one(claim, None, ()))


@dataclass(frozen=True, slots=True)
class _Wrong(Judgement):
    """What is wrong, and not explained yet: the line before, and what was found."""

    before: Expr | None = None
    found: Verdict | None = None


@dataclass
class _Marking:
    """One submission while it is judged."""

    marker: Marker
    words: Words
    text: str
    memory: Memory = field(default_factory=Memory)
    judgements: list[Judgement] = field(default_factory=list)
    chains: list[int] = field(default_factory=list)     # where the chain of a judgement begins
    budget: Budget = field(default_factory=Budget)
    _beginning: int = 0
    _told: dict[tuple[Expr | None, ...], Explained | None] = field(default_factory=dict)

    def end(self, statement: Statement) -> None:
        """Say from where on nothing is judged any more."""
        first = next(side.span[0] for side in statement.sides if side is not None)
        claim = Claim(self._line(first), (first, len(self.text)), self.text[first:].strip(), "",
                      statement.label)
        self.judgements.append(Judgement(claim, "unread", ENDS))
        self.chains.append(len(self.judgements))

    def take(self, statement: Statement) -> None:
        memory = self.memory
        before = memory.subject, memory.last, memory.loose, memory.when, self._beginning
        self._take(statement)
        if statement.aside:
            (memory.subject, memory.last, memory.loose, memory.when,
             self._beginning) = before

    def _take(self, statement: Statement) -> None:
        if statement.sides[0] is not None or statement.when:
            self.memory.when = statement.when
        statement = _placed(replace(statement, when=self.memory.when))
        first, *rest = statement.sides
        if is_about_shapes(statement):
            self._says_shapes(statement)
            return
        if first is not None and isinstance(first.expr, Dimension):
            self._says_when(first, first.expr, statement)
            return
        if first is not None:
            self.memory.last, self.memory.loose = None, ()
            self._beginning = len(self.judgements)
        self._compared(statement)
        named = self._named(first, rest) if first is not None else None
        if isinstance(named, Ref):
            self._keep(self._best([named], statement, rest))
        elif named is not None:     # the first side says what the name means
            self._keep(self._best_of([named], replace(
                statement, relations=statement.relations[1:]), rest[1:]))
        else:
            self._keep(self._counted(statement))

    def _counted(self, statement: Statement) -> list[Judgement]:
        """Judge a statement with its entries counted from 0 or from 1, as suits it better.

        What suited before is tried first.
        """
        found: list[list[Judgement]] = []
        for start in (self.words.first, 1 - self.words.first):
            counted = replace(statement, sides=tuple(
                side if side is None else self._counted_from(start, side)
                for side in statement.sides))
            if start != self.words.first and counted == statement:
                break
            found.append(self._best(self._subjects(counted.sides[0]), counted, counted.sides[1:]))
        if len(found) > 1 and (-_unread(found[1]), _goodness(found[1])) > (
                -_unread(found[0]), _goodness(found[0])):
            self.words.first = 1 - self.words.first
            return found[1]
        return found[0]

    def _counted_from(self, start: int, side: Side) -> Side:
        """Return a side with its entries counted from a number."""
        if side.node is None or (start == 0 and not side.fault and not side.notes):
            return side
        expr = self.words.counted(side.node, side.source, start)
        return side if expr is None or expr == side.expr else replace(side, expr=expr, fault="")

    def _says_when(self, first: Side, position: Expr, statement: Statement) -> None:
        """A position is no quantity: ``t = 2`` says where something holds, i <= t is a fact or not.
        """
        if statement.relations[:1] not in (("<=",), ("<",), (">=",), (">",)):
            return
        other = statement.sides[1]
        span = first.span[0], other.span[1] if other is not None else first.span[1]
        claim = Claim(self._line(span[0]), span, self.text[slice(*span)], statement.relations[0],
                      statement.label)
        holds = other is not None and other.expr is not None and self.marker.always(
            position, statement.relations[0], other.expr)
        self.chains.append(self._beginning)
        self.judgements.append(Judgement(claim, "right", "it is so for every one of them") if holds
                               else Judgement(claim, "refer", "for which it holds is for a person"))

    def _says_shapes(self, statement: Statement) -> None:
        first, last = statement.sides[0], statement.sides[-1]
        assert first is not None, "shapes to the left"
        assert last is not None, "a shape to the right"
        span = first.span[0], last.span[1]
        claim = Claim(self._line(span[0]), span, self.text[slice(*span)], "=", statement.label)
        why = misfit(statement)
        self.chains.append(self._beginning)
        self.judgements.append(Judgement(claim, "wrong" if why else "right",
                                         why or "the shapes fit together"))
    def _compared(self, statement: Statement) -> None:
        """Judge the inequalities of a chain, each by the two sides it stands between."""
        sides = statement.sides
        for left, relation, right in zip(sides, statement.relations, sides[1:], strict=False):
            if relation not in INEQUALITIES or left is None or right is None:
                continue
            span = left.span[0], right.span[1]
            claim = Claim(self._line(span[0]), span, self.text[slice(*span)], relation,
                          statement.label)
            found = holds(self.marker, self.words, left, relation, right)
            if found is None:
                fault = left.fault or right.fault or "this cannot be judged"
                found_judgement = Judgement(claim, "unread", fault)
            else:
                found_judgement = Judgement(claim, "right" if found else "refer",
                                            HOLDS if found else HOLDS_NOT)
            self.chains.append(self._beginning)
            self.judgements.append(found_judgement)

    def _named(self, first: Side, rest: Sequence[Side | None]) -> Expr | None:
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

    # what a statement is about

    def _subjects(self, first: Side | None) -> list[Expr]:
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

    def _best(self, subjects: Sequence[Expr], statement: Statement, rest: Sequence[Side | None]
              ) -> list[Judgement]:
        """Judge all sides for each thing that the statement may be about; the best reading counts.
        """
        best = self._best_of(subjects or (None,), statement, rest)
        first = statement.sides[0]
        if first is not None and best and _worth(best) < NAMED + GOOD["repeated"]:
            least = max(_worth(best), GOOD["notation"])
            other = self._best_of(self._instead(subjects, rest), statement, rest, least)
            if other and _is_telling(other, bool(subjects)):
                return [self._label(first, statement, other[0].claim), *other]
        return best

    def _best_of(self, subjects: Sequence[Expr | None], statement: Statement,
                 rest: Sequence[Side | None], least: int = -1) -> list[Judgement]:
        """Return the first reading worth most, and more than *least*; [] where there is none.

        Slips are looked for only where a reading may still be the best.
        """
        best: list[Judgement] = []
        for subject in subjects:
            raw = self._judged(subject, statement, rest)
            if _worth(_as_meant(raw)) > least:
                found = _as_meant([self._with_reason(j) for j in raw])
                if _worth(found) > least:
                    best, least = found, _worth(found)
        return best

    def _instead(self, subjects: Sequence[Expr], rest: Sequence[Side | None]) -> list[Ref]:
        """Return what else is asked for that has this shape: a label may be wrong, or unreadable.
        """
        if subjects and subjects[0] not in self.marker.asked:
            return []
        shapes = [s.expr.shape for s in rest if s is not None and s.expr is not None]
        wanted = subjects[0].shape if subjects else next(iter(shapes), None)
        written = {s.expr for s in rest if s is not None}
        return [ref for ref in self.marker.asked if ref.shape == wanted and ref not in subjects
                and ref not in written]

    def _label(self, first: Side, statement: Statement, claim: Claim) -> Judgement:
        """Say that what is written is about something else than its label."""
        label = Claim(self._line(first.span[0]), first.span, first.text, "", statement.label,
                      claim.of, claim.subject)
        said = f"is written over {write(first.expr)}" if first.expr is not None else (
            f"is written over `{first.text}`")
        return Judgement(label, "refer", f"what {said} is about {claim.of}", "label")

    def _line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1

    # one claim

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
            claim = self._claim(subject, side, relation, statement)
            judgement, first = self._one(claim, before, found), statement.sides[0]
            if subject is None and first is not None and is_chain_rule(first, side):
                judgement = Judgement(claim, "right", CHAIN)
            found.append(judgement)
            before = claim.expr
        return found

    def _claim(self, subject: Expr | None, side: Side, relation: str, statement: Statement
               ) -> Claim:
        expr = self.words.meant(side.expr) if side.expr is not None else None
        if expr is not None and subject is not None:
            expr = _at_the_place_of(expr, subject)
        if expr is not None and relation == "≈":
            expr = _rounded(expr)
        of = write(subject) if subject is not None else None
        return Claim(self._line(side.span[0]), side.span, side.text, relation, statement.label,
                     of, subject, expr, side.fault, tuple(self._loose(side)), statement.when,
                     side.notes, side.node, side.source)

    def _loose(self, side: Side) -> Iterator[Expr]:
        """Yield what a product may mean whose factors are multiplied as if they were numbers."""
        plain = side.expr is not None and not list(refs(side.expr))
        if side.node is not None and not plain:
            yield from (e for e in self.words.loosely(side.node, side.source)
                        if e != side.expr and not too_much(e))

    def _one(self, claim: Claim, before: Expr | None, chain: Sequence[Judgement]) -> Judgement:
        """Judge one side; *chain* is what was thought of those before it."""
        found = self._judged_claim(claim, before, chain)
        return found if isinstance(found, _Wrong) else _doubted(found)

    def _with_reason(self, judgement: Judgement) -> Judgement:
        """Explain what is wrong."""
        return _doubted(self._explained(judgement)) if isinstance(judgement, _Wrong) else judgement

    def _judged_claim(self, claim: Claim, before: Expr | None, chain: Sequence[Judgement]
                      ) -> Judgement:
        if claim.expr is None and not claim.loose:
            return self._turned(claim) or Judgement(claim, "unread", claim.fault)
        if claim.subject is None:
            return Judgement(claim, "refer", "what this is about is not said")
        if self.marker.is_sought(claim.subject):
            return Judgement(claim, "refer", "a condition on what is to be found is for a person")
        if claim.expr == claim.subject:
            return Judgement(claim, "right", "it is what it is about")
        verdict = self.marker.verdict(claim.subject, claim.expr, claim.when) if (
            claim.expr is not None) else None
        if self._is_label_from_one(claim):
            return Judgement(claim, "right", "right, counted from 1", notion="value")
        if verdict is not None and (verdict.right or self._is_of_data(claim, verdict)):
            return Judgement(claim, "right", verdict.message if verdict.right else DATA,
                             notion=verdict.notion)
        good = self._loosely(claim) or self._followed(claim, before, chain) or (
            self._rewritten(claim, before, chain))
        if good is None:
            self.budget.fails()
        return good or _Wrong(claim, "wrong", before=before, found=verdict)

    def _is_of_data(self, claim: Claim, verdict: Verdict) -> bool:
        """True for x_1 = x_2 where both are given and have one value."""
        given = isinstance(claim.subject, Symbol) and (
            claim.subject.name not in self.marker.solver.named.by_target)
        return given and verdict.notion == "given numbers"

    def _rewritten(self, claim: Claim, before: Expr | None, chain: Sequence[Judgement]
                   ) -> Judgement | None:
        """Judge a formula by the one in the line before: it may be that, written in another way.
        """
        if claim.subject is None or before is None:
            return None
        last = next(iter([*chain[-1:], *self.judgements[-1:]]), None)
        if last is not None and last.verdict == "right":
            return None
        loose = chain[-1].claim.loose if chain else self.memory.loose
        earlier = [e for e in (before, *loose) if list(refs(e))]
        said = [e for e in (claim.expr, *claim.loose) if e is not None and list(refs(e))]
        for one in earlier[:MOST_WAYS]:
            for other in said[:MOST_WAYS]:
                found = self.marker.verdict(one, other)
                if found is not None and found.right:
                    return Judgement(claim, "follow_through", BEFORE)
        return None

    def _loosely(self, claim: Claim) -> Judgement | None:
        """Judge a product of derivatives written as if they were numbers."""
        assert claim.subject is not None, "a claim that was judged"
        for expr in claim.loose:
            verdict = self.marker.verdict(claim.subject, expr, claim.when)
            if verdict is not None and verdict.right:
                return Judgement(claim, "right", f"{verdict.message}, up to how it is laid out",
                                 notion="layout")
        if self._is_diagonal(claim):
            return Judgement(claim, "right", DIAGONAL, notion="layout")
        fits = claim.expr is not None and claim.expr.shape in (
            claim.subject.shape, claim.subject.shape[::-1])
        formulas = [e for e in (None if fits else claim.expr, *claim.loose)
                    if e is not None and list(refs(e))]
        if any(self.marker.holds_for_numbers(claim.subject, e) for e in formulas):
            local = len(claim.subject.shape) > MOST_AXES
            return Judgement(claim, "right" if local else "notation", NUMBERS, notion="layout")
        return None

    def _is_label_from_one(self, claim: Claim) -> bool:
        """True for the number of a row, counted from 1, where nothing told how rows are counted."""
        subject = claim.subject
        labels = self.words.vocabulary.labels if self.marker.solver.numeric else ()
        if not isinstance(subject, Symbol) or claim.expr is None or (
                subject.name not in labels or free_indices(subject)):
            return False
        try:
            said, truth = self.marker.numbers(subject, claim.expr), self.marker.truth(subject)
        except UNJUDGED:
            return False
        return said is not None and not said.shape and not truth.shape and bool(
            said.values == truth + 1)

    def _turned(self, claim: Claim) -> Judgement | None:
        """Judge a formula whose shapes do not fit: by what would mend it."""
        if claim.node is None or claim.subject is None or not claim.fault.startswith(MISFITS):
            return None
        for made, symbol in turned(claim.node):
            if self._would_be_right(claim, made):
                name = claim.source[slice(*symbol.span)].strip()
                said = f"{name} should not be transposed" if is_turned(symbol) else (
                    f"{name} should be transposed")
                return Judgement(claim, "wrong", said, TURNED)
        if any(self._would_be_right(claim, made) for made in exchanged(claim.node)):
            return Judgement(claim, "wrong", "two factors are in the wrong order",
                             EXCHANGED)
        return None

    def _would_be_right(self, claim: Claim, made: Node) -> bool:
        expr = self.words.counted(made, claim.source, self.words.first)
        if expr is None or claim.subject is None:
            return False
        verdict = self.marker.verdict(claim.subject, self.words.meant(expr), claim.when)
        return verdict is not None and verdict.right

    def _is_diagonal(self, claim: Claim) -> bool:
        """True for the slopes of a function that acts entry by entry: they stand on the diagonal.
        """
        subject = claim.subject
        if not isinstance(subject, Partial) or len(subject.shape) != 2 or claim.expr is None or (
                subject.shape[0] != subject.shape[1]):
            return False
        if claim.expr.shape == ():
            meant: Expr = Product((claim.expr, Eye(subject.shape[0])))
        elif claim.expr.shape == subject.shape[:1]:
            meant = Diag(claim.expr)
        else:
            return False
        verdict = self.marker.verdict(subject, meant, claim.when)
        return verdict is not None and verdict.right

    def _followed(self, claim: Claim, before: Expr | None, chain: Sequence[Judgement]
                  ) -> Judgement | None:
        found = followed(self.marker, self.memory, claim, before)
        if found is None:
            return None
        # from right values, shown rounded, right values follow, shown rounded
        right = not found.wrong and self._are_right(claim, chain)
        if right and not found.honest:
            if found.reason != BEFORE:
                return None
            right = False
        if found.wrong and self._is_trivial(claim):
            return Judgement(claim, "refer", f"{found.reason}, but those leave nothing to do here",
                             carried=found.wrong)
        return Judgement(claim, "right" if right else "follow_through", found.reason,
                         carried=found.wrong)

    def _is_trivial(self, claim: Claim) -> bool:
        """True for zeros that follow from a 0 found before, where there is something to do."""
        if claim.expr is None or not isinstance(claim.subject, Ref) or not any(
                not own.right and not own.values.any() for own in self.memory.values.values()):
            return False
        try:
            said = self.marker.numbers(claim.subject, claim.expr)
            truth = self.marker.truth(claim.subject)
        except UNJUDGED:
            return False
        return said is not None and not said.values.any() and bool(truth.any())

    def _are_right(self, claim: Claim, chain: Sequence[Judgement]) -> bool:
        """True where all that was written for this so far was right."""
        return all(j.verdict == "right" for j in (*self.judgements, *chain)
                   if j.claim.subject == claim.subject)

    def _explained(self, wrong: _Wrong) -> Judgement:
        claim, verdict = wrong.claim, wrong.found
        found = self._explanation(claim, wrong.before)
        if verdict is None and found is None:
            return Judgement(claim, "unread", claim.fault or "this cannot be judged")
        if found is None:
            assert verdict is not None, "what cannot be judged is unread"
            return Judgement(claim, "wrong", verdict.message, notion=verdict.notion)
        repeated = _key(found.slip, found.words) in self.memory.slips
        return Judgement(claim, "repeated" if repeated else "wrong", found.words, found.slip,
                         notion=verdict.notion if verdict is not None else "")

    def _carried(self, claim: Claim) -> Explained | None:
        found = slips_carried_on(self.marker, self.memory, claim)
        return None if found is None else Explained(found.slip, found.words)

    def _explanation(self, claim: Claim, before: Expr | None) -> Explained | None:
        """Return what explains a wrong claim; the same one is explained once."""
        key = claim.subject, claim.expr, before, *claim.loose
        if key not in self._told:
            self._told[key] = None
            if self.budget.explains(claim.expr):
                self._told[key] = explained(self.marker, claim, before, self._carried)
        return self._told[key]

    # what is remembered

    def _keep(self, found: Sequence[Judgement]) -> None:
        for judgement in found:
            claim = judgement.claim
            self.judgements.append(judgement)
            self.chains.append(self._beginning)
            if claim.subject is not None:
                self.memory.subject = claim.subject
            if claim.relation:
                self.memory.last, self.memory.loose = claim.expr, claim.loose
            if judgement.verdict == "wrong" and judgement.slip:
                self.memory.slips.add(_key(judgement.slip, judgement.reason))
            if claim.expr is not None and claim.subject is not None:
                self._remember(judgement, claim.subject, claim.expr)

    def _remember(self, judgement: Judgement, subject: Expr, expr: Expr) -> None:
        if any(True for _ in refs(expr)):
            self.memory.formulas.setdefault(subject, []).insert(0, expr)
            self._remember_wrong(judgement, subject, expr)
            return
        try:
            answer = self.marker.numbers(subject, expr)
        except UNJUDGED:
            return
        if answer is not None and isinstance(subject, Entry) and not answer.shape:
            self._remember_entry(judgement, subject, answer)
        if answer is not None and isinstance(subject, Ref) and (
                not free_indices(subject) and answer.shape == subject.shape):
            own = Own(answer.values, answer.half, judgement.verdict == "right")
            for ref in (subject, *self.marker.in_equations(subject)):
                self.memory.values[ref] = own

    def _remember_entry(self, judgement: Judgement, entry: Entry, answer: Numbers) -> None:
        """Remember one entry of a value; the others are what they were, or as they should be."""
        whole, place = entry.arg, tuple(i for i in entry.at if isinstance(i, int))
        if not isinstance(whole, Ref) or free_indices(whole) or len(place) != len(whole.shape):
            return
        try:
            truth = self.marker.truth(whole)
        except UNJUDGED:
            return
        own = self.memory.values.get(whole, Own(truth, np.zeros(truth.shape), True))
        if np.shape(own.values) != truth.shape:
            return
        values, half = np.array(own.values, dtype=float), np.array(own.half, dtype=float)
        values[place], half[place] = answer.values, answer.half
        self.memory.values[whole] = Own(values, half,
                                        own.right and judgement.verdict == "right")

    def _remember_wrong(self, judgement: Judgement, subject: Expr, expr: Expr) -> None:
        """Remember a formula that is wrong, until a right one stands for the same."""
        if not isinstance(subject, Ref) or judgement.verdict not in ("wrong", "repeated", "right"):
            return
        self.memory.wrong = [(of, said) for of, said in self.memory.wrong if of != subject]
        if judgement.verdict != "right" and expr.shape == subject.shape and (
                subject not in set(refs(expr))):
            self.memory.wrong.insert(0, (subject, expr))

    # referred to a person

    def referred(self) -> list[Judgement]:
        """Return all judgements; what is probably a fault in copying goes to a person."""
        for first in dict.fromkeys(self.chains):    # a chain may go on in further displays
            places = [k for k, chain in enumerate(self.chains) if chain == first]
            for k, meant in zip(places, _as_meant([self.judgements[k] for k in places]),
                                strict=True):
                if not meant.slip:
                    self.judgements[k] = meant
        return [self._referred(place, j) if j.verdict == "wrong" else j
                for place, j in enumerate(self.judgements)]

    def _referred(self, place: int, judgement: Judgement) -> Judgement:
        claim = judgement.claim
        mended = edited(self.marker, claim) if not judgement.slip else None
        if mended is None:
            return judgement
        total = adds_up(self.marker, claim, 1.0) if self._is_share(claim.subject) else None
        if total is None and not self._is_used_right(place, claim.subject) and not (
                is_one_edit(*mended) and not self._is_carried(place, claim.subject)):
            return judgement
        why = f"one {'sign' if len({m.lstrip('-') for m in mended}) == 1 else 'digit'} differs"
        if total is not None:
            why = f"the entries add up to {total:.6g}, not 1"
        elif self._is_used_right(place, claim.subject):
            why = "what follows was worked out with the right value"
        return replace(judgement, verdict="refer",
                       reason=f"{why}: {mended[1]} for {mended[0]} would mend it; {COPIED}")

    def _is_share(self, subject: Expr | None) -> bool:
        """True for what a softmax gives: its entries add up to 1."""
        if not isinstance(subject, Symbol) or len(subject.shape) != 1:
            return False
        return any(isinstance(e.rhs, Apply) and e.rhs.op == "softmax"
                   for e in self.marker.solver.named.by_target.get(subject.name, ()))

    def _is_carried(self, place: int, subject: Expr | None) -> bool:
        """True where something worked out later follows from this value as it was written."""
        return subject is not None and any(write(subject) in j.carried
                                           for j in self.judgements[place + 1:])

    def _is_used_right(self, place: int, subject: Expr | None) -> bool:
        """True where something worked out later is right although it needs this value.

        Whoever goes on with the wrong value somewhere did not only copy it wrongly.
        """
        if not isinstance(subject, Symbol) or self._is_carried(place, subject):
            return False
        later = [j.claim.subject for j in self.judgements[place + 1:] if j.verdict == "right"
                 and j.claim.expr is not None and not list(refs(j.claim.expr))]
        oracle = self.marker.judge.given.oracle
        tops = [s.top if isinstance(s, Partial) else s for s in later if isinstance(s, Ref)]
        return any(subject != top and subject in ancestors([top], oracle.parents, lambda r: False)
                   for top in tops)


def _key(slip: str, words: str) -> str:
    """Return what is the same where a slip is made again, whatever else would explain it too."""
    return f"{slip}: {words.partition('; or: ')[0]}"


def _placed(statement: Statement) -> Statement:
    """Return a statement about the one member for which it is said."""
    fixed = {name: values[0] for one, relation, values in statement.when if relation == "="
             and len(values) == 1 for name in names_in(one) if one == named(name)}
    if not fixed:
        return statement
    sides = (side if side is None or side.expr is None else replace(
        side, expr=at(side.expr, fixed)) for side in statement.sides)
    return replace(statement, sides=tuple(sides), when=())


def _with_argument(first: Side, meant: Expr) -> Iterator[Expr]:
    """Yield L of L(w), which says what it depends on."""
    node = first.node
    if isinstance(meant, Product) and isinstance(node, ProductNode) and node.signs == ("",) and (
            isinstance(node.factors[1], Fenced)):
        yield meant.factors[0]


def _at_the_place_of(expr: Expr, subject: Expr) -> Expr:
    """Return g_t W of dJ_3/dh_3: where it is about one step, t is that step."""
    if not isinstance(subject, Partial) or free_indices(subject) or len(subject.top.index) != 1:
        return expr
    step, own = subject.top.index[0], free_indices(expr)
    return at(expr, dict.fromkeys(own, step)) if len(own) == 1 and isinstance(step, int) else expr


def _rounded(expr: Expr) -> Expr:
    """Return integers that stand behind an approximate sign as numbers rounded to units."""
    def change(part: Expr) -> Expr | None:
        if not isinstance(part, Number) or "." in part.typed or abs(part.value) < LEAST_ROUNDED:
            return None
        return replace(part, typed=f"{part.value}.") if part.value.denominator == 1 else None

    return transform(expr, change) if is_plain(expr) else expr


def _is_telling(found: Sequence[Judgement], labelled: bool) -> bool:
    """True for what is about something by many numbers, or by what it uses.

    A formula alone is: where it has another label that can be read, the formula is wrong.
    """
    def says(judgement: Judgement) -> bool:
        expr, good = judgement.claim.expr, judgement.verdict in ("right", "follow_through")
        if expr is None or not (good or judgement.slip) or judgement.notion == "given numbers":
            return False
        formula = bool(list(refs(expr)))
        return bool(judgement.carried) or (good and formula and not labelled) or (
            bool(expr.shape) and not formula)
    return any(map(says, found))


def _goodness(found: Sequence[Judgement]) -> tuple[int, int]:
    """Return how many claims are right, and what else speaks for a reading."""
    return sum(j.verdict == "right" for j in found), _worth(found)


def _worth(found: Sequence[Judgement]) -> int:
    """Return how much speaks for a reading: what is right in it, or may be explained."""
    return sum(AFTER if j.reason.startswith(BEFORE) or j.notion == "given numbers"
               else GOOD.get(j.verdict, NAMED * (bool(j.slip) or isinstance(j, _Wrong)))
               for j in found)


def _unread(found: Sequence[Judgement]) -> int:
    return sum(j.verdict == "unread" for j in found)


def _doubted(found: Judgement) -> Judgement:
    """Say what was taken on trust when a claim was read."""
    doubts = [note for note in found.claim.notes if note.startswith(DOUBTS)]
    if not doubts:
        return found
    lost = doubts[0].startswith(DOUBTS[0]) and found.verdict in ("right", "notation")
    return replace(found, verdict="refer" if lost else found.verdict,
                   reason=f"{found.reason}; {doubts[0]}")


def _as_meant(found: list[Judgement]) -> list[Judgement]:
    """Say of a wrong formula that only its writing is wrong, where what follows is as it should be.
    """
    out = list(found)
    for place, judgement in enumerate(found):
        later: Iterator[Judgement] = (j for j in found[place + 1:]
                                      if j.verdict in ("right", "follow_through")
                                      and not j.reason.startswith(BEFORE)
                                      and j.claim.subject == judgement.claim.subject)
        # what is right by chance for the numbers given leads to them whatever was meant
        if judgement.verdict == "wrong" and judgement.notion != "given numbers" and any(
                True for _ in later):
            out[place] = replace(judgement, verdict="notation",
                                 reason=f"{judgement.reason}; what follows is as it should be")
    return out
