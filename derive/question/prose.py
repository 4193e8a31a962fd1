"""Words of an author's own in Markdown, with mathematics between dollars."""

from __future__ import annotations

import re

from derive.errors import DeriveError, nearest
from derive.question.fields import scalar
from derive.question.source import Node, Scalar
from derive.syntax.inline_math import (
    KNOWN,
    LONGEST,
    LONGEST_DISPLAY,
    harmless,
    mathematics,
    unknown,
)

__all__ = ["prose", "word_count", "words"]

CODE = re.compile(r"(`+).*?\1", re.DOTALL)


def prose(node: Node) -> Scalar:
    """Return a text, or say which mathematics in it cannot be printed."""
    found = scalar(node)
    for formula in mathematics(_without_code(found.text)):
        longest = LONGEST_DISPLAY if formula["display"] else LONGEST
        if harmless(formula["display"] or formula["inline"], longest) is None:
            raise _not_printed(formula, found)
    return found


def words(node: Node) -> str:
    """Return a short text of this kind."""
    return prose(node).text.strip()


def word_count(text: str) -> int:
    """Count words as an editor does, a formula as one; Markdown's own signs are none."""
    for formula in reversed(list(mathematics(text))):
        text = f"{text[:formula.start()]}formula{text[formula.end():]}"
    return sum(any(map(str.isalnum, word)) for word in text.split())


def _without_code(text: str) -> str:
    return CODE.sub(lambda found: " " * len(found[0]), text)


def _not_printed(formula: re.Match[str], text: Scalar) -> DeriveError:
    odd = unknown(formula[0])
    what = f"`{odd}` is not known in mathematics" if odd else (
        f"`{formula[0]}` cannot be read as mathematics")
    remedy = nearest(odd, KNOWN) if odd else r"write \$ for a dollar sign"
    return DeriveError(what, text.at(formula.start()), remedy or "see docs/questions.md")
