"""``derive picture``: the model of a question as a picture."""

from __future__ import annotations

import click

from derive.cli.destination import choose, write
from derive.cli.question_argument import opened, question_argument

__all__ = ["command"]

FORMATS = {"svg": "svg", "tikz": "tex", "typst": "typ", "text": "txt"}


@click.command("picture")
@question_argument
@click.option(
    "--kind",
    type=click.Choice(["graph", "unrolled", "path"]),
    default="graph",
    show_default=True,
    help="What reads what, the recurrence step by step, or the paths of a derivative.",
)
@click.option(
    "--of",
    metavar="DERIVATIVE",
    help="The derivative whose paths stand out: dL/dh[1]; or only what is differentiated: L.",
)
@click.option("--values", is_flag=True, help="Say the value in the box of each quantity.")
@click.option("--gradients", is_flag=True, help="Say the derivative by each quantity.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(list(FORMATS)),
    default="svg",
    show_default=True,
    help="What to write.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE|DIR|-",
    help="Where to write; - is standard output. [default: output/NAME-KIND.EXT]",
)
def command(
    question: str,
    kind: str,
    of: str | None,
    values: bool,
    gradients: bool,
    format_name: str,
    output: str | None,
) -> None:
    """Draw the model of QUESTION: its equations as a graph, in its own notation."""
    loaded = opened(question)
    drawn = loaded.picture(kind, of, values=values, gradients=gradients, format=format_name)
    path = choose(output, f"{loaded.name}-{kind}", FORMATS[format_name])
    where = write(drawn, path)
    if path:
        click.echo(f"wrote {where}")
