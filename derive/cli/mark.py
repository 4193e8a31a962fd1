"""``derive mark``: what somebody handed in, or a whole class, marked claim by claim."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derive.cli.destination import choose, write
from derive.cli.progress import progress
from derive.cli.question_argument import opened, question_argument
from derive.errors import DeriveError
from derive.languages import LANGUAGES, known

if TYPE_CHECKING:
    from derive.formats.reports.record import Record

__all__ = ["command"]

FORMATS = ["text", "markdown", "html", "json", "csv"]
GRADEBOOKS = ["moodle", "canvas", "gradescope"]


@click.command("mark")
@question_argument
@click.argument("submissions", nargs=-1, required=True, metavar="SUBMISSION...",
                type=click.Path(path_type=Path))
@click.option("--format", "forms", type=click.Choice(FORMATS), multiple=True,
              help="How to report; several with -o DIR.  [default: text]")
@click.option("--gradebook", type=click.Choice(GRADEBOOKS),
              help="Whose columns a csv has; by default all that is known.")
@click.option("--language", metavar="CODE",
              help=f"What reports say themselves: {' or '.join(LANGUAGES)}.  "
                   "[default: the question's]")
@click.option("--statistics", metavar="FILE|-",
              help="Write how often each slip was made: FILE.csv, or text.")
@click.option("--workers", type=click.IntRange(1), metavar="N",
              help="How many processes mark a pile; by default one a processor.")
@click.option("-o", "--output", metavar="FILE|DIR|-", default="-", show_default=True,
              help="Where to write; several reports go into a folder, - is standard output.")
def command(question: str, submissions: tuple[Path, ...], forms: tuple[str, ...],
            gradebook: str | None, language: str | None, statistics: str | None,
            workers: int | None, output: str) -> None:
    """Mark each SUBMISSION (a file of text or a folder) to QUESTION, claim by claim.

    Of every claim it is said whether it is right, right as a consequence of an earlier slip, wrong
    and why, or unreadable. Nothing in a submission is run or expanded. QUESTION may be a set.
    """
    from derive.formats.reports.pile import gathered, marked_pile

    wanted = tuple(dict.fromkeys(forms)) or (("csv",) if gradebook else ("text",))
    if gradebook and "csv" not in wanted:
        raise DeriveError("a gradebook has a table", remedy="add --format csv")
    if language is not None:
        known(language)
    asked = opened(question)
    pile = gathered(submissions)
    _refuse_many(wanted, len(pile), output)
    marked = marked_pile(question, pile, [f for f in wanted if f != "csv"], workers,
                         language)
    records = list(progress(marked, len(pile), "marking"))
    _tell_problems(records)
    for form in wanted:
        _report(form, records, gradebook, output, len(wanted) > 1)
    if statistics is not None:
        _statistics(records, statistics, wanted, language or asked.source.language)


def _refuse_many(forms: Sequence[str], count: int, output: str) -> None:
    """Refuse what would run into each other on standard output, or overwrite itself."""
    if output == "-" and (len(forms) > 1 or (forms == ("html",) and count > 1)):
        raise DeriveError("several reports do not go into standard output",
                          remedy="name a folder, as in -o reports/")


def _tell_problems(records: Sequence[Record]) -> None:
    """Say what could not be marked; bad input where that is all there is."""
    problems = [record.problem for record in records if record.problem]
    if len(problems) == len(records):
        raise DeriveError("\n".join(problems))
    for problem in problems:
        click.echo(problem, err=True)


def _report(form: str, records: Sequence[Record], gradebook: str | None, output: str,
            folder: bool) -> None:
    if form == "csv":
        from derive.formats.reports import table

        place = _folder(output) if folder else output
        write(table.write(records, gradebook), choose(place, "marks", "csv"))
    elif output == "-":
        _print(form, records)
    else:
        _write_each(form, records, _folder(output) if folder or len(records) > 1 else output)


def _folder(output: str) -> str:
    return output if output.endswith("/") else f"{output}/"


def _write_each(form: str, records: Sequence[Record], output: str) -> None:
    """Write every report into a file of its own, and never over what was handed in."""
    from derive.formats.reports import module
    from derive.formats.reports.pile import OURS

    handed_in = {Path(record.path).resolve() for record in records}
    for record in (record for record in records if not record.problem):
        target = choose(output, f"{record.name}{OURS}", module(form).EXTENSION)
        if target is not None and target.resolve() in handed_in:
            raise DeriveError(f"{target} was handed in and is left as it is")
        write(record.reports[form], target)


def _print(form: str, records: Sequence[Record]) -> None:
    """Print reports below each other; JSON of several submissions is a list."""
    if form == "json" and len(records) > 1:
        listed = [{"submission": r.path, **({"problem": r.problem} if r.problem else json.loads(
            r.reports[form]))} for r in records]
        write(json.dumps(listed, ensure_ascii=False, indent=2) + "\n", None)
        return
    shown = [record for record in records if not record.problem]
    for record in shown:
        head = f"{record.path}\n" if len(records) > 1 and form == "text" else ""
        tail = "\n" if len(records) > 1 else ""
        write(f"{head}{_for_terminal(form, record.reports[form])}{tail}", None)


def _for_terminal(form: str, report: str) -> str:
    if form != "text" or not sys.stdout.isatty():
        return report
    from derive.formats.reports.text import coloured

    return coloured(report)


def _statistics(records: Sequence[Record], target: str, forms: Sequence[str], language: str
                ) -> None:
    from derive.formats.reports.statistics import as_csv, as_text

    if target == "-":
        # a table for programs stays alone on standard output
        click.echo(as_text(records, language), err=not {"text", "markdown"} & set(forms), nl=False)
        return
    said = as_csv(records) if target.endswith(".csv") else as_text(records, language)
    write(said, choose(target, "statistics", "txt"))
