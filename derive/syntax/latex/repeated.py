r"""Derivatives of derivatives: \frac{\partial^2 f}{\partial x^2}, and derivatives as quantities.

A derivative that stands in an equation is a symbol whose notation is the fraction; what is printed
here takes that fraction apart again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.syntax.names import with_index
from derive.syntax.precedence import Binds, Piece

__all__ = ["again", "below", "entry_of", "is_fraction", "symbol_piece"]

# the order, what is differentiated, and by what; in rows the whole is transposed
FRACTION = re.compile(r"(\\left\()?\\frac\{\\partial(?:\^\{(\d+)\})? (.+)\}\{\\partial "
                      r"(.+?)(?:\^\{\d+\})?\}(?(1)\\right\)\^\{\\top\})")


def is_fraction(latex: str) -> bool:
    return FRACTION.fullmatch(latex) is not None


def symbol_piece(latex: str) -> Piece:
    """Return a derivative that stands as a quantity; one transposed has its exponent already."""
    return Piece(latex, Binds.POWER if latex.startswith(r"\left(") else Binds.FRACTION)


def again(top: str, bottom: str) -> Piece:
    """Write the derivative of a derivative: once more by the same, or by something else."""
    found = FRACTION.fullmatch(top)
    if found and found[4] == bottom and r"\frac" not in found[3]:
        order = int(found[2] or 1) + 1
        text = rf"\frac{{\partial^{{{order}}} {found[3]}}}{{\partial {bottom}^{{{order}}}}}"
        return Piece(text, Binds.FRACTION)
    return Piece(rf"\frac{{\partial}}{{\partial {bottom}}} {top}", Binds.SCALED)


def below(latex: str) -> str:
    """Write a derivative under a bar on one line: (\\partial L/\\partial x)."""
    found = FRACTION.fullmatch(latex)
    if not found:
        return latex
    order = f"^{{{found[2]}}}" if found[2] else ""
    return rf"(\partial{order} {found[3]}/\partial {found[4]}{order})"


def entry_of(latex: str, places: Sequence[str]) -> Piece:
    """Write an entry of a derivative by an array: dL/dx_k."""
    found = FRACTION.fullmatch(latex)
    if not found or found[2]:
        return Piece(rf"\left({latex}\right)_{{{','.join(places)}}}", Binds.POWER)
    bottom = with_index(found[4], places)
    return Piece(rf"\frac{{\partial {found[3]}}}{{\partial {bottom}}}", Binds.FRACTION)
