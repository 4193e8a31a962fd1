r"""Differences of entries in prose: "the response is $x_{i,j} - x_{i,j+1}$".

Nothing in the model is called x: the model answer of a part that asks for prose says what is meant.
The letters of the positions are free; which neighbour is taken is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from derive.marking.submission.claims import Claim, Judgement
from derive.question.keys.answer import Answer
from derive.question.question import Question

__all__ = ["Neighbours"]

ENTRY = r"[A-Za-z](?:_?\{[^{}$=]{1,20}\}|_\w(?!\w)|_\((?:[^()$=]{1,20})\)|\[[^\[\]$=]{1,20}\])"
TERMS = re.compile(rf"(?<![\w\\\]}})^_+\-*/=]){ENTRY}(?:\s*[+-]\s*{ENTRY})+(?!\s*[\w+\-*/=^(\[\\])")
BEHIND_SIGN = re.compile(r"[=+\-*/^]\s*$")
SIDES = re.compile(r"([A-Za-z])[_{(\[]+([^})\]]*)[})\]]*")
SAYS = "so says the answer"


@dataclass(frozen=True)
class Neighbours:
    """The differences of entries that the model answers of a question speak of."""

    question: Question

    @cached_property
    def _known(self) -> dict[str, str]:
        texts = [task.text for part in self.question.parts for task in part.tasks
                 if isinstance(task, Answer)]
        return {found: term[0] for text in texts for term in TERMS.finditer(text)
                if (found := _plain(term[0]))}

    def judged(self, text: str, said: Sequence[Judgement]) -> Iterator[Judgement]:
        """Judge the differences in a text of which nothing was said yet."""
        for found in TERMS.finditer(text) if self._known else ():
            (start, end), plain = found.span(), _plain(found[0])
            taken = any(a < end and start < b for a, b in (j.claim.span for j in said))
            if taken or not plain or BEHIND_SIGN.search(text[:start]):
                continue
            claim = Claim(text.count("\n", 0, start) + 1, (start, end), found[0], "", "")
            alike = [shown for known, shown in self._known.items()
                     if _skeleton(known) == _skeleton(plain)]
            if plain in self._known:
                yield Judgement(claim, "right", SAYS)
            elif alike:
                yield Judgement(claim, "wrong", f"the answer says {alike[0]}")


def _plain(terms: str) -> str:
    """Return terms with positions named alike, x[i,j] - x[i,j+1]; nothing for other letters."""
    letters: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        return letters.setdefault(found[0], f"<{len(letters)}>")

    def one(found: re.Match[str]) -> str:
        inside = re.sub(r"[\s{}]|\\[,;]", "", found[2])
        inside = re.sub(r"(?<=[a-z])(?=[a-z])", ",", inside)
        return f"{found[1].casefold()}[{re.sub('[a-z]', named, inside)}]"

    found = SIDES.sub(one, terms)
    return re.sub(r"\s", "", found) if len(set(re.findall(r"[a-z](?=\[)", found))) == 1 else ""


def _skeleton(terms: str) -> str:
    return re.sub(r"\[([^\]]*)\]", lambda found: "," * (1 + found[1].count(",")), terms)
