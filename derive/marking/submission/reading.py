"""Reading a submission: prose, formulas, and which formula goes on from which.

Formulas stand in Markdown or LaTeX; a line of prose that begins with a relation belongs to the
formula before it (recognition ends displays too early).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from derive.errors import Unreadable
from derive.expr.integers import names_in
from derive.expr.nodes import Dimension, Expr, Number
from derive.marking.submission.claims import Side, Statement
from derive.marking.submission.words import Words
from derive.question.latex import Reading, read_relations
from derive.question.latex.reading import Side as ReadSide
from derive.syntax.read_latex.documents import Piece, pieces
from derive.syntax.read_latex.tree import Name, Node

__all__ = ["statements"]

GOES_ON = re.compile(r"\s*(=|≈|≃|\\approx|\\simeq|\\therefore|\\Rightarrow)")


def statements(text: str, words: Words, labels: Sequence[str] = ()) -> Iterator[Statement]:
    """Yield the formulas of a submission in order; *words* may grow while they are read."""
    label = ""
    for piece in _formulas(text):
        if piece.kind == "prose":
            label = _heading(piece.text, labels) or label
            continue
        for found in _read(piece, words):
            yield replace(found, label=label)


def _formulas(text: str) -> Iterator[Piece]:
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
        yield Statement((None, Side(piece.text.strip(), piece.span, None, str(error))), ("=",))
        return
    for place, reading in enumerate(found):
        parts = zip(reading.sides, reading.spans, reading.nodes, strict=True)
        if not _is_condition(reading):
            yield Statement(tuple(_side(*part, reading, piece) for part in parts),
                            reading.relations, lead=reading.lead,
                            when=_when(found[place + 1:place + 3]))


CONDITIONS = frozenset(("for", "if", "when", "where", "at", "with", "and", "as"))


def _is_condition(reading: Reading) -> bool:
    """True for "for i = k": it says when something holds, and nothing that can be wrong."""
    return _begins(reading) and len(reading.sides) == 2 and all(
        isinstance(node, Name) or isinstance(side, (Dimension, Number))
        for node, side in zip(reading.nodes, reading.sides, strict=True))


def _begins(reading: Reading) -> bool:
    return reading.lead.casefold().partition(" ")[0] in CONDITIONS


def _when(after: Sequence[Reading]) -> Mapping[str, int]:
    """Return {t: 2} where "for t = 2" follows; a list of members says nothing about one."""
    if not after or not _is_condition(after[0]) or after[0].relations != ("=",):
        return {}
    letter, value = after[0].sides
    alone = len(after) == 1 or len(after[1].sides) > 1
    if alone and isinstance(letter, Dimension) and isinstance(value, Number) and (
            value.value.denominator == 1):
        return {name: int(value.value) for name in names_in(letter.value)}
    return {}


def _side(side: ReadSide, at: tuple[int, int], node: Node | None, reading: Reading,
          piece: Piece) -> Side | None:
    if side is None:
        return None
    span = piece.span[0] + at[0], piece.span[0] + at[1]
    text = piece.text[at[0]:at[1]].strip()
    if isinstance(side, Expr):
        return Side(text, span, side, "", reading.notes, node, piece.text)
    return Side(text, span, None, side.message, (), node, piece.text)


def _heading(text: str, labels: Sequence[str]) -> str:
    """Return the part that a line of prose names: 3.4, 3-4, Question 3.4, (b), 4)."""
    plain = re.sub(r"[-–](?=\d)", ".", text.strip().strip("#*[]() :").casefold())
    for label in sorted(labels, key=len, reverse=True):
        if re.search(rf"(?<![\w.]){re.escape(label.casefold())}(?![\w]|\.\d)", plain):
            return label
    return ""
