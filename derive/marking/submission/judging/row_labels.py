"""For which member a line is said: ``z = -5: y = 0.0067, S = 0.4933``, ``row 2: ..``, ``t = 1:``.

A label selects one member of the series, and what is written behind it without an index is about
that member: in its line for certain, and below it until another label stands. A label is the value
of what is given, a position, a member (x_3 = ..), or words that count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from derive.errors import Unreadable
from derive.expr.integers import IntLike, named, names_in
from derive.expr.nodes import Apply, Dimension, Entry, Expr, Ref, Symbol
from derive.expr.walk import array_of, at, free_indices, refs, walk
from derive.marking.submission.claims import Judgement, Row, Side, Statement, Where
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.spoken import UNSAID
from derive.marking.submission.members import whole
from derive.marking.submission.reading.words import Words
from derive.question.latex import read_relations

__all__ = ["RowLabels"]

COUNTED = (r"(?:time[ -]?steps?|steps?|rows?|samples?|examples?|(?:data )?points?|patterns?|"
           r"instances?|inputs?|images?|tokens?|observations?|iterations?|vectors?)")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
ORDINAL = rf"(?P<word>{'|'.join(ORDINALS)})|(?P<th>\d{{1,2}})(?:st|nd|rd|th)"
WORDS = re.compile(rf"\b(?:(?:{ORDINAL})\s+{COUNTED}|{COUNTED}\s+(?:no\.?\s*|#\s*)?"
                   r"(?P<number>\d{1,2}))\b", re.IGNORECASE)
# what may stand in its line before a label: bullets, numbers of a list, a preposition
BEFORE = re.compile(r"[\s>|*_\-–•+#$\\(\[]*(?:\(?\w{1,2}[.)]\s+)?[\s*_$\\(\[]*"
                    r"(?:(?:for|at|with|if|when|case|now|then|next|take|step|input|let)\b[\s:,]*)*"
                    r"[\s*_$\\(\[`]*", re.IGNORECASE)
PREPOSITION = re.compile(r"\b(?:for|at|with|when|where)\s+(?:[\w ]{0,16}\s)?[$\\(]*\s*$",
                         re.IGNORECASE)
BEHIND = re.compile(r"[\s$)*\\`]*,?\s*\b(?:at|for|when|if|where)\s+[$(\\\s`]*"
                    r"(?P<label>[A-Za-z]\w{0,5}\s*=\s*[-−]?[\d.]+\d|[A-Za-z]\w{0,5}\s*=\s*[-−]?\d)")
PARAGRAPH = re.compile(r"\n[ \t]*\n")
RIGHT = 100         # a cell of a row
MOST_MEMBERS = 50   # that a row of a table may be about
FAR = 2     # paragraphs below a label in a line of its own
ENDS = re.compile(r"^\s*(?:#|\\(?:sub)*section|\\paragraph)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Label:
    """Members that a label may select, where it ends, and whether it is alone in its line.

    firm: it is the value of something given, or a position: what it selects is certain.
    """

    where: tuple[Where, ...]
    end: int
    alone: bool
    firm: bool


@dataclass
class RowLabels:
    """The label that holds where the reader is."""

    marker: Marker
    words: Words
    text: str
    _behind_to: int = 0
    _label: Label | None = None
    _row: Where = ()
    _counts: dict[int, int] = field(default_factory=lambda: {1: 0, 0: 0})
    _words_to: int = 0
    _inputs: dict[str, bool] = field(default_factory=dict)

    def take(self, statement: Statement) -> None:
        """Note what a statement selects, for what stands behind it."""
        first = statement.sides[0]
        if statement.row is not None:
            if statement.row.cells:
                self._row = self._members_of(statement.row)
            return
        if statement.here:
            self._note((statement.here,), statement.at, True)
        elif first is not None and first.expr is not None and self._is_label(first):
            found, firm = self._selected(first, statement)
            if found:
                last = statement.sides[-1] or first
                self._note((found,), (first.span[0], last.span[1]),
                           firm and first.span[0] >= self._behind_to)
            elif _is_value(statement) and self._is_input(first.expr):
                self._label = None      # another member, but which is not known

    def _note(self, where: tuple[Where, ...], at: tuple[int, int], firm: bool) -> None:
        line = self.text[at[1]:].partition("\n")[0].strip(" \t:,;.$*_\\)]|→")
        self._label = Label(where, at[1], not line, firm)

    def _is_label(self, first: Side) -> bool:
        """True for what begins its line, or stands behind a preposition."""
        at = first.span[0]
        before = self.text[self.text.rfind("\n", 0, at) + 1:at]
        return BEFORE.fullmatch(before) is not None or PREPOSITION.search(before) is not None

    def _selected(self, first: Side, statement: Statement) -> tuple[Where, bool]:
        """Return the member of which something is said; nothing where it is none, or several."""
        expr, relation = first.expr, statement.relations[0]
        if isinstance(expr, Dimension) and relation == "=" and len(statement.sides) == 2:
            other = statement.sides[1]
            value = whole(other.expr) if other is not None else None
            return (_one(expr.value, value) if isinstance(value, int) else ()), True
        if not isinstance(expr, Symbol) or len(expr.index) != 1 or relation not in ("=", "≈"):
            return (), False
        letters = self._letters(expr)
        if isinstance(expr.index[0], int) and letters:
            there = self._is_there(letters[0], expr.index[0])
            return _one(named(letters[0]), expr.index[0]) if there else (), False
        if not letters or expr.index != (named(letters[0]),) or not _is_value(statement):
            return (), False
        return self._of_value(expr, statement), self._is_input(expr)

    def _is_there(self, letter: str, place: int) -> bool:
        """True for a position that an index has, as far as that is known: x_0 may be an entry."""
        values = self.marker.question.indices[letter]
        lows, highs = ([v for v in ends if isinstance(v, int)] for ends in (values.los, values.his))
        return all(low <= place for low in lows) and all(place <= high for high in highs)

    def _letters(self, symbol: Symbol) -> tuple[str, ...]:
        family = self.marker.solver.question.families.get(symbol.name)
        return family.indices if family is not None else ()

    def _of_value(self, symbol: Symbol, statement: Statement) -> Where:
        """Return the only member that has the value written."""
        last = statement.sides[-1]
        assert last is not None, "a value is written"
        assert last.expr is not None, "a value that was read"
        found = [member for member in self.marker.alike.members(symbol)
                 if self.marker.is_right(member, last.expr)]
        if len(found) != 1 or not isinstance(found[0], Symbol):
            return ()
        at = found[0].index[0]
        return _one(symbol.index[0], at) if isinstance(at, int) else ()

    def _is_input(self, expr: Expr) -> bool:
        """True for what is given, or known from its position alone: z[k] = k - 5."""
        if not isinstance(expr, Symbol):
            return False
        if expr.name not in self._inputs:
            made = [e for e in self.marker.solver.question.equations
                    if isinstance(e.target, Symbol) and e.target.name == expr.name]
            self._inputs[expr.name] = not any(True for e in made for _ in refs(e.rhs))
        return self._inputs[expr.name]

    # tables

    def _members_of(self, row: Row) -> Where:
        """Return the member that a row of a table is about: by its label, by what is given, or by
        what is right in it.
        """
        told: Where = ()
        for cell in row.cells:
            first = cell.sides[0]
            if first is not None and first.expr is not None and (
                    isinstance(first.expr, Dimension) or self._is_input(first.expr)):
                told = told or self._selected(first, cell)[0]
        return told or self._best(row) + self._entries(row)

    def _best(self, row: Row) -> Where:
        """Return the member for which most in a row is right, of those that it may be."""
        letters = {n for first, _ in _pairs(row)
                   for n in free_indices(first) & set(self.marker.question.indices)}
        letters |= {n for first, _ in _pairs(row) if isinstance(first, Symbol) and first.shape
                    for n in self._letters(first)}
        if len(letters) != 1:
            return ()
        letter = letters.pop()
        ways = [_one(named(letter), at) for at in self._positions(letter, row)]
        best = {start: max(((self._right_in(row, way, start), -k) for k, way in enumerate(ways)),
                           default=(0, 0)) for start in (1, 0)}
        self._counts = {start: best[start][0] + (
            self._counts[start] if row.number else 0) for start in best}
        start = max(self._counts, key=lambda start: self._counts[start])
        return ways[-best[start][1]] if ways else ()

    def _positions(self, letter: str, row: Row) -> Sequence[int]:
        """Return the members that a row may be: by its number, or any, that in its place first."""
        values = self.marker.question.indices[letter]
        first, last = values.lo, values.hi
        if not isinstance(first, int) or not isinstance(last, int):
            return ()
        if row.label is not None:
            return [at for at in (row.label, first + row.label - 1) if first <= at <= last]
        every = list(range(first, min(last, first + MOST_MEMBERS - 1) + 1))
        return every if row.count != len(every) else [
            first + row.number, *(at for at in every if at != first + row.number)]

    def _right_in(self, row: Row, where: Where, start: int) -> int:
        """Return how much of a row is right for a member, its entries counted from a number.

        What stands first counts for a little more: it tells the rows apart.
        """
        env = {name: values[0] for one, _, values in where for name in names_in(one)}
        return sum(RIGHT - k for k, (first, last) in enumerate(_pairs(row))
                   if any(self.marker.is_right(at(way, env), last)
                          for way in self._ways(first, start)))

    def _ways(self, first: Expr, start: int) -> Iterator[Expr]:
        """Yield what a name means, and the entry of each member that the number of x_2 may be."""
        yield first
        if isinstance(first, Symbol) and len(first.shape) == len(first.index) == 1:
            number, letters, size = first.index[0], self._letters(first), first.shape[0]
            if isinstance(number, int) and isinstance(size, int) and letters and (
                    0 <= number - start < size):
                yield Entry(replace(first, index=(named(letters[0]),)), (number - start,))

    def _entries(self, row: Row) -> Where:
        """Return what letters of entries are in a row that has a number: x_i in the row i = 2."""
        if row.label is None:
            return ()
        letters = {n for first, _ in _pairs(row) for part in walk(first) if isinstance(part, Entry)
                   for place in part.at for n in names_in(place)}
        return tuple(c for n in sorted(letters) for c in _one(named(n), row.label - row.start))

    def of_entry(self, statement: Statement) -> Statement:
        """Return what a cell says of one entry of a vector that has as many as there are rows."""
        row, first = statement.row, statement.sides[0]
        if row is None or first is None or not isinstance(first.expr, Ref) or first.expr.index or (
                first.expr.shape != (row.count,)) or any(
                side is None or side.expr is None or side.expr.shape
                for side in statement.sides[1:]):
            return statement
        entry = replace(first, expr=Entry(first.expr, (row.number,)), node=None)
        return replace(statement, sides=(entry, *statement.sides[1:]))

    def of_cell(self, statement: Statement, found: list[Judgement]) -> list[Judgement]:
        """Return what is said of a cell: nothing of one that only tells the rows apart.

        One number below the name of a vector is about something else.
        """
        first = statement.sides[0]
        if all(j.verdict == "right" for j in found) or first is None or first.expr is None:
            return found
        expr = array_of(first.expr)
        if self._is_input(expr):
            return []
        return [Judgement(j.claim, "refer", UNSAID) if j.slip == "shape" else j for j in found]

    # what holds where a statement stands

    def where(self, statement: Statement) -> tuple[tuple[Where, ...], bool]:
        """Return the members of which a statement may be said, and whether that is certain.

        Only values are said of one member; a formula holds for all.
        """
        if statement.row is not None:
            return ((self._row,), True) if self._row else ((), False)
        first = next((side for side in statement.sides if side is not None), None)
        if first is None or statement.when or not _is_value(statement) or not any(
                self._is_open(side) for side in statement.sides) or isinstance(
                first.expr, Dimension) or (
                first.expr is not None and self._is_input(first.expr)):
            return (), False
        behind = self._behind(statement)
        return ((behind,), True) if behind else self._above(first.span[0])

    def _behind(self, statement: Statement) -> Where:
        """Return the member that stands behind a statement: C = 5.007 at z = -5."""
        last = statement.sides[-1]
        found = BEHIND.match(self.text, last.span[1]) if last is not None else None
        read = self._read(found["label"]) if found else None
        if read is None or found is None:
            return ()
        self._behind_to = found.end()
        where, firm = self._selected(*read)
        return where if firm else ()

    def _read(self, text: str) -> tuple[Side, Statement] | None:
        try:
            found = read_relations(text, self.words.vocabulary)
        except Unreadable:
            return None
        if len(found) != 1 or len(found[0].sides) != 2:
            return None
        sides = [Side(text, (0, 0), side) for side in found[0].sides if isinstance(side, Expr)]
        return (sides[0], Statement(tuple(sides), ("=",))) if len(sides) == 2 else None

    def _above(self, at: int) -> tuple[tuple[Where, ...], bool]:
        self._words(at)
        label = self._label
        if label is None or label.end > at:
            return (), False
        between = self.text[label.end:at]
        if ENDS.search(between):
            return (), False
        away = len(PARAGRAPH.findall(between))
        if away and not label.alone:
            return (), False
        near = "\n" not in between or (label.alone and away < FAR)
        return label.where, near and label.firm

    def _is_open(self, side: Side | None) -> bool:
        """True for what may be about any member; (x_1, x_2) may be entries of any."""
        if side is None or side.expr is None:
            return False
        listed = isinstance(side.expr, Apply) and side.expr.op == "concatenate"
        return listed or bool(free_indices(side.expr) & set(self.marker.question.indices))

    def _words(self, at: int) -> None:
        """Take the last words that count between what was looked at and a place."""
        found = [m for m in WORDS.finditer(self.text, self._words_to, at)
                 if self._is_word_label(m)]
        self._words_to = max(self._words_to, at)
        if found and (self._label is None or found[-1].start() > self._label.end):
            where = tuple(self._counted(found[-1]))
            if where:
                self._note(where, found[-1].span(), False)

    def _is_word_label(self, found: re.Match[str]) -> bool:
        line = self.text[self.text.rfind("\n", 0, found.start()) + 1:found.start()]
        behind = self.text[found.end():found.end() + 3].lstrip("*_ ")
        return behind[:1] in (":", ",", "\n", "") or bool(
            re.search(r"\b(?:for|at|in|of)\s+(?:the\s+)?$", line, re.IGNORECASE))

    def _counted(self, found: re.Match[str]) -> Iterator[Where]:
        """Yield the members that a number of a row may mean, counted from the first or by name."""
        word = found["word"]
        number = ORDINALS.index(word.casefold()) + 1 if word else int(
            found["th"] or found["number"])
        for letter, values in self.marker.question.indices.items():
            starts = [lo for lo in values.los if isinstance(lo, int)]
            ways = [start + number - 1 for start in starts]
            for one in dict.fromkeys([number, *ways] if not word and not found["th"] else ways):
                yield _one(named(letter), one)


def _one(letter: IntLike, at: int) -> Where:
    return tuple((named(name), "=", (at,)) for name in sorted(names_in(letter)))


def _pairs(row: Row) -> Iterator[tuple[Expr, Expr]]:
    """Yield what the cells of a row are about, and what they say of it."""
    for cell in row.cells:
        first, last = cell.sides[0], cell.sides[-1]
        if first is not None and first.expr is not None and last is not None and (
                last.expr is not None):
            yield first.expr, last.expr


def _is_value(statement: Statement) -> bool:
    """True where something is said in numbers at the end."""
    last = statement.sides[-1] if statement.sides else None
    return last is not None and last.expr is not None and not any(True for _ in refs(last.expr))
