"""Whatever goes wrong becomes one readable message on standard error and an exit status."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import singledispatch

import click

from derive.errors import DeriveError

__all__ = ["BAD_INPUT", "INTERNAL_ERROR", "INTERRUPTED", "readable_failures", "verdict"]

BAD_INPUT = 2
INTERRUPTED = 130  # what a shell reports for a program stopped by Ctrl-C
INTERNAL_ERROR = 70  # EX_SOFTWARE: neither 1 nor 2, because it says nothing about the question

# click answers for its own, and ends quietly when the reader went away (`derive list | head -1`)
_CLICKS_OWN = (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError)


@contextmanager
def readable_failures() -> Iterator[None]:
    """Turn every exception into a message and an exit status, without a traceback."""
    try:
        yield
    except _CLICKS_OWN:
        raise
    except (Exception, KeyboardInterrupt) as error:
        if os.environ.get("DERIVE_TRACEBACK"):
            raise
        status, message = verdict(error)
        click.echo(message, err=True)
        raise SystemExit(status) from None


@singledispatch
def verdict(error: BaseException) -> tuple[int, str]:
    """The exit status and the message of an exception; this one is for what nobody foresaw."""
    return INTERNAL_ERROR, (
        f"internal error: {type(error).__name__}: {error}\n"
        "This is a defect of derive, please report it; DERIVE_TRACEBACK=1 shows where it happened."
    )


@verdict.register(DeriveError)
def _(error: DeriveError) -> tuple[int, str]:
    return error.exit_code, str(error)


@verdict.register(OSError)
def _(error: OSError) -> tuple[int, str]:
    where = f"{error.filename}: " if error.filename else ""
    return BAD_INPUT, f"{where}{error.strerror or error}"


@verdict.register(KeyboardInterrupt)
def _(error: KeyboardInterrupt) -> tuple[int, str]:
    return INTERRUPTED, "stopped"


@verdict.register(RecursionError)
def _(error: RecursionError) -> tuple[int, str]:
    return BAD_INPUT, "the question is nested too deeply to be worked on"


@verdict.register(MemoryError)
def _(error: MemoryError) -> tuple[int, str]:
    return BAD_INPUT, "there is not enough memory to work on this question"
