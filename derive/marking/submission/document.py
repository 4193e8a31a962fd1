"""Reading the file somebody handed in: its size is limited before anything is understood."""

from __future__ import annotations

from pathlib import Path

from derive.errors import DeriveError, Place
from derive.marking.submission.limits import MOST_LINES
from derive.question.source_text import decoded, plain_lines, read_bytes
from derive.syntax.read_latex.documents import LONGEST_DOCUMENT

__all__ = ["read_submission"]

MOST_BYTES = 4 * LONGEST_DOCUMENT   # no character of UTF-8 takes more than four


def read_submission(path: Path) -> str:
    """Return a submission's text; what is no text, or too long, is refused."""
    data = read_bytes(path, MOST_BYTES)
    text = decoded(data, str(path)) if len(data) <= MOST_BYTES else ""
    if len(data) > MOST_BYTES or len(text) > LONGEST_DOCUMENT:
        raise DeriveError(f"longer than {LONGEST_DOCUMENT} characters: nobody writes this by hand",
                          Place(str(path)))
    lines = plain_lines(text)
    if lines.count("\n") > MOST_LINES:
        raise DeriveError(f"more than {MOST_LINES} lines: nobody writes this by hand",
                          Place(str(path)))
    if "\0" in lines:
        raise DeriveError("this is no text: it holds NUL (save it as UTF-8)", Place(str(path)))
    return lines
