"""PDF without TeX: the Typst sheet, compiled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from derive.formats import typst
from derive.formats.typesetting import pages, require
from derive.solution.solved_set import Solved

__all__ = ["EXTENSION", "require", "write"]

EXTENSION = "pdf"


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> bytes:
    """Return the sheet as a PDF document."""
    source = typst.write_described(solved, detail=detail, parts=parts, templates=templates)
    return pages(source, "pdf", templates)[0]
