"""A sheet: blocks, each printed by its macro, in the shell of the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from derive.document.blocks import Item, Title
from derive.document.build import build
from derive.formats.environment import macros, readable_failures, render
from derive.formats.views import view
from derive.formats.writing import Writing
from derive.solution.step import SolvedQuestion

__all__ = ["Templates", "write_sheet"]


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of a format: their folder, the shell and the file of macros."""

    folder: str
    shell: str
    blocks: str


def write_sheet(solved: SolvedQuestion, templates: Templates, writing: Writing, *, detail: str,
                parts: Sequence[str], user: Path | None) -> str:
    """Print a solved question: every block by the macro of its name, then the shell around it."""
    blocks = build(solved, detail, parts)
    user = user.resolve() if user else None
    printed = _print(blocks, templates, writing, user)
    title = next((view(block, writing) for block in blocks if isinstance(block, Title)), {})
    return render(templates.folder, user, templates.shell,
                  {"title": title, "blocks": printed, "detail": detail})


def _print(blocks: Sequence[Item], templates: Templates, writing: Writing, user: Path | None
           ) -> list[str]:
    known = macros(templates.folder, user, templates.blocks)
    with readable_failures(templates.folder, user):
        return [known[type(block).__name__.lower()](view(block, writing)) for block in blocks]
