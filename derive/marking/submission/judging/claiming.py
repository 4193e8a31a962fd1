"""What is claimed by a side of a formula, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.expr.nodes import Expr, Number, Partial
from derive.expr.walk import at, free_indices, refs, transform
from derive.marking.submission.claims import Claim, Judgement, Side, Statement
from derive.marking.submission.judging.plain import is_plain
from derive.marking.submission.limits import too_much
from derive.marking.submission.reading.stars import read_loosely
from derive.marking.submission.reading.words import Words
from derive.syntax.write_text import write

__all__ = ["Claiming"]

FAILED = "this cannot be judged"
LEAST_ROUNDED = 10      # one digit says too little to be judged by
ENDS = "from here on nothing is judged: more is written than in any answer"


@dataclass(frozen=True)
class Claiming:
    """The text of a submission, and what its names mean."""

    words: Words
    text: str

    def of(self, subject: Expr | None, side: Side, relation: str, statement: Statement) -> Claim:
        """Return the claim that a side is what the statement is about."""
        expr = self.words.meant(side.expr) if side.expr is not None else None
        if expr is not None and subject is not None:
            expr = _at_the_place_of(expr, subject)
        if expr is not None and relation == "≈":
            expr = _rounded(expr)
        of = write(subject) if subject is not None else None
        return Claim(self._line(side.span[0]), side.span, side.text, relation, statement.label,
                     of, subject, expr, side.fault, tuple(self._loose(side)), statement.when,
                     side.notes, side.node, side.source)

    def over(self, left: Side, right: Side, relation: str, statement: Statement) -> Claim:
        """Return the claim that two sides are in a relation."""
        span = left.span[0], right.span[1]
        return Claim(self._line(span[0]), span, self.text[slice(*span)], relation, statement.label)

    def label(self, first: Side, statement: Statement, claim: Claim) -> Judgement:
        """Say that what is written is about something else than its label."""
        label = Claim(self._line(first.span[0]), first.span, first.text, "", statement.label,
                      claim.of, claim.subject, node=first.node, source=first.source)
        said = f"is written over {write(first.expr)}" if first.expr is not None else (
            f"is written over `{first.text}`")
        return Judgement(label, "refer", f"what {said} is about {claim.of}", "label")

    def rest(self, statement: Statement) -> Judgement:
        """Say from where on nothing is judged any more."""
        stands = statement.row.table[0] if statement.row is not None else statement.at[0]
        first = next((side.span[0] for side in statement.sides if side is not None), stands)
        claim = Claim(self._line(first), (first, len(self.text)), self.text[first:].strip(), "",
                      statement.label)
        return Judgement(claim, "unread", ENDS)

    def failed(self, statement: Statement, said: Sequence[Judgement]) -> Iterator[Judgement]:
        """Say of the sides of which nothing was said yet that they cannot be judged."""
        done = {judgement.claim.span for judgement in said}
        for side, relation in zip(statement.sides[1:], statement.relations, strict=False):
            if side is not None and side.span not in done:
                yield Judgement(Claim(self._line(side.span[0]), side.span, side.text, relation,
                                      statement.label), "unread", FAILED)

    def _line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1

    def _loose(self, side: Side) -> Iterator[Expr]:
        """Yield what a product may mean whose factors are multiplied as if they were numbers."""
        plain = side.expr is not None and not list(refs(side.expr))
        if side.node is not None and not plain:
            yield from (e for e in read_loosely(self.words, side.node, side.source)
                        if e != side.expr and not too_much(e))


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
