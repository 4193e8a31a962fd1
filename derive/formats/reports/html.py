"""A marked submission as one page: signs at the margin, formulas as MathML beside their source."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from derive.errors import DeriveError
from derive.formats.environment import render
from derive.formats.html.fonts import PAGE
from derive.formats.html.mathematics import displayed, inline
from derive.formats.html.page import SHARED
from derive.formats.html.pieces import pieces
from derive.formats.reports.annotated import Row, rows
from derive.formats.reports.mathematics import parts, shown, value_in_latex
from derive.formats.reports.sayings import (
    LEGEND,
    awards,
    counted,
    reason,
    sign,
    tells_what_is_right,
)
from derive.formats.user_text import printable
from derive.languages import ENGLISH, remark
from derive.marking.submission.claims import Judgement
from derive.marking.submission.marked import SIGNS, Marked
from derive.marking.submission.marks import PartMarks

__all__ = ["EXTENSION", "write"]

EXTENSION = "html"


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the page, all of it HTML already.

    line: shown where it is another one than that of the row before.
    """

    line: str
    verdict: str = ""
    sign: str = ""
    said: str = ""
    math: str = ""
    source: str = ""
    words: str = ""
    reason: str = ""
    expected: str = ""


def write(found: Marked, name: str, language: str = ENGLISH) -> str:
    """Return a page that needs nothing else; what a submission holds only prints."""
    listed, last = [], 0
    for row in rows(found.text, found.claims):
        listed.append(_shown(row, str(row.line) if row.line != last else "", language))
        last = row.line
    return render("html", None, "marked.html.jinja", SHARED | {
        "name": _words(name), "question": _words(found.question), "fonts": PAGE, "rows": listed,
        "awarded": str(found.awarded), "available": str(found.available),
        "counted": _words(counted(found, language)),
        "parts": [_part(part, language) for part in found.parts],
        "legend": [(v, sign(v, language), remark(LEGEND[v], language)) for v in SIGNS],
        "tell": lambda words: remark(words, language)}, language)


def _part(part: PartMarks, language: str) -> tuple[str, str, list[str]]:
    marks = remark(f"{part.awarded} of {part.available}", language)
    told = awards(part, every=True, language=language)
    return _words(part.key), marks, [_words(award) for award in told]


def _said(words: str) -> str:
    return "".join(inline(latex) if latex is not None else _words(text)
                   for text, latex in parts(words))


def _wrapping(latex: str) -> str:
    """Return a formula in pieces between which it may wrap; whole where those would say more."""
    divided = pieces(latex)
    try:
        if sum(piece.count(r"\cdot") for piece in divided) == latex.count(r"\cdot"):
            return "<wbr/>".join(map(displayed, divided))
    except DeriveError:     # a piece cannot be read alone
        pass
    return displayed(latex)


def _shown(row: Row, line: str, language: str) -> Shown:
    if not row.is_formula:
        return Shown(line, words=_said(row.text))
    latex, source, judgement = shown(row.text), _words(row.text), row.judgement
    math = _wrapping(latex) if latex is not None else ""
    if judgement is None:
        return Shown(line, math=math, source=source)
    verdict = judgement.verdict
    return Shown(line, verdict.replace("_", "-"), sign(verdict, language),
                 remark(LEGEND[verdict], language), math, source, "",
                 _words(reason(judgement, language)), _expected(judgement, language))


def _expected(judgement: Judgement, language: str) -> str:
    if not tells_what_is_right(judgement):
        return ""
    value = judgement.expected
    right = f"<code>{_words(value)}</code>" if isinstance(value, str) else (
        displayed(value_in_latex(value)))
    if judgement.step is None:
        return right
    step, where = (remark(words, language) for words in ("Step", "of the solution"))
    return f"{right}<p>{step} <code>{_words(judgement.step)}</code> {where}.</p>"


def _words(text: str) -> str:
    return escape(printable(text))
