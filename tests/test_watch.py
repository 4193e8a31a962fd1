"""``derive watch``: a real server on a free port, a question that is saved, broken and mended."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest
from browser import browser
from click.testing import CliRunner
from conftest import ROOT, find_tool

from derive.cli import main
from derive.cli.preview.files import stamp
from derive.cli.preview.pages import of_failure, of_sheet
from derive.errors import DeriveError, Place

PATIENCE = 60   # seconds, on a machine that is busy
QUESTION = """title: Watched
symbols: {x: n, A: n x n, n: dimension}
parts: [{find: "d(x.T @ A @ x)/dx"}]
"""
BROKEN = QUESTION.replace("A @ x)", "B @ x)")


@dataclass
class Watching:
    process: subprocess.Popen[str]
    url: str
    path: Path

    @property
    def told(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def page(self, host: str = "") -> str:
        request = urllib.request.Request(self.url, headers={"Host": host} if host else {})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def save(self, text: str, seen: int) -> int:
        """Save the question and wait for what the browser would hear."""
        events = f"{self.url}events?seen={seen}"
        with urllib.request.urlopen(events, timeout=PATIENCE) as answer:
            self.path.write_text(text, encoding="utf-8")
            for line in answer:
                if line.startswith(b"data: "):
                    return int(line[6:])
        raise AssertionError("the line of events ended")


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    path = tmp_path / "mine.yaml"
    path.write_text(QUESTION, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "derive", "watch", str(path), "--port", "0"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    url = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
    assert url is not None
    yield Watching(process, url[0], path)
    process.kill()
    process.communicate()


def test_page_follows_the_file(watching: Watching) -> None:
    assert "<h1>Watched" in watching.page()
    assert "EventSource" in watching.page()

    assert watching.save(BROKEN, 1) == 2
    page = watching.page()
    assert f"{watching.path}:3:25" in page
    assert "unknown name `B`" in page
    assert f"\n{' ' * 24}^" in page
    assert "EventSource(\"/events?seen=2\")" in page

    assert watching.save(QUESTION.replace("Watched", "Mended"), 2) == 3
    assert "<h1>Mended" in watching.page()

    watching.process.send_signal(signal.SIGINT)
    out, err = watching.process.communicate(timeout=PATIENCE)
    assert watching.process.returncode == 0
    assert err == ""
    assert "checked: " in out
    assert "mine.yaml:3:25: unknown name `B`" in out


def test_browser_stays_where_it_was_read(watching: Watching) -> None:
    question = (ROOT / "derive" / "questions" / "q3.yaml").read_text(encoding="utf-8")
    watching.path.write_text(question, encoding="utf-8")
    with browser(find_tool("chromium")) as chromium:
        def holds(script: str) -> bool:
            for _ in range(4 * PATIENCE):
                with suppress(Exception):   # a page that is being loaded answers nothing
                    if chromium.run(f"document.readyState === 'complete' && ({script})"):
                        return True
                time.sleep(0.25)
            return False

        def shows(words: str) -> bool:
            return holds(f'document.body.innerText.includes("{words}")')

        chromium.go(watching.url, 900)
        assert shows("A recurrent network")
        fold = "[...document.querySelectorAll('.steps')].at(-1)"
        assert holds(f"{fold}.open && ({fold}.open = false, document.querySelector("
                     "'.source').open = true)")
        assert holds("scrollTo(0, 1500), scrollY === 1500")
        watching.path.write_text(question.replace("find: yhat", "find: yhatt"), encoding="utf-8")
        assert shows("did you mean 'yhat'?")
        watching.path.write_text(question.replace("title: A", "title: Again a"), encoding="utf-8")
        assert shows("Again a recurrent network")
        assert holds("scrollY === 1500")
        assert holds(f"{fold}.open === false && "
                     "document.querySelectorAll('details:not([open], .source)').length === 1")
        assert holds("!document.querySelector('.source[open]')")


def test_only_this_machine_and_only_the_page(watching: Watching) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403"):
        watching.page("elsewhere.example:80")
    assert "<h1>" in watching.page(watching.url.split("/")[2].replace("127.0.0.1", "localhost"))
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{watching.url}mine.yaml", timeout=PATIENCE)


def test_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(main, ["watch", "q3", "--port", str(port)])
    assert done.exit_code == 2
    assert done.output.startswith(f"port {port} cannot be used: ")
    assert "--port" in done.output


def test_question_that_is_not_there_is_refused() -> None:
    done = CliRunner().invoke(main, ["watch", "nowhere.yaml", "--port", "0"])
    assert done.exit_code == 2
    assert "nowhere.yaml" in done.output


def test_saved_file_has_another_stamp(tmp_path: Path) -> None:
    file = tmp_path / "style" / "page.css"
    file.parent.mkdir()
    missing = stamp([file])
    file.write_text("a")
    found = stamp([file])
    assert missing != found == stamp([file.parent])
    os.utime(file, ns=(1, 1))
    assert stamp([file.parent]) != found


def test_source_of_another_format_is_shown_as_it_stands() -> None:
    page = of_sheet("a < b & \\frac{1}{2}", "latex", 7, "done")
    assert "<pre>a &lt; b &amp; \\frac{1}{2}</pre>" in page.html
    assert "seen=7" in page.html


def test_mistake_is_shown_as_text(tmp_path: Path) -> None:
    file = tmp_path / "q.yaml"
    file.write_text("title: <b>\n")
    error = DeriveError("no <script>", Place(str(file), 1, 8), "try & see")
    page = of_failure(error, 1)
    assert "no &lt;script&gt; (try &amp; see)" in page.html
    assert "title: &lt;b&gt;\n       ^" in page.html
    assert page.told == str(error)


def test_defect_is_told_and_ends_nothing() -> None:
    assert "internal error: KeyError" in of_failure(KeyError("x"), 1).html
