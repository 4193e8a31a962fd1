"""Where the templates are, in whatever way the package came to be there."""

from __future__ import annotations

from pathlib import Path

from derive.errors import DeriveError

__all__ = ["templates_folder"]

PACKAGE = Path(__file__).resolve().parent.parent


def templates_folder(package: Path = PACKAGE) -> Path:
    """The folder of the built-in templates.

    An installed package carries them inside; in a checkout, an unpacked source archive and an
    editable install they stand beside the package. Inside comes first: what happens to stand beside
    an installed package is somebody else's.
    """
    for folder in (package / "templates", package.parent / "templates"):
        if folder.is_dir():
            return folder
    raise DeriveError(f"the templates are missing from {package}", remedy="install derive again")
