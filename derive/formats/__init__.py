"""The output formats: one module each, named here and imported when it is used.

A format module has ``EXTENSION``, the ending of its files, and ``write``, which returns a `Sheet`:
text, bytes, or pages, each of which becomes a file of its own. What needs more than this package
has ``require`` too, which says so before any work is done. Nothing is imported for a list of names,
which the command line needs for its help.
"""

from __future__ import annotations

import importlib
from types import ModuleType

from derive.errors import DeriveError, nearest

__all__ = ["FORMATS", "Sheet", "extension", "module", "names", "require"]

Sheet = str | bytes | tuple[bytes, ...]

FORMATS = {
    "latex": "derive.formats.latex",
    "markdown": "derive.formats.markdown",
    "html": "derive.formats.html",
    "json": "derive.formats.json",
}


def names() -> list[str]:
    """The formats there are, in the order in which help shows them."""
    return list(FORMATS)


def module(name: str) -> ModuleType:
    """The module of a format; DeriveError names the nearest one when there is none."""
    if name not in FORMATS:
        raise DeriveError(f"no output format {name!r}", remedy=nearest(name, FORMATS))
    return importlib.import_module(FORMATS[name])


def extension(name: str) -> str:
    """The ending of the files a format writes, without the dot."""
    return str(module(name).EXTENSION).removeprefix(".")


def require(name: str) -> None:
    """Raise DeriveError where something is missing without which a format cannot be written."""
    needed = getattr(module(name), "require", None)
    if needed is not None:
        needed()
