"""Pages by the Typst compiler of the package ``typst``: no TeX, no fonts of the system, no date.

So the same sheet becomes the same bytes every time, on every machine.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from derive.errors import DeriveError
from derive.formats.shrunk import tell_of_narrowed
from derive.formats.templates_location import templates_folder

__all__ = ["pages", "require"]

Format = Literal["pdf", "png", "svg"]
RESOLUTION = 150    # dots per inch of a picture
SHEET = "sheet.typ"  # what messages call it
EPOCH = 0           # where a moment has to be named


def require() -> None:
    """Raise DeriveError where the extra is not installed."""
    if find_spec("typst") is None:
        raise DeriveError("pages are made by the package typst, which is not installed",
                          remedy="python -m pip install typst, or --format latex with a TeX of "
                                 "your own")


def pages(source: str, format: Format, templates: Path | None) -> list[bytes]:
    """Typeset a sheet: one document for "pdf", a picture for each page for "png" and "svg".

    Files that a template of the user's reads are looked for in its folder. Our own sheets are PDF
    for universal access (PDF/UA-1); a user's may leave out what that asks for.
    """
    require()
    import typst

    typesetter = _typesetter(source, templates)
    standards: list[Any] = ["ua-1"] if format == "pdf" and templates is None else []
    try:
        made = typesetter.compile(format=format, ppi=RESOLUTION, timestamp=EPOCH,
                                  pdf_standards=standards)
    except typst.TypstError as error:
        raise DeriveError(f"Typst cannot set the sheet: {_said(error)}",
                          remedy="--format typst writes what it was given") from error
    # asked of another one, as this one has let go of its source; what was laid out is remembered
    tell_of_narrowed(_typesetter(source, templates).query("<wide>"))
    return made if isinstance(made, list) else [made or b""]


def _typesetter(source: str, templates: Path | None) -> Any:
    import typst

    sources: Any = {SHEET: source.encode("utf-8")}
    return typst.Compiler(sources, ignore_system_fonts=True,
                          root=(templates or templates_folder()).resolve())


def _said(error: Any) -> str:
    """Return the message of Typst's, with the line of the sheet it is about."""
    lines = [line for line in str(error.diagnostic).splitlines() if line.strip()]
    return "\n".join(lines[:5]) or str(error.message)
