r"""The text of a submission as it is meant, every character in its place.

What is crossed out is not claimed: ~~..~~ of Markdown, \cancel over a whole formula. Who writes
decimal commas throughout means points: 0,762.
"""

from __future__ import annotations

import re

__all__ = ["legible"]

# struck by Markdown, HTML, or a command over a formula of its own
_STRUCK = re.compile(r"~~(?=\S)(?:(?!\n[ \t]*\n).)+?~~|<(?P<tag>del|s|strike)>.*?</(?P=tag)>",
                     re.DOTALL)
_COMMAND = re.compile(r"\\(?:[bx]?cancel|sout|st|strikethrough)\s*\{")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
LONGEST = 2_000         # characters that are crossed out at once

_COMMA = re.compile(r"(?<![\w.,}])\d+(?:,|\{,\})\d+(?![\w.,]|\{,\})")
_POINT = re.compile(r"(?<![\w.,])\d+\.\d+(?![\w.])")
_SCRIPT = re.compile(r"[_^]\{[^{}]*\}")
SURE = 2                # commas behind which at least two digits stand


def legible(text: str) -> str:
    """Return a text of the same length, without what is crossed out, with decimal points."""
    for struck in _STRUCK.finditer(text):
        text = _blanked(text, *struck.span())
    for command in _COMMAND.finditer(text):
        end = _closing(text, command.end())
        if end and _is_formula(text[command.end():end]):
            text = _blanked(text, command.start(), end + 1)
    return _COMMA.sub(_with_point, text) if _has_decimal_commas(text) else text


def _blanked(text: str, first: int, end: int) -> str:
    return text[:first] + re.sub(r"[^\n]", " ", text[first:end]) + text[end:]


def _closing(text: str, at: int) -> int:
    """Return where a brace closes; 0 where it does not, or far away."""
    depth = 1
    for found in _BRACE.finditer(text, at, at + LONGEST):
        depth += (found[0] == "{") - (found[0] == "}")
        if not depth:
            return found.start()
    return 0


def _is_formula(struck: str) -> bool:
    """True for a line that is struck; a factor that cancels is struck and stays."""
    return "=" in struck or r"\approx" in struck


def _has_decimal_commas(text: str) -> bool:
    """True where numbers have commas, several of them with two digits behind, and none a point."""
    plain = _SCRIPT.sub("", text)
    sure = [n for n in _COMMA.findall(plain) if len(re.split(r"\{,\}|,", n)[1]) >= 2]
    small = any(n.startswith("0") for n in sure)    # 1,000 is a thousand
    return len(sure) >= SURE and small and not _POINT.search(_without_labels(plain))


def _without_labels(text: str) -> str:
    """Return a text without the numbers of its parts: 3.4), Question 3.4, # 3.4."""
    return re.sub(r"(?m)^[\s#*$\\a-zA-Z({\[]*\d+(\.\d+)+[\s)\]}.:*$]*", " ", text)


def _with_point(found: re.Match[str]) -> str:
    plain = re.sub(r"\{,\}|,", ".", found[0])
    return plain.rjust(len(found[0]))
