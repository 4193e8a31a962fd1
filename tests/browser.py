"""A headless Chromium, spoken to over a pipe in the DevTools protocol: no driver, no port."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--hide-scrollbars", "--remote-debugging-pipe", "--disable-dev-shm-usage")
END = b"\0"


class Browser:
    """One page of one browser."""

    def __init__(self, command: BinaryIO, answers: BinaryIO) -> None:
        self.command, self.answers = command, answers
        self.number, self.read, self.session = 0, b"", ""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.ask("Page.enable")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and return its result; what the browser tells meanwhile is passed over."""
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        self.command.write(json.dumps(message).encode() + END)
        answer = next(told for told in self._told() if told.get("id") == self.number)
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: dict[str, Any] = answer["result"]
        return result

    def _told(self) -> Iterator[dict[str, Any]]:
        while True:
            while END not in self.read:
                piece = self.answers.read(1 << 16)
                assert piece, "the browser has gone"
                self.read += piece
            message, _, self.read = self.read.partition(END)
            yield json.loads(message)

    def show(self, page: Path, width: int, *, dark: bool = False, media: str = "screen") -> None:
        """Load a file at a width in pixels; return when its fonts are there."""
        self.open(page.as_uri(), width, dark=dark, media=media)

    def open(self, url: str, width: int, *, dark: bool = False, media: str = "screen") -> None:
        """Load a page by its address; return when its fonts are there."""
        self.go(url, width, dark=dark, media=media)
        self.run("document.fonts.ready.then(() => true)")

    def go(self, url: str, width: int, *, dark: bool = False, media: str = "screen") -> None:
        """Load a page by its address, which may load itself anew at once."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900,
                 deviceScaleFactor=1, mobile=width < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", media=media, features=[scheme])
        self.ask("Page.navigate", url=url)
        next(told for told in self._told() if told.get("method") == "Page.loadEventFired")

    def run(self, script: str) -> Any:
        """Evaluate JavaScript in the page and return what it (or its promise) gives."""
        answer = self.ask("Runtime.evaluate", expression=script, awaitPromise=True,
                          returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def picture(self) -> bytes:
        """Return all of the page as PNG."""
        return b64decode(self.ask("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def paper(self) -> bytes:
        """Return the page as PDF."""
        return b64decode(self.ask("Page.printToPDF", preferCSSPageSize=True)["data"])


@contextmanager
def browser(program: str) -> Iterator[Browser]:
    """Start a browser of its own, with a new empty profile, and end it."""
    profile = tempfile.mkdtemp(prefix="derive-browser-")
    to_browser, from_browser = _pipe(), _pipe()
    silent = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
    process = os.posix_spawn(program, [program, *FLAGS, f"--user-data-dir={profile}"], os.environ,
                             file_actions=[(os.POSIX_SPAWN_DUP2, to_browser[0], 3),
                                           (os.POSIX_SPAWN_DUP2, from_browser[1], 4), silent],
                             setpgroup=0)
    os.close(to_browser[0])
    os.close(from_browser[1])
    try:
        with os.fdopen(to_browser[1], "wb", 0) as command, os.fdopen(
                from_browser[0], "rb", 0) as answers:
            yield Browser(command, answers)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        os.waitpid(process, 0)
        shutil.rmtree(profile, ignore_errors=True)


def _pipe() -> tuple[int, int]:
    """Return a pipe whose ends are not the numbers that the browser wants them under."""
    found = []
    for end in os.pipe():
        found.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10))
        os.close(end)
    return found[0], found[1]
