"""What a pile keeps of a marked submission: its marks, what was found, and its reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from derive.languages import ENGLISH
from derive.marking.submission.marked import Marked, line_of

__all__ = ["Mark", "Record", "Slip", "record_of"]


@dataclass(frozen=True, slots=True)
class Mark:
    """The marks of a part, labelled as on the command line."""

    label: str
    awarded: Fraction
    available: Fraction


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip that was made for a quantity (`of`)."""

    name: str
    of: str


@dataclass(frozen=True, slots=True)
class Record:
    """One submission of a pile; `problem` says why it could not be marked, "" where it was.

    name:    distinct within the pile: its path in the folder, without what all endings share.
    path:    as it was found.
    counts:  how many claims there are by verdict.
    remarks: a line for everything that is not right.
    reports: by the name of the format.
    """

    name: str
    path: str
    question: str
    problem: str = ""
    parts: tuple[Mark, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    slips: tuple[Slip, ...] = ()
    remarks: tuple[str, ...] = ()
    reports: Mapping[str, str] = field(default_factory=dict)

    @property
    def awarded(self) -> Fraction:
        return sum((p.awarded for p in self.parts), Fraction(0))

    @property
    def available(self) -> Fraction:
        return sum((p.available for p in self.parts), Fraction(0))

    @property
    def claims(self) -> int:
        return sum(self.counts.values())


def record_of(name: str, path: str, found: Marked, forms: Sequence[str],
              language: str = ENGLISH) -> Record:
    """Return what is kept of a marked submission, with its reports in some formats."""
    from derive.formats.reports import module

    slips = tuple(Slip(j.slip, j.claim.of or "") for j in found.claims
                  if j.slip and j.verdict == "wrong")
    return Record(
        name, path, found.question, "",
        tuple(Mark(p.key, p.awarded, p.available) for p in found.parts), dict(found.verdicts),
        slips, tuple(line_of(j) for j in found.claims if j.verdict != "right"),
        {form: module(form).write(found, name, language) for form in forms})
