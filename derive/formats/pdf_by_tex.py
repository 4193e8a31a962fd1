r"""PDF by a TeX installation, on request: pdfLaTeX in a folder of its own, with no shell to call.

The same sheet becomes the same bytes: the date is fixed, and the identifiers that pdfTeX draws from
the clock are made from nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from derive.errors import DeriveError
from derive.formats import latex
from derive.formats.plain import plain
from derive.formats.sheet import topics
from derive.formats.shrunk import tell_of_overfull
from derive.solution.solved_set import Solved

__all__ = ["EXTENSION", "require", "write"]

EXTENSION = "pdf"
PROGRAM = "pdflatex"
OPTIONS = ("-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "-jobname=sheet")
LONGEST = 120   # seconds
_COMPLAINT = re.compile(r"^! (.*?)$(?:.*?^(l\.\d+ .*?)$)?", re.MULTILINE | re.DOTALL)


def require() -> None:
    """Raise DeriveError where there is no TeX."""
    if shutil.which(PROGRAM) is None:
        raise DeriveError(f"{PROGRAM} is not installed", remedy="install TeX Live, or leave "
                          "--engine out: a pdf needs no TeX")


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> bytes:
    """Return the LaTeX sheet as a PDF document."""
    require()
    source = latex.write(solved, detail=detail, parts=parts, templates=templates)
    with tempfile.TemporaryDirectory(prefix="derive-") as folder:
        return _typeset(source, _head(solved), Path(folder), templates)


def _head(solved: Solved) -> str:
    """Return what comes before the sheet: what the PDF says of itself, and nothing of the clock."""
    said = {"Title": plain(solved.title or solved.name), "Author": ", ".join(solved.authors),
            "Keywords": ", ".join(topics(solved))}
    entries = " ".join(f"/{key} <{_coded(text)}>" for key, text in said.items() if text)
    language = rf"\pdfcatalog{{/Lang ({solved.language})}}"
    return rf"\pdfinfo{{{entries}}}{language}\pdftrailerid{{}}\pdfinfoomitdate=1"


def _coded(text: str) -> str:
    return f"\ufeff{text}".encode("utf-16-be").hex()


def _typeset(source: str, head: str, folder: Path, templates: Path | None) -> bytes:
    (folder / "input.tex").write_text(source, encoding="utf-8")
    try:
        done = subprocess.run([PROGRAM, *OPTIONS, rf"{head}\input{{input.tex}}"], cwd=folder,
                              env=_environment(templates), stdin=subprocess.DEVNULL,
                              capture_output=True, check=False, timeout=LONGEST)
    except subprocess.TimeoutExpired as error:
        raise DeriveError(f"{PROGRAM} did not end within {LONGEST} seconds") from error
    made = folder / "sheet.pdf"
    if done.returncode or not made.exists():
        raise DeriveError(f"{PROGRAM} cannot set the sheet: {_complaint(folder / 'sheet.log')}",
                          remedy="--format latex writes what it was given")
    tell_of_overfull((folder / "sheet.log").read_text(encoding="latin-1"))
    return made.read_bytes()


def _environment(templates: Path | None) -> dict[str, str]:
    """Return a fixed date, and where a template of the user's finds the files it reads."""
    own = f"{templates.resolve()}//" if templates else ""
    return {**os.environ, "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1",
            "openout_any": "p", "max_print_line": "1000",
            "TEXINPUTS": os.pathsep.join([".", own, os.environ.get("TEXINPUTS", "")])}


def _complaint(log: Path) -> str:
    """Return TeX's first error, and the line of the sheet at which it stopped."""
    text = log.read_text(encoding="latin-1") if log.exists() else ""
    found = _COMPLAINT.search(text)
    if not found:
        return "it left no page"
    return " ".join(" ".join(filter(None, found.groups())).split())
