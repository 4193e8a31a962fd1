r"""A short text in one line of plain characters: ``$\hat{y}_{1}$ of **all**`` is ŷ₁ of all."""

from __future__ import annotations

import re
import unicodedata

from derive.formats.user_text import printable
from derive.syntax import write_plain
from derive.syntax.inline_math import harmless

__all__ = ["plain", "width"]

_MATHEMATICS = re.compile(r"\$([^$]+)\$")


def plain(text: str) -> str:
    """Write a short text with its mathematics between dollars as plain characters."""
    text = printable(re.sub(r"\*\*|`", "", text))
    return _MATHEMATICS.sub(_formula, text)


def _formula(found: re.Match[str]) -> str:
    """Write mathematics that may pass; anything else prints as it was typed."""
    latex = harmless(found[1])
    return found[0] if latex is None else write_plain.plain(latex)


def width(text: str) -> int:
    """Return how many places a text takes."""
    return sum(not unicodedata.combining(c) for c in text)
