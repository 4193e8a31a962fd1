"""What the browser is shown: the sheet, or what is wrong with its question, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derive.cli.failures import verdict
from derive.errors import DeriveError, QuestionError

__all__ = ["Page", "of_failure", "of_sheet"]

FOLDER = "html"
MISTAKE, SOURCE, RELOADING = "mistake.html.jinja", "source.html.jinja", "reloading.html.jinja"
END = "</body>"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the browser, and what the terminal is told of it."""

    html: str
    told: str


def of_sheet(sheet: str, format_name: str, version: int, told: str) -> Page:
    """Return a sheet that loads itself again; what is no HTML is shown as it stands."""
    html = sheet if format_name == "html" else _filled(SOURCE, {"text": sheet})
    before, end, after = html.rpartition(END)
    script = _filled(RELOADING, {"version": version, "is_sheet": True})
    return Page(f"{before}{script}{end}{after}", told)


def of_failure(error: Exception, version: int) -> Page:
    """Return a page with every mistake at its place, which loads itself again when it is mended."""
    faults = list(_faults(error))
    script = _filled(RELOADING, {"version": version, "is_sheet": False})
    html = _filled(MISTAKE, {"faults": faults})
    return Page(html.replace(END, f"{script}{END}"), verdict(error)[1])


def _filled(template: str, context: Mapping[str, Any]) -> str:
    from derive.formats.environment import render

    return render(FOLDER, None, template, context)


def _faults(error: Exception) -> Iterator[dict[str, str]]:
    errors = error.errors if isinstance(error, QuestionError) else (error,)
    for one in errors:
        place = one.place if isinstance(one, DeriveError) else None
        yield {"place": str(place or ""), "said": _said(one),
               "remedy": one.remedy if isinstance(one, DeriveError) else "",
               "excerpt": _excerpt(place.file, place.line, place.column) if place else ""}


def _said(error: Exception) -> str:
    return error.message if isinstance(error, DeriveError) else verdict(error)[1]


def _excerpt(file: str, line: int, column: int) -> str:
    """Return the line of the file, with a caret under the column."""
    try:
        text = Path(file).read_text(encoding="utf-8").splitlines()[line - 1] if line else ""
    except (OSError, ValueError, IndexError):
        return ""
    caret = f"\n{' ' * (column - 1)}^" if column else ""
    return f"{text}{caret}" if text else ""
