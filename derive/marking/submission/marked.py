"""A marked submission: every claim with its verdict, and the marks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from derive.expr.nodes import Ref
from derive.expr.walk import free_indices
from derive.marking.submission.claims import Judgement
from derive.marking.submission.marker import UNJUDGED, Marker
from derive.marking.submission.marking import judged
from derive.marking.submission.marks import PartMarks, awarded
from derive.question.question import Question

__all__ = ["Marked", "mark", "marked"]

SCHEMA = 1
SIGNS = {"right": "✓", "follow_through": "✓ft", "wrong": "✗", "repeated": "✗ again",
         "notation": "~", "refer": "?", "unread": "·"}


@dataclass(frozen=True)
class Marked:
    """What was found in one submission."""

    question: str
    claims: tuple[Judgement, ...]
    parts: tuple[PartMarks, ...]
    expected: Mapping[str, Any]

    @cached_property
    def awarded(self) -> Fraction:
        return sum((p.awarded for p in self.parts), Fraction(0))

    @cached_property
    def available(self) -> Fraction:
        return sum((p.available for p in self.parts), Fraction(0))

    @property
    def slips(self) -> Counter[str]:
        """How often each slip was made."""
        return Counter(j.slip for j in self.claims if j.slip and j.verdict == "wrong")

    def to_dict(self) -> dict[str, Any]:
        """Return it in lists, numbers and text only; marks are exact fractions, as text."""
        return {
            "schema": SCHEMA, "question": self.question,
            "claims": [self._claim(j) for j in self.claims],
            "marks": {"awarded": str(self.awarded), "available": str(self.available),
                      "parts": {p.label: {"awarded": str(p.awarded),
                                          "available": str(p.available)} for p in self.parts}},
        }

    def _claim(self, judgement: Judgement) -> dict[str, Any]:
        claim = judgement.claim
        return {"line": claim.line, "span": list(claim.span), "text": claim.text, "of": claim.of,
                "step": judgement.step, "verdict": judgement.verdict, "slip": judgement.slip,
                "reason": judgement.reason, "expected": self.expected.get(claim.of or ""),
                "carried": list(judgement.carried)}

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"

    def to_text(self) -> str:
        """Return a line for every claim that is not right, and the marks of every part."""
        lines = [f"line {j.claim.line}: {SIGNS[j.verdict]} {j.claim.of or ''}: {j.reason}"
                 for j in self.claims if j.verdict != "right"]
        right = sum(j.verdict == "right" for j in self.claims)
        lines.append(f"{right} of {len(self.claims)} claims are right")
        lines += [f"part {p.label}: {p.awarded} of {p.available}" for p in self.parts]
        return "\n".join([*lines, f"marks: {self.awarded} of {self.available}"]) + "\n"


def mark(question: Question, text: str) -> Marked:
    """Mark one submission to a question."""
    return marked(Marker(question), text)


def marked(marker: Marker, text: str) -> Marked:
    """Mark one submission with what is known of its question already."""
    found = judged(marker, text)
    return Marked(marker.question.name, tuple(found), awarded(marker, found),
                  _expected(marker, found))


def _expected(marker: Marker, found: list[Judgement]) -> dict[str, Any]:
    """Return what is right for everything that was claimed, as far as it is numbers."""
    out: dict[str, Any] = {}
    for judgement in found:
        of, subject = judgement.claim.of, judgement.claim.subject
        if not marker.solver.numeric or of is None or of in out or not isinstance(
                subject, Ref) or free_indices(subject):
            continue
        try:
            value = marker.truth(subject)
        except UNJUDGED:
            continue
        if np.all(np.isfinite(value)):
            out[of] = value.tolist()
    return out
