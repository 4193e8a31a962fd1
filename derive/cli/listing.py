"""``derive list``: the built-in sets and questions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from derive.question.catalogue import CatalogueEntry

__all__ = ["command"]

INDENT = "  "
MOST_TOPICS = 60    # characters of them on a line


@click.command("list")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="A table to read, or a JSON list of objects.",
)
def command(form: str) -> None:
    """List the built-in sets and questions, with what they exercise."""
    from derive.question.catalogue import catalogue

    click.echo(_FORMS[form](catalogue()))


def _text(entries: Sequence[CatalogueEntry]) -> str:
    """Sets with their questions under them, then the questions of no set."""
    rows = list(_rows(entries))
    names, titles = ([max(map(len, column), default=0) for column in zip(*rows, strict=True)][:2]
                     if rows else (0, 0))
    return "\n".join(f"{name:<{names}}  {title:<{titles}}  {topics}".rstrip()
                     for name, title, topics in rows)


def _rows(entries: Sequence[CatalogueEntry]) -> Iterator[tuple[str, str, str]]:
    questions = {entry.name: entry for entry in entries if entry.kind == "question"}
    listed: set[str] = set()
    for entry in entries:
        if entry.kind == "set":
            yield entry.name, entry.title, ""      # its questions say it
            inner = [questions[name] for name in entry.questions if name in questions]
            listed |= {question.name for question in inner}
            yield from (_row(question, INDENT, entry.titles) for question in inner)
    yield from (_row(entry) for name, entry in questions.items() if name not in listed)


def _row(entry: CatalogueEntry, indent: str = "", titles: Mapping[str, str] | None = None
         ) -> tuple[str, str, str]:
    """Name, title and topics; a set may call its question by another title."""
    title = (titles or {}).get(entry.name, entry.title)
    return indent + entry.name, indent + title, _listed(entry.topics)


def _listed(topics: Sequence[str]) -> str:
    """As many topics as fit a line."""
    shown = ", ".join(topics)
    if len(shown) <= MOST_TOPICS:
        return shown
    return f"{shown[:MOST_TOPICS].rpartition(', ')[0]}, ..."


def _json(entries: Sequence[CatalogueEntry]) -> str:
    # ASCII only, so that no terminal encoding can break it
    return json.dumps([_object(entry) for entry in entries], indent=2)


def _object(entry: CatalogueEntry) -> dict[str, Any]:
    found = {"name": entry.name, "title": entry.title, "kind": entry.kind,
             "path": str(entry.path), "topics": list(entry.topics)}
    return {**found, "questions": list(entry.questions)} if entry.kind == "set" else found


_FORMS: dict[str, Callable[[Sequence[CatalogueEntry]], str]] = {"text": _text, "json": _json}
