"""Where a sheet goes, and writing it so that nobody ever meets half of one."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from derive.errors import DeriveError

__all__ = ["DEFAULT_FOLDER", "choose", "write", "write_new"]

DEFAULT_FOLDER = Path("output")
_SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))


def choose(output: str | None, name: str, extension: str) -> Path | None:
    """The file that ``-o OUTPUT`` means for the question ``name``; None is standard output."""
    if output == "-":
        return None
    file = f"{name}.{extension.removeprefix('.')}"
    if output is None:
        return _folder(DEFAULT_FOLDER) / file
    if output.endswith(_SEPARATORS):
        return _folder(Path(output)) / file
    return Path(output, file) if os.path.isdir(output) else Path(output)


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DeriveError(f"cannot make the folder {path}: {error.strerror}") from error
    return path


def write(sheet: str, path: Path | None) -> None:
    """Write the sheet in UTF-8 with plain line feeds, whatever the terminal or the system likes."""
    content = sheet.encode("utf-8")
    if path is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        _write_file(path, content)
    except OSError as error:
        raise DeriveError(f"cannot write {path}: {error.strerror}") from error


def _write_file(path: Path, content: bytes) -> None:
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # a pipe or /dev/null is written to, never replaced by a file
    else:
        _replace(Path(os.path.realpath(path)), content)  # a link stays a link


def _replace(path: Path, content: bytes) -> None:
    """Fill a new file in the same folder, then give it the name in one step."""
    draft = path.with_name(f".derive-{os.getpid()}.tmp")
    try:
        draft.write_bytes(content)
        if path.exists():
            shutil.copymode(path, draft)
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise DeriveError(f"{path} exists already and is left as it is") from error
    except OSError as error:
        raise DeriveError(f"cannot write {path}: {error.strerror}") from error
