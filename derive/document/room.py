"""How much room an answer needs on a paper, in lines written by hand."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

__all__ = ["LINE", "lines_for"]

LINE = Fraction(9, 10)      # cm from one line to the next
LEAST = 3
MOST = 24           # what a page holds
UNMARKED = 6
LINES_A_MARK = 3
WORDS_A_LINE = 9


def lines_for(marks: Fraction | None, words: int | None = None) -> int:
    """Return the lines for an answer of so many words, or in proportion to its marks."""
    if words:
        wanted = ceil(words / WORDS_A_LINE)
    else:
        wanted = UNMARKED if marks is None else ceil(marks * LINES_A_MARK)
    return min(max(LEAST, wanted), MOST)
