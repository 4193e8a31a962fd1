"""The marking scheme as a LaTeX document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from derive.document.markscheme import markscheme
from derive.formats.latex import TEMPLATES, writing
from derive.formats.sheet import write_sheet
from derive.solution.solved_set import Solved

__all__ = ["EXTENSION", "write"]

EXTENSION = "markscheme.tex"


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> str:
    """Return what earns the marks of each part, and which values may be accepted."""
    return write_sheet(solved, TEMPLATES, writing, detail=detail, parts=parts, user=templates,
                       arranged=markscheme)
