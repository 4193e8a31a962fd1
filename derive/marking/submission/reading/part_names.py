"""Which part of a question prose names: 3.4, 3-4, Question 3.4, (b), 4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

__all__ = ["named_part"]

BRACKETED = re.compile(r"(?<![\w.])(\d{1,2})(?:\s?\(([A-Za-z])\)|([A-Za-z])\))")
AROUND = "#*_[](){} .:\t\n"
KIND = re.compile(r"(?:question|part|problem|task|exercise|ex|q|teil|aufgabe|frage|section\*?\{"
                  r"|parthead\{|paragraph\*?\{)[\s.:]*\(?$", re.IGNORECASE)
COMMAND = re.compile(r"\\(?!\w*(?:section|paragraph|head))[A-Za-z]+\*?")
MARKS = ("#", "*", "(", "[", "{", "\\")
ENDS = (")", "]", "}", ".", ":", "*")


def named_part(text: str, labels: Sequence[str]) -> str:
    """Return the part that a line of prose names.

    One letter or digit alone does so only where it is written as a label: "a" may be an article.
    """
    plain = re.sub(r"(?<=[\d])[-–](?=\d)", ".", text.strip())
    if any(BRACKETED.fullmatch(label) for label in labels):     # 5 (a) and 5a) are 5(a)
        plain = BRACKETED.sub(lambda m: f"{m[1]}({m[2] or m[3]})", plain)
    found = [m[0].casefold() for m in (_labels(tuple(labels)).finditer(plain) if labels else ())
             if len(m[0]) > 1 or _is_label(plain, m, labels)]
    longest = max(found, key=len, default="")
    named = next((label for label in labels if longest and label.casefold() == longest), "")
    return named or _letter_named(text, labels)


def _letter_named(text: str, labels: Sequence[str]) -> str:
    """Return the part that a letter names where all are of one question: (b) is 5(b)."""
    parts = [BRACKETED.fullmatch(label) for label in labels]
    if len({part[1] for part in parts if part}) != 1 or not all(parts):
        return ""
    letters = {part[2] or part[3]: part[0] for part in parts if part}
    return letters.get(named_part(text, list(letters)), "")


def _is_label(text: str, found: re.Match[str], labels: Sequence[str]) -> bool:
    before, behind = COMMAND.sub("*", text[:found.start()]), text[found.end():]
    if KIND.search(before) or (
            before.endswith("(") and not before[-2:-1].strip() and behind.startswith(")")):
        return True
    if before.strip(AROUND):
        return False
    typed = found[0] in labels and not found[0].isdigit()   # "b Find w", and not "A row is"
    return bool(before.strip().startswith(MARKS)) or behind.startswith(ENDS) or (
        not behind.strip(AROUND)) or (typed and found[0] not in ARTICLES)


ARTICLES = ("a", "A", "i", "I")


@cache
def _labels(labels: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds one of the labels as a word of its own."""
    longest = sorted(labels, key=len, reverse=True)
    words = "|".join(re.escape(label) for label in longest)
    return re.compile(rf"(?:(?<![\w.])|(?<=\bQ))(?:{words})(?![\w]|\.\d)", re.IGNORECASE)
