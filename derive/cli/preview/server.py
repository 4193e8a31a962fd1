"""A server on this machine alone: the page, and a line of events that says when it is another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from derive.cli.preview.pages import Page

__all__ = ["HOST", "Shown", "serving"]

HOST = "127.0.0.1"
# a page of another site must not read this one by a name of its own that leads here
NAMES = (HOST, "localhost")
BREATH = 10.0   # seconds after which a waiting browser hears that there is nothing new


class Shown:
    """The page of the moment; whoever waits for the next one is woken."""

    def __init__(self) -> None:
        self.version = 0
        self.page: Page | None = None
        self._changed = threading.Condition()

    def show(self, page: Page) -> None:
        with self._changed:
            self.page, self.version = page, self.version + 1
            self._changed.notify_all()

    def after(self, version: int, seconds: float | None = None) -> tuple[int, Page | None]:
        """Wait for another version than this one, no longer than *seconds*."""
        with self._changed:
            self._changed.wait_for(lambda: self.version != version, seconds)
            return self.version, self.page


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


def serving(shown: Shown, port: int) -> ThreadingHTTPServer:
    """Return a server at this port, 0 for any free one; OSError where it is taken."""
    return _Server((HOST, port), type("_Handler", (_Handler,), {"shown": shown}))


class _Handler(BaseHTTPRequestHandler):
    shown: Shown

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if (self.headers.get("Host") or "").rpartition(":")[0] not in NAMES:
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        answer = ANSWERS.get(asked.path)
        if answer is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        try:
            answer(self, asked.query)
        except ConnectionError:
            self.close_connection = True     # the browser went on

    def send_page(self, query: str) -> None:
        _, page = self.shown.after(0)
        assert page is not None, "there is a page from the first version on"
        body = page.html.encode("utf-8")
        self._head("text/html; charset=utf-8", len(body))
        self.wfile.write(body)

    def send_events(self, query: str) -> None:
        """Say that there is another page than the one the browser has, as soon as there is."""
        seen = parse_qs(query).get("seen", ["0"])[0]
        version = int(seen) if seen.isdigit() else 0
        self._head("text/event-stream", None)
        while True:
            found, _ = self.shown.after(version, BREATH)
            self.wfile.write(b": nothing new\n\n" if found == version
                             else f"data: {found}\n\n".encode())
            self.wfile.flush()
            version = found

    def _head(self, kind: str, length: int | None) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """The terminal is for what is wrong with the question."""


ANSWERS: dict[str, Callable[[_Handler, str], None]] = {
    "/": _Handler.send_page, "/events": _Handler.send_events}
