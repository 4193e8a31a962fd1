r"""Cutting a written answer into prose and formulas: Markdown or LaTeX, whichever it is.

Formulas stand between ``$``, ``$$``, ``\( \)``, ``\[ \]``, in an environment such as ``align``, or
as in Markdown on GitHub: ``$` `$`` and a block of ``math``.
A formula between single dollars ends with its paragraph, so that one lost dollar does not turn
all that follows inside out. Of a LaTeX file only what stands in ``document`` is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.errors import Unreadable
from derive.syntax.read_latex.commands import ALIGNED
from derive.syntax.read_latex.tree import Span

__all__ = ["LONGEST_DOCUMENT", "Piece", "pieces"]

LONGEST_DOCUMENT = 200_000
DISPLAYED = frozenset(ALIGNED - {"aligned", "split", "gathered", "alignedat"})
_BODY = re.compile(r"\\begin\{document\}(.*?)(?:\\end\{document\}|\Z)", re.DOTALL)
_SIGN = re.compile(r"""
    \\begin\{(?P<begin>[a-z]+\*?)\} | \\end\{(?P<end>[a-z]+\*?)\}
  | (?P<sign> \\[()\[\]] | \$\$ | \$` | `\$ | \$ | ```math\b | ``` )
  | (?P<paragraph> \n[ \t]*\n) | \\. | (?<!\\)%[^\n]*
""", re.VERBOSE | re.DOTALL)
CLOSES = {"$": "$", "$$": "$$", r"\(": r"\)", r"\[": r"\]", "```": "```", "$`": "`$",
          "```math": "```"}
IN_ONE_PARAGRAPH = {"$", "`$", r"\)"}
KINDS = {"$": "inline", "$`": "inline", r"\(": "inline", "$$": "display", r"\[": "display",
         "```math": "display", "```": "code"}


@dataclass(frozen=True, slots=True)
class Piece:
    """kind: prose, inline, display or code; `span` is that of `text`, signs around it left out."""

    kind: str
    text: str
    span: Span


def pieces(text: str) -> tuple[Piece, ...]:
    """Cut a document; the pieces stand in order, and every formula has its span in *text*."""
    if len(text) > LONGEST_DOCUMENT:
        raise Unreadable(f"a document of more than {LONGEST_DOCUMENT} characters is not read",
                         text, (0, len(text)))
    body = _BODY.search(text)
    first, last = body.span(1) if body else (0, len(text))
    return tuple(p for p in _cut(text, first, last) if p.text.strip())


def _cut(text: str, at: int, last: int) -> Iterator[Piece]:
    prose, missing = at, dict[str, int]()   # up to where a sign closes nothing: work stays linear
    while (found := _SIGN.search(text, at, last)) is not None:
        at = found.end()
        opening = found["sign"] or ""
        closing = CLOSES.get(opening, "")
        if found["begin"] in DISPLAYED:
            opening, closing = "$$", found["begin"]
        if not closing or at <= missing.get(closing, -1):
            continue
        ends, stop = _end(text, at, last, closing)
        if ends is None:    # never closed: the sign is prose
            missing[closing] = stop
            continue
        yield Piece("prose", text[prose:found.start()], (prose, found.start()))
        yield Piece(KINDS[opening], text[at:ends[0]], (at, ends[0]))
        prose = at = ends[1]
    yield Piece("prose", text[prose:last], (prose, last))


def _end(text: str, at: int, last: int, closing: str) -> tuple[Span | None, int]:
    """Return where a formula is closed; None where another one or its paragraph ends first.

    With it goes how far was looked.
    """
    while (found := _SIGN.search(text, at, last)) is not None:
        if closing in (found["sign"], found["end"]):
            return found.span(), found.end()
        if closing in IN_ONE_PARAGRAPH and (found["paragraph"] or found["sign"] in ("$$", r"\(")):
            return None, found.start()
        at = found.end()
    return None, last
