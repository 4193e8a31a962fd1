"""Reading the file somebody handed in: its size is limited before anything is understood.

Markdown, LaTeX and plain text are read as they are. A notebook is the text of its Markdown cells:
code is not run, and what it printed is not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from derive.errors import DeriveError, Place
from derive.marking.submission.limits import MOST_LINES
from derive.question.source_text import decoded, plain_lines, read_bytes
from derive.syntax.read_latex.documents import LONGEST_DOCUMENT

__all__ = ["ENDINGS", "read_submission"]

ENDINGS = (".md", ".tex", ".txt", ".qmd", ".ipynb")
NOTEBOOK = ".ipynb"
MOST_BYTES = 4 * LONGEST_DOCUMENT   # no character of UTF-8 takes more than four
MOST_NOTEBOOK = 10 * MOST_BYTES     # with the pictures that its code has printed
SCANS = "what is written by hand has to be typed first"
# kinds of files that are not read, and what would be
REFUSED = {
    **dict.fromkeys((".pdf", ".ps"), "hand in the .tex or .md it was made from"),
    **dict.fromkeys((".docx", ".doc", ".odt", ".rtf", ".pages"),
                    "save it as Markdown: pandoc turns its formulas into LaTeX"),
    **dict.fromkeys((".html", ".htm"), "hand in the Markdown or LaTeX it was made from"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".heic", ".tif", ".tiff", ".gif", ".webp"), SCANS),
    **dict.fromkeys((".zip", ".gz", ".tar", ".7z", ".rar"), "unpack it, and name the folder"),
}


def read_submission(path: Path) -> str:
    """Return a submission's text; what is no text, too long, or of another kind is refused."""
    ending = path.suffix.lower()
    if ending in REFUSED:
        raise DeriveError(f"a {ending} file is not read: submissions are {', '.join(ENDINGS)}",
                          Place(str(path)), REFUSED[ending])
    most = MOST_NOTEBOOK if ending == NOTEBOOK else MOST_BYTES
    data = read_bytes(path, most)
    text = decoded(data, str(path)) if len(data) <= most else ""
    if text and ending == NOTEBOOK:
        text = _cells(text, path)
    if len(data) > most or len(text) > LONGEST_DOCUMENT:
        raise DeriveError(f"longer than {LONGEST_DOCUMENT} characters: nobody writes this by hand",
                          Place(str(path)))
    lines = plain_lines(text)
    if lines.count("\n") > MOST_LINES:
        raise DeriveError(f"more than {MOST_LINES} lines: nobody writes this by hand",
                          Place(str(path)))
    if "\0" in lines:
        raise DeriveError("this is no text: it holds NUL (save it as UTF-8)", Place(str(path)))
    return lines


def _cells(text: str, path: Path) -> str:
    """Return the Markdown cells of a notebook, one below the other."""
    try:
        found = json.loads(text)
        return "\n\n".join(_sources(found["cells"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DeriveError("this is no notebook that can be read", Place(str(path)),
                          "save it again in Jupyter, or hand in Markdown") from None


def _sources(cells: Any) -> Iterator[str]:
    for cell in cells:
        if cell["cell_type"] == "markdown":
            source = cell["source"]
            yield source if isinstance(source, str) else "".join(source)
