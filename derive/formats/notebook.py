"""A Jupyter notebook (nbformat 4.5) of Markdown cells: a cell for each step, with its id."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import singledispatch
from pathlib import Path
from typing import Any

from derive.document.blocks import (
    Anchor,
    Given,
    Heading,
    Item,
    Model,
    QuestionHead,
    Summary,
    Title,
)
from derive.document.sections import sections
from derive.formats.dollars import in_notebook
from derive.formats.markdown import TEMPLATES, writing
from derive.formats.outline import Printed
from derive.formats.plain import plain
from derive.formats.sheet import printed
from derive.solution.solved_set import Solved

__all__ = ["EXTENSION", "write"]

EXTENSION = "ipynb"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
OPENING = (Title, QuestionHead, Given, Model, Heading, Anchor, Summary)     # begin a cell
LONGEST = 64        # characters of the id of a cell
_NO_ID = re.compile(r"[^A-Za-z0-9_-]+")
_RULE = re.compile(r"^---\n+|\n*---\n*$")


@dataclass(slots=True)
class Cell:
    """What becomes a cell: a name, what programs are told about it, its text."""

    name: str
    about: dict[str, str]
    texts: list[str] = field(default_factory=list)


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> str:
    """Return the sheet as a notebook; the same sheet has the same ids of cells."""
    user = templates.resolve() if templates else None
    blocks = [(block, own) for section in sections(solved, detail, parts)
              for own in [writing(section.question)] for block in section.blocks]
    title = plain(solved.title or solved.name)
    content = {"cells": [*_written(_cells(printed(blocks, TEMPLATES, user, solved.language)))],
               "metadata": {"kernelspec": KERNEL, "title": title, **_authors(solved)},
               "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _authors(solved: Solved) -> dict[str, Any]:
    """Return who wrote it, in the words of the format."""
    names = [{"name": plain(name)} for name in solved.authors]
    return {"authors": names} if names else {}


def _cells(items: Iterator[Printed]) -> list[Cell]:
    cells: list[Cell] = []
    for item in items:
        if isinstance(item.block, OPENING) or not cells:
            about = _about(item.block)
            kind = next(iter(about), type(item.block).__name__.lower())
            cells.append(Cell("-".join([kind, *about.values()]), about))
        if not isinstance(item.block, Anchor):
            cells[-1].texts.append(item.text)
    return cells


@singledispatch
def _about(block: Item) -> dict[str, str]:
    """Return what the metadata of a cell say: which step or which part it is."""
    return {}


@_about.register
def _(block: Anchor) -> dict[str, str]:
    return {"step": block.step}


@_about.register
def _(block: Heading) -> dict[str, str]:
    return {"part": block.label}


def _written(cells: Sequence[Cell]) -> Iterator[dict[str, Any]]:
    taken: set[str] = set()
    for cell in cells:
        text = _RULE.sub("", in_notebook("\n\n".join(text.strip() for text in cell.texts)))
        yield {"cell_type": "markdown", "id": _id(cell.name, taken),
               "metadata": {"derive": cell.about} if cell.about else {},
               "source": text.splitlines(keepends=True)}


def _id(name: str, taken: set[str]) -> str:
    """Make an id of a name that no other cell has."""
    found = wanted = _short(_NO_ID.sub("-", name).strip("-"))
    number = 1
    while found in taken:
        number += 1
        found = f"{wanted[:LONGEST - 5]}-{number}"
    taken.add(found)
    return found


def _short(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    return f"{name[:LONGEST - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
