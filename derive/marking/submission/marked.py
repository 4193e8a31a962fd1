"""A marked submission: every claim with its verdict, and the marks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from derive.expr.nodes import Ref
from derive.expr.walk import free_indices
from derive.languages import ENGLISH, remark
from derive.marking.submission.claims import Judgement
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.judging.marking import judged
from derive.marking.submission.marks import PartMarks, awarded
from derive.question.question import Question

__all__ = ["SIGNS", "Marked", "line_of", "mark", "marked", "with_evidence"]

SCHEMA = 1
SIGNS = {"right": "✓", "follow_through": "✓ft", "wrong": "✗", "repeated": "✗ again",
         "notation": "~", "refer": "?", "unread": "·"}


@dataclass(frozen=True)
class Marked:
    """What was found in one submission, to a question or to a set of them.

    parts: in a set, their labels have the names of their questions before them (q3:3.4).
    """

    question: str
    text: str
    claims: tuple[Judgement, ...]
    parts: tuple[PartMarks, ...]

    @cached_property
    def awarded(self) -> Fraction:
        return sum((p.awarded for p in self.parts), Fraction(0))

    @cached_property
    def available(self) -> Fraction:
        return sum((p.available for p in self.parts), Fraction(0))

    @cached_property
    def verdicts(self) -> Counter[str]:
        """How many claims there are with each verdict."""
        return Counter(j.verdict for j in self.claims)

    @property
    def slips(self) -> Counter[str]:
        """How often each slip was made."""
        return Counter(j.slip for j in self.claims if j.slip and j.verdict == "wrong")

    @property
    def questions(self) -> dict[str, tuple[PartMarks, ...]]:
        """The parts of a set by question, labelled as in it; empty where there is one question."""
        found: dict[str, tuple[PartMarks, ...]] = {}
        for part in self.parts:
            if part.question:
                found[part.question] = (*found.get(part.question, ()), part)
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return it in lists, numbers and text only; marks are exact fractions, as text."""
        marks = {**_worth(self.parts), "parts": {p.key: _worth([p]) for p in self.parts}}
        if self.questions:
            marks["questions"] = {name: _worth(parts) for name, parts in self.questions.items()}
        return {"schema": SCHEMA, "question": self.question,
                "claims": [_claim(j) for j in self.claims], "marks": marks}

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"

    def to_text(self, language: str = ENGLISH) -> str:
        """Return a line for every claim that is not right, and the marks of every part."""
        lines = [line_of(j, language) for j in self.claims if j.verdict != "right"]
        counts = [f"{self.verdicts['right']} of {len(self.claims)} claims are right",
                  *(f"part {p.key}: {p.awarded} of {p.available}" for p in self.parts),
                  f"marks: {self.awarded} of {self.available}"]
        return "\n".join([*lines, *(remark(said, language) for said in counts)]) + "\n"


def line_of(judgement: Judgement, language: str = ENGLISH) -> str:
    """Return a claim's verdict on one line, with where it stands, what it is about, and why."""
    about = " ".join(filter(None, (judgement.question, judgement.claim.of)))
    where = remark(f"line {judgement.claim.line}", language)
    sign, again, word = SIGNS[judgement.verdict].partition(" ")
    said = remark(judgement.reason, language)
    return f"{where}: {sign}{again}{remark(word, language)} {about}: {said}"


def _worth(parts: Sequence[PartMarks]) -> dict[str, Any]:
    return {name: str(sum((getattr(p, name) for p in parts), Fraction(0)))
            for name in ("awarded", "available")}


def _claim(judgement: Judgement) -> dict[str, Any]:
    claim = judgement.claim
    found = {"line": claim.line, "span": list(claim.span), "text": claim.text, "of": claim.of,
             "step": judgement.step, "verdict": judgement.verdict, "slip": judgement.slip,
             "reason": judgement.reason, "expected": judgement.expected,
             "carried": list(judgement.carried)}
    return {**found, "question": judgement.question} if judgement.question else found


def mark(question: Question, text: str) -> Marked:
    """Mark one submission to a question."""
    return marked(Marker(question), text)


def marked(marker: Marker, text: str) -> Marked:
    """Mark one submission with what is known of its question already."""
    found = judged(marker, text)
    return Marked(marker.question.name, text, with_evidence(marker, found),
                  awarded(marker, found))


def with_evidence(marker: Marker, found: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """Say of every claim what would be right, and which step of the solution tells how."""
    return tuple(replace(j, expected=_expected(marker, j),
                         step=marker.slips.told.step(j.claim.subject, j.claim.expr)) for j in found)


def _expected(marker: Marker, judgement: Judgement) -> Any:
    """Return what is right for what was claimed: numbers, or where there are none a formula."""
    subject = judgement.claim.subject
    if marker.solver.numeric and isinstance(subject, Ref) and not free_indices(subject):
        try:
            value = marker.truth(subject)
        except UNJUDGED:
            return marker.slips.told.formula(subject)
        if np.all(np.isfinite(value)):
            return (value + 0.0).tolist()      # -0.0 is 0.0
    return marker.slips.told.formula(subject)
