"""Lines of working as rows of an aligned display, several of a chain in one row where they fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.expr.nodes import Expr
from derive.formats.fitting import fit
from derive.formats.positions import positions
from derive.formats.sentences import in_display, running
from derive.formats.writing import Writing
from derive.solution.step import Line
from derive.solution.words import Sentence
from derive.syntax.write_latex import width

__all__ = ["Link", "Row", "rows"]

SIGN = 1.4    # em taken by a relation with its space
INDENT = 1.0  # em by which a line that goes on is set in
GAP = 2.0     # em before words beside a formula
FOR = 3.5     # em of that gap and the word before the positions
BOX = 0.8     # em a frame takes
BY_ITSELF = ("definition", "symbolic", "simplified")


@dataclass(frozen=True, slots=True)
class Link:
    """A relation and what stands to its right.

    right: the lines of the formula: the first, and those it was broken into.
    scale: below 1 where the formula fits no other way.
    boxed: True for an answer.
    """

    relation: str
    right: tuple[str, ...]
    scale: float = 1.0
    boxed: bool = False

    @property
    def width(self) -> float:
        return SIGN + max(map(width, self.right)) * self.scale + BOX * self.boxed

    @property
    def end(self) -> float:
        """Where its last line ends; a frame or a scaled formula is one piece."""
        if self.boxed or self.scale < 1:
            return self.width
        return SIGN + width(self.right[-1])


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a display, ready to be set: ``left = a = b``.

    left:   "" where the row goes on from the row above.
    where, reason: mathematics that says for which positions and why; the `_below` tell that it
            finds no room beside the formula.
    said:   the reason as running text, for a format that has room for it anyhow.
    before: a sentence that comes first, in place of a reason too long for a display.
    alone:  True where nothing else may join the row.
    aloud:  the row in plain characters, where the format needs it.
    """

    left: str
    links: tuple[Link, ...]
    where: str = ""
    where_below: bool = False
    reason: str = ""
    reason_below: bool = False
    said: str = ""
    before: str = ""
    alone: bool = False
    aloud: str = ""

    @property
    def width(self) -> float:
        """What the formulas and the words beside them take."""
        words = (FOR + width(self.where)) * bool(self.where and not self.where_below)
        words += (GAP + width(self.reason)) * bool(self.reason and not self.reason_below)
        return sum(link.width for link in self.links) + words


def rows(lines: Sequence[Line], writing: Writing, boxed: Sequence[bool] = ()) -> tuple[Row, ...]:
    """Set lines under each other; the widest left side settles what is left for the right ones."""
    lefts = [writing.formula(line.left) if line.left is not None else "" for line in lines]
    limit = writing.limit - max(map(width, lefts), default=0.0) - INDENT
    flags = boxed or [False] * len(lines)
    single = [_row(line, left, is_boxed, writing.about(subject), limit)
              for line, left, subject, is_boxed
              in zip(_said_once(lines), lefts, _subjects(lines), flags, strict=True)]
    return tuple(_native(row, writing) for row in _joined(single, limit))


def _native(row: Row, writing: Writing) -> Row:
    """Write all formulas of a row as the format shows them."""
    links = tuple(replace(link, relation=writing.native(link.relation),
                          right=tuple(map(writing.native, link.right))) for link in row.links)
    return replace(row, left=writing.native(row.left), links=links, aloud=_aloud(row, writing),
                   where=writing.native(row.where), reason=writing.native(row.reason))


def _aloud(row: Row, writing: Writing) -> str:
    chain = " ".join(text for link in row.links for text in (link.relation, *link.right))
    beside = rf"\quad \text{{{writing.word('for')} }} {row.where}" if row.where else ""
    reason = rf"\quad \text{{(}}{row.reason}\text{{)}}" if row.reason else ""
    return writing.aloud(f"{row.left} {chain}{beside}{reason}")


def _subjects(lines: Sequence[Line]) -> Iterator[Expr | None]:
    """Yield what each line is about: its left side, or that of the line it goes on from."""
    subject: Expr | None = None
    for line in lines:
        subject = line.left if line.left is not None else subject
        yield subject


def _said_once(lines: Sequence[Line]) -> list[Line]:
    """Leave the positions of a line out where the line it goes on from has said them."""
    found: list[Line] = []
    for before, line in zip([None, *lines], lines, strict=False):
        known = before is not None and line.left is None and line.where == before.where
        found.append(replace(line, where=()) if known else line)
    return found


def _row(line: Line, left: str, boxed: bool, writing: Writing, limit: float) -> Row:
    fitted = fit(line, writing, limit - SIGN - BOX * boxed)
    link = Link(writing.relation(line.relation), fitted.lines, fitted.scale, boxed)
    row = Row(left, (link,), alone=line.kind in BY_ITSELF or len(fitted.lines) > 1)
    return _explained(row, line, writing, limit)


def _explained(row: Row, line: Line, writing: Writing, limit: float) -> Row:
    """Set the positions and the reason beside the formula, below it, or before it."""
    # a reason that is given says already which letters must differ
    apart = () if line.reason else line.apart
    where = writing.adapt(positions(line.where, apart, writing.style.notation))
    reason = in_display(line.reason, writing) if line.reason else ""
    if width(reason) > limit:
        row, reason = replace(row, before=_opening(line.reason, writing)), ""
    room = limit - row.links[-1].end
    needed = width(where) + FOR if where else 0.0
    left_over = room - needed if needed <= room else room
    said = running(line.reason, writing) if line.reason and reason else ""
    return replace(row, where=where, where_below=needed > room, reason=reason, said=said,
                   reason_below=bool(reason) and width(reason) + GAP > left_over)


def _opening(reason: Sentence | None, writing: Writing) -> str:
    """Make a sentence of a reason: a capital first, a colon last."""
    text = running(reason, writing).strip() if reason else ""
    return text[:1].upper() + text[1:].removesuffix(".") + ":"


def _joined(single: Sequence[Row], limit: float) -> list[Row]:
    """Put a chain into one row where all of it fits; else its numbers, as many as fit."""
    found: list[Row] = []
    for chain in _chains(single):
        whole = _merged(chain)
        if whole.width <= limit and _is_plain(chain):
            found.append(whole)
        else:
            found += _packed(chain, limit)
    return found


def _chains(single: Sequence[Row]) -> list[list[Row]]:
    """Divide rows where a new left side begins."""
    chains: list[list[Row]] = []
    for row in single:
        if row.left or not chains:
            chains.append([])
        chains[-1].append(row)
    return chains


def _merged(chain: Sequence[Row]) -> Row:
    """Join rows; positions said at the first of them come last."""
    links = tuple(link for row in chain for link in row.links)
    first, last = chain[0], chain[-1]
    placed = last if last.where else replace(last, where=first.where, where_below=False)
    return replace(placed, left=first.left, before=first.before, links=links)


def _is_plain(chain: Sequence[Row]) -> bool:
    """True where nothing is said within a chain: positions at an end, a reason at the last row."""
    said = any(row.reason for row in chain[:-1]) or any(row.where for row in chain[1:-1])
    twice = bool(chain[0].where and chain[-1].where)
    broken = any(len(link.right) > 1 for row in chain for link in row.links)
    return not (said or twice or broken or any(row.before for row in chain[1:]))


def _packed(chain: Sequence[Row], limit: float) -> list[Row]:
    """Join rows from the last one up: a result stands beside what it comes from."""
    found = [chain[-1]]
    for row in reversed(chain[:-1]):
        pair = (row, found[-1])
        joined = _merged(pair)
        if not any(r.alone or r.where for r in pair) and _is_plain(pair) and joined.width <= limit:
            found[-1] = joined
        else:
            found.append(row)
    return found[::-1]
