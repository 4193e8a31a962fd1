"""A pile of submissions: gathered from folders, and marked by several processes.

Every submission is marked by itself, and results come in the order of the pile, so that neither
their order nor the number of processes changes anything.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path

from derive.errors import DeriveError
from derive.formats.reports.record import Record, record_of
from derive.marking.submission.document import ENDINGS, read_submission
from derive.marking.submission.marked import Marked
from derive.marking.submission.sources import marking
from derive.question.catalogue import find
from derive.question.question_set import read_path

__all__ = ["OURS", "Submitted", "gathered", "marked_pile"]

OURS = ".marked"        # before the ending of a report
WORTH_A_PROCESS = 8     # submissions: each process must load everything first


@dataclass(frozen=True, slots=True)
class Submitted:
    """A file that was handed in, and its name in the pile."""

    path: Path
    name: str


def gathered(paths: Sequence[Path]) -> tuple[Submitted, ...]:
    """Return the submissions that files and folders hold, those of a folder sorted by path.

    Raises DeriveError where a folder holds none.
    """
    found: dict[Path, str] = {}
    for path in paths:
        inside = _inside(path) if path.is_dir() else [path]
        if not inside:
            raise DeriveError(f"{path} holds no submission",
                              remedy=f"their endings are {', '.join(ENDINGS)}")
        for file in inside:
            found[file] = str(file.relative_to(path)) if path.is_dir() else file.name
    return tuple(map(Submitted, found, _named(list(found.values()))))


def _inside(folder: Path) -> list[Path]:
    """Return what people handed in: neither hidden files nor reports of ours."""
    files = (p for p in folder.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file())
    kept = (p for p in files if Path(p.stem).suffix != OURS and not any(
        part.startswith((".", "__MACOSX")) for part in p.relative_to(folder).parts))
    return sorted(kept, key=lambda p: p.as_posix())


def _named(paths: Sequence[str]) -> list[str]:
    """Return distinct names: without ending where that suffices, folders told by a hyphen."""
    flat = ["-".join(Path(path).parts) for path in paths]
    short = Counter(Path(name).stem for name in flat)
    full = [Path(name).stem if short[Path(name).stem] == 1 else name for name in flat]
    seen: Counter[str] = Counter()
    out = []
    for name in full:
        seen[name] += 1
        out.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return out


def marked_pile(question: str, pile: Sequence[Submitted], forms: Sequence[str],
                workers: int | None = None, language: str | None = None) -> Iterator[Record]:
    """Yield a record for each submission, in order; one that cannot be marked says why.

    question: the name of a built-in question or set, or a path; workers: how many processes;
    language: that of the reports, by default the question's.
    """
    count = workers or min(_processors(), -(-len(pile) // WORTH_A_PROCESS))
    if count <= 1 or len(pile) <= 1:
        worker = _Worker(question, tuple(forms), language)
        yield from map(worker, pile)
        return
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(count, len(pile)), spawned, _begin,
                             (question, tuple(forms), language)) as processes:
        try:
            yield from processes.map(_next, pile)
        except BrokenProcessPool:
            raise DeriveError("a process that was marking has ended, for want of memory perhaps",
                              remedy="--workers 1 marks one after the other") from None


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Worker:
    """Marks submissions one after the other."""

    def __init__(self, question: str, forms: Sequence[str], language: str | None) -> None:
        name, path = find(question)
        source = replace(read_path(path), name=name)
        self.name, self.forms, self.language = name, forms, language or source.language
        self.mark: Callable[[str], Marked] = marking(source)

    def __call__(self, submitted: Submitted) -> Record:
        path = str(submitted.path)
        try:
            found = self.mark(read_submission(submitted.path))
            return record_of(submitted.name, path, found, self.forms, self.language)
        except DeriveError as error:
            return Record(submitted.name, path, self.name, str(error))
        except Exception as error:      # a defect of ours must not stop the others
            return Record(submitted.name, path, self.name,
                          f"{path}: internal error: {type(error).__name__}: {error}")


_workers: list[_Worker] = []    # the one of this process


def _begin(question: str, forms: tuple[str, ...], language: str | None) -> None:
    _workers[:] = [_Worker(question, forms, language)]


def _next(submitted: Submitted) -> Record:
    return _workers[0](submitted)
