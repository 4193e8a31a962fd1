"""``derive new``: a commented question file to start from."""

from __future__ import annotations

from pathlib import Path

import click

from derive.cli.destination import write_new

__all__ = ["command", "starter"]


@click.command("new")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Write a commented question file to start from.

    FILE must not exist yet.
    """
    write_new(file, starter())
    click.echo(f"wrote {file}; try: derive render {file}")


def starter() -> bytes:
    """The file that is written: a small recurrent network, with every key explained."""
    return Path(__file__).with_name("starter.yaml").read_bytes()
