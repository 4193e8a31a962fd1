"""What weights have to fulfil that separate rows, and weights that a submission tries.

Of unknown weights an inequality is right where it is the condition of a row, w_0 + w_2 > 0, or
follows from some of them by adding: multiples that are not negative of w x > 0 for the one class
and w x <= 0 for the other (Farkas). Where a row is named in front, it is the condition of that row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.nodes import Array, Entry, Expr, Number, Symbol
from derive.expr.walk import at, free_indices, refs
from derive.marking.answers import constant_value
from derive.marking.samples import value_of
from derive.marking.submission.claims import Claim, Judgement, Side, Statement
from derive.marking.submission.judging.classes import of_a_class
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.reading.words import Words
from derive.numbers.separation import Condition
from derive.question.keys.separable import Separable
from derive.syntax.read_latex.tree import Name, Node, Scripted, nodes

__all__ = ["Separating"]

NAMED = re.compile(r"(?:\b|\\)(?:x|f|phi|varphi|row|sample|example|point|pattern|input|vector|line)"
                   r"\s*[_^]?[({\s]*(\d+)\b", re.IGNORECASE)
RELATION = re.compile(r"[=<>≤≥]|\\(?:leq?|geq?|neq?)(?![a-z])")
WEIGHTS = ("w", "v", "u", "a", "q", "θ", r"\theta", r"\mathbf{w}")
BIASES, THRESHOLDS = ("b", "c", "w_0"), (r"\theta", "θ", "T", "s")
LARGEST = 2         # times a row is added
MOST_ROWS = 6
FOLLOWS = "it follows from the conditions of the rows"
CONTRADICTS = "it follows from other rows, and one asks for the opposite"
OPEN = "whether it follows from the rows is for a person"
SEPARATES = "these weights put every row on its side"
SLIP = "row"


@dataclass(frozen=True)
class Row:
    """A row of the question, as it is numbered, and what it asks of the weights."""

    number: int
    condition: Condition


Named = tuple[Node, str]            # a name, and what it stands for: weights, a bias
Unit = tuple[Sequence[int], int]


@dataclass
class Separating:
    """The rows of a question, and how a student writes the weights that are looked for."""

    marker: Marker
    words: Words
    text: str
    _slips: set[str] = field(default_factory=set)

    @cached_property
    def _tasks(self) -> tuple[tuple[str, tuple[Row, ...], bool], ...]:
        """The rows of each part that asks whether they can be separated, and if with a bias."""
        return tuple((part.label, tuple(self._examples(task)), task.bias)
                     for part in self.marker.question.parts for task in part.tasks
                     if isinstance(task, Separable) and self.marker.solver.numeric)

    def _examples(self, task: Separable) -> Iterator[Row]:
        """Yield the rows with what each asks of the weights, a constant 1 last for a bias."""
        labels = [float(self._number(one)) for _, one in self._members(task.labels)]
        lowest = min(labels, default=0)
        for (number, row), label in zip(self._members(task.features), labels, strict=True):
            x = [Fraction(float(v)).limit_denominator(10**9) for v in self._number(row)]
            yield Row(number, Condition((*x, *[Fraction(1)] * task.bias), label == 1,
                                        label == 1 or lowest < 0))

    def _members(self, symbol: Symbol) -> Iterator[tuple[int, Expr]]:
        """Yield the rows of a series, or of an array, with their numbers."""
        if symbol.index:
            for place in self.marker.solver.values.positions(symbol.name):
                yield place[0], replace(symbol, index=place)
        elif isinstance(symbol.shape[0], int):
            yield from ((i, Entry(symbol, (i,))) for i in range(symbol.shape[0]))

    def _number(self, expr: Expr) -> Any:
        return value_of(self.marker.judge.given, expr, {})

    def _rows(self, label: str) -> Iterator[tuple[tuple[Row, ...], bool]]:
        """Yield the rows that may be meant, those of the part at hand first."""
        yield from ((rows, bias) for _, rows, bias in sorted(
            self._tasks, key=lambda task: task[0] != label))

    # conditions

    def inequality(self, claim: Claim, left: Side, relation: str, right: Side
                   ) -> Judgement | None:
        """Judge an inequality between unknown weights; None for any other."""
        for rows, bias in self._rows(claim.label):
            form = self._form(left, right, len(rows[0].condition.x), bias)
            if form is not None and form[1:].any():
                return Judgement(claim, "refer", OPEN) if form[0] else (
                    self._judged(claim, form[1:], relation, rows))
            if form is None and self._is_of_every_row(left, right, rows, bias):
                return of_a_class(claim, relation, self.text, rows[0].condition)
        return None

    def _is_of_every_row(self, left: Side, right: Side, rows: Sequence[Row], bias: bool) -> bool:
        """True for w x_n + b beside 0, whatever n is."""
        letters = {*self.marker.question.indices, *self.marker.solver.named.letters, "n", "i"}
        return any(all(self._is_of_row(left, right, row, bias, letter) for row in rows)
                   for letter in sorted(letters))

    def _is_of_row(self, left: Side, right: Side, row: Row, bias: bool, letter: str) -> bool:
        form = self._form(left, right, len(row.condition.x), bias, {letter: row.number})
        return form is not None and not form[0] and np.allclose(form[1:], _vector(row))

    def _judged(self, claim: Claim, form: Any, relation: str, rows: Sequence[Row]
                ) -> Judgement:
        above = relation.startswith(">")
        row = self._named(claim, rows)
        same = [e for e in rows if e.condition.above == above and _along(form, _vector(e))]
        if row is not None and len(np.flatnonzero(form)):
            if row in same:
                return Judgement(claim, "right", f"it is the condition of row {row.number}")
            return self._of_another(claim, form, row, same)
        if same:
            return Judgement(claim, "right", f"it is the condition of row {same[0].number}")
        against = [e for e in rows if _along(form, _vector(e))]
        if _follows(form, relation, rows):
            # from conditions that contradict each other the opposite of each follows as well
            return Judgement(claim, "refer", CONTRADICTS) if against else (
                Judgement(claim, "right", FOLLOWS))
        if against:
            return Judgement(claim, "wrong", f"row {against[0].number} asks for the opposite",
                             "opposite")
        return Judgement(claim, "refer", OPEN)

    def _of_another(self, claim: Claim, form: Any, row: Row, same: Sequence[Row]) -> Judgement:
        """Say what is wrong with the condition of a row."""
        if same:
            verdict = "repeated" if SLIP in self._slips else "wrong"
            self._slips.add(SLIP)
            return Judgement(claim, verdict, f"this is the condition of row {same[0].number}", SLIP)
        opposite = _along(form, _vector(row))
        asks = f"row {row.number} asks for the opposite" if opposite else (
            f"row {row.number} asks for something else")
        return Judgement(claim, "wrong", asks, SLIP)

    def _named(self, claim: Claim, rows: Sequence[Row]) -> Row | None:
        """Return the row that stands in front of a condition in its line: "x_2, label 1:"."""
        at = claim.span[0]
        line = RELATION.split(self.text[self.text.rfind("\n", 0, at) + 1:at])[-1]
        found = {int(number) for number in NAMED.findall(line)}
        return next((e for e in rows if e.number in found), None) if len(
            found) == 1 else None

    def _form(self, left: Side, right: Side, size: int, bias: bool,
              env: Mapping[str, int] | None = None) -> Any | None:
        """Return what left - right is without weights, and their factors; None for others."""
        names = self._unknown(left, right)
        for first in (0, 1) if names else ():
            found = self._factors(left, right, names, _units(size, bias), first, env or {})
            if found is not None:
                return found
        return None

    def _factors(self, left: Side, right: Side, names: Sequence[Named], units: Sequence[Unit],
                 first: int, env: Mapping[str, int]) -> Any | None:
        kept = self.words.own, dict(self.words.defined)
        try:
            values = [self._value(left, right, names, unit, first, env) for unit in units]
        finally:
            self.words.put_back(*kept)
        known = [v for v in values if v is not None]
        if len(known) < len(values):
            return None
        return np.array([float(known[0]), *(float(v - known[0]) for v in known[1:])])

    def _unknown(self, left: Side, right: Side) -> list[Named]:
        """Return the names in an inequality that may be weights or a bias."""
        found: dict[str, Node] = {}
        for side in (left, right):
            for node in nodes(side.node) if side.node is not None else ():
                base = node.base if isinstance(node, Scripted) else node
                if isinstance(base, Name) and not self._is_known(base, side):
                    found[base.stem] = base
        weights = [(node, "w") for stem, node in found.items() if stem in WEIGHTS]
        biases = [(node, "b") for stem, node in found.items() if stem in BIASES]
        thresholds = [(node, "-b") for stem, node in found.items() if stem in THRESHOLDS]
        return [*weights[:1], *biases[:1], *(thresholds[:1] if weights else [])]

    def _is_known(self, base: Name, side: Side) -> bool:
        return self.words.counted(base, side.source, 0) is not None

    def _value(self, left: Side, right: Side, names: Sequence[Named], unit: Unit,
               first: int, env: Mapping[str, int]) -> Fraction | None:
        weights, bias = unit
        meanings = {"w": _array(weights), "b": _number(bias), "-b": _number(-bias)}
        for node, kind in names:
            self.words.define(node, meanings[kind])
        total = Fraction(0)
        for side, sign in ((left, 1), (right, -1)):
            expr = None if side.node is None else self.words.counted(side.node, side.source, first)
            expr = None if expr is None else at(expr, dict(env))
            if expr is None or expr.shape or free_indices(expr):
                return None
            try:
                value = value_of(self.marker.judge.given, expr, {})
            except UNJUDGED:
                return None
            total += sign * Fraction(float(value)).limit_denominator(10**6)
        return total

    # weights that are tried

    def tried(self, statement: Statement, claim: Claim, value: Expr) -> Judgement | None:
        """Judge weights that a student has chosen, where rows are to be separated by some."""
        if any(True for _ in refs(value)) or len(value.shape) != 1:
            return None
        try:
            weights = [Fraction(float(v)).limit_denominator(10**9)
                       for v in np.ravel(constant_value(value))]
        except (DeriveError, ValueError, OverflowError):
            return None
        for rows, bias in self._rows(statement.label):
            if not bias and len(rows[0].condition.x) == len(weights):
                wrong = [e.number for e in rows if not e.condition.holds(weights)]
                fails = f"with these weights row {wrong[0]} is on the wrong side" if wrong else ""
                return Judgement(claim, "wrong" if wrong else "right", fails or SEPARATES)
        return None


def _units(size: int, bias: bool) -> list[Unit]:
    """Return weights that are 0 but for one, with what a bias is then: the last, or the first."""
    every = [[0] * size, *([int(i == j) for j in range(size)] for i in range(size))]
    return [(w[:-1], w[-1]) if bias else (w, w[0]) for w in every]


def _array(values: Sequence[int]) -> Expr:
    return Array(tuple(_number(v) for v in values))


def _number(value: int) -> Expr:
    return Number(Fraction(value))


def _vector(example: Row) -> Any:
    return np.array([float(a) for a in example.condition.x])


def _along(one: Any, other: Any) -> bool:
    """True where one vector is a positive multiple of the other."""
    size = float(one @ one) * float(other @ other)
    return size > 0 and bool(np.isclose(one @ other, size ** 0.5))


def _follows(form: Any, relation: str, rows: Sequence[Row]) -> bool:
    """True where an inequality is a sum of conditions, each taken up to twice."""
    if len(rows) > MOST_ROWS:
        return False
    wanted = form if relation.startswith(">") else -form
    signed = [_vector(e) * (1 if e.condition.above else -1) for e in rows]
    for times in product(range(LARGEST + 1), repeat=len(rows)):
        strict = any(n and e.condition.strict for n, e in zip(times, rows, strict=True))
        total = sum(n * row for n, row in zip(times, signed, strict=True))
        if any(times) and np.allclose(total, wanted) and (
                strict or relation.endswith("=") or not _mixed(times, rows)):
            return True
    return False


def _mixed(times: Sequence[int], rows: Sequence[Row]) -> bool:
    """True where rows of both classes are added."""
    return len({e.condition.above for n, e in zip(times, rows, strict=True) if n}) > 1
