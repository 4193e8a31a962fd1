"""Names with open places: ``(dL[_]/dW[_])`` is the name of a derivative at every position.

A derivative that stands in an equation, and an expression that is differentiated, are quantities
like others; they are called by what was typed, in brackets. Where their positions go, a mark stands
for each index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from derive.expr.integers import IntLike, coefficient, named, names_in, put
from derive.expr.nodes import Expr, Symbol
from derive.expr.walk import at

__all__ = ["filled", "has_marks", "is_open", "marked", "opened", "shifts"]

FIRST = 0xE000      # private-use characters: no file holds them
LAST = 0xF8FF


def mark(number: int) -> str:
    return chr(FIRST + number)


def has_marks(name: str) -> bool:
    """True where a name has places that are to be filled."""
    return any(FIRST <= ord(sign) <= LAST for sign in name)


def is_open(name: str) -> bool:
    """True for a name that is a piece of mathematics in brackets."""
    return name.startswith("(")


def marked(letters: Sequence[str]) -> dict[str, IntLike]:
    """Return the mark of each index of a name, to be put in for it."""
    return {letter: named(mark(number)) for number, letter in enumerate(letters)}


def opened(expr: Expr, letters: Sequence[str]) -> Expr:
    """Put marks in for the indices that will get values."""
    return at(expr, marked(letters))


def filled(name: str, positions: Iterable[str]) -> str:
    """Write positions where the marks stand: what is shifted by -1 at k+1 stands at k."""
    for number, position in enumerate(positions):
        pieces = re.split(f"{mark(number)}([+-]\\d+)?", name)
        name = pieces[0] + "".join(_moved(position, shift) + rest for shift, rest in zip(
            pieces[1::2], pieces[2::2], strict=True))
    return name


def _moved(position: str, shift: str | None) -> str:
    """Return a position, a number or a letter with or without a shift, moved by another shift."""
    if shift is None:
        return position
    found = re.fullmatch(r"([A-Za-z]\w*)?\s*([+-]?\s*\d+)?", position)
    if found is None:
        return position + shift
    whole = int(shift) + int((found[2] or "0").replace(" ", ""))
    if not found[1]:
        return str(whole)
    return f"{found[1]}{whole:+d}" if whole else found[1]


def shifts(symbols: Sequence[Symbol], indices: Iterable[str]) -> dict[str, IntLike]:
    """Return by how much each index is shifted where it stands first: k + 1 in W[k+1] gives 1."""
    known, found = set(indices), dict[str, IntLike]()
    for position in (p for symbol in symbols for p in symbol.index):
        for letter in sorted(names_in(position) & known):
            if letter not in found and coefficient(position, letter) == 1:
                found[letter] = put(position, {letter: 0})
    return found
