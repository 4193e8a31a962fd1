r"""A right side on lines that fit: broken first, then with smaller matrices, at last shrunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from derive.formats.labels import labelled_lines
from derive.formats.writing import Writing
from derive.solution.step import Line
from derive.syntax.latex.style import Style
from derive.syntax.write_latex import lines, width

__all__ = ["Fitted", "fit"]

# rows and columns that are left of large matrices when nothing else helps
SMALLER = ((8, 6), (6, 5), (5, 4))
DOTS = (r"\cdots", r"\vdots")


LABELS = 1.5    # em: what braces and their labels take beyond the estimate, on a full line


@dataclass(frozen=True, slots=True)
class Fitted:
    """The lines of a formula, and the factor (1 or less) by which they must be scaled."""

    lines: tuple[str, ...]
    scale: float = 1.0


def fit(line: Line, writing: Writing, limit: float) -> Fitted:
    """Write the right side of a line no wider than *limit* em, on as few lines as will do.

    A matrix all of which is shown is only cut down where there is no other way; one with dots in it
    anyway gets smaller for the sake of a line.
    """
    as_it_is = _write(line, writing.style, limit)
    fits = _widest(as_it_is) <= limit
    if fits and (len(as_it_is) == 1 or not _is_elided(as_it_is)):
        return Fitted(_adapted(as_it_is, writing))
    smaller = [_write(line, replace(writing.style, max_rows=rows, max_cols=columns), limit)
               for rows, columns in SMALLER]
    fitting = [broken for broken in (as_it_is, *smaller) if _widest(broken) <= limit]
    if fitting:
        return Fitted(_adapted(min(fitting, key=len), writing))
    return Fitted(_adapted(smaller[-1], writing), limit / _widest(smaller[-1]))


def _write(line: Line, style: Style, limit: float) -> list[str]:
    if line.terms:
        return labelled_lines(line.terms, line.right, style, limit - LABELS, line.shapes)
    return lines(line.right, style, limit)


def _widest(broken: Sequence[str]) -> float:
    return max(map(width, broken))


def _is_elided(broken: Sequence[str]) -> bool:
    return any(dots in text for text in broken for dots in DOTS)


def _adapted(broken: Sequence[str], writing: Writing) -> tuple[str, ...]:
    return tuple(map(writing.adapt, broken))
