r"""How HTML writes: words escaped, formulas as MathML, figures as SVG."""

from __future__ import annotations

from html import escape

from derive.formats.figures.sketch import as_svg_in_page
from derive.formats.html.markup import HTML
from derive.formats.html.mathematics import inline
from derive.formats.writing import Writing, style_of
from derive.solution.step import SolvedQuestion

__all__ = ["TEXT_WIDTH", "setting", "words"]

# em: the widest line of a display on a page that has room for it; narrower ones break it further
TEXT_WIDTH = 42.0


def words(text: str) -> str:
    return escape(text, quote=False)


def setting(question: SolvedQuestion) -> Writing:
    """Return how a question is written, in its own notation."""
    return Writing(style_of(question), TEXT_WIDTH, words=words, inline=inline, markup=HTML,
                   sketch=as_svg_in_page, language=question.language)
