r"""Formulas as MathML for HTML, in running text and in displays, and how they keep to narrow pages.

A formula is written in pieces between which it may wrap. A piece that may be too wide for a narrow
page says how wide it is (in em, estimated from its LaTeX), and the style sheet makes it as much
smaller as is needed there; what would get too small to be read scrolls.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from derive.formats.html.pieces import GOES_ON, INFIX, entries, pieces, statements
from derive.syntax.write_latex import width
from derive.syntax.write_mathml import NAMESPACE, STYLES, mathml

__all__ = ["LEANS", "STYLES", "Formula", "displayed", "formulas", "inline", "must_scroll", "shown"]

FITS = 7.0          # em that every page has room for
PHONE = 18.0        # em of a line on a telephone of 360 pixels
AROUND = 5.0        # em that a display takes there beside the formula
SPREAD = 1.16       # how much wider than estimated a formula may be
SMALLEST = 0.6      # of the size of the type around; the style sheet says so too


# how far slanted letters of our font stick out at the top, in classes of 0.07, 0.12 and 0.21 em
LEANS = {letter: name for name, letters in (
    ("leans", "CEHIKSXZfΠΞζν"), ("leans more", "FJMNPTUWΓτ"), ("leans most", "VY"))
    for letter in letters}
_LEANING = re.compile(f"<mi>([{''.join(LEANS)}])</mi>")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that is not broken: its MathML, and its width in em where that may matter."""

    mathml: str
    width: float = 0.0


def must_scroll(wide: float, beside: float = 0.0) -> bool:
    """True for what a telephone has no room for, however small; *beside* is taken already."""
    return wide * SPREAD * SMALLEST > PHONE - AROUND - beside


def _annotated(latex: str) -> str:
    """Return a formula that carries its LaTeX, for whoever copies or converts it."""
    head, _, body = _plain(mathml(latex)).partition(">")
    note = f'<annotation encoding="application/x-tex">{escape(latex, quote=False)}</annotation>'
    return (f"{head}><semantics><mrow>{body.removesuffix('</math>')}</mrow>{note}</semantics>"
            "</math>")


def displayed(latex: str) -> str:
    """Return a formula of a display, with sums and fractions at their full size."""
    return _plain(mathml(latex, block=True))


def _plain(math: str) -> str:
    # HTML knows the namespace
    return _LEANING.sub(_leaning, math.replace(f' xmlns="{NAMESPACE}"', ""))


def _leaning(letter: re.Match[str]) -> str:
    return f'<mi class="{LEANS[letter[1]]}">{letter[1]}</mi>'


def shown(latex: str) -> str:
    """Return a display within running text; it wraps between the entries of a list and in them."""
    return " ".join(f'<span class="entry">{_wrapping(entry)}</span>'
                    for entry in _where_wide(latex, entries))


def _wrapping(latex: str) -> str:
    return "<wbr/>".join(_going_on(piece, displayed) for piece in _where_wide(latex, pieces))


def formulas(texts: Sequence[str]) -> tuple[Formula, ...]:
    """Return the formulas of a display that stand beside each other."""
    return tuple(Formula(_going_on(latex, displayed), _wide(latex)) for latex in texts)


def _going_on(latex: str, write: Callable[[str], str]) -> str:
    """Write a piece, with the dot that it has before it on narrow pages."""
    if not latex.startswith(GOES_ON):
        return write(latex)
    dot = displayed(rf"{INFIX}\cdot {{}}")
    factor = write(latex.removeprefix(GOES_ON))
    return f'<span class="whole"><span class="narrow">{dot}</span>{factor}</span>'


def _wide(latex: str) -> float:
    wide = width(latex)
    return round(wide, 1) if wide > FITS else 0.0


def inline(latex: str) -> str:
    """Return a formula in running text; a long one may wrap."""
    return " ".join(map(_entry, _where_wide(latex, entries)))


def _entry(latex: str) -> str:
    return "<wbr/>".join(_piece(piece) for statement in _where_wide(latex, statements)
                         for piece in _where_wide(statement, pieces))


def _where_wide(latex: str, divide: Callable[[str], list[str]]) -> list[str]:
    return divide(latex) if _wide(latex) else [latex]


def _piece(latex: str) -> str:
    math, wide = _going_on(latex, _annotated), _wide(latex)
    if not wide:
        return math
    scrolls = ' class="wide scrolls" tabindex="0"' if must_scroll(wide) else ' class="wide"'
    return f'<span{scrolls} style="--wide:{wide}">{math}</span>'
