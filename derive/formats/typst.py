r"""Typst: the source of a sheet that looks like the LaTeX one, set in New Computer Modern.

Formulas arrive as LaTeX, off which their widths are read, and are written as Typst at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from derive.document.blocks import Item
from derive.formats.escape import typst_words
from derive.formats.figures.sketch import as_typst
from derive.formats.latex import SLIDE_WIDTH, TEXT_WIDTH
from derive.formats.markup_typst import TYPST, display_described, string
from derive.formats.sheet import SHELL, Templates, write_sheet
from derive.formats.user_text import printable
from derive.formats.writing import Writing, style_of
from derive.solution.solved_set import Solved
from derive.solution.step import SolvedQuestion
from derive.syntax.write_plain import plain
from derive.syntax.write_typst import typst

__all__ = ["EXTENSION", "writing", "write", "write_described", "write_fragment"]

EXTENSION = "typ"
TEMPLATES = Templates("typst", "article.typ.jinja", "blocks.typ.jinja", pages=True)
_EMPTY_LINES = re.compile(r"\n{3,}")
FRAGMENT = replace(TEMPLATES, shell="fragment.typ.jinja")


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> str:
    """Return the sheet as a Typst document, to be read and changed."""
    return _sheet(solved, writing, detail, parts, templates)


def write_described(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
                    templates: Path | None = None) -> str:
    """Return the same document with words for every formula, for those who have it read out."""
    return _sheet(solved, _described, detail, parts, templates)


def write_fragment(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
                   templates: Path | None = None) -> str:
    """Return what another document includes, in lines that fit a slide."""
    return _sheet(solved, _narrow, detail, parts, templates, FRAGMENT, SHELL)


def _sheet(solved: Solved, writing: Callable[[SolvedQuestion], Writing], detail: str,
           parts: Sequence[str], user: Path | None, templates: Templates = TEMPLATES,
           without: tuple[type[Item], ...] = ()) -> str:
    sheet = write_sheet(solved, templates, writing, detail=detail, parts=parts, user=user,
                        words=_strings, without=without)
    return _EMPTY_LINES.sub("\n\n", sheet)


def _strings(words: Sequence[str]) -> str:
    """Return strings that follow each other in an array."""
    return "".join(f"{string(printable(word))}, " for word in words)


def writing(question: SolvedQuestion) -> Writing:
    return Writing(style_of(question), TEXT_WIDTH, words=typst_words, inline=_inline, markup=TYPST,
                   sketch=as_typst, language=question.language, native=typst)


def _narrow(question: SolvedQuestion) -> Writing:
    return replace(writing(question), limit=SLIDE_WIDTH)


def _described(question: SolvedQuestion) -> Writing:
    return replace(writing(question), inline=_inline_described, aloud=_aloud,
                   markup=replace(TYPST, display=display_described))


def _inline(latex: str) -> str:
    # a fraction of derivatives in running text at its full size: its subscripts are tiny otherwise
    return "${}$".format(typst(latex.replace(r"\frac{\partial", r"\dfrac{\partial")).strip())


def _inline_described(latex: str) -> str:
    return f"#aloud({string(plain(latex))}, {_inline(latex)});"


def _aloud(latex: str) -> str:
    return string(plain(latex))[1:-1]
