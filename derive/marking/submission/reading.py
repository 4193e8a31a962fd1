"""Reading a submission: prose, formulas, and which formula goes on from which.

Formulas stand in Markdown or LaTeX; a line of prose that begins with a relation belongs to the
formula before it (recognition ends displays too early).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from derive.errors import Unreadable
from derive.expr.integers import IntLike, named
from derive.expr.nodes import Expr
from derive.marking.submission.claims import Side, Statement, Where
from derive.marking.submission.members import whole
from derive.marking.submission.typed_lines import (
    Written,
    is_typed,
    joined_lines,
    stand,
    typed_formulas,
)
from derive.marking.submission.words import Words
from derive.question.latex import Reading, read_relations
from derive.question.latex.reading import Side as ReadSide
from derive.syntax.read_latex.abbreviations import Abbreviation, abbreviations, put_in
from derive.syntax.read_latex.documents import Piece, pieces
from derive.syntax.read_latex.tree import Name, Node

__all__ = ["formulas", "named_part", "statements"]

GOES_ON = re.compile(r"\s*(=|≈|≃|\\approx|\\simeq|\\therefore|\\Rightarrow)")


def statements(text: str, words: Words, labels: Sequence[str] = ()) -> Iterator[Statement]:
    """Yield the formulas of a submission in order; *words* may grow while they are read."""
    label, found = "", list(formulas(text))
    plain = all(piece.kind in ("prose", "typed") for piece in found)
    short = abbreviations(text)
    for piece in found:
        if piece.kind == "prose":
            label = named_part(piece.text, labels) or label
            continue
        read = _typed(piece, words, plain) if piece.kind == "typed" else (
            _read(_at_length(piece, short), words))
        for statement in read:
            yield replace(statement, label=label)


def formulas(text: str) -> Iterator[Piece]:
    """Yield the pieces of a text, lines of prose that are formulas, or may hold some, as such.

    What stands in front of the formula of such a line, ``3.4)``, is prose of its own.
    """
    for piece in pieces(text):
        if piece.kind not in ("prose", "code"):
            yield piece
            continue
        for line in joined_lines(piece.text, piece.span[0]):
            if GOES_ON.match(line.text) and "\\" in line.text:
                yield replace(line, kind="display")
            elif is_typed(line.text) and "\\" not in line.text:
                heading = HEADED.match(line.text)
                if heading:
                    yield Piece("prose", heading[0], (line.span[0], line.span[0] + heading.end()))
                yield replace(line, kind="typed")
            else:
                yield line


HEADED = re.compile(r"\s*(?:#+\s*)?(?:(?:question|part|problem|task|exercise|ex|q)\b\.?\s*)?"
                    r"\(?[\w.-]{1,6}[):\].](?=\s)", re.IGNORECASE)


def _typed(piece: Piece, words: Words, plain: bool) -> Iterator[Statement]:
    """Yield the formulas of a line that people typed.

    Beside formulas between dollars a line is prose, unless something in it can be read.
    """
    for written in typed_formulas(piece, words.vocabulary):
        for statement in _read(written, words):
            if plain or any(side is not None and side.expr for side in statement.sides):
                yield statement


def _at_length(piece: Piece, short: Mapping[str, Abbreviation]) -> Piece:
    """Return a formula with what its abbreviations stand for."""
    if not short or "\\" not in piece.text:
        return piece
    text, stands = put_in(piece.text, short)
    first = piece.span[0]
    return piece if text == piece.text else Written(
        piece.kind, text, piece.span, piece.text,
        tuple((first + a, first + b) for a, b in stands))


def _read(piece: Piece, words: Words) -> Iterator[Statement]:
    try:
        found = read_relations(piece.text, words.vocabulary)
    except Unreadable as error:
        source = piece.source if isinstance(piece, Written) else piece.text
        yield Statement((None, Side(source.strip(), piece.span, None, error.message)), ("=",))
        return
    listed = False
    for place, reading in enumerate(found):
        parts = list(zip(reading.sides, reading.spans, reading.nodes, strict=True))
        relations = reading.relations
        said = _said_when(reading, listed)
        listed = said > 0 and len(parts) == said
        if said:    # what follows in the next line goes on from what was said before
            parts, relations = [(None, parts[0][1], None), *parts[said:]], relations[said - 1:]
        if (len(parts) > 1 or not said) and not _is_case(reading):
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


LETTERS = frozenset("ijklmnprst")


def _is_case(reading: Reading) -> bool:
    """True for i = j and t = 2, letters that the question does not have: a case, no claim."""
    first, *rest = reading.nodes
    return isinstance(first, Name) and first.stem in LETTERS and not first.accents and (
        not isinstance(reading.sides[0], Expr)) and len(rest) == 1 and (
        _is_position(rest[0], reading.sides[1]))


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
    span, text = _stands(piece, at)
    if isinstance(side, Expr):
        return Side(text, span, side, "", reading.notes, node, piece.text)
    return Side(text, span, None, side.message, (), node, piece.text)


def _stands(piece: Piece, at: tuple[int, int]) -> tuple[tuple[int, int], str]:
    """Return where a side stands in the document, and its text there."""
    first = piece.span[0]
    if not isinstance(piece, Written):
        return (first + at[0], first + at[1]), piece.text[at[0]:at[1]].strip()
    found = stand(piece.stands, at)
    return found, piece.source[found[0] - first:found[1] - first].strip()


def named_part(text: str, labels: Sequence[str]) -> str:
    """Return the part that a line of prose names: 3.4, 3-4, Question 3.4, (b), 4)."""
    plain = re.sub(r"[-–](?=\d)", ".", text.strip().strip("#*[]() :").casefold())
    for label in sorted(labels, key=len, reverse=True):
        if re.search(rf"(?<![\w.]){re.escape(label.casefold())}(?![\w]|\.\d)", plain):
            return label
    return ""
