r"""Prose in LaTeX.

TeX takes a bracket after ``\item`` and ``\\`` for an argument: hence the empty groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from derive.formats.escape import latex_words
from derive.formats.markup import Markup, Rows

__all__ = ["LATEX"]

_AROUND = re.compile(r"\n*(\n\\\[\n[^\n]*\n\\\]\n)\n*")
COLUMNS = {"left": "l", "right": "r", "center": "c"}
ROOM = 84           # characters of a row that fit the page
LINE = 75           # letters of a line, in the narrower page of an exam


def _code(text: str) -> str:
    # typewriter type has ligatures too (-- is a dash), and a curly apostrophe
    words = latex_words(text).replace("'", r"\textquotesingle{}")
    return rf"\texttt{{{words.replace('-', '-{}')}}}"


def _display(latex: str) -> str:
    return f"\n\\[\n{latex}\n\\]\n"


def _paragraphs(pieces: Sequence[str]) -> str:
    # an empty line before a display would be a paragraph, and one after it a gap
    return _AROUND.sub(r"\1", "\n\n".join(pieces))


def _list(kind: str, items: Sequence[str], close: bool, before: str = "") -> str:
    space = r"\closeitems" if close else ""
    listed = "\n".join(rf"\item{{}} {item}" for item in items)
    return f"\\begin{{{kind}}}{space}{before}\n{listed}\n\\end{{{kind}}}"


def _numbered(items: Sequence[str], close: bool, first: int) -> str:
    start = "" if first == 1 else rf"\setcounter{{enumi}}{{{first - 1}}}"
    return _list("enumerate", items, close, start)


def _quote(text: str) -> str:
    return f"\\begin{{quote}}\n{text}\n\\end{{quote}}"


def _listing(text: str) -> str:
    lines = (_code(line).replace(" ", "~") if line else r"\mbox{}" for line in text.split("\n"))
    return _quote("\\\\\n".join(lines))


def _table(head: Sequence[str], rows: Rows, sides: Sequence[str]) -> str:
    columns = "".join(_columns([head, *rows], sides))
    lines = [r"\hline", _row([rf"\bfseries {cell}" for cell in head]), r"\hline",
             *map(_row, rows), r"\hline"]
    return "\n".join([r"\begin{center}\opentable", rf"\begin{{tabular}}{{{columns}}}", *lines,
                      r"\end{tabular}", r"\end{center}"])


def _row(cells: Sequence[str]) -> str:
    return rf"{{}}{' & '.join(cells)} \\"


def _columns(rows: Rows, sides: Sequence[str]) -> list[str]:
    """Columns as wide as their text; where the page has no room for that, paragraphs."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if sum(widths) <= ROOM:
        return [COLUMNS.get(side, "l") for side in sides]
    wide = [max(width, 8) ** 0.7 for width in widths]
    room = 0.94 - 0.03 * len(wide)
    least = [min(_longest_word(column) / LINE, room / len(wide))
             for column in zip(*rows, strict=True)]
    return [rf">{{\raggedright\arraybackslash}}p{{{width:.3f}\linewidth}}"
            for width in _shared(room, wide, least)]


def _longest_word(column: Iterable[str]) -> int:
    """Return how many letters the longest word of a column has, and one for what stands by it."""
    return 1 + max((len(word) for cell in column for word in re.findall(r"[^\W\d_]+", cell)),
                   default=0)


def _shared(room: float, wide: Sequence[float], least: Sequence[float]) -> list[float]:
    """Share room in proportion; who would get less than the least gets that, before all others."""
    short = [room * width / sum(wide) < low for width, low in zip(wide, least, strict=True)]
    left = room - sum(low for low, is_short in zip(least, short, strict=True) if is_short)
    rest = sum(width for width, is_short in zip(wide, short, strict=True) if not is_short)
    return [low if is_short else left * width / rest
            for width, low, is_short in zip(wide, least, short, strict=True)]


LATEX = Markup(
    strong=lambda text: rf"\textbf{{{text}}}",
    emphasis=lambda text: rf"\emph{{{text}}}",
    code=_code,
    line_break="\\leavevmode\\newline\n",     # a paragraph may begin with one
    display=_display,
    paragraphs=_paragraphs,
    bullets=lambda items, close: _list("itemize", items, close),
    numbered=_numbered,
    quote=_quote,
    listing=_listing,
    table=_table,
)
