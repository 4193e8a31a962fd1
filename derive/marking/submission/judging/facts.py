"""Facts that a submission declares: "if A is symmetric", "since A = A^T", "y is a distribution".

A claim that is right only with such a fact is left to a person, who says whether it may be assumed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from derive.marking.submission.claims import Judgement, Statement
from derive.marking.submission.judging.suppositions import (
    is_conditional,
    is_of_a_point,
    is_supposed,
)
from derive.syntax.write_text import write

__all__ = ["Facts"]

CONDITIONAL = "it is said under a condition: whether it holds there is for a person"
AT_A_POINT = "it is said of one point: whether it holds there is for a person"
SUPPOSED = "it is supposed, not claimed: whether that may be done is for a person"
# what people call a fact of a kind, by how it is typed
WORDS = ((re.compile(r"== *(\w+)\.T$"), re.compile(r"\bsymmetric\b|\bsymmetrisch", re.I)),
         (re.compile(r"^sum\(.*== *1$"), re.compile(
             r"\b(?:sums?|adds?)(?: up)? to (?:1\b|\$1\$|one\b)|\bone-?hot\b|\bdistribution\b",
             re.I)))


@dataclass
class Facts:
    """What is said to be so: in formulas, and in the words before a claim and in its paragraph."""

    text: str
    in_symbols: bool = False
    formulas: set[str] = field(default_factory=set)

    def take(self, statement: Statement) -> None:
        """Remember the equations of a statement, as they are typed."""
        sides = [s.expr for s in statement.sides if s is not None and s.expr is not None]
        if len(sides) == 2 and len(statement.sides) == 2:
            one, other = map(write, sides)
            self.formulas |= {f"{one} == {other}", f"{other} == {one}"}

    def referred(self, judgement: Judgement) -> Judgement:
        """Leave what is right with a fact that was declared to a person."""
        fact = judgement.fact
        if judgement.verdict not in ("wrong", "repeated") or not fact:
            return judgement
        if fact not in self.formulas and not self._is_told(fact, judgement.claim.span):
            return judgement
        return replace(judgement, verdict="refer", slip=None, reason=f"it is right if {fact}, as "
                       "is said there: whether that may be assumed is for a person")

    def supposed(self, judgement: Judgement) -> Judgement:
        """Leave what is supposed to a person, and what is said if that is so."""
        claim = judgement.claim
        if judgement.verdict not in ("wrong", "repeated"):
            return judgement
        if is_supposed(self.text, claim, self.in_symbols):
            return Judgement(claim, "refer", SUPPOSED)
        if self.in_symbols and is_conditional(self.text, claim.span[0]):
            return Judgement(claim, "refer", CONDITIONAL)
        if not self.in_symbols and is_of_a_point(self.text, claim):
            return Judgement(claim, "refer", AT_A_POINT)
        return judgement

    def _is_told(self, fact: str, span: tuple[int, int]) -> bool:
        end = self.text.find("\n\n", span[1])
        told = self.text[self.text.rfind("\n\n", 0, span[0]) + 1:end if end >= 0 else None]
        return any(kind.search(fact) and words.search(told) for kind, words in WORDS)
