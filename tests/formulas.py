"""Every formula that the sheets of a question print, as LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from derive.document.blocks import Given
from derive.document.sections import sections
from derive.formats.latex import writing as _writing
from derive.formats.rows import Row
from derive.formats.views import view
from derive.solution.step import SolvedQuestion

__all__ = ["printed"]


def printed(solved: SolvedQuestion) -> list[str]:
    """Return the formulas of a sheet at full detail, inline and displayed, each once."""
    found: dict[str, None] = {}

    def record(latex: str) -> str:
        found[latex] = None
        return latex

    for section in sections(solved, "full", ()):
        writing = _writing(section.question)
        markup = replace(writing.markup, display=record)
        for block in section.blocks:
            shown = view(block, replace(writing, inline=record, markup=markup))
            for latex in _displayed(shown):
                record(latex)
            if isinstance(block, Given):
                _each([item for row in shown["rows"] for item in row], record)
    return list(found)


def _each(texts: list[str], record: Callable[[str], str]) -> None:
    for latex in texts:
        record(latex)


def _displayed(shown: Any) -> Iterator[str]:
    """Yield the formulas of the rows of a view, however deep they stand."""
    if isinstance(shown, Row):
        yield from (text for text in (shown.left, shown.where, shown.reason) if text)
        for link in shown.links:
            yield from (link.relation, *link.right)
    elif isinstance(shown, (dict, list, tuple)):
        for part in shown.values() if isinstance(shown, dict) else shown:
            yield from _displayed(part)
