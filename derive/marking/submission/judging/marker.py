"""What is known of a question before anybody hands in an answer; it serves all submissions."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from copy import copy
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from derive.expr.integers import is_nonnegative, names_in
from derive.expr.nodes import (
    Entry,
    Expr,
    Fill,
    Partial,
    Product,
    Ref,
    Symbol,
)
from derive.expr.walk import array_of, at, digits, free_indices, refs
from derive.marking.answers import Answer, constant_value, left_open, settled
from derive.marking.fitting import fitting
from derive.marking.judge import Judge
from derive.marking.submission.claims import Where
from derive.marking.submission.judging.alike import Alike
from derive.marking.submission.judging.asking import Asking
from derive.marking.submission.judging.plain import is_plain, is_with_numbers
from derive.marking.submission.judging.put_back import with_names
from derive.marking.submission.judging.senses import chained, immediate
from derive.marking.submission.judging.size_one import SizeOne
from derive.marking.submission.members import (
    begun,
    entries_of_letters,
    extremes,
    is_met,
    names_of,
    placed,
    whole,
)
from derive.marking.submission.mistakes.redone import UNJUDGED
from derive.marking.submission.mistakes.slips import Slips
from derive.marking.submission.reading.terms import introduce_terms
from derive.marking.submission.reading.words import Words
from derive.marking.submission.told import Told
from derive.marking.target import Target
from derive.marking.texts import Names
from derive.marking.typed import reader_of, set_apart
from derive.marking.verdict import Verdict
from derive.marking.written import Numbers
from derive.question.question import Question, Request
from derive.solution.solver import Solver
from derive.solution.trials import Trial
from derive.syntax.write_text import write

__all__ = ["UNJUDGED", "Marker"]

FINEST = 1e-6       # relative: nobody is judged by more digits than six
LEAST = 1e-12       # nobody's 0 is closer than that
MOST_KEPT = 20_000  # verdicts

Digits = tuple[str, ...]


class Marker:
    """Judges claims about one question; what is worked out once is kept."""

    def __init__(self, question: Question) -> None:
        self.question = set_apart(question)
        self.solver = Solver(self.question)
        self.terms = introduce_terms(self.solver)
        self.judge = Judge(self.solver, "derivatives", explains=False)
        self._explaining = Judge(self.solver, "derivatives", numbers=self.judge.numbers,
                                 obeying=self.judge.obeying, either=True)
        self.asking = Asking(self.solver)
        self.alike = Alike(self)
        self.slips = Slips(self.judge, Told(question))
        self._verdicts: dict[tuple[Expr, Expr, Where, Digits, Digits], Verdict | None] = {}
        self.others: dict[str, Marker | None] = {}      # of other networks that are told of
        self.chosen: dict[int, Marker] = {}     # at which a label is 1 at some place
        self._explained: dict[tuple[Expr, Expr, Digits, Digits], Verdict | None] = {}

    def words(self) -> Words:
        """Return the names that one submission begins with."""
        return Words(self.solver, self.terms)

    @cached_property
    def _names(self) -> Names:
        return Names(reader_of(self.question), self.question.notation,
                     self.solver.conventions.digits)

    def target(self, subject: Expr) -> Target:
        letters = tuple(sorted(free_indices(subject) - set(self.question.sizes)))
        whole = array_of(subject)
        request = None
        if isinstance(whole, Partial) and not whole.held:
            request = Request(whole.top, whole.bottom)
        elif isinstance(whole, Symbol):
            request = Request(whole)
        if not set(letters) <= free_indices(whole):
            request = None      # a letter of an entry is no index
        return Target(write(subject), subject, letters, request)

    def answer(self, expr: Expr) -> Answer:
        """Return what was written, judged by no more digits than are asked of anybody.

        A line with numbers put in is worth what the digits in it leave open.
        """
        found = settled(expr, self._names, 1)
        if not isinstance(found, Numbers):
            return found
        half, figures = found.half, found.figures
        if not is_plain(expr):
            half, figures = left_open(expr, constant_value, found.values), None
        finest = np.maximum(FINEST * np.abs(found.values), LEAST)
        return Numbers(found.values, np.maximum(half, finest), figures)

    def numbers(self, subject: Expr, expr: Expr) -> Numbers | None:
        """Return what is said of something in numbers, laid out as it is; None for a formula.

        A column may be written as a vector, and a plain 0 for zeros.
        """
        found = self.answer(expr)
        if not isinstance(found, Numbers) or found.shape == subject.shape:
            return found if isinstance(found, Numbers) else None
        shape = subject.shape
        fit = fitting(shape, found.shape, not found.shape and not found.values.any())
        if fit is None or fit.turned or not all(isinstance(n, int) for n in shape):
            return found
        plain = tuple(n for n in shape if isinstance(n, int))
        values, half = (np.asarray(fit.shaped(v, plain)) for v in (found.values, found.half))
        return Numbers(values, half, found.figures)

    def verdict(self, subject: Expr, expr: Expr, when: Where = ()) -> Verdict | None:
        """Judge by what is right; the reading that is right counts. None: nothing can be said.

        The verdict is kept: a pile of submissions says the same things again and again.
        """
        key = subject, expr, when, digits(subject), digits(expr)
        if key not in self._verdicts:
            if len(self._verdicts) >= MOST_KEPT:
                self._verdicts.clear()
            self._verdicts[key] = self._verdict(subject, expr, when)
        return self._verdicts[key]

    def _verdict(self, subject: Expr, expr: Expr, when: Where) -> Verdict | None:
        found = self._of_entries(subject, expr, when, self._known(subject, expr))
        inside = tuple(begun(subject, expr)) if found is None or not found.right else ()
        if inside:
            later = self._of_entries(subject, expr, (*when, *inside), self._known(subject, expr))
            found = later if later is not None and later.right else found
        if found is None and self.question.sizes:   # the name of a size may number an entry
            found = self._of_entries(subject, expr, when, frozenset(self.question.indices))
        return found

    def _of_entries(self, subject: Expr, expr: Expr, when: Where, known: frozenset[str]
                    ) -> Verdict | None:
        """Judge every entry that letters stand for, but for those that are known."""
        cells = list(entries_of_letters(subject, known))
        if not cells:
            return self._read_either_way(subject, expr, when)
        found = None
        for cell in cells:
            there = placed(when, cell)
            if not all(is_met(c, {}) for c in there if not names_of(c)):
                continue
            found = self._read_either_way(at(subject, cell), at(expr, cell), there)
            if found is None or not found.right:
                return found
        return found

    def _known(self, subject: Expr, expr: Expr) -> frozenset[str]:
        """Return the names that stand for sizes, and for the positions of members.

        An index of the question that picks nothing but entries is a letter like any other.
        """
        read = (ref for one in (subject, expr) for ref in refs(one))
        symbols = (s for ref in read for s in (
            (ref.top, ref.bottom) if isinstance(ref, Partial) else (ref,)))
        picked = frozenset(name for s in symbols for place in s.index for name in names_in(place))
        return frozenset(self.question.sizes) | (picked & frozenset(self.question.indices))

    def _read_either_way(self, subject: Expr, expr: Expr, when: Where) -> Verdict | None:
        found = None
        judge = self.judge if not when else replace(
            self.judge, where=lambda env: all(is_met(c, env) for c in when))
        itself = subject in set(refs(expr)) and self._is_given(subject)
        judge = replace(judge, itself=True) if itself else judge
        for reading in self._readings(subject, expr):
            try:
                verdict = judge.verdict(self.target(subject), self.answer(reading))
            except UNJUDGED:
                continue
            if verdict.right or itself:
                return verdict if verdict.right else None
            if verdict.slip == "given numbers" and (is_with_numbers(
                    subject, reading, self.solver.named) or self._has_names(
                        judge, subject, reading)):
                return replace(verdict, right=True, slip="", notion="given numbers",
                               message=f"right: {write(subject)}, with numbers put in")
            found = found or verdict
        return found

    def _has_names(self, judge: Judge, subject: Expr, expr: Expr) -> bool:
        """True where numbers in a formula stand for names, with which it is right."""
        for made in with_names(self.solver, expr):
            with suppress(*UNJUDGED):
                found = judge.verdict(self.target(subject), self.answer(made))
                if found.right and found.notion != "given numbers":
                    return True
        return False

    def _is_given(self, subject: Expr) -> bool:
        """True for what no equation makes: A = A^T says something of it."""
        return isinstance(subject, Symbol) and subject.name not in self.solver.named.by_target

    def _readings(self, subject: Expr, expr: Expr) -> Iterable[Expr]:
        """Return a formula as it stands, and with its derivatives as people mean them in a chain.

        One number said of an expression with several entries is said of each: Y 1 = 1.
        """
        if subject.shape and not expr.shape and not isinstance(subject, (Ref, Entry)):
            return (Product((expr, Fill(Fraction(1), subject.shape))),)
        if isinstance(expr, Partial):
            return (expr,)
        by_target = self.solver.named.by_target
        return dict.fromkeys((expr, self.immediate(expr), chained(expr, subject, by_target)))

    def holds_for_numbers(self, subject: Expr, expr: Expr) -> bool:
        """True where a formula is right if all sizes are 1: its layout is left open."""
        return bool(self.question.sizes) and self._of_size_one.holds(subject, expr)

    @cached_property
    def _of_size_one(self) -> SizeOne:
        return SizeOne(self.solver)

    def immediate(self, expr: Expr) -> Expr:
        """Return a formula with dh_t/dW as what it is at fixed h_{t-1}."""
        return immediate(expr, self.solver.named.by_target)

    def explained(self, subject: Expr, expr: Expr) -> Verdict | None:
        """Judge a wrong claim again, and look for slips that explain it; kept like any verdict."""
        key = subject, expr, digits(subject), digits(expr)
        if key not in self._explained:
            if len(self._explained) >= MOST_KEPT:
                self._explained.clear()
            self._explained[key] = None
            with suppress(*UNJUDGED):
                self._explained[key] = self._explain(subject, expr)
        return self._explained[key]

    def _explain(self, subject: Expr, expr: Expr) -> Verdict | None:
        """Judge the first entry that is wrong, where letters stand for entries."""
        found = None
        for cell in [*entries_of_letters(subject, self._known(subject, expr))] or [{}]:
            found = self._explaining.verdict(self.target(at(subject, cell)),
                                             self.answer(at(expr, cell)))
            if not found.right:
                break
        return found

    def at_numbers(self, drawn: list[tuple[Trial, float]]) -> Marker:
        """Return what judges a question in symbols by these numbers."""
        found = copy(self)
        found.judge = replace(self.judge, numbers={None: drawn})
        found._explaining = replace(self._explaining, numbers=found.judge.numbers, obeying={})
        found._verdicts, found._explained = {}, {}
        return found

    def is_right(self, subject: Expr, expr: Expr, when: Where = ()) -> bool:
        """True where `verdict` says so."""
        found = self.verdict(subject, expr, when)
        return found is not None and found.right

    def truth(self, ref: Ref) -> Any:
        """Return the value of a member of a question with numbers."""
        return np.asarray(self.judge.given.look(ref), dtype=float)

    def said_and_true(self, ref: Ref, expr: Expr) -> tuple[Numbers, Any] | None:
        """Return what is said of a member in numbers, and its value; None where there is no such.
        """
        try:
            said, truth = self.numbers(ref, expr), self.truth(ref)
        except UNJUDGED:
            return None
        return None if said is None else (said, truth)

    def always(self, one: Expr, relation: str, other: Expr) -> bool:
        """True where an inequality between positions holds throughout their ranges."""
        ends = whole(one), whole(other)
        if ends[0] is None or ends[1] is None:
            return False
        gap = ends[1] - ends[0] if relation.startswith("<") else ends[0] - ends[1]
        least = gap if relation.endswith("=") else gap - 1
        return all(is_nonnegative(v) for v in extremes(least, self.question.indices))
