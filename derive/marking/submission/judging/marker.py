"""What is known of a question before anybody hands in an answer; it serves all submissions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from derive.expr.equation import Family
from derive.expr.integers import is_nonnegative, named, names_in
from derive.expr.nodes import (
    Apply,
    Entry,
    Expr,
    Fill,
    Number,
    Partial,
    Product,
    Ref,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.positions import match
from derive.expr.shapes import Shape
from derive.expr.walk import array_of, at, free_indices, refs
from derive.marking.answers import Answer, constant_value, left_open, settled
from derive.marking.fitting import fitting
from derive.marking.judge import Judge
from derive.marking.samples import value_of
from derive.marking.submission.claims import Where
from derive.marking.submission.judging.plain import has_numbers, is_plain, is_put_in
from derive.marking.submission.judging.senses import chained, immediate
from derive.marking.submission.judging.size_one import SizeOne
from derive.marking.submission.members import (
    begun,
    entries_of_letters,
    extremes,
    is_met,
    match_place,
    names_of,
    placed,
    placed_as,
    symbol_at,
    whole,
)
from derive.marking.submission.mistakes.misformed import Misformulas
from derive.marking.submission.mistakes.misworked import Mistakes
from derive.marking.submission.mistakes.redone import UNJUDGED, Sweeps
from derive.marking.submission.reading.terms import introduce_terms
from derive.marking.submission.reading.words import Words
from derive.marking.submission.told import Told
from derive.marking.target import Target
from derive.marking.texts import Names
from derive.marking.typed import reader_of, set_apart
from derive.marking.verdict import Verdict
from derive.marking.written import Numbers
from derive.question.keys.solve import Solve
from derive.question.keys.table import Tabulate
from derive.question.question import Fact, Given, Part, Question, Request
from derive.solution.claimable import claimable
from derive.solution.solver import Solver
from derive.solution.trials import Trial
from derive.syntax.write_text import write

__all__ = ["UNJUDGED", "Marker"]

FINEST = 1e-6       # relative: nobody is judged by more digits than six
CLOSE = 0.02        # of the largest entry: a slip in something small
FIGURES = 3         # of a value that tells what it is of
MOST_MEMBERS = 50   # of a series, for which something may be said
MOST_KEPT = 20_000  # verdicts


class Marker:
    """Judges claims about one question; what is worked out once is kept."""

    def __init__(self, question: Question) -> None:
        self.question = set_apart(question)
        self.solver = Solver(self.question)
        self.terms = introduce_terms(self.solver)
        self.judge = Judge(self.solver, "derivatives", explains=False)
        self._explaining = Judge(self.solver, "derivatives", numbers=self.judge.numbers,
                                 obeying=self.judge.obeying, either=True)
        self.told = Told(question)
        self._verdicts: dict[tuple[Expr, Expr, Where], Verdict | None] = {}
        self.others: dict[str, Marker | None] = {}      # of other networks that are told of
        self._swept: dict[object, Sweeps] = {}
        self._explained: dict[tuple[Expr, Expr], Verdict | None] = {}

    def words(self) -> Words:
        """Return the names that one submission begins with."""
        return Words(self.solver, self.terms)

    @cached_property
    def sweeps(self) -> tuple[Sweeps, ...]:
        """The equations of derivatives, a loss and its softmax as one, and step by step."""
        system = self.solver.named
        return Sweeps(system, self.solver.fusions), Sweeps(system)

    @cached_property
    def _names(self) -> Names:
        return Names(reader_of(self.question), self.question.notation,
                     self.solver.conventions.digits)

    @cached_property
    def asked(self) -> tuple[Ref, ...]:
        """Everything the parts ask for, member by member where there are numbers."""
        return tuple(dict.fromkeys(r for part in self.question.parts for r in self.asked_in(part)))

    def asked_in(self, part: Part) -> Iterator[Ref]:
        """Yield what a part asks for, member by member; what is held is held."""
        yield from claimable(self.solver, part)

    def other_senses(self, subject: Expr) -> Iterator[Expr]:
        """Yield what else a derivative may mean: with what its part holds, or that of one equation.

        Where the total derivative is asked for, it is the total one.
        """
        if isinstance(subject, (Entry, Transpose)):
            yield from (replace(subject, arg=arg) for arg in self.other_senses(subject.arg))
        if not isinstance(subject, Partial) or subject.held:
            return
        alike = [r for r in self._families if r.top.name == subject.top.name
                 and r.bottom.name == subject.bottom.name]
        for held in (r.held for r in alike if r.held):
            yield replace(subject, held=held)
            yield replace(subject, held=tuple(replace(symbol, index=()) for symbol in held))
        if not alike and subject.top.name in self.solver.named.by_target:
            yield replace(subject, direct=True)

    def members(self, subject: Expr) -> Iterator[Expr]:
        """Yield what a series may mean that is written without its index, in numbers."""
        if self.solver.numeric and isinstance(subject, Symbol) and free_indices(subject):
            for place in islice(self.solver.values.positions(subject.name), MOST_MEMBERS):
                yield replace(subject, index=place)

    @cached_property
    def is_recurrent(self) -> bool:
        """True where a member is made from another one: h[t] from h[t-1]."""
        return any(ref.index and e.target.index and ref.index != e.target.index
                   for e in self.question.equations for ref in refs(e.rhs)
                   if isinstance(ref, Symbol) and isinstance(e.target, Symbol))

    @cached_property
    def output(self) -> Symbol | None:
        """What the model gives for each row: the only series that nothing else is made from."""
        equations = self.question.equations
        used = {ref.family for e in equations for ref in refs(e.rhs)}
        found = [e.target for e in equations if isinstance(e.target, Symbol)
                 and e.target.name not in used and isinstance(e.rhs, Apply)]
        only = found[0] if len(found) == 1 else None
        return only if only is not None and len(only.index) == 1 and (
            names_in(only.index[0])) else None

    def is_sought(self, subject: Expr) -> bool:
        """True for what a part is solved for: it is no one value.

        What is eliminated may leave 0 = -2, which says that there is nothing.
        """
        if self._sought and isinstance(subject, Number):
            return True
        return any(ref.name in self._sought for ref in refs(subject) if isinstance(ref, Symbol))

    @cached_property
    def _sought(self) -> frozenset[str]:
        return frozenset(symbol.name for part in self.question.parts for task in part.tasks
                         if isinstance(task, Solve) for symbol in task.unknowns)

    def is_asked_for(self, subject: Expr, expr: Expr) -> bool:
        """True for what the question wants to hold, or asks for which members it does."""
        return (subject, write(expr)) in self._conditions

    @cached_property
    def _conditions(self) -> frozenset[tuple[Expr, str]]:
        tasks = [task for part in self.question.parts for task in part.tasks]
        found = (fact for task in tasks for fact in (
            task.conditions if isinstance(task, Solve) else
            task.columns if isinstance(task, Tabulate) else ()) if isinstance(fact, Fact))
        return frozenset((fact.left, write(fact.right)) for fact in found)

    @cached_property
    def renewed(self) -> dict[Expr, Symbol]:
        """What becomes of a quantity in a step of descent: the w_new of w - eta*g, by w."""
        found: dict[Expr, list[Symbol]] = {}
        for equation in self.solver.model.equations:
            old = equation.rhs.terms[0] if isinstance(equation.rhs, Sum) else None
            if isinstance(old, Symbol) and isinstance(equation.target, Symbol) and (
                    old.shape == equation.target.shape and old != equation.target):
                found.setdefault(old, []).append(equation.target)
        return {old: new[0] for old, new in found.items() if len(new) == 1}

    @cached_property
    def _families(self) -> tuple[Partial, ...]:
        return tuple(r for r in self.asked if isinstance(r, Partial))

    def in_equations(self, ref: Ref) -> Iterator[Symbol]:
        """Yield a derivative as equations read it: the g of w - eta*g."""
        for name, g in self.question.gradients.items():
            if not isinstance(ref, Partial) or ref.held or ref.component or (
                    ref.top.name, ref.bottom.name) != (g.top.name, g.bottom.name):
                continue
            env = {**(match(g.top, ref.top, g.letters) or {}),
                   **(match(g.bottom, ref.bottom, g.letters) or {})}
            if all(n in env for n in g.letters) and at(Partial(g.top, g.bottom), env) == ref:
                yield Symbol(name, tuple(env[n] for n in g.letters), ref.shape)

    # judging

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
        return Numbers(found.values, np.maximum(half, FINEST * np.abs(found.values)), figures)

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
        key = subject, expr, when
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
            if verdict.slip == "given numbers" and (
                    has_numbers(reading) or is_put_in(reading, self.solver.named.by_target)):
                return replace(verdict, right=True, slip="", notion="given numbers",
                               message=f"right: {write(subject)}, with numbers put in")
            found = found or verdict
        return found

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
        key = subject, expr
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

    def known_by(self, formula: Expr) -> Iterator[Ref]:
        """Yield the quantities of the question that a formula is, whatever it is called."""
        model = self.solver.model
        made = [f for f in model.families.values() if f.shape == formula.shape
                and f.name in model.by_target]
        members = (ref for family in made for ref in self._members_in(family, formula))
        for ref in (*self.asked, *members):
            if ref.shape == formula.shape and self._is_always(ref, formula):
                yield ref

    def _members_in(self, family: Family, formula: Expr) -> Iterator[Symbol]:
        """Yield the members of a family that a formula may be: all, or those it speaks of."""
        if not self.solver.numeric:
            letters = tuple(named(n) for n in family.indices)
            yield from placed_as(Symbol(family.name, letters, family.shape), formula)
            return
        for place in self.solver.values.positions(family.name):
            yield Symbol(family.name, place, family.shape)

    def nearly(self, formula: Expr) -> Iterator[Ref]:
        """Yield the vectors and matrices of the question whose value a formula comes close to."""
        with suppress(*UNJUDGED):
            said = value_of(self.judge.given, formula, {})
            for ref, _ in self._alike(formula.shape, ()) if said.size > 1 else ():
                truth = self.truth(ref)
                if np.allclose(said, truth, rtol=0, atol=CLOSE*np.abs(truth).max(initial=0.0)):
                    yield ref

    def argument(self, formula: Expr) -> Symbol | None:
        """Return what a formula is that only the solution gives a name: the argument of a function.

        It is told by its letters, o_t = V h_t + c, or else by its value.
        """
        families = self.solver.model.families
        inner = [(s, e) for e in self.solver.named.equations if isinstance(s := e.target, Symbol)
                 and s.name not in families and s.shape == formula.shape]
        found = (match_place(e.rhs, symbol, formula) for symbol, e in inner)
        return next((place for place in found if place is not None), None) or next(
            (place for symbol, _ in inner for place in placed_as(symbol, formula)
             if self._is_always(place, formula)), None)

    def _is_always(self, subject: Expr, formula: Expr) -> bool:
        """True where a formula is right, and not for the numbers given alone."""
        found = self.verdict(subject, formula)
        return found is not None and found.right and found.notion != "given numbers"

    def terms_of(self, slope: Partial) -> Iterator[Symbol]:
        """Yield the losses at the step of what stands below that a part differentiates: L_t."""
        for top in dict.fromkeys(ref.top for ref in self._families):
            if not top.shape and top.name != slope.top.name and len(top.index) == len(
                    slope.bottom.index):
                yield replace(top, index=slope.bottom.index)

    def inside(self, symbol: Symbol) -> Iterator[Symbol]:
        """Yield what a quantity is a function of, entry by entry or as a softmax: z of h = f(z)."""
        for equation in self.solver.named.by_target.get(symbol.name, ()):
            env = match(equation.target, symbol)
            args = equation.rhs.args if isinstance(equation.rhs, Apply) else ()
            if env is not None and len(args) == 1 and isinstance(args[0], Symbol) and (
                    args[0].shape == symbol.shape):
                yield symbol_at(args[0], env)

    def valued(self, expr: Expr, places: Sequence[int]) -> Iterator[Expr]:
        """Yield what has a value that is written with three digits or more, or as a vector.

        *places* are the numbers in its name, which tell the step, or which entry it is.
        """
        said = self.answer(expr)
        if not isinstance(said, Numbers) or (not said.shape and (
                said.figures is None or int(np.max(said.figures)) < FIGURES)):
            return
        for ref, cell in (*self._alike(said.shape, places), *self._rows_alike(said.shape)):
            with suppress(*UNJUDGED):
                truth = self.truth(ref)[cell]
                if np.shape(truth) == said.shape and np.all(
                        abs(truth - said.values) <= said.half):
                    yield Entry(ref, cell) if cell else ref

    def _alike(self, shape: Shape, places: Sequence[int]
               ) -> Iterator[tuple[Ref, tuple[int, ...]]]:
        """Yield the members and entries of a shape that numbers in a name may mean."""
        for ref in self._claimed():
            index = ref.bottom.index if isinstance(ref, Partial) else ref.index
            if places and index and index != tuple(places[:len(index)]):
                continue
            if ref.shape == shape:
                yield ref, ()
            elif not shape and len(ref.shape) == 1 and len(places) == len(index) + 1:
                yield from ((ref, (at,)) for at in (places[-1] - 1, places[-1]) if at >= 0)

    def _rows_alike(self, shape: Shape) -> Iterator[tuple[Ref, tuple[int, ...]]]:
        """Yield the rows of matrices that have a shape."""
        for ref in self._claimed() if len(shape) == 1 else ():
            if ref.shape[1:] == shape and isinstance(ref.shape[0], int):
                yield from ((ref, (row,)) for row in range(ref.shape[0]))

    def _claimed(self) -> Iterator[Symbol | Partial]:
        """Yield the members of which something may be said, and the derivatives asked for."""
        for family in self.solver.named.families.values():
            if family.name in self.solver.named.by_target:
                yield from (Symbol(family.name, place, family.shape) for place in islice(
                    self.solver.values.positions(family.name), MOST_MEMBERS))
        yield from self._families

    def always(self, one: Expr, relation: str, other: Expr) -> bool:
        """True where an inequality between positions holds throughout their ranges."""
        ends = whole(one), whole(other)
        if ends[0] is None or ends[1] is None:
            return False
        gap = ends[1] - ends[0] if relation.startswith("<") else ends[0] - ends[1]
        least = gap if relation.endswith("=") else gap - 1
        return all(is_nonnegative(v) for v in extremes(least, self.question.indices))

    # mistakes

    @cached_property
    def example(self) -> Trial:
        """The numbers at which mistakes are looked for: the question's own, or drawn ones."""
        if self.solver.numeric:
            return self.judge.given
        drawn = [trial for trial, _ in self.judge.drawn()]
        return next((trial for trial in drawn if self._is_long(trial)), drawn[0])

    def _is_long(self, trial: Trial) -> bool:
        """True where an index runs over more than two positions."""
        ranges = trial.ranges.values()
        return not ranges or any(isinstance(n := r.hi - r.lo, int) and n >= 2 for r in ranges)

    @cached_property
    def misformulas(self) -> Misformulas:
        """What one mistake in a derivation with letters leads to."""
        return Misformulas(self.solver, self.told, self.example)

    def swept(self, trial: Trial) -> Sweeps:
        """Return the equations of derivatives, step by step, with the sizes of a trial put in."""
        key = tuple(sorted(trial.env.items()))
        if key not in self._swept:
            self._swept[key] = Sweeps(self.solver.named.put(trial.env))
        return self._swept[key]

    @cached_property
    def mistakes(self) -> Mistakes:
        """What one mistake, or two, lead to at these numbers."""
        env = self.example.env
        swept = (Sweeps(self.solver.named.put(env)),) if env else self.sweeps
        return Mistakes(self.example, swept)

    @cached_property
    def states(self) -> dict[str, Given] | None:
        """What is given for first states, which stays where other numbers are drawn."""
        return {n: item for n, item in self.question.given.items()
                if n in self.solver.named.by_target} if self.solver.numeric else None

    @cached_property
    def mistakes_elsewhere(self) -> Mistakes:
        """The same at numbers that are drawn."""
        (trial, _), *_ = self.judge.drawn(self.states)
        return Mistakes(trial, self.sweeps)
