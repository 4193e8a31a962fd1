"""A submission in rows: each claim, or line of words between claims, with where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from derive.marking.submission.claims import Judgement
from derive.syntax.read_latex.documents import pieces

__all__ = ["Row", "rows"]

Span = tuple[int, int]
_OUTER = r"aligned|align\*?|split|gathered|gather\*?|multline\*?|equation\*?|alignat\*?|alignedat"
# what lays a formula out and says nothing
_BEGINS = re.compile(rf"(?:[\s,;.]|\\\\(?:\[[^\]]*\])?|&|\\(?:begin|end)\{{(?:{_OUTER})\}})+")
_ENDS = re.compile(rf"(?:\s|\\\\|&|[.,;]|\\(?:begin|end)\{{(?:{_OUTER})\}})+\Z")
_RELATION = re.compile(r"&\s*(=|≈|\\approx|\\simeq|\\therefore|\\Rightarrow)\s*&?\s*\Z")
_DOLLARS = {"inline": "$", "display": "$$", "code": "```"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: words as they were written, or a formula (LaTeX) with what is thought of it."""

    line: int
    text: str
    is_formula: bool = False
    judgement: Judgement | None = None


def rows(text: str, claims: Sequence[Judgement]) -> Iterator[Row]:
    """Yield a submission from its beginning to its end; only empty lines are left out."""
    words: list[tuple[int, str]] = []
    for span, kind in _stretches(text, claims):
        own = [j for j in claims if span[0] <= j.claim.span[0] < span[1]]
        if own or kind == "display":
            yield from _words(text, words)
            words = []
            yield from _formula(text, span, own)
        else:
            sign = _DOLLARS.get(kind, "")
            words.append((span[0], f"{sign}{text[span[0]:span[1]]}{sign}"))
    yield from _words(text, words)


def _stretches(text: str, claims: Sequence[Judgement]) -> Iterator[tuple[Span, str]]:
    """Yield the pieces of a text; a line of words in which something is claimed is one of its own.
    """
    starts = [j.claim.span[0] for j in claims]
    for piece in pieces(text):
        first, last = piece.span
        if piece.kind != "prose" or not any(first <= at < last for at in starts):
            yield piece.span, piece.kind
            continue
        for line in re.finditer(r"[^\n]+\n?", text[first:last]):
            yield (first + line.start(), first + line.end()), "prose"


def _words(text: str, found: Iterable[tuple[int, str]]) -> Iterator[Row]:
    """Yield the lines of what stands between formulas."""
    numbered: dict[int, str] = {}
    for at, words in found:
        first = text.count("\n", 0, at) + 1
        for number, line in enumerate(words.split("\n"), start=first):
            numbered[number] = numbered.get(number, "") + line
    yield from (Row(number, line.strip()) for number, line in numbered.items() if line.strip())


def _formula(text: str, span: Span, own: Sequence[Judgement]) -> Iterator[Row]:
    """Yield a row for each claim of a formula, with what leads to it, and one for what is left."""
    at = span[0]
    for judgement in sorted(own, key=lambda j: j.claim.span):
        first, last = judgement.claim.span
        lead = _RELATION.sub(r"\1 ", _BEGINS.sub("", text[at:first], count=1)
                             if _BEGINS.match(text[at:first]) else text[at:first])
        said = f"{lead.strip()} {judgement.claim.text}".strip()
        yield Row(judgement.claim.line, _folded(said), True, judgement)
        at = max(at, last)
    rest = _ENDS.sub("", text[at:span[1]])
    start = _BEGINS.match(rest)
    rest = rest[start.end():] if start else rest
    if rest.strip():
        yield Row(text.count("\n", 0, at) + 1, _folded(rest.strip()), True)


def _folded(latex: str) -> str:
    return re.sub(r"\s+", " ", latex)
