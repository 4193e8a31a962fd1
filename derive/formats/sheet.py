"""A sheet: blocks, each printed by its macro, in the shell of the document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from derive.document.blocks import Item, Title
from derive.document.sections import sections
from derive.formats.environment import macros, readable_failures, render
from derive.formats.views import view
from derive.formats.writing import Writing
from derive.solution.solved_set import Solved, SolvedSet
from derive.solution.step import SolvedQuestion

__all__ = ["Templates", "topics", "write_blocks", "write_sheet"]


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of a format: their folder, the shell and the file of macros."""

    folder: str
    shell: str
    blocks: str


def write_sheet(solved: Solved, templates: Templates, writing: Callable[[SolvedQuestion], Writing],
                *, detail: str, parts: Sequence[str], user: Path | None,
                words: Callable[[Sequence[str]], str] = ", ".join) -> str:
    """Print what is solved: every block by the macro of its name, then the shell around it.

    writing: how each question is written, in its own notation.
    words:   how the shell lists what the questions are about.
    """
    user = user.resolve() if user else None
    pairs = [(block, writing(section.question)) for section in sections(solved, detail, parts)
             for block in section.blocks]
    printed = _print(pairs, templates, user)
    title = next((view(block, own) for block, own in pairs if isinstance(block, Title)), {})
    return render(templates.folder, user, templates.shell,
                  {"title": title, "blocks": printed, "detail": detail,
                   "topics": words(topics(solved))})


def topics(solved: Solved) -> list[str]:
    """Return what the questions are about, for the properties of a document."""
    questions = solved.questions if isinstance(solved, SolvedSet) else (solved,)
    return list(dict.fromkeys(topic for question in questions for topic in question.topics))


def write_blocks(blocks: Sequence[Item], templates: Templates, writing: Writing) -> str:
    """Print blocks without a shell around them."""
    return "\n".join(_print([(block, writing) for block in blocks], templates, None))


def _print(blocks: Sequence[tuple[Item, Writing]], templates: Templates, user: Path | None
           ) -> list[str]:
    known = macros(templates.folder, user, templates.blocks)
    with readable_failures(templates.folder, user):
        return [known[type(block).__name__.lower()](view(block, writing))
                for block, writing in blocks]
