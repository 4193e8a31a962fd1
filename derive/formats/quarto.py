"""Markdown with mathematics between dollars, as Quarto, MyST and pandoc read it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from derive.formats import markdown
from derive.formats.dollars import in_notebook
from derive.solution.solved_set import Solved

__all__ = ["EXTENSION", "write"]

EXTENSION = "qmd"


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> str:
    """Return the Markdown sheet, its formulas between dollars."""
    return in_notebook(markdown.write(solved, detail=detail, parts=parts, templates=templates))
