"""The questions that come with the package, and finding the file that a QUESTION means.

Only what a list shows is read, so that listing and shell completion load no engine.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, takewhile
from pathlib import Path

from derive.errors import DeriveError, nearest
from derive.question.topics import topics

__all__ = ["CatalogueEntry", "catalogue", "find", "names"]

QUESTIONS = Path(__file__).parent.parent / "questions"
SUFFIX = ".yaml"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One line of ``derive list``; a set has the names of its questions, and may retitle them."""

    name: str
    title: str
    path: Path
    kind: str = "question"
    topics: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


def catalogue() -> list[CatalogueEntry]:
    """The built-in sets and questions by name, sets first."""
    entries = {name: _entry(name, path) for name, path in _built_in().items()}
    return sorted((_whole(entry, entries) for entry in entries.values()),
                  key=lambda entry: entry.kind != "set")


def _whole(entry: CatalogueEntry, entries: Mapping[str, CatalogueEntry]) -> CatalogueEntry:
    """A set exercises what its questions do."""
    inner = [entries[name].topics for name in entry.questions if name in entries]
    return replace(entry, topics=tuple(dict.fromkeys(chain(entry.topics, *inner))))


def names() -> dict[str, str]:
    """The built-in names with their titles, for completion: nothing else is read."""
    return {name: _title(path) or name for name, path in _built_in().items()}


def _entry(name: str, path: Path) -> CatalogueEntry:
    import yaml  # not needed to find a file by its name

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)     # text stays text
    content = yaml.load(path.read_text(encoding="utf-8"), loader)
    title = str(content.get("title") or name).strip()
    if "questions" not in content:
        return CatalogueEntry(name, title, path, topics=topics(content))
    listed = [{"question": item} if isinstance(item, str) else item
              for item in content["questions"]]
    inner = [Path(item["question"]).name.removesuffix(SUFFIX) for item in listed]
    titles = {n: item["title"] for n, item in zip(inner[::-1], listed[::-1], strict=True)
              if "title" in item}
    return CatalogueEntry(name, title, path, "set", topics(content), tuple(dict.fromkeys(inner)),
                          titles)


def find(source: str | os.PathLike[str], folder: Path = Path()) -> tuple[str, Path]:
    """The name and file of a built-in question or of a path, with or without its ending.

    A built-in name comes first; ``./q3`` is always a path, and starts from *folder*. Raises
    DeriveError, with the nearest name.
    """
    text = os.fspath(source)
    built_in = _built_in()
    if text in built_in:
        return text, built_in[text]
    for candidate in (text, text + SUFFIX):
        path = folder / candidate
        if candidate and os.path.exists(path) and not os.path.isdir(path):
            return path.stem, path
    raise _unknown(text, folder)


def _built_in() -> dict[str, Path]:
    return {path.stem: path for path in sorted(QUESTIONS.glob(f"*{SUFFIX}"))}


def _unknown(text: str, folder: Path) -> DeriveError:
    kind = " (a folder)" if os.path.isdir(folder / text) else ""
    known = [*_built_in(), *_beside(folder / text, folder)]
    remedy = nearest(text, known) or "`derive list` shows the built-in ones"
    return DeriveError(f"no question or question file {text!r}{kind}", remedy=remedy)


def _beside(path: Path, folder: Path) -> Iterator[str]:
    """The question files next to the one that is not there: it may be a slip of the keyboard."""
    try:
        yield from (os.path.relpath(other, folder) for other in path.parent.glob(f"*{SUFFIX}"))
    except (OSError, ValueError):
        return  # a folder that cannot be looked into offers nothing


def _title(path: Path) -> str:
    import yaml  # not needed to find a file by its name

    with path.open(encoding="utf-8") as lines:
        entry = "".join(_title_lines(lines))
    return str(yaml.load(entry, yaml.BaseLoader)["title"]).strip() if entry else ""


def _title_lines(lines: Iterable[str]) -> Iterator[str]:
    """The ``title:`` entry alone: its line and the indented ones that go on with it."""
    rest = iter(lines)
    for line in rest:
        if line.startswith("title:"):
            yield line
            yield from takewhile(lambda more: more[:1].isspace(), rest)
            return
