"""What is said in a submission, one claim at a time, and what is thought of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from derive.expr.integers import IntLike
from derive.expr.nodes import Expr
from derive.expr.walk import at
from derive.syntax.read_latex.tree import Node

__all__ = [
    "EQUALITIES", "Claim", "Condition", "Data", "Judgement", "Row", "Side", "Statement", "Where",
]

EQUALITIES = ("=", "≈")
Span = tuple[int, int]
Condition = tuple[IntLike, str, tuple[IntLike, ...]]    # t, "=", (0, 1)
Where = tuple[Condition, ...]
Data = tuple[tuple[Expr, Expr], ...]    # y_i, 0


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a formula: its source, where it stands, what it means or why it is not read.

    node: the side before names were known, whose spans are those of `source`.
    fixed: the positions of the one member for which it is said.
    """

    text: str
    span: Span
    expr: Expr | None = None
    fault: str = ""
    notes: tuple[str, ...] = ()
    node: Node | None = None
    source: str = ""
    fixed: tuple[tuple[str, IntLike], ...] = ()

    def placed(self, expr: Expr) -> Expr:
        """Return another reading of this side, for the same member."""
        return at(expr, dict(self.fixed)) if self.fixed else expr


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, and all that it says: which of how many it is, and how it is numbered.

    start: the number of the first row, 0 or 1.
    """

    table: Span
    number: int
    count: int
    label: int | None = None
    start: int = 1
    cells: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """``a = b = c`` as written; no first side where it goes on from the statement before.

    label: the part of the question under whose heading it stands, "" where none is named.
    lead:  the words in front of it.
    when:  for which members it is said, where that stands behind it: ``.. for t = 0, 1``.
    aside: a reason beside a formula, which is not what the next line goes on from.
    renews: what stands first is what it becomes: ``w <- w - g``.
    mentioned: the formulas alone in front of what goes on from something: it may be one of them.
    case:  what it says where it is no claim, "i = j"; cases: that which stands beside it.
    data:  the value of data that words tell beside it: "for an entry with y_i = 0".
    row:   that of the table in which it stands; with all its cells where it says no more.
    here:  the position that stands in front of what follows, "for t = 0:", and where it does.
    """

    sides: tuple[Side | None, ...]
    relations: tuple[str, ...]
    label: str = ""
    lead: str = ""
    when: Where = ()
    aside: bool = False
    renews: bool = False
    mentioned: tuple[Side, ...] = ()
    case: Where = ()
    cases: Where = ()
    data: Data = ()
    here: Where = ()
    at: Span = (0, 0)
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One side, and the quantity that it is said to be.

    of: what it is about, as it is typed (``dL/dV``); None where that is not known.
    loose: what it may mean if its factors are multiplied as if they were numbers.
    when:  the members of which it is said. notes: what was taken on trust when it was read.
    node:  the side before names were known, whose spans are those of `source`; about: the first.
    """

    line: int
    span: Span
    text: str
    relation: str
    label: str
    of: str | None = None
    subject: Expr | None = None
    expr: Expr | None = None
    fault: str = ""
    loose: tuple[Expr, ...] = ()
    when: Where = ()
    notes: tuple[str, ...] = ()
    node: Node | None = field(default=None, repr=False)
    source: str = field(default="", repr=False)
    about: Node | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a claim, with its evidence.

    verdict:  right, follow_through, wrong, repeated, notation, refer or unread.
    slip:     what would explain it, by name; `reason` says it in words.
    expected: what is right: numbers or a formula.
    carried:  the earlier values of the student's own on which a follow-through rests.
    step:     the step of the solution that tells how it is done.
    notion:   the sense in which a claim is right (`derive.marking.verdict.NOTIONS`).
    fact:     what would have to be so, as it is typed, for a wrong claim to be right.
    question: whose claim it is, where a submission answers several.
    """

    claim: Claim
    verdict: str
    reason: str = ""
    slip: str | None = None
    expected: Any = None
    carried: tuple[str, ...] = field(default=())
    step: str | None = None
    notion: str = ""
    question: str = ""
    fact: str = ""
