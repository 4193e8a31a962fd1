"""How what was solved is written, and shows itself in a notebook."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from derive import formats
from derive.errors import CheckFailed
from derive.formats.dollars import displays, in_notebook
from derive.languages import known
from derive.solution.solved_set import Solved, in_language
from derive.solution.step import Check

__all__ = ["Sheet", "refuse_failed", "within", "written"]


class Sheet(ABC):
    """What a solution and those of a set have in common: it is written, and shows itself."""

    @property
    @abstractmethod
    def checks(self) -> tuple[Check, ...]:
        """All that was checked."""

    @abstractmethod
    def at(self, detail: str) -> Solved:
        """Return what a sheet at this level of detail shows; CheckFailed where a check failed."""

    @property
    def summary(self) -> str:
        """Return one line: how many lines were checked, and the largest gradient error."""
        from derive.solution.summary import summary

        return summary(self.checks)

    def render(self, format: str = "latex", detail: str = "normal", parts: Sequence[str] = (),
               templates: str | os.PathLike[str] | None = None, engine: str | None = None,
               fragment: bool = False, student: bool = False, language: str | None = None,
               markscheme: bool = False) -> Any:
        """Write the sheet; CheckFailed names the line if one did not survive its check.

        Returns text, the bytes of a "pdf", or for "png" and "svg" a tuple with those of each page.
        engine: "latex" has a TeX installation make the pdf.
        parts: labels; in a set a part may be named by its question as well: ``q3:1``.
        fragment: without the shell of the document, for one of your own.
        student: what is asked, with room for the answers, and nothing of the solution.
        language: "en" or "de", that of the question if None; what its author wrote stays as it is.
        markscheme: for markers: part by part the marks and what may be accepted.
        """
        return written(self.at(detail), format, detail, parts, templates, engine, fragment,
                       student, language, markscheme)

    def _repr_markdown_(self) -> str:
        """Show the sheet in a notebook."""
        return in_notebook(self.render("markdown"))

    def _repr_html_(self) -> str:
        """Show the sheet with MathML, its steps to be folded."""
        return within(self.at("normal"))

    def _repr_latex_(self) -> str:
        """Show its formulas alone."""
        return displays(self._repr_markdown_())


def written(solved: Solved, format: str, detail: str = "normal", parts: Sequence[str] = (),
            templates: str | os.PathLike[str] | None = None, engine: str | None = None,
            fragment: bool = False, student: bool = False, language: str | None = None,
            markscheme: bool = False) -> Any:
    """Write a sheet; the options are those of `Sheet.render`."""
    from derive.document.markscheme import for_markers
    from derive.document.students import for_students

    if language is not None:
        solved = in_language(solved, known(language))
    folder = Path(templates) if templates is not None else None
    write = formats.writer(format, engine, fragment, student, markscheme)
    version = for_students if student else for_markers if markscheme else _as_it_is
    return write(version(solved), detail=detail, parts=tuple(parts), templates=folder)


def _as_it_is(solved: Solved) -> Solved:
    return solved


def within(solved: Solved) -> str:
    """Write a sheet for a notebook.

    JupyterLab, Notebook 7, VS Code and Colab all prefer HTML to Markdown and that to LaTeX, so this
    is what they show; GitHub's viewer takes styles and MathML out of HTML, so a notebook that
    is to be read there keeps its Markdown.
    """
    from derive.formats.html import write_within

    return write_within(solved)


def refuse_failed(checks: Sequence[Check]) -> None:
    """Raise CheckFailed for the first check that failed."""
    failed = [check for check in checks if not check.ok]
    if failed:
        first = failed[0]
        error = "" if first.error is None else f" by {first.error:.1e}"
        more = f"; {len(failed) - 1} more failed" if len(failed) > 1 else ""
        raise CheckFailed(f"{first.target}: the {first.kind} check failed{error}: {first.note}"
                          f"{more}", remedy="derive verify prints all checks")
