"""``derive check``: is an answer right?"""

from __future__ import annotations

import json

import click

from derive.cli.question_argument import opened, question_argument
from derive.errors import DeriveError

__all__ = ["command"]

WRONG = 1


@click.command("check", context_settings={"ignore_unknown_options": True})
@question_argument
@click.argument("quantity")
@click.argument("answer")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to say it.",
)
@click.option(
    "--layout",
    type=click.Choice(["gradient", "jacobian", "either"]),
    help="Which transposes count as right. [default: the question's]",
)
def command(question: str, quantity: str, answer: str, form: str, layout: str | None) -> None:
    """Judge ANSWER, what somebody says QUANTITY is in QUESTION.

    QUANTITY is typed as in a question: h[1], L, dL/dV, dL/dh[t]. ANSWER is a number, a matrix
    [[1, 2], [3, 4]], an expression V.T @ (p - y), LaTeX, or, in JSON, the members of a series:
    {"0": [1, 2], "1": [3, 4]}. Quote both.

    Exit status: 0 right, 1 wrong, 2 cannot be read or judged.
    """
    from derive.api import Question

    loaded = opened(question)
    if not isinstance(loaded, Question):
        raise DeriveError(f"{question} is a set", remedy="name one of its questions")
    verdict = loaded.check(quantity, _answer(answer), layout=layout)
    click.echo(verdict.to_json() if form == "json" else verdict.message)
    if not verdict:
        raise SystemExit(WRONG)


def _answer(text: str) -> object:
    """Return the members of a series where JSON lists them; the text itself otherwise."""
    if text.lstrip()[:2] != '{"':
        return text
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        raise DeriveError("the members of a series are given in JSON",
                          remedy='{"0": [1, 2], "1": [3, 4]}') from None
    return found
