"""What a table claims: each cell that what is written over it has this value, for its row's member.

A cell becomes a formula whose left side is the name of its column, ``S = 0.4933``. A column that is
named by words alone claims nothing. The names may also stand in the first column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from derive.errors import Unreadable
from derive.expr.nodes import Expr
from derive.marking.submission.claims import Row, Statement
from derive.marking.submission.reading.headings import meant_by_heading
from derive.marking.submission.reading.tables import NUMBER, Table
from derive.marking.submission.reading.typed_lines import Written
from derive.marking.submission.reading.typed_words import TypedWords
from derive.marking.submission.reading.words import Words
from derive.question.latex import read_relations
from derive.syntax.read_latex.documents import Piece
from derive.syntax.read_latex.tree import Span

__all__ = ["table_statements"]

Read = Callable[[Piece, Words], Iterator[Statement]]
FORMULA = re.compile(r"\$`?([^$]+?)`?\$|\\\((.+?)\\\)")
NORM = re.compile(r"\bnorm\b", re.IGNORECASE)
RELATION = re.compile(r"=|≈|≃|\\approx|\\simeq|<|>|≤|≥|\\leq?\b|\\geq?\b")
PRIMED = re.compile(r"([A-Za-z])(?:'|’|′|\^\{?\\prime\}?)")
REMARK = re.compile(r"[([][^()\[\]]*[A-Za-z]{3}[^()\[\]]*[)\]]\s*$")
# t = 0, (1, 0), row 2, x_1
LABEL = re.compile(r".{0,12}?=\s*[-−]?\d+|\(?[-\d,. ]+\)?|[A-Za-z]+ ?\d+|.{1,2}_\{?\d\}?")
# -2 w_0 + w_1 < 0 says something by itself, 2 \cdot 3 = 6 of what stands above
NAMED = re.compile(r"[-+\s\d.(]*(?!\\(?:cdot|times|div)\b)\\?[A-Za-z]")
SHAPE = re.compile(r"[\s(]*\w+(?:\s*(?:\\times|×)\s*\w+)+[\s)]*")
AROUND = "*_ \t`~"
LABELS = re.compile(r"(?:row|step|sample|example|no|nr|#|index|)\.?", re.IGNORECASE)


@dataclass(frozen=True)
class _Latex:
    """LaTeX with where each of its characters stands in the text."""

    text: str = ""
    stands: tuple[Span, ...] = ()

    def __add__(self, other: _Latex) -> _Latex:
        return _Latex(self.text + other.text, self.stands + other.stands)

    def cut(self, end: int) -> _Latex:
        return _Latex(self.text[:end], self.stands[:end])


def table_statements(table: Table, text: str, words: Words, read: Read, label: str = ""
                     ) -> Iterator[Statement]:
    """Yield what a table claims, row by row; before each row a statement that holds all of it."""
    turned = table.turned if _names_stand_first(table, text) else table
    rows = _Rows(turned, text, words, read, label)
    yield from rows.statements()


def _names_stand_first(table: Table, text: str) -> bool:
    """True where the first column holds names and the first row what tells the members apart."""
    def is_label(span: Span) -> bool:
        inner = text[slice(*span)].strip(AROUND + "$")
        return bool(NUMBER.fullmatch(inner) or LABEL.fullmatch(inner))

    head, *below = table.rows
    named = [row[0] for row in below if re.search(r"[A-Za-z]", text[slice(*row[0])])]
    numbered = [span for span in head[1:] if is_label(span)]
    return len(numbered) == len(head) - 1 and len(named) == len(below) and not all(
        is_label(span) for span in named)


@dataclass(frozen=True)
class _Rows:
    table: Table
    text: str
    words: Words
    read: Read
    label: str = ""     # of the part

    def statements(self) -> Iterator[Statement]:
        head, *below = self.table.rows
        names = [self._name(span) for span in head]
        labels = [self._label(head[0], cells[0]) for cells in below]
        for number, (cells, label) in enumerate(zip(below, labels, strict=True)):
            row = Row(self.table.span, number, len(below), label, min(labels[0] or 0, 1))
            found = [replace(statement, row=row) for name, cell in zip(names, cells, strict=True)
                     for statement in self._cell(name, cell)]
            yield Statement((None,), (), row=replace(row, cells=tuple(found)))
            yield from found

    def _label(self, head: Span, cell: Span) -> int | None:
        """Return the number that a row has, in a column that only numbers the rows."""
        name, inner = (self.text[slice(*s)].strip(AROUND + "$") for s in (head, cell))
        digits = re.fullmatch(r"(?:[A-Za-z]+\s*)?(\d{1,3})", inner)
        plain = LABELS.fullmatch(name) is not None or re.fullmatch("[a-z]", name) is not None
        return int(digits[1]) if digits and plain else None

    def _name(self, span: Span) -> _Latex:
        """Return what a column is about as LaTeX, empty where that is not said in a formula."""
        found = self._formula(span, words=True)
        if SHAPE.fullmatch(found.text):     # the first row of a table that has no names above
            return _Latex()
        relation = RELATION.search(found.text)
        found = found.cut(relation.start()) if relation else found
        meant = meant_by_heading(self.text[slice(*span)], self.words.solver.question, self.label)
        if meant and not self._is_known(found.text):
            return _Latex(meant, (span,) * len(meant))
        primed = PRIMED.fullmatch(found.text.strip())
        if primed is None:
            return found
        first = self._key().strip()
        latex = rf"\frac{{\partial {primed[1]}}}{{\partial {first}}}" if first else found.text
        return _Latex(latex, (span,) * len(latex))

    def _is_known(self, latex: str) -> bool:
        """True for a formula that can be read."""
        try:
            found = read_relations(latex, self.words.vocabulary)
        except Unreadable:
            return False
        return len(found) == 1 and all(isinstance(side, Expr) for side in found[0].sides)

    def _key(self) -> str:
        """Return the name of what tells the rows apart: z of a column z, or of z = -5."""
        for row in self.table.rows[:2]:
            found = self._formula(row[0], words=True).text
            relation = RELATION.search(found)
            if re.match(r"\s*\\?[A-Za-z]", found):
                return found[:relation.start()] if relation else found
        return ""

    def _formula(self, span: Span, words: bool = False) -> _Latex:
        """Return what a cell says as LaTeX; where *words* may stand beside it, without them."""
        inner = self.text[slice(*span)]
        if self.table.mathematics:
            return _typeset(inner, span[0])
        found = list(FORMULA.finditer(inner))
        if found:
            return _between_dollars(inner, span[0], found, words)
        return self._typed(inner, span[0], words)

    def _typed(self, inner: str, first: int, words: bool) -> _Latex:
        typed = TypedWords(self.words.vocabulary)
        if words:
            inner = REMARK.sub("", inner)
        prose = list(typed.prose(inner))
        if prose and not words:
            return _Latex()
        ends = [(0, 0), *prose, (len(inner), len(inner))]
        spans = [(a, b) for (_, a), (b, _) in pairwise(ends)
                 if re.search(r"\w", inner[a:b])]
        if not spans:
            return _Latex()
        a, b = max(spans, key=lambda s: s[1] - s[0])
        a += len(inner[a:b]) - len(inner[a:b].lstrip(AROUND + ":,"))
        b = a + len(inner[a:b].rstrip(AROUND + ":,("))
        written = typed.as_latex(inner[a:b])
        if written is None:
            return _Latex()
        return _Latex(written.text, tuple((first + a + x, first + a + y)
                                          for x, y in written.stands))

    def _cell(self, name: _Latex, cell: Span) -> Iterator[Statement]:
        said = self._formula(cell)
        if not re.search(r"\w", said.text) or not (name.text.strip() or "=" in said.text):
            return
        begins = RELATION.match(said.text.lstrip())
        own = RELATION.search(said.text)
        if own and not begins and NAMED.match(said.text):
            whole = said        # t = 0
        else:
            whole = name + (_Latex() if begins else _Latex(" = ", ((cell[0], cell[0]),) * 3)) + said
        first = min(a for a, _ in whole.stands)
        piece = Written("display", whole.text, (first, cell[1]), self.text[first:cell[1]],
                        whole.stands)
        yield from self.read(piece, self.words)


def _typeset(inner: str, first: int) -> _Latex:
    return _Latex(inner, tuple((first + k, first + k + 1) for k in range(len(inner))))


def _between_dollars(inner: str, first: int, found: list[re.Match[str]], words: bool) -> _Latex:
    """Return formulas with nothing but signs between them as one; a name is the last of several."""
    outside = FORMULA.sub("", inner)
    letters = re.search(r"[A-Za-z]{2}", outside) is not None
    if letters and not words:
        found = found[:1]
    elif letters or len(found) > 1:
        norm = NORM.search(outside) is not None and "|" not in inner
        only = _typeset_in(found[-1], first)
        bar = _Latex(r"\|", (only.stands[0],) * 2)
        return bar + only + bar if norm else only
    whole = _Latex()
    for one in found:
        whole += _typeset_in(one, first)
    return whole


def _typeset_in(found: re.Match[str], first: int) -> _Latex:
    group = 1 if found[1] is not None else 2
    return _typeset(found[group], first + found.start(group))
