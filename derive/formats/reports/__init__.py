"""Reports of marked submissions: one module for each format, imported when it is used.

A module has ``EXTENSION`` and ``write(marked, name)``, which returns the report on one submission;
`table` writes a pile as CSV.
"""

from __future__ import annotations

import importlib
from types import ModuleType

from derive.errors import DeriveError, nearest

__all__ = ["REPORTS", "TABLE", "module", "names"]

REPORTS = {
    "text": "derive.formats.reports.text",
    "markdown": "derive.formats.reports.markdown",
    "html": "derive.formats.reports.html",
    "json": "derive.formats.reports.json",
}
TABLE = "csv"       # one for all submissions


def names() -> list[str]:
    return [*REPORTS, TABLE]


def module(name: str) -> ModuleType:
    """Return the module of a report; DeriveError names the nearest one when there is none."""
    if name not in REPORTS:
        raise DeriveError(f"no report {name!r}", remedy=nearest(name, names()))
    return importlib.import_module(REPORTS[name])
