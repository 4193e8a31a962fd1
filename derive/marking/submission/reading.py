"""Reading a submission: prose, formulas, and which formula goes on from which.

Formulas stand in Markdown or LaTeX; a line of prose that begins with a relation belongs to the
formula before it (recognition ends displays too early).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.errors import Unreadable
from derive.expr.integers import IntLike, named
from derive.expr.nodes import Expr
from derive.marking.submission.claims import Side, Statement, Where
from derive.marking.submission.members import whole
from derive.marking.submission.words import Words
from derive.question.latex import Reading, read_relations
from derive.question.latex.reading import Side as ReadSide
from derive.syntax.read_latex.documents import Piece, pieces
from derive.syntax.read_latex.tree import Name, Node

__all__ = ["formulas", "named_part", "statements"]

GOES_ON = re.compile(r"\s*(=|≈|≃|\\approx|\\simeq|\\therefore|\\Rightarrow)")


def statements(text: str, words: Words, labels: Sequence[str] = ()) -> Iterator[Statement]:
    """Yield the formulas of a submission in order; *words* may grow while they are read."""
    label = ""
    for piece in formulas(text):
        if piece.kind == "prose":
            label = named_part(piece.text, labels) or label
            continue
        for found in _read(piece, words):
            yield replace(found, label=label)


def formulas(text: str) -> Iterator[Piece]:
    """Yield the pieces of a text, lines of prose that are formulas as such."""
    for piece in pieces(text):
        if piece.kind != "prose":
            yield piece
            continue
        at = piece.span[0]
        for line in piece.text.splitlines(keepends=True):
            kind = "display" if GOES_ON.match(line) else "prose"
            yield Piece(kind, line.rstrip("\n"), (at, at + len(line.rstrip("\n"))))
            at += len(line)


def _read(piece: Piece, words: Words) -> Iterator[Statement]:
    try:
        found = read_relations(piece.text, words.vocabulary)
    except Unreadable as error:
        yield Statement((None, Side(piece.text.strip(), piece.span, None, error.message)), ("=",))
        return
    listed = False
    for place, reading in enumerate(found):
        parts = list(zip(reading.sides, reading.spans, reading.nodes, strict=True))
        relations = reading.relations
        said = _said_when(reading, listed)
        listed = said > 0 and len(parts) == said
        if said:    # what follows in the next line goes on from what was said before
            parts, relations = [(None, parts[0][1], None), *parts[said:]], relations[said - 1:]
        if len(parts) > 1 or not said:
            yield Statement(tuple(_side(*part, reading, piece) for part in parts), relations,
                            lead=reading.lead, when=_following(found[place + 1:]))


CONDITIONS = frozenset(("for", "if", "when", "where", "at", "with", "and", "as"))


def _said_when(reading: Reading, listed: bool) -> int:
    """Return how many sides only say for which member something holds.

    Two of "for t = 0", one of ", 1" behind it, or of dots.
    """
    positions = [_is_position(*side) for side in zip(reading.nodes, reading.sides, strict=True)]
    if _begins(reading) and len(positions) > 1 and all(positions[:2]):
        return 2
    return int(listed and positions[0])


def _is_position(node: Node | None, side: ReadSide) -> bool:
    return whole(side) is not None or (isinstance(node, Name) and len(node.stem) == 1)


def _begins(reading: Reading) -> bool:
    return reading.lead.casefold().partition(" ")[0] in CONDITIONS


def _following(after: Sequence[Reading]) -> Where:
    """Return the conditions that stand behind a formula: "for t = 0, 1", "for i < t"."""
    if not after or _said_when(after[0], False) != 2:
        return ()
    letter = _whole(after[0].nodes[0], after[0].sides[0])
    values, dotted = [_whole(after[0].nodes[1], after[0].sides[1])], False
    for reading in after[1:] if len(after[0].sides) == 2 else ():
        if not _said_when(reading, True) or _begins(reading):
            break
        dotted = dotted or _is_dots(reading.nodes[0])
        values += [] if _is_dots(reading.nodes[0]) else [
            _whole(reading.nodes[0], reading.sides[0])]
        if len(reading.sides) > 1:
            break
    if dotted:
        return (letter, ">=", tuple(values[:1])), (letter, "<=", tuple(values[-1:]))
    return ((letter, after[0].relations[0], tuple(values)),)


def _is_dots(node: Node | None) -> bool:
    return isinstance(node, Name) and node.stem == "…"


def _whole(node: Node | None, side: ReadSide) -> IntLike:
    """Return a position; a letter that the question does not have is one of an entry."""
    found = whole(side)
    if found is not None:
        return found
    assert isinstance(node, Name), "a condition is about letters and whole numbers"
    return named(node.stem)


def _side(side: ReadSide, at: tuple[int, int], node: Node | None, reading: Reading,
          piece: Piece) -> Side | None:
    if side is None:
        return None
    span = piece.span[0] + at[0], piece.span[0] + at[1]
    text = piece.text[at[0]:at[1]].strip()
    if isinstance(side, Expr):
        return Side(text, span, side, "", reading.notes, node, piece.text)
    return Side(text, span, None, side.message, (), node, piece.text)


def named_part(text: str, labels: Sequence[str]) -> str:
    """Return the part that a line of prose names: 3.4, 3-4, Question 3.4, (b), 4)."""
    plain = re.sub(r"[-–](?=\d)", ".", text.strip().strip("#*[]() :").casefold())
    for label in sorted(labels, key=len, reverse=True):
        if re.search(rf"(?<![\w.]){re.escape(label.casefold())}(?![\w]|\.\d)", plain):
            return label
    return ""
