"""How one format writes: its notation, its page, and the words between its formulas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from derive.expr.nodes import Expr, Partial
from derive.expr.walk import walk
from derive.formats.markup import Markup
from derive.languages import ENGLISH, phrasebook
from derive.ops.registry import OPS
from derive.solution.exhibits import Exhibit
from derive.solution.step import SolvedQuestion
from derive.syntax.latex.style import Style
from derive.syntax.write_latex import write

__all__ = ["RELATIONS", "Writing", "style_about", "style_of"]

RELATIONS = {"=": "=", "≈": r"\approx", "<": "<", "<=": r"\le", ">": ">", ">=": r"\ge",
             "≤": r"\le", "≥": r"\ge", "∈": r"\in", "≠": r"\ne"}


@dataclass(frozen=True, slots=True)
class Writing:
    """What the views need to know of a format.

    style:  the notation of this question.
    limit:  the widest line of a display, in em.
    words:  escapes plain words.
    inline: sets mathematics in running text.
    markup: how prose is written.
    sketch: how plots and diagrams are drawn.
    language: that of the sheet, in which sentences are said.
    adapt:  last changes to a formula, for what shows it.
    native: what stands for a formula of a display where the format shows no LaTeX: called last,
            when all widths, which are read off LaTeX, are known.
    aloud:  a formula of a display in plain characters, for who cannot see it; "" where the format
            has no need of that.
    """

    style: Style
    limit: float
    words: Callable[[str], str]
    inline: Callable[[str], str]
    markup: Markup
    sketch: Callable[[Exhibit, Writing], str]
    language: str = ENGLISH
    adapt: Callable[[str], str] = str
    native: Callable[[str], str] = str
    aloud: Callable[[str], str] = lambda latex: ""

    def formula(self, expr: Expr) -> str:
        return self.adapt(write(expr, self.about(expr).style))

    def about(self, *exprs: Expr | None) -> Writing:
        """Return how these are written: only what is about a derivative may lie as a row."""
        style = style_about(self.style, *exprs)
        return self if style is self.style else replace(self, style=style)

    def word(self, english: str) -> str:
        return phrasebook(self.language).word(english)

    def relation(self, sign: str) -> str:
        return RELATIONS[sign]


def _is_about_derivative(expr: Expr | None) -> bool:
    return expr is not None and any(isinstance(node, Partial) for node in walk(expr))


def style_about(style: Style, *exprs: Expr | None) -> Style:
    """Return the notation for a line about these expressions."""
    if not style.rows or any(map(_is_about_derivative, exprs)):
        return style
    return replace(style, rows=False)


def style_of(solved: SolvedQuestion) -> Style:
    """Return the notation of a question: its own names, the operations' printed names."""
    return Style(notation=solved.notation, functions=_functions(solved.log), matrix=solved.matrix,
                 rows=solved.layout == "jacobian", taken=solved.taken,
                 words=phrasebook(solved.language).words)


@cache
def _functions(log: str) -> dict[str, str]:
    """Return the printed names of operations; beside logarithms of another base stands ln."""
    names = {name: op.latex for name, op in OPS.items() if op.latex}
    return names if log == "e" else names | {"log": r"\ln"}
