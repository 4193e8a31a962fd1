"""Typst in tests: a sheet set, with everything that it has to say about it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from conftest import leave_out

from derive import formats
from derive.errors import DeriveError

__all__ = ["require_typst", "typeset"]

MOST = 0.95     # by which a display may be set smaller where its width was estimated too short


def require_typst() -> Any:
    """The package typst, or the test is left out."""
    try:
        formats.require("pdf")
    except DeriveError as error:
        leave_out(str(error))
    import typst

    return typst


def typeset(source: str) -> bytes:
    """Return a sheet as PDF; nothing may be odd about it, and no display too wide for the page."""
    typst = require_typst()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sheet.typ")    # what can be queried is a file
        path.write_text(source, encoding="utf-8")
        compiler = typst.Compiler(path, ignore_system_fonts=True)
        made, warnings = compiler.compile_with_warnings(timestamp=0)
        wide = [found["value"]["scale"] for found in json.loads(compiler.query("<wide>"))]
    assert [warning.diagnostic for warning in warnings] == []
    assert [share for share in wide if share < MOST] == [], "displays too wide for the page"
    return bytes(made)
