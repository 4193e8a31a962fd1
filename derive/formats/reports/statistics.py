"""What went wrong in a class: how often each slip was made, and how the parts came out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from statistics import mean, median

from derive.formats.reports.record import Mark, Record
from derive.languages import ENGLISH, remark

__all__ = ["as_csv", "as_text"]

Rows = list[list[str]]


SLIPS = ["slip", "about", "submissions", "times"]
PARTS = ["part", "of", "mean", "median", "full marks", "none"]


def as_csv(records: Sequence[Record]) -> str:
    """Return a row for each slip, then one for each part."""
    found = io.StringIO()
    writer = csv.writer(found, lineterminator="\n")
    writer.writerow([*SLIPS, *PARTS])
    writer.writerows([*row, *[""] * len(PARTS)] for row in _slips(records))
    writer.writerows([*[""] * len(SLIPS), *row] for row in _parts(records))
    return found.getvalue()


def as_text(records: Sequence[Record], language: str = ENGLISH) -> str:
    """Return both tables for a terminal."""
    marked = [record for record in records if not record.problem]
    lost = len(records) - len(marked)
    head = f"{len(marked)} submissions" + (f", {lost} more could not be marked" if lost else "")
    slips = [[remark(slip, language), *row] for slip, *row in _slips(records)]
    tables = [(SLIPS, slips), (PARTS, _parts(records))]
    listed = ("\n".join(_aligned([remark(word, language) for word in top], rows))
              for top, rows in tables if rows)
    return "\n\n".join([remark(head, language), *listed]) + "\n"


def _slips(records: Sequence[Record]) -> Rows:
    """Return for each slip what it was made for, in how many submissions, and how often."""
    found: dict[str, list[tuple[str, str]]] = {}
    for record in records:
        for slip in record.slips:
            found.setdefault(slip.name, []).append((record.name, slip.of))
    rows = [(len({name for name, _ in made}), len(made), slip,
             ", ".join(sorted({of for _, of in made if of}))) for slip, made in found.items()]
    return [[slip, about, str(people), str(times)] for people, times, slip, about in sorted(
        rows, key=lambda row: (-row[0], -row[1], row[2]))]


def _parts(records: Sequence[Record]) -> Rows:
    marks: dict[str, list[Mark]] = {}
    for part in (part for record in records for part in record.parts):
        marks.setdefault(part.label, []).append(part)
    return [[label, str(own[0].available), _rounded(mean(p.awarded for p in own)),
             _rounded(median(p.awarded for p in own)),
             str(sum(p.awarded == p.available for p in own)), str(sum(not p.awarded for p in own))]
            for label, own in marks.items()]


def _rounded(value: Fraction | float) -> str:
    return f"{float(value):.2f}"


def _aligned(top: Sequence[str], rows: Rows) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(top, *rows, strict=True)]
    for row in [top, *rows]:
        yield "  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True)).rstrip()
