"""A pile of marked submissions as CSV: one row each, as gradebooks read it.

Text that a spreadsheet would take for a formula gets an apostrophe before it: submissions and
their names are not to be trusted.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from html import escape
from pathlib import Path

from derive.formats.reports.record import Mark, Record
from derive.formats.user_text import printable
from derive.marking.submission.marked import SIGNS

__all__ = ["EXTENSION", "GRADEBOOKS", "write"]

EXTENSION = "csv"
Rows = Iterator[Sequence[object]]
# how the files are called that people hand in there
MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_")
CANVAS = re.compile(r"(?P<name>[^_]+)_(?:LATE_)?(?P<id>\d+)_\d+_")
GRADESCOPE = re.compile(r"(?P<name>submission)_(?P<id>\d+)")


def write(records: Sequence[Record], gradebook: str | None = None) -> str:
    """Return a table; *gradebook* is one of `GRADEBOOKS`, by default all that is known."""
    found = io.StringIO()
    rows = _plain if gradebook is None else GRADEBOOKS[gradebook]
    writer = csv.writer(found, lineterminator="\n")
    writer.writerows([_cell(item) for item in row] for row in rows(records))
    return found.getvalue()


def _cell(item: object) -> str:
    """Return what a spreadsheet shows as it is; marks as decimal numbers."""
    if isinstance(item, Fraction):
        return _decimal(item)
    text = printable(str(item))
    return f"'{text}" if text[1:] and text[0] in "=+-@\n" else text


def _decimal(mark: Fraction) -> str:
    """Return marks with no more than four decimals: 7/2 would be a day in July."""
    return f"{float(mark):.4f}".rstrip("0").rstrip(".")


def _marks(record: Record) -> Fraction | str:
    return "" if record.problem else record.awarded


def _remarks(record: Record) -> Sequence[str]:
    return (record.problem,) if record.problem else record.remarks


def _parts(records: Sequence[Record]) -> dict[str, Mark]:
    """Return the parts of the question: those of any submission that was marked."""
    return {part.label: part for record in records for part in record.parts}


def _by_part(record: Record, parts: Sequence[str]) -> list[Fraction | str]:
    own = {part.label: part.awarded for part in record.parts}
    return [own.get(label, "") for label in parts]


def _plain(records: Sequence[Record]) -> Rows:
    parts = list(_parts(records))
    yield ["submission", "question", "marks", "of", *(f"part {label}" for label in parts), "claims",
           *SIGNS, "slips", "problem"]
    for record in records:
        counts = [record.counts.get(v, 0) for v in SIGNS]
        slips = "; ".join(dict.fromkeys(slip.name for slip in record.slips))
        yield [record.name, record.question, _marks(record),
               "" if record.problem else record.available, *_by_part(record, parts), record.claims,
               *counts, slips, record.problem]


def _who(record: Record, pattern: re.Pattern[str]) -> tuple[str, str]:
    """Return the name and the number that a learning platform has put into a path."""
    for part in reversed(Path(record.path).parts):
        found = pattern.match(part)
        if found:
            return found["name"], found["id"]
    return record.name, ""


def _worth(records: Sequence[Record]) -> Fraction:
    return sum((part.available for part in _parts(records).values()), Fraction(0))


def _moodle(records: Sequence[Record]) -> Rows:
    """The offline grading worksheet of an assignment; its comments are HTML."""
    yield ["Identifier", "Full name", "Grade", "Maximum Grade", "Last modified (grade)",
           "Feedback comments"]
    for record in records:
        name, number = _who(record, MOODLE)
        remarks = "<br>".join(escape(remark) for remark in _remarks(record))
        yield [f"Participant {number}" if number else record.name, name, _marks(record),
               _worth(records), "-", remarks]


def _canvas(records: Sequence[Record]) -> Rows:
    """The gradebook's import: a row with the points possible, then one a student."""
    title = next((record.question for record in records), "")
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title]
    yield ["Points Possible", "", "", "", "", _worth(records)]
    for record in records:
        name, number = _who(record, CANVAS)
        yield [name, number, "", "", "", _marks(record)]


def _gradescope(records: Sequence[Record]) -> Rows:
    """The columns in which Gradescope writes the grades of an assignment."""
    parts = _parts(records)
    yield ["First Name", "Last Name", "SID", "Email", "Total Score", "Max Points", "Status",
           "Submission ID", *(f"{p.label} ({_decimal(p.available)} pts)" for p in parts.values())]
    for record in records:
        name, number = _who(record, GRADESCOPE)
        shown = record.name if name == "submission" else name
        yield [shown, "", "", "", _marks(record), _worth(records),
               "Ungraded" if record.problem else "Graded", number, *_by_part(record, list(parts))]


GRADEBOOKS: dict[str, Callable[[Sequence[Record]], Rows]] = {
    "moodle": _moodle, "canvas": _canvas, "gradescope": _gradescope}
