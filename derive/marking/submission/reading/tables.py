r"""Finding tables: rows of Markdown, a tabular or array of LaTeX, columns of plain text.

A table has a row of names, or a column of them, and every other cell says what a name is for one
member: a row for each z, or a column for each step. Only its cells are found here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from derive.syntax.read_latex.tree import Span

__all__ = ["Table", "tables"]

LINE = re.compile(r"[^\n]*\n?")
RULE = re.compile(r"[\s|:+=-]*-[\s|:+=-]*")      # |---|:-:|
ARRAY = re.compile(r"(?P<open>(?:\$\$|\\\[)\s*)?\\begin\{(?P<kind>tabular|array)\}"
                   r"(?:\[\w\])?\{[^{}]*\}(?P<body>.*?)\\end\{(?P=kind)\}"
                   r"(?P<close>[\s.,]*(?:\$\$|\\\]))?", re.DOTALL)
LINES = re.compile(r"\\(?:h?line|toprule|midrule|bottomrule|cline\{[^{}]*\})")
COLUMN = re.compile(r"\S+(?: \S+)*?(?=\s{2,}|\t|$)")
WORD = re.compile(r"\S+")
NUMBER = re.compile(r"[-+−–]?(?:\d+(?:[.,]\d+)?|\.\d+)(?:[eE][-+]?\d+)?|[-+−–]?\d+/\d+")
# of a plain table: fewer columns or rows may be anything
FEWEST_COLUMNS, FEWEST_ROWS = 3, 2


@dataclass(frozen=True, slots=True)
class Table:
    """Where the cells of a table stand, row by row, the names first.

    span is all of it; mathematics: True where the cells are formulas as they stand.
    """

    span: Span
    rows: tuple[tuple[Span, ...], ...]
    mathematics: bool = False

    @property
    def turned(self) -> Table:
        """The same with its columns as rows."""
        return Table(self.span, tuple(zip(*self.rows, strict=True)), self.mathematics)


def tables(text: str) -> list[Table]:
    """Return all tables of a text, in order; none lies in another."""
    found = [*_arrays(text), *_of_lines(text)]
    found.sort(key=lambda table: table.span)
    return [t for k, t in enumerate(found) if not any(
        t.span[0] < other.span[1] for other in found[:k])]


def _table(span: Span, rows: Sequence[Sequence[Span]], mathematics: bool = False
           ) -> Iterator[Table]:
    """Yield a table whose rows are as long as its first one; what is missing is empty."""
    width = len(rows[0]) if rows else 0
    if len(rows) > 1 and width > 1:
        whole = tuple(tuple([*row, *[(row[-1][1], row[-1][1])] * width][:width])
                      for row in rows if row)
        yield Table(span, whole, mathematics)


# LaTeX

def _arrays(text: str) -> Iterator[Table]:
    for found in ARRAY.finditer(text):
        ruled = LINES.search(found["body"]) is not None
        alone = bool(found["open"]) == bool(found["close"])
        if alone and (found["kind"] == "tabular" or (ruled and found["open"])):
            rows = list(_rows_of(text, found.span("body")))
            yield from _table(found.span(), rows, found["kind"] == "array")


def _rows_of(text: str, body: Span) -> Iterator[list[Span]]:
    blank = LINES.sub(lambda rule: " " * len(rule[0]), text[slice(*body)])
    for first, end in _cuts(blank, r"\\\\(?:\[[^\]]*\])?"):
        cells = [_stripped(blank, first + a, first + b)
                 for a, b in _cuts(blank[first:end], r"(?<!\\)&")]
        if any(a < b for a, b in cells):
            yield [(body[0] + a, body[0] + b) for a, b in cells]


def _cuts(text: str, sign: str) -> Iterator[Span]:
    ends = [(found.start(), found.end()) for found in re.finditer(sign, text)]
    for (_, first), (end, _) in pairwise([(0, 0), *ends, (len(text), len(text))]):
        yield first, end


def _stripped(text: str, first: int, end: int) -> Span:
    inner = text[first:end]
    first += len(inner) - len(inner.lstrip())
    return first, first + len(inner.strip())


# lines

def _of_lines(text: str) -> Iterator[Table]:
    lines = [found.span() for found in LINE.finditer(text) if found[0]]
    at = 0
    while at < len(lines):
        for read in (_with_bars, _in_columns):
            rows, end = read(text, lines, at)
            if rows:
                yield from _table((lines[at][0], lines[end - 1][1]), rows)
                at = end - 1
                break
        at += 1


def _with_bars(text: str, lines: Sequence[Span], at: int) -> tuple[list[list[Span]], int]:
    """Return the rows of a table with bars that begins in a line, and where it ends."""
    rows: list[list[Span]] = []
    end, ruled = at, False
    while end < len(lines) and text[slice(*lines[end])].count("|") > 0:
        line = text[slice(*lines[end])]
        if RULE.fullmatch(line):
            if end != at + 1:
                break
            ruled = True
        else:
            rows.append(_between_bars(text, lines[end]))
        end += 1
    widths = {len(row) for row in rows}
    alike = len(rows) > FEWEST_ROWS and len(widths) == 1 and max(widths) >= FEWEST_COLUMNS
    return (rows, end) if len(rows) > 1 and (ruled or alike) else ([], at)


def _between_bars(text: str, line: Span) -> list[Span]:
    """Return the cells of a line; a bar of a formula parts nothing."""
    first, end = line
    cuts, dollars = [], False
    for place in range(first, end):
        dollars ^= text[place] == "$" and text[place - 1:place] != "\\"
        if text[place] == "|" and not dollars and text[place - 1:place] != "\\":
            cuts.append(place)
    edges = [first - 1, *cuts, end]
    cells = [_stripped(text, a + 1, b) for a, b in pairwise(edges)]
    if text[first:end].lstrip().startswith("|"):
        cells = cells[1:]
    return cells[:-1] if text[first:end].rstrip().endswith("|") else cells


def _in_columns(text: str, lines: Sequence[Span], at: int) -> tuple[list[list[Span]], int]:
    """Return the rows of numbers below a line of as many names."""
    names = _cells(text, lines[at], COLUMN)
    if len(names) < FEWEST_COLUMNS or any(
            NUMBER.fullmatch(text[a:b]) or "=" in text[a:b] for a, b in names):
        return [], at
    rows, end = [names], at + 1
    while end < len(lines):
        cells = _cells(text, lines[end], WORD)
        if RULE.fullmatch(text[slice(*lines[end])].strip() or " "):
            end += 1
            continue
        if len(cells) != len(names) or not all(NUMBER.fullmatch(text[a:b]) for a, b in cells):
            break
        rows.append(cells)
        end += 1
    return (rows, end) if len(rows) > FEWEST_ROWS else ([], at)


def _cells(text: str, line: Span, what: re.Pattern[str]) -> list[Span]:
    inner = text[slice(*line)].rstrip()
    return [(line[0] + found.start(), line[0] + found.end()) for found in what.finditer(inner)]
