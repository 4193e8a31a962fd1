"""Word documents, by pandoc from the Markdown sheet; its mathematics become formulas of Word."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from derive.errors import DeriveError
from derive.formats import markdown
from derive.formats.dollars import in_notebook
from derive.formats.plain import plain
from derive.solution.solved_set import Solved

__all__ = ["EXTENSION", "require", "write"]

EXTENSION = "docx"
PROGRAM = "pandoc"
# Markdown without what ours does not use: citations, typographic replacements, raw TeX
READ = ("markdown-citations-smart-raw_tex-superscript-subscript-example_lists"
        "+lists_without_preceding_blankline")
OPTIONS = (f"--from={READ}", "--to=docx", "--output=-")
LONGEST = 120   # seconds
PROPERTIES = "docProps/core.xml"


def require() -> None:
    """Raise DeriveError where there is no pandoc."""
    if shutil.which(PROGRAM) is None:
        raise DeriveError(f"{PROGRAM} is not installed, which makes a docx",
                          remedy="install it from pandoc.org, or take --format pdf or html")


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> bytes:
    """Return the sheet as a Word document; the same sheet has the same bytes."""
    require()
    sheet = markdown.write(solved, detail=detail, parts=parts, templates=templates)
    sheet = sheet.replace("\n  <br>", "\\\n  ")      # Word has no HTML
    try:
        done = subprocess.run([PROGRAM, *OPTIONS, f"--metadata=lang:{solved.language}"],
                              input=in_notebook(sheet).encode(),
                              env={**os.environ, "SOURCE_DATE_EPOCH": "0"}, capture_output=True,
                              check=False, timeout=LONGEST)
    except subprocess.TimeoutExpired as error:
        raise DeriveError(f"{PROGRAM} did not end within {LONGEST} seconds") from error
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip()
        raise DeriveError(f"{PROGRAM} cannot make the document: {said or 'it wrote nothing'}",
                          remedy="--format markdown writes what it was given")
    return _described(done.stdout, {"title": plain(solved.title or solved.name),
                                    "creator": ", ".join(solved.authors)})


def _described(document: bytes, properties: Mapping[str, str]) -> bytes:
    """Fill in what a file manager shows of a document; pandoc would set it as text once more."""
    found = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(found, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == PROPERTIES:
                content = _filled(content.decode(), properties).encode()
            new.writestr(entry, content)
    return found.getvalue()


def _filled(xml: str, properties: Mapping[str, str]) -> str:
    for name, said in properties.items():
        before, start, after = xml.partition(f"<dc:{name}>")
        xml = before + start + escape(said) + after[after.find("<"):] if start else xml
    return xml
