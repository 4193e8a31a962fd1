"""A marked submission as Markdown for GitHub: a table of its lines with their ticks and crosses."""

from __future__ import annotations

from collections.abc import Iterator

from derive.formats.escape import markdown_words
from derive.formats.markdown import adapt
from derive.formats.markup_markdown import MARKDOWN
from derive.formats.reports.annotated import rows
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

__all__ = ["EXTENSION", "write"]

EXTENSION = "md"


def write(found: Marked, name: str, language: str = ENGLISH) -> str:
    """Return a submission annotated line by line, and the marks of its parts."""
    def say(words: str) -> str:
        return remark(words, language)

    total = say(f"{found.awarded} of {found.available} marks")
    head = [f"# {_words(name)}",
            (f"**{total}** {say('for')} {MARKDOWN.code(found.question)}; "
             f"{counted(found, language)}.")]
    marks = MARKDOWN.table([say("part"), say("marks"), say("for")], [
        [_words(p.key), say(f"{p.awarded} of {p.available}"),
         "; ".join(map(_words, awards(p, language=language)))]
        for p in found.parts], ["left", "left", "left"])
    written = MARKDOWN.table([say("line"), "", say("written"), say("why")],
                             list(_rows(found, language)), ["right", "center", "left", "left"])
    legend = ", ".join(f"{sign(v, language)} {say(LEGEND[v])}" for v in SIGNS)
    return "\n\n".join([*head, marks, f"## {say('Line by line')}", written, f"{legend}."]) + "\n"


def _rows(found: Marked, language: str) -> Iterator[list[str]]:
    """Yield a row for each line; what is right is said once of everything."""
    told: set[tuple[str, str | None]] = set()
    for row in rows(found.text, found.claims):
        if row.judgement is None:
            yield [str(row.line), "", (_formula if row.is_formula else _said)(row.text), ""]
            continue
        about = row.judgement.question, row.judgement.claim.of
        tells = tells_what_is_right(row.judgement) and about not in told
        yield [str(row.line), sign(row.judgement.verdict, language), _formula(row.text),
               _why(row.judgement, tells, language)]
        told |= {about} if tells else set()


def _why(judgement: Judgement, tells: bool, language: str) -> str:
    said = _words(reason(judgement, language))
    if not tells:
        return said
    value = judgement.expected
    right = MARKDOWN.code(value) if isinstance(value, str) else _formula(value_in_latex(value))
    told = f"{remark('right is', language)} {right}"
    return f"{said}; {told}" if said else told


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
