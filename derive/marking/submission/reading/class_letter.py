r"""A right class that is spelled as no position is: p_y, p_{j^*}, p_{true}.

It is read as a letter that nothing else has, every character in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from string import ascii_lowercase

from derive.expr.equation import Family
from derive.marking.submission.claims import Span
from derive.marking.submission.reading.true_class import label_of
from derive.question.question import Question
from derive.syntax.names import latex_name

__all__ = ["with_class_letter"]

STARRED = r"[a-z]\s*\^\s*(?:\*|\\ast|\\star|\{\s*(?:\*|\\ast|\\star)\s*\})"
WORD = r"true|correct|target|gold|right"
SET_UPRIGHT = rf"\\(?:text|mathrm|mathit|mbox|textrm)\s*\{{\s*(?:{WORD})\s*\}}"
BASE = re.compile(r"([A-Za-z]+)\s*[}\])]?\s*$")
COMPARED = r"(?:==?|!=|≠|\\neq?(?![a-z]))"
UNITS = frozenset(("e", "delta"))   # e_y, \delta_{ky}
USUAL = "cjkqrnm"
BEFORE = 14     # characters in which the name in front of a subscript stands


def with_class_letter(question: Question, text: str) -> str:
    """Return a text of the same length with a letter for a right class that is spelled otherwise.
    """
    label = label_of(question)
    if label is None:
        return text
    names = {name: latex_name(name, question.notation) for name in question.families}
    pattern = _subscripts(names[label.name])
    made = _bases(question, names, label, {e.target.family for e in question.equations}, 1)
    found = {_name(m) for m in pattern.finditer(text) if _base(text, m.start()) in made}
    letter = _unused(text, names)
    if len(found) != 1 or letter is None:
        return text
    rows = _bases(question, names, label, set(names), 2)
    for first, end in sorted(_places(text, found.pop(), pattern, rows | UNITS), reverse=True):
        text = text[:first] + letter.ljust(end - first) + text[end:]
    return text


def _subscripts(label: str) -> re.Pattern[str]:
    inner = rf"{STARRED}|{SET_UPRIGHT}|{WORD}|{re.escape(label)}"
    return re.compile(rf"_\s*(?:\{{\s*(?:[a-z]\s*,?\s*)?({inner})\s*\}}|({inner})(?![A-Za-z^{{]))")


def _name(found: re.Match[str]) -> str:
    return found[1] or found[2]


def _base(text: str, at: int) -> str:
    """Return the letters in front of a subscript, p of \\hat{p}."""
    found = BASE.search(text[max(at - BEFORE, 0):at])
    return found[1].casefold() if found else ""


def _bases(question: Question, names: Mapping[str, str], label: Family, among: set[str],
           most: int) -> set[str]:
    """Return the letters of what has an entry, or a row, for each class."""
    return {base for name in among if name in names and name != label.name
            and question.families[name].shape[:1] == label.shape
            and len(question.families[name].shape) <= most and (base := _base(
                names[name], len(names[name])))}


def _unused(text: str, names: Mapping[str, str]) -> str | None:
    return next((c for c in USUAL + ascii_lowercase if c not in names and not re.search(
        rf"(?<![A-Za-z\\]){c}(?![A-Za-z])", text)), None)


def _places(text: str, name: str, pattern: re.Pattern[str], bases: set[str] | frozenset[str]
            ) -> Iterator[Span]:
    """Yield where a class is meant: in subscripts, in conditions, and a star wherever it stands."""
    for found in pattern.finditer(text):
        if _name(found) == name and _base(text, found.start()) in bases:
            yield found.span(1 if found[1] else 2)
    itself = rf"({re.escape(name)})"
    told = rf"(?<![A-Za-z\\])[a-z]\s*{COMPARED}\s*{itself}(?![\w_^({{])"
    alone = rf"(?<![A-Za-z\\_{{]){itself}" if re.fullmatch(STARRED, name) else r"(?!)"
    for found in chain(re.finditer(told, text), re.finditer(alone, text)):
        yield found.span(1)
