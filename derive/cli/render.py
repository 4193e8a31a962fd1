"""``derive render``: a question becomes a worked solution."""

from __future__ import annotations

from pathlib import Path

import click

from derive import formats
from derive.cli.destination import choose, write
from derive.cli.progress import solved
from derive.cli.question_argument import opened, question_argument
from derive.languages import LANGUAGES, known

__all__ = ["command"]

MOST_DIGITS = 17  # as many as tell any two floating-point numbers apart


@click.command("render")
@question_argument
@click.option(
    "--format",
    "format_name",
    type=click.Choice(formats.names()),
    default="latex",
    metavar="FORMAT",
    show_default=True,
    help=f"What to write: {', '.join(formats.names())}.",
)
@click.option(
    "--engine",
    type=click.Choice(list(formats.ENGINES)),
    help="What makes a pdf: typst, which comes with the extra pdf, or your LaTeX. "
    "[default: typst]",
)
@click.option(
    "--fragment",
    is_flag=True,
    help="Without the shell of the document: for slides, a paper or a page of your own.",
)
@click.option(
    "--student",
    is_flag=True,
    help="What is asked, with room for the answers, and no solution.",
)
@click.option(
    "--markscheme",
    is_flag=True,
    help="For markers: part by part the marks, and what may be accepted.",
)
@click.option("--part", "parts", metavar="LABEL", multiple=True, help="Only this part; repeatable.")
@click.option(
    "--detail",
    type=click.Choice(["brief", "normal", "full"]),
    default="normal",
    show_default=True,
    help="Results only, the usual working, or every local derivative with its reason.",
)
@click.option(
    "--layout",
    type=click.Choice(["gradient", "jacobian"]),
    help="Gradients as columns, or row vectors with Jacobians in path order. [default: the file's]",
)
@click.option(
    "--digits",
    type=click.IntRange(1, MOST_DIGITS),
    metavar="N",
    help="Digits shown. [default: the file's]",
)
@click.option(
    "--carry",
    type=click.Choice(["exact", "rounded"]),
    help="Work on with full precision, or with what is shown. [default: the file's]",
)
@click.option(
    "--language",
    metavar="CODE",
    help=f"What the sheet says itself: {' or '.join(LANGUAGES)}. [default: the file's]",
)
@click.option(
    "--templates",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="A folder whose templates replace the built-in ones of the same name.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE|DIR|-",
    help="Where to write; - is standard output. [default: output/NAME.EXT]",
)
def command(
    question: str,
    format_name: str,
    engine: str | None,
    fragment: bool,
    student: bool,
    markscheme: bool,
    parts: tuple[str, ...],
    detail: str,
    layout: str | None,
    digits: int | None,
    carry: str | None,
    language: str | None,
    templates: Path | None,
    output: str | None,
) -> None:
    """Write the worked solution of QUESTION, every line of it checked."""
    loaded = opened(question)
    formats.writer(format_name, engine, fragment, student, markscheme)
    formats.require(format_name, engine)
    if language is not None:
        known(language)
    solution = solved(loaded.only(parts), layout=layout, digits=digits, carry=carry)
    sheet = solution.render(format=format_name, detail=detail, parts=parts, templates=templates,
                            engine=engine, fragment=fragment, student=student, language=language,
                            markscheme=markscheme)
    ending = formats.extension(format_name, fragment, student, markscheme)
    path = choose(output, loaded.name, ending)
    where = write(sheet, path)
    click.echo(f"wrote {where}, {solution.summary}" if path else solution.summary,
               err=path is None)
