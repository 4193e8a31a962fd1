"""A sheet: blocks, each printed by its macro, in the shell of the document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derive.document.blocks import Item, Summary, Title
from derive.document.sections import sections
from derive.formats.environment import macros, readable_failures, render
from derive.formats.outline import Printed
from derive.formats.plain import plain
from derive.formats.shrunk import tell_of_shrunk
from derive.formats.views import View, view
from derive.formats.writing import Writing
from derive.solution.solved_set import Solved, SolvedSet
from derive.solution.step import SolvedQuestion

__all__ = ["SHELL", "Templates", "printed", "topics", "write_blocks", "write_sheet"]


SHELL = (Title, Summary)       # blocks that a document around a fragment has itself


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of a format: their folder, the shell and the file of macros.

    instead: a file whose macros stand in for those of the same name.
    pages:   True where paper has an edge: what is too wide is set smaller there.
    """

    folder: str
    shell: str
    blocks: str
    instead: str = ""
    pages: bool = False


def write_sheet(solved: Solved, templates: Templates, writing: Callable[[SolvedQuestion], Writing],
                *, detail: str, parts: Sequence[str], user: Path | None,
                words: Callable[[Sequence[str]], str] = ", ".join,
                without: tuple[type[Item], ...] = ()) -> str:
    """Print what is solved: every block by the macro of its name, then the shell around it.

    writing: how each question is written, in its own notation.
    words:   how the shell says in plain characters what the sheet is called, who wrote it and
             what it is about.
    without: blocks that are left out.
    """
    user = user.resolve() if user else None
    blocks = [pair for pair in _blocks(solved, writing, detail, parts)
              if not isinstance(pair[0], without)]
    items = [*printed(blocks, templates, user, solved.language)]
    if templates.pages:
        tell_of_shrunk((item.block, item.view) for item in items)
    title = next((item.view for item in items if isinstance(item.block, Title)), {})
    return render(templates.folder, user, templates.shell,
                  {"title": title, "blocks": [item.text for item in items], "detail": detail,
                   "name": words([plain(solved.title or solved.name)]),
                   "topics": words(topics(solved)), "authors": words(solved.authors)},
                  solved.language)


def _blocks(solved: Solved, writing: Callable[[SolvedQuestion], Writing], detail: str,
            parts: Sequence[str]) -> list[tuple[Item, Writing]]:
    return [(block, own) for section in sections(solved, detail, parts)
            for own in [writing(section.question)] for block in section.blocks]


def topics(solved: Solved) -> list[str]:
    """Return what the questions are about, for the properties of a document."""
    questions = solved.questions if isinstance(solved, SolvedSet) else (solved,)
    return list(dict.fromkeys(topic for question in questions for topic in question.topics))


def write_blocks(blocks: Sequence[Item], templates: Templates, writing: Writing) -> str:
    """Print single blocks, without a shell."""
    pairs = [(block, writing) for block in blocks]
    return "\n".join(item.text for item in printed(pairs, templates, None, writing.language))


def printed(blocks: Sequence[tuple[Item, Writing]], templates: Templates, user: Path | None,
            language: str, look: Callable[[Item, Writing], View] = view) -> Iterator[Printed]:
    """Print blocks one by one; *look* is what their macros receive."""
    known = _macros(templates, user, language)
    with readable_failures(templates.folder, user):
        for block, writing in blocks:
            seen = look(block, writing)
            yield Printed(block, seen, known[type(block).__name__.lower()](seen))


def _macros(templates: Templates, user: Path | None, language: str) -> Mapping[str, Any]:
    files = filter(None, (templates.blocks, templates.instead))
    return {name: macro for file in files
            for name, macro in macros(templates.folder, user, file, language).items()}
