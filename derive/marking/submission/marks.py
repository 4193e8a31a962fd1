"""Marks for what was judged: a method and an accuracy mark for everything that a part asks for.

What a part is worth is divided evenly among what it asks for; half of each share is for the method
(a right line of working, or a right value, which needs one), half for the value. The value counts
where it is right, or follows from an error made elsewhere; an error of its own costs it, once. A
part with marking points has a scheme of its own: prose, which a person awards point by point.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.expr.nodes import Expr, Ref
from derive.expr.walk import refs
from derive.marking.submission.claims import Judgement
from derive.marking.submission.judging.marker import Marker
from derive.question.keys.points import Points
from derive.question.question import Part
from derive.syntax.write_text import write

__all__ = ["Award", "PartMarks", "awarded"]

HALF = Fraction(1, 2)
CREDITED = ("right", "follow_through", "notation", "repeated")


@dataclass(frozen=True, slots=True)
class Award:
    """Marks for one thing asked for: M for the method, A for the value, ft for follow-through.

    line: the line of the submission that earns it, None where nothing does.
    """

    of: str
    kind: str
    awarded: Fraction
    available: Fraction
    line: int | None = None
    referred: bool = False


@dataclass(frozen=True, slots=True)
class PartMarks:
    """The marks of a part; `question` is its question's name in a set, "" otherwise."""

    label: str
    awards: tuple[Award, ...]
    question: str = ""

    @property
    def key(self) -> str:
        """How the part is named on the command line: 3.4, in a set q3:3.4."""
        return f"{self.question}:{self.label}" if self.question else self.label

    @property
    def awarded(self) -> Fraction:
        return sum((a.awarded for a in self.awards), Fraction(0))

    @property
    def available(self) -> Fraction:
        return sum((a.available for a in self.awards), Fraction(0))


def awarded(marker: Marker, found: Sequence[Judgement]) -> tuple[PartMarks, ...]:
    """Return the marks of every part that has some and asks for something that can be claimed."""
    about: dict[Expr, list[Judgement]] = {}
    for judgement in found:
        if judgement.claim.subject is not None:
            about.setdefault(judgement.claim.subject, []).append(judgement)
    return tuple(PartMarks(part.label, tuple(_awards(marker, part, about)))
                 for part in marker.question.parts if part.marks is not None)


def _awards(marker: Marker, part: Part, about: Mapping[Expr, Sequence[Judgement]]
            ) -> Iterator[Award]:
    assert part.marks is not None, "a part without marks awards none"
    points = [point for task in part.tasks if isinstance(task, Points) for point in task.points
              if point.marks is not None]
    if points:      # the scheme of the part; what it looks for is said in words
        yield from (Award(p.text, "M", Fraction(0), p.marks or Fraction(0), referred=True)
                    for p in points)
        return
    asked = list(dict.fromkeys(marker.asking.of_part(part)))
    errors = _unasked_errors(marker, about)
    for ref in asked:
        share = part.marks / len(asked) * HALF
        yield _method(ref, about.get(ref, ()), share)
        yield _accuracy(ref, about.get(ref, ()), share, errors)
    if not asked:
        yield Award("", "M", Fraction(0), part.marks, referred=True)


def _unasked_errors(marker: Marker, about: Mapping[Expr, Sequence[Judgement]]) -> frozenset[str]:
    """Return what is wrong on the way to something, and asked for nowhere: it costs that."""
    asked = marker.asking.asked
    return frozenset(write(subject) for subject, found in about.items()
                     if subject not in asked and any(j.verdict == "wrong" for j in found))


def _is_formula(judgement: Judgement) -> bool:
    expr = judgement.claim.expr
    return expr is not None and any(True for _ in refs(expr))


def _method(ref: Ref, found: Sequence[Judgement], share: Fraction) -> Award:
    """A line of working that is right, or a value that could not be right without."""
    for judgement in found:
        if judgement.verdict in CREDITED or (judgement.verdict == "refer" and judgement.claim.expr):
            return Award(write(ref), "M", share, share, judgement.claim.line,
                         judgement.verdict == "refer")
    return Award(write(ref), "M", Fraction(0), share)


def _accuracy(ref: Ref, found: Sequence[Judgement], share: Fraction, errors: frozenset[str]
              ) -> Award:
    """The last value given; an error that was made for it costs this mark."""
    values = [j for j in found if j.claim.expr is not None and not _is_formula(j)] or list(found)
    if not values:
        return Award(write(ref), "A", Fraction(0), share)
    last = values[-1]
    own_error = any(j.verdict == "wrong" or errors & set(j.carried) for j in found)
    if last.verdict == "right" or (last.verdict in CREDITED and not own_error):
        kind = "A" if last.verdict == "right" else "ft"
        return Award(write(ref), kind, share, share, last.claim.line)
    if last.verdict == "refer":
        return Award(write(ref), "A", share, share, last.claim.line, referred=True)
    return Award(write(ref), "A", Fraction(0), share, last.claim.line)
