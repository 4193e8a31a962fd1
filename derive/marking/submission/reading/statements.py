"""Reading a submission: prose, formulas, and which formula goes on from which.

Formulas stand in Markdown or LaTeX; a line of prose that begins with a relation belongs to the
formula before it (recognition ends displays too early).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from derive.errors import Unreadable
from derive.expr.integers import named
from derive.expr.nodes import Entry, Expr, Number, Symbol
from derive.expr.walk import refs
from derive.marking.submission.claims import Data, Side, Statement, Where
from derive.marking.submission.limits import refuse_long, too_much
from derive.marking.submission.reading.cases import (
    case_behind,
    ends_a_case,
    ends_a_sentence,
    is_told_as_a_case,
    otherwise,
    says_what_it_is,
)
from derive.marking.submission.reading.conditions import (
    condition,
    following,
    is_case,
    listed_behind,
    said_when,
    without_condition,
)
from derive.marking.submission.reading.mending import apart, balanced, lines, sides
from derive.marking.submission.reading.own_syntax import own_statement
from derive.marking.submission.reading.part_names import named_part
from derive.marking.submission.reading.remarks import is_remark
from derive.marking.submission.reading.table_rows import table_statements
from derive.marking.submission.reading.tables import Table, tables
from derive.marking.submission.reading.typed_lines import (
    Written,
    is_typed,
    joined_lines,
    stand,
    typed_formulas,
)
from derive.marking.submission.reading.typed_words import TypedWords
from derive.marking.submission.reading.words import Words
from derive.marking.typed import reader_of
from derive.question.latex import Reading, read_relations
from derive.question.latex.reading import Side as ReadSide
from derive.syntax.read_latex.abbreviations import Abbreviation, abbreviations, put_in
from derive.syntax.read_latex.connectives import CONDITIONS, REASONS
from derive.syntax.read_latex.documents import Piece, pieces
from derive.syntax.read_latex.tree import (
    Node,
    Span,
)

__all__ = ["formulas", "statements"]

GOES_ON = re.compile(r"\s*(=|≈|≃|\\approx|\\simeq|\\therefore|\\Rightarrow)")

COMMAND = re.compile(r"\\[A-Za-z]")    # a \_ of Markdown is none
BETWEEN = re.compile(r"[ \t]*[=≈,()\[\] \t]+")     # signs of a formula between two others
CLOSING = re.compile(r"[`$]*[ \t]*\)")
SIGNS = re.compile(r"\$`|`\$|\$|\\\(|\\\)")
DRAWN = re.compile(r"(?!math\b|latex\b|tex\b)[a-z]+[ \t]*\n")    # ```text: a picture, a program
# what a text that cannot be read would have said something with
SAYS = re.compile(r"[=≈≃<>≤≥]|\\(approx|simeq|leq?|geq?|equiv|propto)\b")


def statements(text: str, words: Words, labels: Sequence[str] = ()) -> Iterator[Statement]:
    """Yield the formulas of a submission in order; *words* may grow while they are read."""
    refuse_long(text)
    label, found = "", list(formulas(text))
    plain = all(piece.kind in ("prose", "typed", "table") for piece in found)
    short = abbreviations(text)
    own_names = TypedWords(words.vocabulary).names_of(text) if plain else frozenset()
    case: Where = ()
    told: Data = ()
    mentioned: list[Side] = []
    for place, piece in enumerate(found):
        if piece.kind == "prose":
            mentioned = mentioned if piece.text.strip() else []
            named = named_part(piece.text, labels)
            label = named or label
            case = () if named or ends_a_case(piece) else otherwise(piece, case)
            told = () if named or ends_a_sentence(piece) else told
            continue
        read = _typed(piece, words, plain, own_names) if piece.kind == "typed" else (
            table_statements(piece.table, text, words, _read, label) if isinstance(piece, InTable)
            else _read(_at_length(piece, short), words))
        behind = case_behind(found, place)
        own = _case(behind, words) if behind is not None else ()
        data = _data(behind, words) if behind is not None else ()
        for statement in _safely(read, piece):
            case = statement.case or case
            statement = said_of_it(statement, found, place) if told else statement
            if _is_mention(statement):
                mentioned += [side for side in statement.sides if side is not None]
            elif is_told_as_a_case(found, place) and data_of(statement, words):
                told = data_of(statement, words)
            elif not statement.case or statement.here:
                yield replace(statement, label=label, cases=own or case, data=data or told,
                              mentioned=() if statement.sides[0] else tuple(mentioned),
                              aside=statement.aside or is_remark(statement, found, place))
                mentioned = []
        case = () if own else case


def said_of_it(statement: Statement, found: Sequence[Piece], place: int) -> Statement:
    """Return what a case makes of the formula before: "for $y_i = 1$ it is $p_i - 1$"."""
    if not _is_mention(statement) or not says_what_it_is(found, place):
        return statement
    return replace(statement, sides=(None, *statement.sides), relations=("=",))


def _is_mention(statement: Statement) -> bool:
    """True for a formula alone, which claims nothing; what comes next may be said of it."""
    return len(statement.sides) == 1 and statement.sides[0] is not None and not statement.case


def _case(piece: Piece, words: Words) -> Where:
    """Return the case that a formula tells; nothing for a claim."""
    return next((s.case for s in _safely(_read(piece, words), piece)), ())


def _data(piece: Piece, words: Words) -> Data:
    """Return the value of data that a formula tells; nothing for others."""
    return next((found for s in _safely(_read(piece, words), piece)
                 if (found := data_of(s, words))), ())


def data_of(statement: Statement, words: Words) -> Data:
    """Return y_i and 0 of y_i = 0, where y is data that a question in symbols leaves open."""
    sides = [side.expr for side in statement.sides if side is not None]
    if len(sides) != 2 or statement.relations != ("=",) or words.solver.numeric:
        return ()
    of, value = sides
    whole = of.arg if isinstance(of, Entry) else of
    free = isinstance(whole, Symbol) and whole.name not in words.solver.named.by_target
    if of is None or not free or not isinstance(value, Number):
        return ()
    return tuple((one, value) for one in (of, *_without_step(of, words)))


def _without_step(of: Expr, words: Words) -> Iterator[Expr]:
    """Yield y_{t,i} of the y_i of somebody who leaves the step out."""
    family = words.solver.named.families.get(of.name) if isinstance(of, Symbol) else None
    if isinstance(of, Symbol) and family is not None and len(of.index) == len(of.shape) == 1:
        yield Entry(replace(of, index=tuple(map(named, family.indices))), of.index)


def _safely(found: Iterator[Statement], piece: Piece) -> Iterator[Statement]:
    """Yield what is read; where reading fails, that formula is unread, and the others are not."""
    try:
        yield from found
    except Exception:   # whatever goes wrong with one formula, the others are read
        yield Statement((None, Side(piece.text.strip(), piece.span, None, FAILED)), ("=",))


FAILED = "this cannot be read"


def formulas(text: str) -> Iterator[Piece]:
    """Yield the pieces of a text, lines of prose that are formulas, or may hold some, as such.

    What stands in front of the formula of such a line, ``3.4)``, is prose of its own.
    """
    in_tables = [InTable("table", text[slice(*t.span)], t.span, t) for t in tables(text)]
    lines = _in_lines(_joined(pieces(_blanked(text, in_tables)), text))
    yield from sorted((*lines, *in_tables), key=lambda piece: piece.span)


def _in_lines(found: Iterable[Piece]) -> Iterator[Piece]:
    for piece in found:
        if piece.kind not in ("prose", "code"):
            yield piece
        if piece.kind not in ("prose", "code") or (
                piece.kind == "code" and DRAWN.match(piece.text)):
            continue
        for line in joined_lines(piece.text, piece.span[0]):
            if GOES_ON.match(line.text) and COMMAND.search(line.text):
                yield replace(line, kind="display")
            elif is_typed(line.text) and "\\" not in line.text:
                heading = HEADED.match(line.text)
                if heading:
                    yield Piece("prose", heading[0], (line.span[0], line.span[0] + heading.end()))
                yield replace(line, kind="typed")
            else:
                yield line


@dataclass(frozen=True, slots=True)
class InTable(Piece):
    """A table as a whole."""

    table: Table


def _blanked(text: str, found: Sequence[Piece]) -> str:
    for piece in found:
        first, end = piece.span
        text = text[:first] + re.sub(r"[^\n]", " ", piece.text) + text[end:]
    return text


HEADED = re.compile(r"\s*(?:#+\s*)?(?:(?:question|part|problem|task|exercise|ex|q)\b\.?\s*)?"
                    r"(?:\(?[\w.-]{1,6}[):\].]|\d{1,2}\s?\([a-z]\))(?=\s)", re.IGNORECASE)


def _typed(piece: Piece, words: Words, plain: bool, names: frozenset[str]
           ) -> Iterator[Statement]:
    """Yield the formulas of a line that people typed.

    Beside formulas between dollars a line is prose, unless something in it can be read.
    """
    reader = reader_of(words.solver.question)
    for written in typed_formulas(piece, words.vocabulary, names, plain):
        own = own_statement(written, written.source, written.span[0], reader)
        for statement in _read(written, words) if own is None else (own,):
            if plain or _is_about_something(statement):
                yield statement


def _is_about_something(statement: Statement) -> bool:
    """True where what is said is said of something known, in known names, or of what was before."""
    exprs = [None if side is None else side.expr for side in statement.sides]
    if statement.sides[0] is None:
        return any(expr is not None for expr in exprs)
    return exprs[0] is not None or any(
        True for expr in exprs if expr is not None for _ in refs(expr))


def _at_length(piece: Piece, short: Mapping[str, Abbreviation]) -> Piece:
    """Return a formula with what its abbreviations stand for."""
    if not short or "\\" not in piece.text:
        return piece
    text, stands = put_in(piece.text, short)
    first = piece.span[0]
    return piece if text == piece.text else Written(
        piece.kind, text, piece.span, piece.text,
        tuple((first + a, first + b) for a, b in stands))


def _joined(found: Sequence[Piece], text: str) -> Iterator[Piece]:
    """Yield the pieces, those as one that are one formula: ``$w$ = ($0$, $1$)``."""
    place = 0
    while place < len(found):
        end = _end_of_formula(found, place)
        start, stop = found[place].span[0], found[end].span[1]
        if end > place:
            closing = CLOSING.match(text, stop)
            if closing and text.count("(", start, stop) > text.count(")", start, stop):
                stop = closing.end()
            blank = SIGNS.sub(lambda sign: " " * len(sign[0]), text[start:stop])
            yield Piece("inline", blank, (start, stop))
        else:
            yield found[place]
        place = end + 1


def _end_of_formula(found: Sequence[Piece], place: int) -> int:
    """Return the last piece of the formula that begins at a place: prose between is all signs."""
    end = place
    while end + 2 < len(found) and {found[place].kind, found[end + 2].kind} == {"inline"} and (
            BETWEEN.fullmatch(found[end + 1].text)) and (
            end > place or "=" in found[end + 1].text):
        end += 2
    return end


def _read(piece: Piece, words: Words) -> Iterator[Statement]:
    """Yield the formulas of a piece; what one gives a name to, the next ones may use."""
    known = words.vocabulary
    try:
        found = read_relations(piece.text, known)
    except Unreadable as error:
        if isinstance(piece, Written):
            yield from _unread(piece.source, piece, error)
        else:
            yield from _mended(piece, words, error)
        return
    listed = False
    for place in range(len(found)):
        if words.vocabulary is not known:
            known = words.vocabulary
            again = read_relations(piece.text, known)
            found = again if len(again) == len(found) else found
        reading, only = without_condition(found[place], piece.text, known)
        said = said_when(reading, listed)
        listed = said > 0 and len(reading.sides) == said
        yield from _stated(reading, said, only, found[place + 1:], piece, words, not place)


def _stated(reading: Reading, said: int, only: Where, after: Sequence[Reading], piece: Piece,
            words: Words, first: bool) -> Iterator[Statement]:
    """Yield what a formula states behind the sides that only say for which member it holds."""
    known, bound = words.vocabulary, words.solver.named.letters
    parts = list(zip(reading.sides, reading.spans, reading.nodes, strict=True))
    relations = reading.relations
    if said:    # what follows in the next line goes on from what was said before
        parts, relations = [(None, parts[0][1], None), *parts[said:]], relations[said - 1:]
    if len(parts) < 2:
        if said == 2 and first:
            yield _in_front(reading, piece)
        elif not said:
            yield Statement((_side(*parts[0], reading, piece),), ())
    elif is_case(reading, known, bound):
        more = list(listed_behind(after)) if len(reading.sides) == 2 else []
        yield Statement((None,), (), case=condition(reading, more))
    else:
        statement = Statement(tuple(_side(*part, reading, piece) for part in parts), relations,
                              lead=reading.lead, when=only or following(after, known))
        yield from _without_aside(statement, piece) if _is_aside(reading, piece) else (statement,)


def _in_front(reading: Reading, piece: Piece) -> Statement:
    """Return the position for which is said what follows: "for t = 0:"."""
    span = reading.spans[0][0], reading.spans[1][1]
    return Statement((None,), (), here=condition(reading, ()), at=_stands(piece, span)[0])


def _is_aside(reading: Reading, piece: Piece) -> bool:
    """True for a reason, and for what words behind a formula name, with a new line after it."""
    word = reading.lead.casefold().partition(" ")[0]
    if word in REASONS:
        return True
    between = piece.text[reading.spans[0][1]:reading.spans[1][0]]
    return bool(word) and r"\\" in between and word not in CONDITIONS


def _without_aside(statement: Statement, piece: Piece) -> Iterator[Statement]:
    r"""Yield a reason, ``since \sum_k y_k = 1``, and what stands in the lines below it.

    These go on from the formula that has the reason.
    """
    ends = [side.span[1] if side is not None else 0 for side in statement.sides]
    below = next((k for k, side in enumerate(statement.sides) if k and side is not None and
                  r"\\" in piece.text[ends[k - 1] - piece.span[0]:side.span[0] - piece.span[0]]),
                 len(ends))
    yield replace(statement, sides=statement.sides[:below], relations=statement.relations[:below],
                  aside=True)
    if below < len(ends):
        yield replace(statement, sides=(None, *statement.sides[below:]), lead="",
                      relations=statement.relations[below - 1:])


LONGEST_MENDED = 3_000  # characters; nobody writes a longer formula by hand


def _mended(piece: Piece, words: Words, fault: Unreadable) -> Iterator[Statement]:
    """Read what can be read: with its braces mended, line by line, formula by formula."""
    if len(piece.text) > LONGEST_MENDED:
        yield from _unread(piece.text, piece, fault)
        return
    text = balanced(piece.text)
    if text != piece.text:
        yield from _read(replace(piece, text=text), words)
        return
    parts = lines(text)
    parts = parts if len(parts) > 1 else apart(text)
    if len(parts) > 1:
        for first, end in parts:
            if text[first:end].strip():
                yield from _read(_cut(piece, (first, end)), words)
        return
    spans, relations = sides(text)
    if len(spans) == 1:
        yield from _unread(text, piece, fault)
        return
    found = tuple(_alone(_cut(piece, span), words) for span in spans)
    yield Statement(found, tuple(relations))


def _unread(source: str, piece: Piece, fault: Unreadable) -> Iterator[Statement]:
    if SAYS.search(source):
        yield Statement((None, Side(source.strip(), piece.span, None, fault.message)), ("=",))


def _cut(piece: Piece, span: Span) -> Piece:
    first, end = span
    return Piece(piece.kind, piece.text[first:end], (piece.span[0] + first, piece.span[0] + end))


def _alone(piece: Piece, words: Words) -> Side | None:
    """Read one side of a chain; what cannot be read has a fault."""
    if not piece.text.strip():
        return None
    fault = "this cannot be read"
    try:
        found = read_relations(piece.text, words.vocabulary)
        if len(found) == 1 and len(found[0].sides) == 1:
            reading = found[0]
            return _side(reading.sides[0], reading.spans[0], reading.nodes[0], reading, piece)
    except Unreadable as error:
        fault = error.message
    return Side(piece.text.strip(), piece.span, None, fault)


def _side(side: ReadSide, at: tuple[int, int], node: Node | None, reading: Reading,
          piece: Piece) -> Side | None:
    if side is None:
        return None
    span, text = _stands(piece, at)
    fault = too_much(side) if isinstance(side, Expr) else side.message
    if isinstance(side, Expr) and not fault:
        return Side(text, span, side, "", reading.notes, node, piece.text)
    return Side(text, span, None, fault, (), node if not isinstance(side, Expr) else None,
                piece.text)


def _stands(piece: Piece, at: tuple[int, int]) -> tuple[tuple[int, int], str]:
    """Return where a side stands in the document, and its text there."""
    first = piece.span[0]
    if not isinstance(piece, Written):
        return (first + at[0], first + at[1]), piece.text[at[0]:at[1]].strip()
    found = stand(piece.stands, at)
    return found, piece.source[found[0] - first:found[1] - first].strip()
