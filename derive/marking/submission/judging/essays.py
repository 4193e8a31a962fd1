"""Formulas of parts that ask for prose: one that stands in the model answer is right.

Such a part may speak of what no equation of the question makes: the response of another filter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from derive.marking.submission.claims import Judgement
from derive.marking.submission.judging.marker import Marker
from derive.question.keys.answer import Answer
from derive.question.keys.points import Points
from derive.syntax.read_latex.documents import pieces

__all__ = ["IN_ANSWER", "Essays"]

IN_ANSWER = "so says the answer"
SIDES = re.compile(r"=|≈|\\approx")
MEANINGLESS = re.compile(r"[\s{},]|\\[,;!:]|\\(?:left|right)(?![a-z])")
SHORTEST = 4        # characters of a formula that says something
JUDGED = ("right", "follow_through")


@dataclass
class Essays:
    """The formulas of model answers, by the part that they belong to."""

    marker: Marker

    @cached_property
    def _formulas(self) -> dict[str, frozenset[str]]:
        found = {}
        for part in self.marker.question.parts:
            texts = [task.text for task in part.tasks if isinstance(task, Answer)]
            texts += [point.text for task in part.tasks if isinstance(task, Points)
                      for point in task.points]
            if texts and all(isinstance(task, (Answer, Points)) for task in part.tasks):
                sides = (side for text in texts for piece in pieces(text)
                         if piece.kind in ("inline", "display")
                         for side in SIDES.split(piece.text))
                found[part.label] = frozenset(filter(_says_something, map(_plain, sides)))
        return found

    def of(self, judgement: Judgement) -> Judgement:
        """Return what is said of a claim; of one in prose that its model answer makes, that."""
        claim = judgement.claim
        known = self._formulas.get(claim.label, frozenset())
        if judgement.verdict in JUDGED or _plain(claim.text) not in known:
            return judgement
        if claim.subject is not None and not claim.notes:
            return judgement    # it is said of something that the question knows by this name
        return replace(judgement, verdict="right", reason=IN_ANSWER, slip=None)


def _plain(latex: str) -> str:
    return MEANINGLESS.sub("", latex)


def _says_something(latex: str) -> bool:
    return len(latex) >= SHORTEST and re.search(r"[A-Za-z]", latex) is not None
