r"""A phrasebook: sentences that are put together from known phrases, said in another language.

A row pairs an English phrase with its translation. Both have holes:

``{}``      one piece of mathematics
``{*}``     several, with commas or "and" between them
``{#}``     a number that stands in the words
``{@}``     authors with the year of their paper
``{name}``  the name of a function: tanh
``{code}``  a call as it is typed: ``rnn(x_t, h_t)``
``{thing}`` a quantity or a number as it is typed, or a formula between backquotes
``{things}`` several of them, with commas between them

The translation has the same holes, or ``{2}`` for the second one of the phrase, where the order
differs. A sentence may be several phrases one after the other, with signs of punctuation between
them: the longest phrase is taken first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

__all__ = ["HOLE", "Phrasebook", "Said", "holes"]

HOLE = re.compile(r"\{(?:[*#@\d]|name|code|things?)?\}")
# what stands between the blanks of a formula: f(x)[0, 1]
_ATOM = (r"(?:[^\s;:,()\[\]]|\[[^\]]*\]"
         r"|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))+")
_THING = rf"(?:`[^`]*`|{_ATOM}(?: [-+*/@=<>]+ {_ATOM})*)"
_NAME = r"(?:van den )?[A-Z]\w+"
PATTERNS = {
    "{}": r"\{\}",
    "{*}": r"\{\}(?:(?:, | and )\{\})*",
    "{#}": r"\d+(?:\.\d+)?(?:e[+-]?\d+)?(?:/\d+)?",
    "{@}": rf"{_NAME}(?: {_NAME})*(?:, {_NAME})*(?: and {_NAME}| et al\.)? \(\d{{4}}\)",
    "{name}": r"[A-Za-z]\w*",
    "{code}": r"[a-z]\w*\(.*\)",
    "{thing}": _THING,
    "{things}": rf"{_THING}(?:, {_THING})*",
}
# what is the same in every language
_BETWEEN = re.compile(r"\{\}|[\s.,;:=+/–…-]+|[()\[\]]|\d+")
WORD_BEFORE, WORD_AFTER = r"(?<!\w)", r"(?!\w)"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in another language; *order* tells which part goes to each of its places."""

    text: str
    order: tuple[int, ...]


def holes(phrase: str) -> list[str]:
    """Return the holes of a phrase from the left to the right."""
    return HOLE.findall(phrase)


@dataclass(frozen=True)
class _Row:
    pattern: re.Pattern[str]
    translation: str


class Phrasebook:
    """sentences: phrases that may stand in a sentence; words: those of headings, taken whole."""

    def __init__(self, sentences: Mapping[str, str], words: Mapping[str, str]) -> None:
        self.sentences = sentences
        self.words = words
        self._known: dict[str, Said | None] = {}

    @cached_property
    def _rows(self) -> list[_Row]:
        ordered = sorted(self.sentences.items(), key=lambda row: (-len(row[0]), row[0]))
        return [_Row(_pattern(phrase), translation) for phrase, translation in ordered]

    def word(self, text: str) -> str:
        """Translate a word or two of a heading; what is not in the table stays as it is."""
        return self.words.get(text, text)

    def say(self, text: str) -> Said | None:
        """Translate a sentence with ``{}`` for each part; None where a phrase is not known."""
        if text not in self._known:
            self._known[text] = self._said(text)
        return self._known[text]

    def _said(self, text: str) -> Said | None:
        found: list[str] = []
        order: list[int] = []
        at = 0
        while at < len(text):
            step = self._phrase(text, at, len(order)) or _between(text, at, len(order))
            if step is None:
                return None
            at, said = step
            found.append(said.text)
            order += said.order
        return Said("".join(found), tuple(order))

    def _phrase(self, text: str, at: int, before: int) -> tuple[int, Said] | None:
        """Translate the longest phrase that begins here; *before* are the parts used so far."""
        for row in self._rows:
            match = row.pattern.match(text, at)
            if match:
                return match.end(), self._filled(row.translation, match.groups(), before)
        return None

    def _filled(self, translation: str, filling: Sequence[str], before: int) -> Said:
        """Put what the holes of the phrase held into those of the translation."""
        starts = [before]
        for text in filling:
            starts.append(starts[-1] + text.count("{}"))
        said, order = "", list[int]()
        for piece, number in _pieces(translation):
            said += piece
            if number is not None:
                said += filling[number].replace(" and ", f" {self.sentences.get('and', 'and')} ")
                order += range(starts[number], starts[number + 1])
        return Said(said, tuple(order))


def _pieces(translation: str) -> Iterator[tuple[str, int | None]]:
    """Yield words, each with the number of the hole behind them."""
    ends = 0
    for count, hole in enumerate(HOLE.finditer(translation)):
        named = hole[0][1:-1]
        yield translation[ends:hole.start()], int(named) - 1 if named.isdigit() else count
        ends = hole.end()
    yield translation[ends:], None


def _pattern(phrase: str) -> re.Pattern[str]:
    parts, ends = "", 0
    for hole in HOLE.finditer(phrase):
        parts += re.escape(phrase[ends:hole.start()]) + f"({PATTERNS[hole[0]]})"
        ends = hole.end()
    parts += re.escape(phrase[ends:])
    before = WORD_BEFORE if phrase[:1].isalnum() else ""
    after = WORD_AFTER if phrase[-1:].isalnum() else ""
    return re.compile(f"{before}{parts}{after}")


def _between(text: str, at: int, before: int) -> tuple[int, Said] | None:
    match = _BETWEEN.match(text, at)
    if not match:
        return None
    return match.end(), Said(match[0], (before,) if match[0] == "{}" else ())
