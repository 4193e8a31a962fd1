r"""LaTeX: an article that plain TeX Live compiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from derive.formats.escape import latex_words
from derive.formats.figures.sketch import as_tikz
from derive.formats.markup_latex import LATEX
from derive.formats.sheet import SHELL, Templates, write_sheet
from derive.formats.writing import Writing, style_of
from derive.solution.solved_set import Solved
from derive.solution.step import SolvedQuestion

__all__ = ["EXTENSION", "TEMPLATES", "write", "write_fragment", "writing"]

EXTENSION = "tex"
TEMPLATES = Templates("latex", "article.tex.jinja", "blocks.tex.jinja", pages=True)
# A4 with margins of 2.2 cm holds 43.1 em at 11 pt; the indent of displays and the estimate's error
# of a few hundredths go off
TEXT_WIDTH = 39.5
FRAGMENT = replace(TEMPLATES, shell="fragment.tex.jinja")
SLIDE_WIDTH = 26.5      # em: a slide of beamer holds 28 at 11 pt


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> str:
    """Return the sheet as a LaTeX document."""
    return write_sheet(solved, TEMPLATES, writing, detail=detail, parts=parts, user=templates)


def write_fragment(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
                   templates: Path | None = None) -> str:
    """Return what stands in a document, in lines that fit a slide."""
    return write_sheet(solved, FRAGMENT, _narrow, detail=detail, parts=parts, user=templates,
                       without=SHELL)


def _narrow(question: SolvedQuestion) -> Writing:
    return replace(writing(question), limit=SLIDE_WIDTH)


def writing(question: SolvedQuestion) -> Writing:
    return Writing(style_of(question), TEXT_WIDTH, words=latex_words, inline=_inline, markup=LATEX,
                   sketch=as_tikz, language=question.language)


def _inline(latex: str) -> str:
    # a fraction of derivatives in running text at its full size: its subscripts are tiny otherwise
    return "${}$".format(latex.replace(r"\frac{\partial", r"\dfrac{\partial"))
