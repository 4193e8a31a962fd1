"""The pages of a sheet as drawings: SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from derive.formats import typst
from derive.formats.typesetting import pages, require
from derive.solution.solved_set import Solved

__all__ = ["EXTENSION", "require", "write"]

EXTENSION = "svg"


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> tuple[bytes, ...]:
    """Return one picture for each page."""
    source = typst.write(solved, detail=detail, parts=parts, templates=templates)
    return tuple(pages(source, "svg", templates))
