"""Submissions as people hand them in, each beside what a careful marker says of every claim.

To add one, put it into the folder ``submissions`` with its ``NAME.claims.yaml``: the question, and
for each claim its line, what is written, what it is about and the verdict. Where the marker is
known to say something else, ``found`` says what; where something is written more than once in its
line, ``nth`` says which is meant, counted from 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import derive
from derive.marking.submission.claims import Judgement
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.marking import judged
from derive.marking.submission.sources import marking
from derive.question.question import Question

HERE = Path(__file__).parent / "submissions"
NAMES = sorted(path.name.removesuffix(".claims.yaml") for path in HERE.glob("*.claims.yaml"))
AGREES = {"tick": ("right",), "tick_ft": ("follow_through",), "cross": ("wrong",),
          "repeated": ("repeated",), "notation": ("notation", "refer"), "ocr_check": ("refer",),
          "ungraded": ("refer", "unread")}
WRONG = ("cross", "tick_ft", "repeated")
ENOUGH = 0.95


@cache
def said(question: str) -> Callable[[str], Sequence[Judgement]]:
    """Return what judges submissions to a question, or to a set of them."""
    path = HERE.parent.parent / question
    source = derive.load(str(path) if path.suffix == ".yaml" else question).source
    if isinstance(source, Question):
        marker = Marker(source)
        return lambda text: judged(marker, text)
    whole = marking(source)
    return lambda text: whole(text).claims


@cache
def claims(name: str) -> tuple[tuple[dict[str, Any], Judgement | None], ...]:
    """Return every claim of a submission with what was said of it."""
    text = next(p for p in HERE.glob(f"{name}.*") if p.suffix != ".yaml").read_text("utf-8")
    annotated = yaml.safe_load((HERE / f"{name}.claims.yaml").read_text("utf-8"))
    found = said(annotated["question"])(text)
    return tuple((claim, _about(claim, text, found)) for claim in annotated["claims"])


def _about(claim: dict[str, Any], text: str, found: Sequence[Judgement]) -> Judgement | None:
    """Return the judgement that covers a claim best."""
    def shared(judgement: Judgement) -> float:
        a, b = judgement.claim.span
        return max((min(end, b) - max(first, a)) / max(end - first, b - a)
                   for first, end in places)

    places = list(_places(claim, text))
    assert places, f"line {claim['line']}: {claim['claim']} is not there"
    best = max(found, key=shared, default=None)
    return best if best is not None and shared(best) > 0 else None


def _places(claim: dict[str, Any], text: str) -> Iterator[tuple[int, int]]:
    lines = text.splitlines(keepends=True)
    first = sum(map(len, lines[:claim["line"] - 1]))
    end = first + len(lines[claim["line"] - 1])
    words = re.compile(r"\s*".join(map(re.escape, str(claim["claim"]).split())))
    found = [m.span() for m in words.finditer(text, first) if m.start() < end]
    yield from found[claim["nth"]:][:1] if "nth" in claim else found


@pytest.mark.parametrize("name", NAMES)
def test_the_marker_agrees_with_a_careful_one(name: str) -> None:
    for claim, judgement in claims(name):
        verdict = judgement.verdict if judgement else "unread"
        where = f"line {claim['line']}: {claim['claim']}: {judgement and judgement.reason}"
        wanted = (claim["found"],) if "found" in claim else AGREES[claim["verdict"]]
        assert verdict in wanted, where
        assert not (claim["verdict"] in WRONG and verdict == "right"), where


def test_nearly_all_is_read_and_judged_as_by_hand() -> None:
    read = [(claim, judgement.verdict) for name in NAMES for claim, judgement in claims(name)
            if judgement is not None and judgement.verdict != "unread"]
    count = sum(len(claims(name)) for name in NAMES)
    assert len(read) >= ENOUGH * count > 0
    assert sum(v in AGREES[c["verdict"]] for c, v in read) >= ENOUGH * len(read)
