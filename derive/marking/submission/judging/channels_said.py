"""Channels counted in prose: "4 channels in", "three output channels", "3 channels come out".

How many there are is told by the only filters of the question: out x in x rows x columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from derive.marking.submission.claims import Claim, Judgement
from derive.question.question import Question

__all__ = ["ChannelsSaid"]

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
COUNT = rf"(?<![\w.,\-])\$?(?P<n>\d{{1,4}}|{'|'.join(NUMBERS)})\$?\s+"
IN, OUT = r"in(?:put|coming|going)?", r"out(?:put|coming|going)?"
SAID = re.compile(
    rf"{COUNT}(?:(?P<way>{IN}|{OUT})[ -]channels?|channels?\s+(?:(?:go|come|goes|comes|are)\s+)?"
    rf"(?P<after>{IN}|{OUT}))\b(?!\s*[-\w]*\s*(?:of|per)\b)", re.IGNORECASE)
WHICH = ("the number of channels out", "the number of channels in")
OTHERS = "whether these are the channels that are asked for is for a person"


@dataclass(frozen=True)
class ChannelsSaid:
    """The numbers of channels that a text says."""

    question: Question

    @cached_property
    def _known(self) -> tuple[int, ...]:
        """Return how many go out and in; nothing where more filters than one are given."""
        found = [family.shape[:2] for family in self.question.families.values()
                 if len(family.shape) == len("oihw")]
        return tuple(n for n in found[0] if isinstance(n, int)) if len(found) == 1 else ()

    def judged(self, text: str, said: Sequence[Judgement]) -> Iterator[Judgement]:
        """Judge the counts of which nothing was said yet."""
        if len(self._known) != len(WHICH):
            return
        for found in SAID.finditer(text):
            start, end = found.span()
            if any(a < end and start < b for a, b in (j.claim.span for j in said)):
                continue
            claim = Claim(text.count("\n", 0, start) + 1, (start, end), found[0], "", "")
            yield self._judgement(claim, _number(found["n"]), found["way"] or found["after"])

    def _judgement(self, claim: Claim, number: int, way: str) -> Judgement:
        place = 0 if way.casefold().startswith("out") else 1
        right, other = self._known[place], self._known[1 - place]
        called = WHICH[place]
        if number == right:
            return Judgement(claim, "right", f"right: {called}")
        if number == other:
            return Judgement(claim, "wrong", f"wrong: {called} is {right}")
        return Judgement(claim, "refer", OTHERS)


def _number(said: str) -> int:
    return int(said) if said.isdigit() else 1 + NUMBERS.index(said.casefold())
