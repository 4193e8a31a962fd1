"""A marked submission for a terminal: what is not right, and the marks."""

from __future__ import annotations

import re

from derive.formats.user_text import printable
from derive.languages import ENGLISH
from derive.marking.submission.marked import Marked

__all__ = ["EXTENSION", "coloured", "write"]

EXTENSION = "txt"
RED, GREEN, BLUE, YELLOW, BOLD, PLAIN = (f"\x1b[{n}m" for n in (31, 32, 34, 33, 1, 0))
_SIGN = re.compile(r"^(\w+ \d+: )(✓ft|✓|✗ (?:again|wieder)|✗|~|\?|·)", re.MULTILINE)
_TOTAL = re.compile(r"^\w+: .*\Z", re.MULTILINE)
COLOURS = {"✓ft": BLUE, "✓": GREEN, "✗": RED, "~": YELLOW, "?": YELLOW, "·": ""}


def write(found: Marked, name: str, language: str = ENGLISH) -> str:
    """Return a report in which nothing but letters reaches a terminal."""
    return printable(found.to_text(language))


def coloured(report: str) -> str:
    """Return such a report with its signs and its total in colour."""
    signs = _SIGN.sub(lambda m: f"{m[1]}{COLOURS[m[2].split()[0]]}{m[2]}{PLAIN}", report)
    return _TOTAL.sub(lambda m: f"{BOLD}{m[0]}{PLAIN}", signs)
