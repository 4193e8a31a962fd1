"""``derive watch``: the sheet in a browser, made anew whenever the question is saved."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path

import click

from derive.cli.preview.files import Stamp, stamp
from derive.cli.preview.pages import Page, of_failure, of_sheet
from derive.cli.preview.server import HOST, Shown, serving
from derive.cli.question_argument import question_argument
from derive.errors import DeriveError
from derive.languages import known

__all__ = ["command"]

EVERY = 0.25    # seconds between two looks at the files
PORT = 8021
LAST_PORT = 65535


@click.command("watch")
@question_argument
@click.option("--port", type=click.IntRange(0, LAST_PORT), default=PORT, show_default=True,
              metavar="N", help="Where the page is; 0 takes a free one.")
@click.option("--format", "format_name", default="html", show_default=True,
              type=click.Choice(["html", "markdown", "latex", "typst"]),
              help="What is shown: the page, or the source of another format.")
@click.option("--detail", type=click.Choice(["brief", "normal", "full"]), default="normal",
              show_default=True, help="As for render.")
@click.option("--language", metavar="CODE", help="As for render. [default: the file's]")
@click.option("--templates", type=click.Path(exists=True, file_okay=False, path_type=Path),
              metavar="DIR", help="As for render; a template that is saved counts too.")
def command(question: str, port: int, format_name: str, detail: str, language: str | None,
            templates: Path | None) -> None:
    """Show the solution of QUESTION in a browser, and again whenever it is saved.

    Mistakes are shown in the page, each with its place. Only this machine can see it. Ctrl-C ends.
    """
    from derive.question.catalogue import find

    if language is not None:
        known(language)
    sheet = Sheet(find(question)[1], format_name, detail, language, templates)
    shown = Shown()
    with _server(shown, port) as server:
        click.echo(f"http://{HOST}:{server.server_address[1]}/ shows {question}; Ctrl-C ends")
        try:
            _watch(sheet, shown)
        except KeyboardInterrupt:
            click.echo()


@contextmanager
def _server(shown: Shown, port: int) -> Iterator[ThreadingHTTPServer]:
    try:
        server = serving(shown, port)
    except OSError as error:
        raise DeriveError(f"port {port} cannot be used: {error.strerror}",
                          remedy="take another --port, or 0 for a free one") from None
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1},
                     daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def _watch(sheet: Sheet, shown: Shown) -> None:
    """Make the page, then wait until a file is saved, again and again."""
    pause = threading.Event()
    while True:
        before = sheet.stamp()
        page = sheet.page(shown.version + 1)
        shown.show(page)
        click.echo(page.told)
        while sheet.stamp() == before:
            pause.wait(EVERY)


@dataclass
class Sheet:
    """What is shown, how, and the files it comes from."""

    path: Path
    format_name: str
    detail: str
    language: str | None
    templates: Path | None
    listed: Sequence[Path] = ()

    def stamp(self) -> Stamp:
        own = [self.templates] if self.templates else []
        return stamp([self.path, *self.listed, *own])

    def page(self, version: int) -> Page:
        """Solve and write the question; whatever goes wrong becomes the page."""
        try:
            return self._solved(version)
        except Exception as error:
            return of_failure(error, version)

    def _solved(self, version: int) -> Page:
        from derive.api import QuestionSet, load
        from derive.formats.environment import environment

        environment.cache_clear()       # a template may have been saved
        loaded = load(self.path)
        if isinstance(loaded, QuestionSet):
            self.listed = [Path(question.source.file) for question in loaded.questions]
        solution = loaded.solve()
        text = solution.render(self.format_name, self.detail, templates=self.templates,
                               language=self.language)
        told = [*(f"warning: {warning}" for warning in loaded.warnings), solution.summary]
        return of_sheet(text, self.format_name, version, "\n".join(told))
