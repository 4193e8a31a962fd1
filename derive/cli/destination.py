"""Where a sheet goes, and writing it so that nobody ever meets half of one."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count, takewhile
from pathlib import Path

from derive.errors import DeriveError
from derive.formats import Sheet

__all__ = ["DEFAULT_FOLDER", "choose", "write", "write_new"]

DEFAULT_FOLDER = Path("output")
BEGINNING = 33      # bytes: a PNG says its size in them, an SVG how its first tag begins
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


def write(sheet: Sheet, path: Path | None) -> str:
    """Write the sheet and say where; text in UTF-8 with plain line feeds on every system.

    Several pages become files NAME-1, NAME-2 and so on: all of them, or none. Those that were
    written when the sheet had other pages go.
    """
    contents = _contents(sheet)
    if path is None:
        _print(contents)
        return "standard output"
    paths = _numbered(path, len(contents))
    with _readable(path):
        _write_files(dict(zip(paths, contents, strict=True)))
        gone = _removed(path, paths, contents[0]) if isinstance(sheet, tuple) else []
    where = str(path) if len(paths) == 1 else f"{paths[0]} to {paths[-1].name}"
    return f"{where} (and removed {', '.join(gone)})" if gone else where


def _removed(path: Path, written: Sequence[Path], page: bytes) -> list[str]:
    """Remove the pages that an earlier run left behind these, and return their names.

    Only what begins as a page of ours does, its size included, can be one.
    """
    first = len(written) + 1 if len(written) > 1 else 1
    further = takewhile(Path.is_file, (_page(path, n) for n in count(first)))
    stale = [old for old in (path, *further) if old.is_file() and old not in written
             and _beginning(old) == page[:BEGINNING]]
    for old in stale:
        old.unlink()
    return [old.name for old in stale]


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(BEGINNING)


def _contents(sheet: Sheet) -> list[bytes]:
    pages: Iterable[str | bytes] = sheet if isinstance(sheet, tuple) else [sheet]
    return [page.encode("utf-8") if isinstance(page, str) else page for page in pages]


def _numbered(path: Path, number: int) -> list[Path]:
    if number == 1:
        return [path]
    return [_page(path, n) for n in range(1, number + 1)]


def _page(path: Path, n: int) -> Path:
    return path.with_name(f"{path.stem}-{n}{path.suffix}")


def _print(contents: list[bytes]) -> None:
    if len(contents) > 1:
        raise DeriveError(f"{len(contents)} pages do not go into standard output one by one",
                          remedy="write files with -o, or a pdf")
    sys.stdout.buffer.write(contents[0])
    sys.stdout.buffer.flush()


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DeriveError(f"cannot write {path}: {error.strerror}") from error


def _write_files(files: Mapping[Path, bytes]) -> None:
    devices = {path for path in files if path.exists() and not path.is_file()}
    for path in devices:
        path.write_bytes(files[path])  # a pipe or /dev/null is written to, never replaced by a file
    # a link stays a link
    _replace({Path(os.path.realpath(path)): content for path, content in files.items()
              if path not in devices})


def _replace(files: Mapping[Path, bytes]) -> None:
    """Fill new files in the same folder, then give them their names."""
    drafts = {path: path.with_name(f".derive-{os.getpid()}-{n}.tmp")
              for n, path in enumerate(files)}
    try:
        for path, draft in drafts.items():
            draft.write_bytes(files[path])
            if path.exists():
                shutil.copymode(path, draft)
        for path, draft in drafts.items():
            os.replace(draft, path)
    except BaseException:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
        raise


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet."""
    with _readable(path):
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError as error:
            raise DeriveError(f"{path} exists already and is left as it is") from error
