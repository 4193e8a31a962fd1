r"""Cutting LaTeX into tokens, each with its span; limits are kept here, before any work is done."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from derive.errors import Unreadable
from derive.syntax.inline_math import MATH_CHARACTERS
from derive.syntax.read_latex.commands import COMMANDS
from derive.syntax.read_latex.tree import Span

__all__ = ["MAX_LENGTH", "Token", "tokens"]

MAX_LENGTH = 20_000
MAX_DIGITS = 60
MOST_TOKENS = 8_000

_TOKEN = re.compile(r"""
    (?P<comment> (?<!\\)%[^\n]*\n?)
  | (?P<line>    \\\\\*?(?:\[\s*-?[\d.]+\s*[a-z]{2}\s*\])?)
  | (?P<arg>     \\arg(?:\s|\\[,;!:]|\{\})*\\(?P<end>max|min)(?![A-Za-z]))
  | (?P<command> \\(?:operatorname\*|[A-Za-z]+|.))
  | (?P<number>  (?:\d{1,3}(?:\{,\}\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d+(?![\w.]))?
               | \.\d+(?:[eE][+-]?\d+(?![\w.]))?)
  | (?P<accented> [A-Za-z\u0370-\u03ff][\u0300-\u036f\u20d7])
  | (?P<letter>  [A-Za-z])
  | (?P<lowered> [₀-₉₊₋ₐₑᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ]+)
  | (?P<raised>  [⁰¹²³⁴-⁹⁺⁻ⁿⁱᵗᵀ]+)
  | (?P<space>   \s+)
  | (?P<other>   .)
""", re.VERBOSE | re.DOTALL)
_LETTERS = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
_EXPONENT = re.compile(r"[eE]")


@dataclass(frozen=True, slots=True)
class Token:
    """kind: that of its command, or number, letter, word, space; unknown stands in words alone."""

    kind: str
    text: str
    span: Span


def tokens(text: str, words: Collection[str] = ()) -> list[Token]:
    """Return the tokens of a formula; runs of letters that are one of *words* stay together."""
    if len(text) > MAX_LENGTH:
        raise Unreadable(f"a formula of more than {MAX_LENGTH} characters is not read",
                         text, (0, len(text)))
    found = list(_cut(text, frozenset(words), max(map(len, words), default=0)))
    if len(found) > MOST_TOKENS:
        raise Unreadable("the formula is too long to be read", text, (0, len(text)))
    return found


def _cut(text: str, words: frozenset[str], longest: int) -> Iterator[Token]:
    at = 0
    while at < len(text):
        word = _word(text, at, words, longest) if text[at].isalpha() else ""
        if word:
            yield Token("word", word, (at, at + len(word)))
            at += len(word)
            continue
        found = _TOKEN.match(text, at)
        assert found is not None, "the last alternative takes anything"
        yield from _token(found, text)
        at = found.end()


def _word(text: str, at: int, words: frozenset[str], longest: int) -> str:
    """Return the longest of *words* that stands at a place, or nothing."""
    if at and text[at - 1] == "\\":
        return ""
    for end in range(min(len(text), at + longest), at + 1, -1):
        if text[at:end] in words and not (
                "_" in text[at:end] and text[end:end + 1].isalnum()):
            return text[at:end]
    return ""


def _token(found: re.Match[str], text: str) -> Iterator[Token]:
    kind, piece, span = found.lastgroup or "", found[0], found.span()
    if kind == "arg":
        yield Token("word", f"arg{found['end']}", span)
    elif kind == "space" or kind == "comment":
        yield Token("space", " ", span)
    elif kind == "number":
        yield Token("number", _digits(piece, text, span), span)
    elif kind in ("letter", "line"):
        yield Token(kind, piece if kind == "letter" else r"\\", span)
    elif latex := _drawn(kind, piece):
        yield from (Token(t.kind, t.text, span) for t in _cut(latex, frozenset(), 0))
    else:
        command = COMMANDS.get(piece)
        yield Token("unknown" if command is None else command.kind, piece, span)


def _drawn(kind: str, piece: str) -> str:
    r"""Return the LaTeX that draws characters people type: ŷ is \hat{y}, ₜ₋₁ is _{t-1}."""
    if kind in SCRIPTS:
        plain = "".join(unicodedata.normalize("NFKD", c) for c in piece).replace("−", "-")
        return f"{SCRIPTS[kind]}{{{plain}}}"
    parts = unicodedata.normalize("NFD", piece)
    letter, mark = parts[:1], parts[1:2]
    if mark in MARKS:
        return f"\\{MARKS[mark]}{{{MATH_CHARACTERS.get(letter, letter)}}}"
    return MATH_CHARACTERS.get(piece, "") or SHORT.get(piece, "")


# abbreviations that everybody defines alike
SHORT = {r"\R": r"\mathbb{R}", r"\RR": r"\mathbb{R}", r"\reals": r"\mathbb{R}"}


SCRIPTS = {"lowered": "_", "raised": "^"}
# what is set over the letter before it
MARKS = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde",
         "\u0307": "dot", "\u20d7": "vec"}


def _digits(piece: str, text: str, span: Span) -> str:
    digits = piece.replace("{,}", "")
    exponent = _EXPONENT.split(digits)[1:]
    if len(digits) > MAX_DIGITS or (exponent and abs(int(exponent[0])) > 300):
        raise Unreadable("a number this long is not read", text, span)
    return digits
