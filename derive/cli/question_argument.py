"""The QUESTION argument that ``render`` and ``verify`` share, with its shell completion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

__all__ = ["question_argument"]

F = TypeVar("F", bound=Callable[..., Any])


def question_argument(command: F) -> F:
    """Add QUESTION, completed by the names of the built-in questions and by files."""
    return click.argument("question", shell_complete=_complete)(command)


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from derive.question.catalogue import catalogue

    named = [
        CompletionItem(entry.name, help=entry.title)
        for entry in catalogue()
        if entry.name.startswith(incomplete)
    ]
    return named or [CompletionItem(incomplete, type="file")]
