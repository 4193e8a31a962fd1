"""A submission to a set of questions: which formula belongs to which, and all of it marked.

Every question reads the whole submission and says how well it understands each formula. A formula
goes to the question that understands it best; a heading that names a part of one question alone, or
the question itself, speaks for that question. Each question is then marked on its own formulas, the
others blanked out, so that nothing is carried over from one network to another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.marking.submission.claims import Judgement, Span
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.marking import judged
from derive.marking.submission.marked import Marked, with_evidence
from derive.marking.submission.marks import PartMarks, awarded
from derive.marking.submission.reading.legible import legible
from derive.marking.submission.reading.part_names import named_part
from derive.marking.submission.reading.statements import formulas

__all__ = ["marked_in_set"]

# how well a claim is understood that got this verdict
UNDERSTOOD = {"right": 30, "follow_through": 20, "notation": 10, "repeated": 6, "wrong": 3,
              "refer": 2}
EXPLAINED = 10      # where a slip explains it
WORTH = re.compile(r"[\s*(\[]+[\d/. ]+(marks?|points?)[\s*)\]]*$", re.IGNORECASE)
# under the heading of a question: a slip there counts for more than what is right elsewhere
NAMED = 20


@dataclass(frozen=True)
class Piece:
    """A formula, and the questions that its heading may mean: all, where none is named."""

    span: Span
    headed: frozenset[str]


def marked_in_set(name: str, markers: Mapping[str, Marker], text: str) -> Marked:
    """Mark a submission to a set; *markers* are those of its questions, by name."""
    found = list(_pieces(legible(text), markers))
    owners = _owners(found, {own: judged(marker, text) for own, marker in markers.items()})
    claims: list[Judgement] = []
    parts: list[PartMarks] = []
    for own, marker in markers.items():
        others = [p.span for p, owner in zip(found, owners, strict=True) if owner != own]
        judgements = judged(marker, _blanked(text, others))
        claims += (replace(j, question=own) for j in with_evidence(marker, judgements))
        parts += (replace(part, question=own) for part in awarded(marker, judgements))
    claims.sort(key=lambda j: j.claim.span)
    return Marked(name, text, tuple(claims), tuple(parts))


def _pieces(text: str, markers: Mapping[str, Marker]) -> Iterator[Piece]:
    headed = frozenset(markers)
    for piece in formulas(text):
        if piece.kind == "prose":
            headed = _headed(piece.text, markers) or headed
        else:
            yield Piece(piece.span, headed)


def _headed(text: str, markers: Mapping[str, Marker]) -> frozenset[str]:
    """Return the questions that a line of prose names: by a part's label, by name, or by title."""
    plain = WORTH.sub("", text.strip(" #*:")).casefold()
    own = {name for name, marker in markers.items()
           if plain and plain in (name.casefold(), marker.question.title.casefold())}
    parts = {name for name, marker in markers.items()
             if named_part(text, [p.label for p in marker.question.parts])}
    return frozenset(own or parts)


def _owners(found: Sequence[Piece], judgements: Mapping[str, Sequence[Judgement]]) -> list[str]:
    """Return the question of each formula; one that nobody understands goes where the last went."""
    owners: list[str] = []
    last = next(iter(judgements))
    for piece in found:
        scores = {own: _score(piece, own, all_, len(judgements))
                  for own, all_ in judgements.items()}
        best = max(scores.values())
        if scores[last] < best or (last not in piece.headed and best == scores[last]):
            alike = [own for own, score in scores.items() if score == best]
            last = next((own for own in alike if own in piece.headed), alike[0])
        owners.append(last)
    return owners


def _score(piece: Piece, own: str, judgements: Sequence[Judgement], count: int) -> int:
    first, end = piece.span
    found = [_understood(j) for j in judgements
             if first <= j.claim.span[0] < end
             and (j.claim.subject is not None or j.verdict == "right")]
    decides = len(piece.headed) < count
    if decides and own not in piece.headed:     # what is wrong here may be right for its heading
        found = [score for score in found if score >= UNDERSTOOD["notation"]]
    return sum(score + NAMED * (decides and own in piece.headed) for score in found if score)


def _understood(judgement: Judgement) -> int:
    """Return how well a claim is understood; one of another shape is about something else."""
    if judgement.slip == "shape":
        return 0
    return UNDERSTOOD.get(judgement.verdict, 0) + EXPLAINED * bool(judgement.slip)


def _blanked(text: str, spans: Sequence[Span]) -> str:
    """Return the text with some stretches as spaces: all else keeps its place."""
    for first, end in spans:
        text = text[:first] + re.sub(r"[^\n]", " ", text[first:end]) + text[end:]
    return text
