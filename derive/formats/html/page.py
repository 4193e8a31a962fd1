"""A sheet as a page: blocks printed by their macros, arranged, in the shell with fonts and style."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from derive.document.blocks import Item, Title
from derive.document.sections import sections
from derive.formats.environment import macros, readable_failures, render
from derive.formats.html.fonts import FACES
from derive.formats.html.mathematics import STYLES
from derive.formats.html.outline import Printed, outline
from derive.formats.html.setting import setting
from derive.formats.html.views import html_view
from derive.formats.plain import plain
from derive.formats.writing import Writing
from derive.solution.solved_set import Solved

__all__ = ["BLOCKS", "EXTENSION", "FOLDER", "printed", "write"]

EXTENSION = "html"
FOLDER, SHELL, BLOCKS = "html", "page.html.jinja", "blocks.html.jinja"


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> str:
    """Return the sheet as one HTML file that needs nothing else."""
    user = templates.resolve() if templates else None
    blocks = [(block, setting(section.question)) for section in sections(solved, detail, parts)
              for block in section.blocks]
    arranged = outline(printed(blocks, user))
    return render(FOLDER, user, SHELL, {
        "name": _name([block for block, _ in blocks]), "outline": arranged, "fonts": FACES,
        "mathml_styles": _within(STYLES), "detail": detail})


def printed(blocks: Sequence[tuple[Item, Writing]], user: Path | None) -> Iterator[Printed]:
    """Print every block by the macro of its name."""
    known = macros(FOLDER, user, BLOCKS)
    with readable_failures(FOLDER, user):
        for block, writing in blocks:
            yield _print(block, html_view(block, writing), known)


def _print(block: Item, view: dict[str, Any], known: Mapping[str, Any]) -> Printed:
    return Printed(block, view, known[type(block).__name__.lower()](view).strip())


def _name(blocks: Sequence[Item]) -> str:
    """Return the title of the sheet in plain characters, for the browser's tab."""
    title = next((block.text for block in blocks if isinstance(block, Title)), "")
    return escape(plain(title))


def _within(styles: str) -> str:
    """Confine the rules for MathML to the sheet."""
    return re.sub(r"^math ", ".derive math ", styles, flags=re.MULTILINE)
