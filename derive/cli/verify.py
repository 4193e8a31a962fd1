"""``derive verify``: every independent check of a question, with its error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from derive.cli.markable import markable
from derive.cli.progress import solved
from derive.cli.question_argument import opened, question_argument
from derive.errors import CheckFailed

if TYPE_CHECKING:
    from derive.api import Check

__all__ = ["command"]

HEADER = ("what", "kind", "error", "ok", "")


@click.command("verify")
@question_argument
@click.option("--marking", is_flag=True,
              help="Prove that it can be marked: its own sheet, every slip, changed digits.")
def command(question: str, marking: bool) -> None:
    """Show every check of QUESTION with its error."""
    if marking:
        for lines in markable(opened(question)):
            click.echo(lines)
        return
    solution = solved(opened(question))
    click.echo(table([HEADER, *map(_row, solution.checks)]))
    click.echo(f"\n{solution.summary}")
    failed = [check.target for check in solution.checks if not check.ok]
    if failed:
        raise CheckFailed(f"failed: {', '.join(failed)}")


def _row(check: Check) -> tuple[str, ...]:
    error = "-" if check.error is None else f"{check.error:.1e}"
    return check.target, check.kind, error, "ok" if check.ok else "FAILED", check.note


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns wide enough for their longest entry, two blanks apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_aligned(row, widths) for row in rows)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
    return "  ".join(cells).rstrip()
