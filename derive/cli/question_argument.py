"""The QUESTION argument that ``render`` and ``verify`` share, with its shell completion."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from derive.api import Question, QuestionSet

__all__ = ["opened", "question_argument"]

F = TypeVar("F", bound=Callable[..., Any])


def question_argument(command: F) -> F:
    """Add QUESTION, completed by the names of the built-in questions, sets and by files."""
    return click.argument("question", shell_complete=_complete)(command)


def opened(question: str) -> Question | QuestionSet:
    """Read a question or a set, and tell on standard error what in it may be a slip."""
    from derive.api import load

    loaded = load(question)
    for warning in loaded.warnings:
        click.echo(f"warning: {warning}", err=True)
    return loaded


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from derive.question.catalogue import names

    named = [
        CompletionItem(name, help=title)
        for name, title in names().items()
        if name.startswith(incomplete)
    ]
    return named or [CompletionItem(incomplete, type="file")]
