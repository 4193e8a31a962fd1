"""Which files a sheet comes from, and whether one of them was saved."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

__all__ = ["Stamp", "stamp"]

Stamp = tuple[tuple[str, int, int], ...]


def stamp(paths: Sequence[Path]) -> Stamp:
    """Return when each file was last written and how large it is; a folder counts by its files.

    Editors that write a new file and give it the old name leave none there for a moment.
    """
    return tuple(_of(path) for path in sorted(set(_files(paths))))


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        yield from (p for p in path.rglob("*") if p.is_file()) if path.is_dir() else (path,)


def _of(path: Path) -> tuple[str, int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_mtime_ns, found.st_size
