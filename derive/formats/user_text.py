r"""The words of a question's author: words to be escaped, and inline mathematics.

``$...$`` is mathematics where it opens before and closes after something that is not a blank ("$5
and $6" is money) and where all of it is known to be harmless; otherwise it prints as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from derive.syntax.inline_math import harmless

__all__ = ["Segment", "paragraphs", "printable", "segments"]

_MATH = re.compile(r"(?<!\\)\$(?=\S)((?:[^$\\]|\\.)+?)(?<=\S)\$(?!\d)")
# control characters, formatting, surrogates, private use and what Unicode has not assigned
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class Segment(NamedTuple):
    """A piece of an author's text."""

    text: str
    is_math: bool


def segments(text: str) -> Iterator[Segment]:
    """Divide a text into words and mathematics that may pass."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    done = 0
    for found in _MATH.finditer(text):
        latex = harmless(found[1])
        if latex is not None:
            yield from _words(text[done:found.start()])
            yield Segment(latex, is_math=True)
            done = found.end()
    yield from _words(text[done:])


def printable(text: str) -> str:
    """Leave out the characters that draw nothing."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in UNPRINTABLE)


def _words(text: str) -> Iterator[Segment]:
    kept = printable(text)
    if kept:
        yield Segment(kept.replace(r"\$", "$"), is_math=False)


def paragraphs(text: str) -> list[str]:
    """Divide a text at its empty lines."""
    return [part for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]
