"""The output formats: one module each, named here and imported when it is used.

A format module has ``EXTENSION``, the ending of its files, and ``write``, which returns a `Sheet`:
text, bytes, or pages, each of which becomes a file of its own. What needs more than this package
has ``require`` too, which says so before any work is done. Nothing is imported for a list of names,
which the command line needs for its help. ``write_fragment``, where there is one, leaves the shell
of the document out.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType

from derive.errors import DeriveError, nearest

__all__ = ["ENGINES", "FORMATS", "FRAGMENTS", "Sheet", "extension", "module", "names", "require",
           "writer"]

Sheet = str | bytes | tuple[bytes, ...]

FORMATS = {
    "latex": "derive.formats.latex",
    "exam": "derive.formats.exam",
    "markscheme": "derive.formats.markscheme",
    "markdown": "derive.formats.markdown",
    "quarto": "derive.formats.quarto",
    "html": "derive.formats.html",
    "notebook": "derive.formats.notebook",
    "json": "derive.formats.json",
    "typst": "derive.formats.typst",
    "pdf": "derive.formats.pdf",
    "docx": "derive.formats.docx",
    "png": "derive.formats.png",
    "svg": "derive.formats.svg",
}
# what sets the pages of a format, where there is a choice; the first one is taken unasked
ENGINES = {
    "typst": {name: FORMATS[name] for name in ("pdf", "png", "svg")},
    "latex": {"pdf": "derive.formats.pdf_by_tex"},
}


# versions of a sheet, and the formats that do not have them
NOT_IN = {"student": ("markscheme",), "markscheme": ("exam", "json")}
# formats that can be part of a document
FRAGMENTS = ("latex", "exam", "markdown", "html", "typst")


def names() -> list[str]:
    """The formats there are, in the order in which help shows them."""
    return list(FORMATS)


def module(name: str, engine: str | None = None) -> ModuleType:
    """The module of a format; DeriveError names the nearest one when there is none."""
    if name not in FORMATS:
        raise DeriveError(f"no output format {name!r}", remedy=nearest(name, FORMATS))
    return importlib.import_module(FORMATS[name] if engine is None else _set_by(engine, name))


def _set_by(engine: str, name: str) -> str:
    if engine not in ENGINES:
        raise DeriveError(f"no engine {engine!r}", remedy=nearest(engine, ENGINES))
    if name not in ENGINES[engine]:
        raise DeriveError(f"the engine {engine} does not make {name}",
                          remedy=f"it makes {', '.join(ENGINES[engine])}")
    return ENGINES[engine][name]


def writer(name: str, engine: str | None = None, fragment: bool = False, student: bool = False,
           markscheme: bool = False) -> Callable[..., Sheet]:
    """What writes a format: a whole document, or what stands in one."""
    _refuse_versions(name, student, markscheme)
    if fragment and (name not in FRAGMENTS or engine):
        raise DeriveError(f"a {name} is always a whole document",
                          remedy=f"--fragment goes with --format {', '.join(FRAGMENTS)}")
    found = module(name, engine)
    chosen: Callable[..., Sheet] = found.write_fragment if fragment else found.write
    return chosen


def _refuse_versions(name: str, student: bool, markscheme: bool) -> None:
    if student and (markscheme or name in NOT_IN["student"]):
        raise DeriveError("a marking scheme is not for students",
                          remedy="leave out --student, or take another format")
    if markscheme and name in NOT_IN["markscheme"]:
        others = (other for other in FORMATS if other not in NOT_IN["markscheme"])
        raise DeriveError(f"there is no marking scheme as {name}",
                          remedy=f"--markscheme goes with --format {', '.join(others)}")


def extension(name: str, fragment: bool = False, student: bool = False, markscheme: bool = False
              ) -> str:
    """The ending of the files a format writes, without the dot: tex, student.tex."""
    own = str(module(name).EXTENSION).removeprefix(".")
    kinds = ["student"] * student + ["markscheme"] * markscheme + ["fragment"] * fragment
    return ".".join([*(kind for kind in kinds if not own.startswith(f"{kind}.")), own])


def require(name: str, engine: str | None = None) -> None:
    """Raise DeriveError where something is missing without which a format cannot be written."""
    needed = getattr(module(name, engine), "require", None)
    if needed is not None:
        needed()
