r"""The text of a submission as it is meant, every character in its place.

What is crossed out is not claimed: ~~..~~ of Markdown, \cancel over a whole formula. Who writes
decimal commas throughout means points: 0,762.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from derive.marking.submission.claims import Span
from derive.syntax.read_latex.documents import LONGEST_DOCUMENT

__all__ = ["legible"]

# what begins and ends what is crossed out in Markdown and HTML
_STRIKE = re.compile(r"(?P<wave>~~)|<(?P<end>/?)(?P<tag>del|s|strike)>|\n[ \t]*\n")
_COMMAND = re.compile(r"\\(?:[bx]?cancel|sout|st|strikethrough)\s*\{")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
LONGEST = 2_000         # characters that are crossed out at once
MOST = 200              # formulas that are

_DEFINED = re.compile(r":=|=:")
_COMMA = re.compile(r"(?<![\w.,}])\d+(?:,|\{,\})\d+(?![\w.,]|\{,\})")
_POINT = re.compile(r"(?<![\w.,])\d+\.\d+(?![\w.])")
_SCRIPT = re.compile(r"[_^]\{[^{}]*\}")
SURE = 2                # commas behind which at least two digits stand


def legible(text: str) -> str:
    """Return a text of the same length, without what is crossed out, with decimal points.

    A sign for "is defined as" is an equality.
    """
    if len(text) > LONGEST_DOCUMENT:
        return text     # it is not read
    text = _DEFINED.sub(lambda found: found[0].replace(":", " "), text)
    text = _ROW.sub(_with_commas, _SIZES.sub(lambda found: " " * len(found[0]), text))
    struck = [*_struck(text), *_commanded(text)]
    if struck:
        text = _blanked(text, struck)
    return _COMMA.sub(_with_point, text) if _has_decimal_commas(text) else text


_GAP = r"(?:\s*(?:\\[;,:! ]|\\q?quad(?![A-Za-z])|~)\s*)+"
_NUMBER = r"\s*[-+]?\d+(?:\.\d+)?\s*"
_ROW = re.compile(rf"(?<=[(\[]){_NUMBER}(?:{_GAP}{_NUMBER})+(?=[)\]]|\\right)")
# the sizes of what was written before: \quad (n \times m)
_SIZES = re.compile(r"\\q?quad\s*[(\[]\s*\w+\s*\\times\s*\w+\s*[)\]]")


def _with_commas(row: re.Match[str]) -> str:
    """Return a row whose entries stand apart, (1 \\; 2), with commas in the gaps."""
    return re.sub(_GAP, lambda gap: ",".ljust(len(gap[0])), row[0])


def _struck(text: str) -> Iterator[Span]:
    """Yield what stands between two signs of one kind, in one paragraph of Markdown."""
    opened: tuple[str, int] | None = None
    for sign in _STRIKE.finditer(text):
        kind = sign["wave"] or sign["tag"]
        if kind is None:
            opened = None if opened is not None and opened[0] == "~~" else opened
        elif opened is None and not sign["end"]:
            opened = kind, sign.start()
        elif opened is not None and opened[0] == kind and (sign["wave"] or sign["end"]):
            yield opened[1], sign.end()
            opened = None


def _commanded(text: str) -> Iterator[Span]:
    for command in islice(_COMMAND.finditer(text), MOST):
        end = _closing(text, command.end())
        if end and _is_formula(text[command.end():end]):
            yield command.start(), end + 1


def _blanked(text: str, spans: list[Span]) -> str:
    out = list(text)
    for first, end in spans:
        out[first:end] = [c if c == "\n" else " " for c in out[first:end]]
    return "".join(out)


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
