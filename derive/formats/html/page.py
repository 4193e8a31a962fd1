"""A sheet as a page of its own, or as a piece of a notebook: printed, arranged, in its shell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from derive.document.blocks import Item, Title
from derive.document.build import step_blocks
from derive.document.sections import sections
from derive.formats.environment import macros, readable_failures, render
from derive.formats.html.fonts import MATHEMATICS, PAGE
from derive.formats.html.mathematics import STYLES
from derive.formats.html.setting import setting
from derive.formats.html.views import html_view
from derive.formats.outline import Printed, outline, untitled
from derive.formats.plain import plain
from derive.formats.sheet import SHELL as IN_SHELL
from derive.formats.sheet import topics
from derive.formats.writing import Writing
from derive.solution.solved_set import Solved
from derive.solution.step import SolvedQuestion, Step

__all__ = ["EXTENSION", "SHARED", "write", "write_fragment", "write_steps", "write_within"]

EXTENSION = "html"
FOLDER, SHELL, PIECE, BLOCKS = "html", "page.html.jinja", "fragment.html.jinja", "blocks.html.jinja"
# what every shell needs; the rules for MathML hold in a sheet alone
SHARED = {"mathml_styles": re.sub(r"^math ", ".derive math ", STYLES, flags=re.MULTILINE)}
# a formula and the sign of punctuation at it stay on one line
_MATH = r"<math\b[^>]*>(?:(?!</math>).)*</math>"
_MATH_AND_SIGN = re.compile(
    rf'[(“]?(?:{_MATH}|<span class="wide"[^>]*>{_MATH}</span>)[.,;:!?)”]+', re.DOTALL)
Blocks = list[tuple[Item, Writing]]


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> str:
    """Return the sheet as one HTML file that needs nothing else."""
    user = templates.resolve() if templates else None
    blocks = _blocks(solved, detail, parts)
    return render(FOLDER, user, SHELL, SHARED | {
        "name": _name(blocks), "authors": _listed(solved.authors),
        "topics": _listed(topics(solved)), "fonts": PAGE, "detail": detail,
        "outline": outline(_printed(blocks, user, solved.language))}, solved.language)


def write_within(solved: Solved) -> str:
    """Return the sheet as a piece of somebody else's page: a notebook.

    It brings the mathematical font, without which brackets do not grow on many machines.
    """
    return _within(_blocks(solved, "normal", ()), None, solved.language)


def write_fragment(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
                   templates: Path | None = None) -> str:
    """Return the same without its title and the sentence about its checks, for a page around it."""
    blocks = [pair for pair in _blocks(solved, detail, parts)
              if not isinstance(pair[0], IN_SHELL)]
    return _within(blocks, templates.resolve() if templates else None, solved.language)


def _within(blocks: Blocks, user: Path | None, language: str) -> str:
    arranged = outline(_printed(blocks, user, language))
    return render(FOLDER, user, PIECE, SHARED | {"outline": arranged, "fonts": MATHEMATICS},
                  language)


def write_steps(solved: SolvedQuestion, steps: Sequence[Step]) -> str:
    """Return a few steps as a piece of a notebook, in the fonts that are there."""
    writing = setting(solved)
    blocks = [(block, writing) for step in steps for block in step_blocks(step)]
    arranged = outline(_printed(blocks, None, solved.language), untitled())
    return render(FOLDER, None, PIECE, SHARED | {"outline": arranged, "fonts": ()},
                  solved.language)


def _blocks(solved: Solved, detail: str, parts: Sequence[str]) -> Blocks:
    return [(block, setting(section.question)) for section in sections(solved, detail, parts)
            for block in section.blocks]


def _printed(blocks: Blocks, user: Path | None, language: str) -> Iterator[Printed]:
    """Print every block by the macro of its name."""
    known = macros(FOLDER, user, BLOCKS, language)
    with readable_failures(FOLDER, user):
        for block, writing in blocks:
            yield _print(block, html_view(block, writing), known)


def _print(block: Item, view: dict[str, Any], known: Mapping[str, Any]) -> Printed:
    text = known[type(block).__name__.lower()](view).strip()
    return Printed(block, view, _MATH_AND_SIGN.sub(r'<span class="whole">\g<0></span>', text))


def _listed(words: Sequence[str]) -> str:
    return escape(", ".join(map(plain, words)))


def _name(blocks: Blocks) -> str:
    """Return the title of the sheet in plain characters, for the browser's tab."""
    title = next((block.text for block, _ in blocks if isinstance(block, Title)), "")
    return escape(plain(title))
