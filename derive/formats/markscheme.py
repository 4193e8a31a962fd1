"""The marking scheme as a LaTeX document: short for LaTeX with markscheme=True."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from derive.document.markscheme import for_markers
from derive.formats import latex
from derive.solution.solved_set import Solved

__all__ = ["EXTENSION", "write"]

EXTENSION = "markscheme.tex"


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> str:
    """Return what earns the marks of each part, and which values may be accepted."""
    return latex.write(for_markers(solved), detail=detail, parts=parts, templates=templates)
