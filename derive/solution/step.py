"""The record of a derivation: lines, grouped in steps, grouped by part of the question.

Mathematics stands in `Expr` trees, words in `Sentence`s whose placeholders hold mathematics, so
that every format writes both in its own way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from derive.expr.equation import Domain
from derive.expr.integers import IntLike
from derive.expr.nodes import Dimension, Expr, Range
from derive.expr.walk import at
from derive.languages import ENGLISH
from derive.solution.exhibits import Exhibit
from derive.solution.words import Claim, Sentence

__all__ = [
    "DETAILS", "INEQUALITIES", "Check", "Line", "PartSolution", "SolvedQuestion", "Step",
    "at_places", "claims_in", "deep", "statements",
]

DETAILS = ("brief", "normal", "full")
INEQUALITIES = frozenset({"<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of working: ``left relation right``.

    kind:     definition | symbolic | substituted | arithmetic | simplified | result, or condition:
              an equation for unknowns, which does not hold for all numbers.
    left:     None where the line goes on from the line above (same left side).
    where:    for which positions a line with free indices holds (t = T; t < T); () for all.
    reason:   why, in a few words, set beside or under the line.
    apart:    index letters that must differ for the line to hold (i, k).
    terms:    for a sum of products written with labels: for each term its factors, each paired with
              what it is (W, dz/dh); the right side is then printed so, each factor over its label.
    shapes:   True where each of those factors says its shape as well.
    """

    kind: str
    left: Expr | None
    relation: str
    right: Expr
    where: Domain = ()
    reason: Sentence | None = None
    fact: str = ""
    apart: tuple[str, ...] = ()
    terms: tuple[tuple[tuple[Expr, Expr], ...], ...] = ()
    shapes: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Lines that belong together, under one rule of the catalogue.

    `title` heads it, `intro` says what is done, `note` follows the lines and the `exhibits`.
    `detail` is the least level of detail at which it is shown. `answer` marks what the part asked
    for. `time` orders the same quantity at several positions. `uses` lists ids of steps
    whose results go in. Where an answer is `said`, its words belong to it at every level of
    detail.
    """

    id: str
    rule: str
    lines: tuple[Line, ...] = ()
    title: Sentence | None = None
    intro: Sentence | None = None
    note: Sentence | None = None
    substeps: tuple[Step, ...] = ()
    uses: tuple[str, ...] = ()
    detail: str = "brief"
    marks: Fraction | None = None
    time: tuple[int, ...] = ()
    answer: bool = False
    exhibits: tuple[Exhibit, ...] = ()
    said: bool = False


def statements(lines: Sequence[Line]) -> Iterator[tuple[Expr, Line]]:
    """Pair each line with what stands to the left of its relation.

    In a chain of equations that is the left side at its head; an inequality, and whatever follows
    one, compares with what the line goes on from: a <= b = c says b = c.
    """
    left: Expr | None = None
    unequal = False
    for before, line in zip([None, *lines], lines, strict=False):
        unequal = line.relation in INEQUALITIES or (unequal and line.left is None)
        if line.left is not None:
            left = line.left
        elif unequal and before is not None:
            left = before.right
        assert left is not None, "a step begins with a left side"
        yield left, line


def at_places(step: Step, env: Mapping[str, IntLike]) -> Step:
    """Put positions into the words of a step: its title, what is said before and after."""
    def placed(sentence: Sentence | None) -> Sentence | None:
        return sentence and replace(sentence, parts=tuple(_placed(p, env) for p in sentence.parts))

    return replace(step, title=placed(step.title), intro=placed(step.intro),
                   note=placed(step.note))


def _placed(part: Any, env: Mapping[str, IntLike]) -> Any:
    if isinstance(part, Claim):
        return replace(part, left=at(part.left, env), right=at(part.right, env))
    return at(part, env) if isinstance(part, Expr) else part


def deep(steps: Sequence[Step]) -> Iterator[Step]:
    """Yield all steps, those inside others before them."""
    for step in steps:
        yield from deep(step.substeps)
        yield step


def claims_in(step: Step) -> Iterator[Claim]:
    """Yield the equations of mathematics that the words of a step state."""
    sentences = [step.intro, step.note, *(line.reason for line in step.lines)]
    for sentence in sentences:
        for part in sentence.parts if sentence else ():
            # "t = 0" names a case
            if (isinstance(part, Claim) and part.relation == "="
                    and not isinstance(part.left, Dimension)):
                yield part


@dataclass(frozen=True, slots=True)
class PartSolution:
    """One part: `asked` are the single members asked for, `wanted` says it where `ask` does not.

    `words` is the length of answer that is asked for; `claimed` is what marks are divided among.
    """

    label: str
    ask: str
    note: str
    marks: Fraction | None
    asked: tuple[Expr, ...]
    steps: tuple[Step, ...]
    wanted: tuple[Sentence, ...] = ()
    words: int | None = None
    claimed: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One independent check: what kind, of what, how far off, and whether that is right."""

    kind: str
    target: str
    error: float | None
    ok: bool
    note: str = ""


@dataclass(frozen=True)
class SolvedQuestion:
    """Everything there is to say about a question.

    given:   what the sheet lists at its head: (symbol, value or None), in the file's order.
    model:   the equations as typed, as lines with their ranges.
    stated:  conventions, one sentence each (rounding, layout, mean or sum, log, kinks).
    noticed: what a marker should know about the solution, one sentence each.
    values:  float64 arrays keyed as one would type them ("h[0]", "dL/dV").
    accept:  for each value its full precision, its shown digits and what a marker may accept
             (`derive.solution.accept.Value`).
    topics:  what the author says the question is about.
    authors: who wrote it, as the file says.
    language: that of the sheet; sentences are kept in English and said in it when they are written.
    calls:   macros shown as one line each, `behind` the equations they stand for.
    tables:  answers that are no values, by kind ("shapes", "counts") and key.
    taken:   what quantities, sizes and indices are called, for letters that may not be one of them.
    formulas: asked or derived formulas by key ("dL/dh[t]"), as equations (left, right, where).
    """

    name: str
    title: str
    given: tuple[tuple[Expr, Expr | None], ...]
    model: tuple[Line, ...]
    stated: tuple[Sentence, ...]
    parts: tuple[PartSolution, ...]
    values: Mapping[str, Any]
    formulas: Mapping[str, tuple[Line, ...]]
    checks: tuple[Check, ...]
    notation: Mapping[str, str] = field(default_factory=dict)
    matrix: str = "bmatrix"
    layout: str = "gradient"
    accept: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    indices: Mapping[str, Range] = field(default_factory=dict)
    log: str = "e"
    calls: tuple[Sentence, ...] = ()
    behind: tuple[Line, ...] = ()
    topics: tuple[str, ...] = ()
    noticed: tuple[Sentence, ...] = ()
    taken: frozenset[str] = frozenset()
    language: str = ENGLISH
    authors: tuple[str, ...] = ()
