r"""A right side on lines that fit: broken first, then with smaller matrices, at last shrunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from derive.formats.labels import labelled_lines
from derive.formats.writing import Writing
from derive.solution.step import Line
from derive.syntax.latex.style import Style
from derive.syntax.write_latex import lines, width

__all__ = ["Fitted", "fit"]

FEWER_COLUMNS = (6, 4)  # what is left of wide matrices when nothing else helps


@dataclass(frozen=True, slots=True)
class Fitted:
    """The lines of a formula, and the factor (1 or less) by which they must be scaled."""

    lines: tuple[str, ...]
    scale: float = 1.0


def fit(line: Line, writing: Writing, limit: float) -> Fitted:
    """Write the right side of a line no wider than *limit* em."""
    for broken in _attempts(line, writing.style, limit):
        widest = max(map(width, broken))
        if widest <= limit:
            return Fitted(_adapted(broken, writing))
    return Fitted(_adapted(broken, writing), limit / widest)


def _attempts(line: Line, style: Style, limit: float) -> Iterator[list[str]]:
    write: Callable[[Style], list[str]] = (
        (lambda style: labelled_lines(line.terms, line.right, style, limit)) if line.terms
        else (lambda style: lines(line.right, style, limit)))
    yield write(style)
    for columns in FEWER_COLUMNS:
        yield write(replace(style, max_cols=columns))


def _adapted(broken: list[str], writing: Writing) -> tuple[str, ...]:
    return tuple(map(writing.adapt, broken))
