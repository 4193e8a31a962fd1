"""A marked submission as Markdown for GitHub: a table of its lines with their ticks and crosses."""

from __future__ import annotations

from derive.formats.escape import markdown_words
from derive.formats.markdown import adapt
from derive.formats.markup_markdown import MARKDOWN
from derive.formats.reports.annotated import Row, rows
from derive.formats.reports.mathematics import parts, shown, value_in_latex
from derive.formats.reports.sayings import LEGEND, awards, counted, reason, tells_what_is_right
from derive.formats.user_text import printable
from derive.marking.submission.claims import Judgement
from derive.marking.submission.marked import SIGNS, Marked

__all__ = ["EXTENSION", "write"]

EXTENSION = "md"


def write(found: Marked, name: str) -> str:
    """Return a submission annotated line by line, and the marks of its parts."""
    head = [f"# {_words(name)}",
            (f"**{found.awarded} of {found.available} marks** for {MARKDOWN.code(found.question)}; "
            f"{counted(found)}.")]
    marks = MARKDOWN.table(["part", "marks", "for"], [
        [_words(p.key), f"{p.awarded} of {p.available}", "; ".join(map(_words, awards(p)))]
        for p in found.parts], ["left", "left", "left"])
    written = MARKDOWN.table(["line", "", "written", "why"], [
        _row(row) for row in rows(found.text, found.claims)], ["right", "center", "left", "left"])
    legend = ", ".join(f"{SIGNS[v]} {LEGEND[v]}" for v in SIGNS)
    return "\n\n".join([*head, marks, "## Line by line", written, f"{legend}."]) + "\n"


def _row(row: Row) -> list[str]:
    if row.judgement is None:
        return [str(row.line), "", _formula(row.text) if row.is_formula else _said(row.text), ""]
    sign = SIGNS[row.judgement.verdict]
    return [str(row.line), sign, _formula(row.text), _why(row.judgement)]


def _why(judgement: Judgement) -> str:
    said = _words(reason(judgement))
    if not tells_what_is_right(judgement):
        return said
    value = judgement.expected
    right = MARKDOWN.code(value) if isinstance(value, str) else _formula(value_in_latex(value))
    return f"{said}; right is {right}" if said else f"right is {right}"


def _formula(latex: str) -> str:
    found = shown(latex) if "`" not in latex else None
    if found is None:
        return MARKDOWN.code(" ".join(printable(latex).split()))
    return f"$`{adapt(found)}`$"


def _said(text: str) -> str:
    return "".join(f"$`{adapt(latex)}`$" if latex is not None else markdown_words(printable(words))
                   for words, latex in parts(" ".join(text.split())))


def _words(text: str) -> str:
    return markdown_words(printable(" ".join(text.split())))
