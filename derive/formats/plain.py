r"""Mathematics in one line of plain characters: ``\hat{y}_{1}`` is ŷ₁."""

from __future__ import annotations

import re
import unicodedata

from derive.formats.user_text import printable
from derive.syntax.inline_math import MATH_CHARACTERS

__all__ = ["plain", "width"]

ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "vec": "\u20d7"}
CHARACTERS = {command: c for c, command in reversed(MATH_CHARACTERS.items())}
LOWER = str.maketrans("0123456789+-t", "₀₁₂₃₄₅₆₇₈₉₊₋ₜ")
UPPER = str.maketrans("0123456789+-T", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀ")
_ACCENT = re.compile(rf"\\({'|'.join(ACCENTS)})(?:\{{(\w)\}}| (\w))")
_GROUP = re.compile(r"\\(?:text|mathrm|mathbf|operatorname)\{([^{}]*)\}")
_SCRIPT = re.compile(r"([_^])(?:\{([^{}]*)\}|(\w))")
_COMMAND = re.compile(r"\\mathbb\{\w\}|\\[A-Za-z]+")
_MATHEMATICS = re.compile(r"\$([^$]+)\$")


def plain(text: str) -> str:
    """Write a short text with its mathematics between dollars as plain characters."""
    text = printable(re.sub(r"\*\*|`", "", text))
    return _MATHEMATICS.sub(lambda found: _formula(found[1]), text)


def _formula(latex: str) -> str:
    text = _ACCENT.sub(lambda m: (m[2] or m[3]) + ACCENTS[m[1]], _GROUP.sub(r"\1", latex))
    text = _COMMAND.sub(lambda m: CHARACTERS.get(m[0], m[0][1:]), text)
    text = _SCRIPT.sub(_script, text)
    return unicodedata.normalize("NFC", re.sub(r"[{}\\]", "", text))


def _script(found: re.Match[str]) -> str:
    sign, inner = found[1], found[2] or found[3]
    small = inner.translate(LOWER if sign == "_" else UPPER)
    changed = all(a != b for a, b in zip(small, inner, strict=True))
    return small if changed else f"{sign}{inner}"


def width(text: str) -> int:
    """Return how many places a text takes."""
    return sum(not unicodedata.combining(c) for c in text)
