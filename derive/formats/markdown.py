r"""Markdown with mathematics as GitHub shows it.

Displays stand in fences (```math) and inline formulas between $` and `$: there Markdown leaves
backslashes and underscores alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from derive.document.build import step_blocks
from derive.formats.dollars import in_notebook
from derive.formats.escape import markdown_words
from derive.formats.figures.sketch import in_characters
from derive.formats.markup_markdown import MARKDOWN
from derive.formats.sheet import SHELL, Templates, write_blocks, write_sheet
from derive.formats.writing import Writing, style_of
from derive.solution.solved_set import Solved
from derive.solution.step import SolvedQuestion, Step

__all__ = ["EXTENSION", "TEMPLATES", "adapt", "write", "write_fragment", "write_steps",
           "writing"]

EXTENSION = "md"
TEMPLATES = Templates("markdown", "document.md.jinja", "blocks.md.jinja")
TEXT_WIDTH = 44.0  # em: GitHub's column of text; what is wider can be scrolled
_OPERATOR = re.compile(r"\\operatorname\*?\{([^{}]*)\}")
_EMPTY_LINES = re.compile(r"\n{3,}")


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> str:
    """Return the sheet as Markdown."""
    sheet = write_sheet(solved, TEMPLATES, writing, detail=detail, parts=parts, user=templates)
    return _EMPTY_LINES.sub("\n\n", sheet)


def write_fragment(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
                   templates: Path | None = None) -> str:
    """Return the sheet without its title and the sentence about its checks."""
    sheet = write_sheet(solved, TEMPLATES, writing, detail=detail, parts=parts, user=templates,
                        without=SHELL)
    return _EMPTY_LINES.sub("\n\n", sheet)


def write_steps(solved: SolvedQuestion, steps: Sequence[Step]) -> str:
    """Return a few steps of a solution as Markdown for a notebook."""
    blocks = [block for step in steps for block in step_blocks(step)]
    printed = write_blocks(blocks, TEMPLATES, writing(solved))
    return in_notebook(_EMPTY_LINES.sub("\n\n", printed))


def writing(question: SolvedQuestion) -> Writing:
    return Writing(style_of(question), TEXT_WIDTH, words=markdown_words, inline=_inline,
                   markup=MARKDOWN, sketch=in_characters, language=question.language,
                   adapt=adapt)


def _inline(latex: str) -> str:
    return f"$`{latex}`$"


def adapt(latex: str) -> str:
    r"""GitHub refuses \operatorname; a \mathop of upright letters looks the same."""
    return _OPERATOR.sub(r"\\mathop{\\mathrm{\1}}\\nolimits", latex)
