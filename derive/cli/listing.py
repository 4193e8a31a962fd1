"""``derive list``: the built-in questions."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from derive.question.catalogue import CatalogueEntry

__all__ = ["command"]


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
    """List the built-in questions."""
    from derive.question.catalogue import catalogue

    click.echo(_FORMS[form](catalogue()))


def _text(entries: Sequence[CatalogueEntry]) -> str:
    width = max((len(entry.name) for entry in entries), default=0)
    return "\n".join(f"{entry.name:<{width}}  {entry.title}" for entry in entries)


def _json(entries: Sequence[CatalogueEntry]) -> str:
    rows = [
        {"name": entry.name, "title": entry.title, "kind": entry.kind, "path": str(entry.path)}
        for entry in entries
    ]
    return json.dumps(rows, indent=2)  # ASCII only, so that no terminal encoding can break it


_FORMS: dict[str, Callable[[Sequence[CatalogueEntry]], str]] = {"text": _text, "json": _json}
