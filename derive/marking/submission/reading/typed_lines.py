"""Lines in which formulas stand as people type them, without dollars: ``dL/dW = (y - t) x^T``.

Such a line is cut into words and formulas; a formula is written as LaTeX, and every character of
that knows where it comes from. What a run of letters is, a name or a word of prose, is told by the
names of the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.marking.submission.reading.typed_words import PROSE, TypedWords
from derive.question.latex import Vocabulary
from derive.syntax.read_latex.documents import Piece
from derive.syntax.read_latex.tree import Span

__all__ = ["Written", "is_typed", "joined_lines", "stand", "typed_formulas"]

RELATION = re.compile(r"=|≈|≃|≤|≥|∈|(?<=[\w)\]}])[ \t]*(?:<(?![-=<!/]|\w+>)|(?<!-)>(?![-=>]))")
COMMENT = re.compile(r"<!--.*?-->|</?[A-Za-z]+[^<>\n]*>")
MOST_LINES = 16     # of a matrix that is typed row by row
OPENS, CLOSES = "([{", ")]}"
# what may stand in front of a formula and is no part of it: bullets, numbers, arrows
BEFORE = re.compile(r"(?:\s|[,;:.>•●▪◦–—)\]}]|[-*+](?=\s)|[-=]>|⇒|→|∴|\(?\w{1,3}[.)](?=\s))*")
AFTER = re.compile(r"[\s,;:.(\[{•–—-]*$")


@dataclass(frozen=True, slots=True)
class Written(Piece):
    """A formula as LaTeX; `stands` is where each of its characters stands in the document."""

    source: str = ""
    stands: tuple[Span, ...] = ()


def is_typed(line: str) -> bool:
    """True for a line that may hold a formula."""
    return RELATION.search(COMMENT.sub("", line)) is not None


def joined_lines(text: str, start: int) -> Iterator[Piece]:
    """Yield lines with their place; one whose brackets are open goes on in the next."""
    at, held = start, ""
    lines = text.splitlines(keepends=True)
    for place, line in enumerate(lines):
        held += line
        opened = sum(held.count(c) for c in OPENS) > sum(held.count(c) for c in CLOSES)
        more = place + 1 < len(lines) and lines[place + 1].strip() and is_typed(held)
        opened = opened or held.rstrip().endswith("=")
        if opened and more and held.count("\n") < MOST_LINES and _is_row(lines[place + 1]):
            continue
        yield Piece("prose", held.rstrip("\n"), (at, at + len(held.rstrip("\n"))))
        at, held = at + len(held), ""


def _is_row(line: str) -> bool:
    """True for a row of numbers."""
    return re.fullmatch(r"[\s\d.,;eE+\-()\[\]{}−|/]+", line) is not None


def typed_formulas(piece: Piece, vocabulary: Vocabulary, own: frozenset[str] = frozenset(),
                   remarks: bool = True) -> Iterator[Written]:
    """Yield the formulas of a line; *own* are names of several letters that the text uses.

    remarks: whether formulas in brackets among words are read.
    """
    words, text = TypedWords(vocabulary, own), _without_remarks(piece.text)
    for first, end in _stretches(text, words, remarks):
        source = text[first:end]
        written = words.as_latex(source)
        if RELATION.search(source) is None or written is None:
            continue
        at = piece.span[0] + first
        yield Written("display", written.text, (at, piece.span[0] + end), source,
                      tuple((at + a, at + b) for a, b in written.stands))


def _without_remarks(line: str) -> str:
    """Return a line without remarks in brackets, "(as a row)", and "of all" behind "sum"."""
    line = REMARK.sub(lambda found: " " * len(found[0]) if any(
        word.casefold() in PROSE for word in WORD.findall(found[0])) else found[0], line)
    return SUM_OF.sub(lambda found: "sum".ljust(len(found[0])), line)


REMARK = re.compile(r"(?<=\s)\([^()=\d][^()=]*\)")
BESIDE = re.compile(r"(?<=\s)\([^()=]*=[^()=]*\)\s*$")     # (h0 = 0) behind a formula
WORD = re.compile(r"(?<![/_A-Za-z])[A-Za-z]{2,}(?![A-Za-z_^/])")    # the do of dL/do_t is none
SUM_OF = re.compile(r"\bsum of (?:(?:all|the|its|entries|elements|of) )*(?=[^\s=])")


def _stretches(line: str, words: TypedWords, remarks: bool) -> Iterator[Span]:
    """Yield what stands between words of prose, without bullets and commas around it."""
    start = 0
    beside = [(m.start(), m.start()) for m in BESIDE.finditer(line) if remarks]
    for first, end in [*sorted((*words.prose(line), *beside)), (len(line), len(line))]:
        if first < start:
            continue
        found = _trimmed(line, start, first, remarks)
        if found is not None:
            yield found
        start = end


def _trimmed(line: str, first: int, end: int, remarks: bool) -> Span | None:
    """Return a stretch without what is no part of it; a bracket that holds prose is left, too."""
    begins = BEFORE.match(line, first, end)
    first = begins.end() if begins else first
    if remarks:
        first, end = _without_brackets(line, first, end)
    opened, _ = _unmatched(line, first, end)
    end = opened[0] if opened else end
    end = first + len(AFTER.sub("", line[first:end]))
    return (first, end) if end > first else None


def _without_brackets(line: str, first: int, end: int) -> Span:
    """Leave out brackets around a remark, ``(C = 5.007 at z = -5)``: one of them may be elsewhere.
    """
    opened, closed = _unmatched(line, first, end)
    if closed and not line[closed[0] + 1:end].strip(" .,;:"):
        end = closed[0]
    if opened[:1] == [first] and line[first] == "(" and RELATION.search(line, first, end):
        return first + 1, end
    stop = first + len(AFTER.sub("", line[first:end]))
    if line[first:first + 1] == "(" and line[stop - 1:stop] == ")" and (
            not any(_unmatched(line, first + 1, stop - 1))) and (
            RELATION.search(line, first, stop)):
        return first + 1, stop - 1
    return first, end


def _unmatched(line: str, first: int, end: int) -> tuple[list[int], list[int]]:
    """Return where brackets open that close nowhere, and where some close that open nowhere."""
    opened: list[int] = []
    closed: list[int] = []
    for at in range(first, end):
        if line[at] in OPENS:
            opened.append(at)
        elif line[at] in CLOSES:
            (closed.append(at) if not opened else opened.pop())
    return opened, closed


def stand(stands: Sequence[Span], at: Span) -> Span:
    """Return where a stretch of a formula stands in the document."""
    if at[0] >= len(stands):
        return (stands[-1][1], stands[-1][1]) if stands else (0, 0)
    return stands[at[0]][0], stands[max(at[0], at[1] - 1)][1]

