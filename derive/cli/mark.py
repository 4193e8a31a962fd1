"""``derive mark``: what somebody handed in, marked claim by claim."""

from __future__ import annotations

from pathlib import Path

import click

from derive.cli.destination import choose, write
from derive.cli.question_argument import opened, question_argument
from derive.errors import DeriveError

__all__ = ["command"]


@click.command("mark")
@question_argument
@click.argument("submissions", nargs=-1, required=True, metavar="SUBMISSION...",
                type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to report.",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR|-",
    default="-",
    show_default=True,
    help="Where to write; - is standard output.",
)
def command(question: str, submissions: tuple[Path, ...], form: str, output: str) -> None:
    """Mark each SUBMISSION (Markdown or LaTeX) to QUESTION, claim by claim.

    Of every claim it is said whether it is right, right as a consequence of an earlier slip, wrong
    and why, or unreadable. Nothing in a submission is run or expanded.
    """
    from derive.api import Question
    from derive.marking.submission.document import read_submission
    from derive.marking.submission.marked import marked
    from derive.marking.submission.marker import Marker

    loaded = opened(question)
    if not isinstance(loaded, Question):
        raise DeriveError(f"{question} is a set", remedy="name one of its questions")
    texts = [read_submission(path) for path in submissions]
    marker = Marker(loaded.source)
    for path, text in zip(submissions, texts, strict=True):
        found = marked(marker, text)
        report = found.to_json() if form == "json" else found.to_text()
        target = choose(output, path.stem, "json" if form == "json" else "txt")
        write(report if target or len(texts) == 1 else f"{path}\n{report}\n", target)
