"""The quantities of a question that something written may be: by what it says, or its value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from derive.expr.equation import Family
from derive.expr.integers import named
from derive.expr.nodes import Entry, Expr, Partial, Ref, Symbol
from derive.expr.shapes import Shape
from derive.expr.walk import free_indices
from derive.marking.samples import value_of
from derive.marking.submission.members import match_place, placed_as
from derive.marking.submission.mistakes.redone import UNJUDGED
from derive.marking.written import Numbers
from derive.solution.solver import Solver

if TYPE_CHECKING:
    from derive.marking.submission.judging.marker import Marker

CLOSE = 0.02        # of the largest entry: a slip in something small
FIGURES = 3         # of a value that tells what it is of
MOST_MEMBERS = 50   # of a series, for which something may be said


class Alike:
    """Finds the quantities of a question that are like something written."""

    def __init__(self, marker: Marker) -> None:
        self.marker = marker
        self.solver: Solver = marker.solver

    def members(self, subject: Expr) -> Iterator[Expr]:
        """Yield what a series may mean that is written without its index, in numbers."""
        if self.solver.numeric and isinstance(subject, Symbol) and free_indices(subject):
            for place in islice(self.solver.values.positions(subject.name), MOST_MEMBERS):
                yield replace(subject, index=place)

    def known_by(self, formula: Expr) -> Iterator[Ref]:
        """Yield the quantities of the question that a formula is, whatever it is called.

        These are what is asked for, what the model makes, and the derivatives of the loss by that.
        """
        for ref in (*self.marker.asking.asked, *self._made(formula.shape, formula)):
            if ref.shape == formula.shape and self._is_always(ref, formula):
                yield ref

    def known_entry(self, formula: Expr, letter: str) -> Entry | None:
        """Return the entry of a vector of the question that a formula is, with the letter in it."""
        if formula.shape or letter not in free_indices(formula):
            return None
        vectors = {f.shape for f in self.solver.named.families.values() if len(f.shape) == 1}
        entries = (Entry(ref, (named(letter),)) for shape in vectors
                   for ref in self._made(shape, formula))
        return next((entry for entry in entries if self._is_always(entry, formula)), None)

    def _made(self, shape: Shape, formula: Expr) -> Iterator[Ref]:
        """Yield what the model makes in a shape, where a formula may speak of it, and its slopes.
        """
        system = self.solver.named
        made = [f for f in system.families.values() if f.shape == shape
                and f.name in system.by_target]
        members = [ref for family in made for ref in self._members_in(family, formula)]
        yield from members
        loss = self.marker.asking.loss
        if loss is not None:
            yield from (Partial(loss, ref) for ref in members if ref != loss)

    def _members_in(self, family: Family, formula: Expr) -> Iterator[Symbol]:
        """Yield the members of a family that a formula may be: all, or those it speaks of."""
        if not self.solver.numeric or free_indices(formula):
            letters = tuple(named(n) for n in family.indices)
            yield from placed_as(Symbol(family.name, letters, family.shape), formula)
            return
        for place in self.solver.values.positions(family.name):
            yield Symbol(family.name, place, family.shape)

    def nearly(self, formula: Expr) -> Iterator[Ref]:
        """Yield the vectors and matrices of the question whose value a formula comes close to."""
        with suppress(*UNJUDGED):
            said = value_of(self.marker.judge.given, formula, {})
            for ref, _ in self._alike(formula.shape, ()) if said.size > 1 else ():
                truth = self.marker.truth(ref)
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
        found = self.marker.verdict(subject, formula)
        return found is not None and found.right and found.notion != "given numbers"

    def valued(self, expr: Expr, places: Sequence[int]) -> Iterator[Expr]:
        """Yield what has a value that is written with three digits or more, or as a vector.

        *places* are the numbers in its name, which tell the step, or which entry it is.
        """
        said = self.marker.answer(expr)
        if not isinstance(said, Numbers) or (not said.shape and (
                said.figures is None or int(np.max(said.figures)) < FIGURES)):
            return
        for ref, cell in (*self._alike(said.shape, places), *self._rows_alike(said.shape)):
            with suppress(*UNJUDGED):
                truth = self.marker.truth(ref)[cell]
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
        yield from self.marker.asking.families
