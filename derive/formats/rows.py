"""Lines of working as rows of an aligned display."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.formats.fitting import fit
from derive.formats.positions import domain
from derive.formats.sentences import in_display, running
from derive.formats.writing import Writing
from derive.solution.step import Line, Sentence
from derive.syntax.write_latex import width

__all__ = ["Row", "rows"]

SIGN = 1.4    # em taken by a relation with its space
INDENT = 1.0  # em by which a line that goes on is set in
GAP = 2.0     # em before words beside a formula
FOR = 3.5     # em of that gap and the word before the positions
BOX = 0.8     # em a frame takes


@dataclass(frozen=True, slots=True)
class Row:
    """One line of working, ready to be set.

    left:   "" where the row goes on from the row above.
    right:  the lines of the right side: the first, and those it was broken into.
    scale:  below 1 where the right side fits no other way.
    where, reason: mathematics that says for which positions and why; the `_below` tell that it
            finds no room beside the formula.
    before: a sentence that comes first, in place of a reason too long for a display.
    """

    left: str
    relation: str
    right: tuple[str, ...]
    scale: float
    where: str
    where_below: bool
    reason: str
    reason_below: bool
    before: str
    boxed: bool


def rows(lines: Sequence[Line], writing: Writing, boxed: Sequence[bool] = ()) -> tuple[Row, ...]:
    """Set lines under each other; the widest left side settles what is left for the right ones."""
    lefts = [writing.formula(line.left) if line.left is not None else "" for line in lines]
    limit = writing.limit - max(map(width, lefts), default=0.0) - SIGN - INDENT
    flags = boxed or [False] * len(lines)
    return tuple(_row(line, left, is_boxed, writing, limit - BOX * is_boxed)
                 for line, left, is_boxed in zip(lines, lefts, flags, strict=True))


def _row(line: Line, left: str, boxed: bool, writing: Writing, limit: float) -> Row:
    fitted = fit(line, writing, limit)
    where = writing.adapt(domain(line.where, writing.style.notation))
    reason = _reason(line.reason, writing)
    fits = width(reason) <= limit
    room = limit - width(fitted.lines[-1]) * fitted.scale
    needed = width(where) + FOR if where else 0.0
    left_over = room - needed if needed <= room else room
    return Row(
        left, writing.relation(line.relation), fitted.lines, fitted.scale, boxed=boxed,
        where=where, where_below=needed > room,
        reason=reason if fits else "", reason_below=width(reason) + GAP > left_over,
        before="" if fits else _opening(line.reason, writing))


def _reason(reason: Sentence | None, writing: Writing) -> str:
    return in_display(reason, writing) if reason else ""


def _opening(reason: Sentence | None, writing: Writing) -> str:
    """Make a sentence of a reason: a capital first, a colon last."""
    text = running(reason, writing).strip() if reason else ""
    return text[:1].upper() + text[1:].removesuffix(".") + ":"
