"""The command line: ``derive COMMAND ...``.

A command is one module with a click command named ``command``. The modules are imported when they
are needed and import the engine only when they run, which keeps ``derive --help`` instant.
"""

from __future__ import annotations

import atexit
import gc
import importlib
from typing import Any

import click

from derive import __version__
from derive.cli.failures import readable_failures

__all__ = ["COMMANDS", "main"]

COMMANDS = {
    "list": "derive.cli.listing",  # a module named list would hide the builtin here
    "render": "derive.cli.render",
    "check": "derive.cli.check",
    "mark": "derive.cli.mark",
    "verify": "derive.cli.verify",
    "picture": "derive.cli.picture",
    "watch": "derive.cli.watch",
    "new": "derive.cli.new",
}


class Commands(click.Group):
    """The group that imports a command when it is asked for, in the order of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(COMMANDS[cmd_name]).command
        return found

    def invoke(self, ctx: click.Context) -> Any:
        # importing SymPy makes a million objects that stay: looking for garbage among them again
        # and again is a twentieth of a short command's time
        gc.set_threshold(100_000, 50, 50)
        # and a process that ends need not search all of them once more: that alone is a tenth
        atexit.register(gc.freeze)
        with readable_failures():
            return super().invoke(ctx)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="derive")
def main() -> None:
    """Worked solutions of deep-learning homework, every line checked.

    QUESTION is the name of a built-in question (see "derive list") or the path of a question file.

    Exit status: 0 done, 1 a check failed, 2 bad input.
    """
