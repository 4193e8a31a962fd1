"""Bad input at the command line: one message with its place, exit status 2, nothing written or run.

What each message says is tested in ``test_question_files.py``; here the same files go through the
commands.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT
from test_question_files import MISTAKES, Q3, changed

from derive.cli import main

FORMATS = ("latex", "markdown", "json")
SECONDS = 1.0   # beyond start-up
# the file is fine, what is asked of the program is not: (what in q3 is replaced, by what, message)
REQUESTS = {
    "rounded to zero": ("mode: significant, carry: exact", "mode: decimal, carry: rounded",
                        ("digits: 3", "digits: 2"), "more digits"),
    "log of a negative number": ("tanh(hbar[t])", "log(hbar[t])", (), "log of -"),
    "division by zero": ("tanh(hbar[t])", "1/(hbar[t] - hbar[t])", (), "division by zero"),
    "false fact": ("sum(y[t]) == 1", "sum(y[t]) == 2", (), "does not hold"),
}


@pytest.fixture
def question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DERIVE_TRACEBACK", raising=False)
    return tmp_path / "q3.yaml"


def refused(question: Path, *words: str) -> Result:
    """Run a command on the file: it has to refuse, and to leave nothing behind."""
    start = time.process_time()
    result = CliRunner().invoke(main, [*words, question.name])
    assert time.process_time() - start < SECONDS
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert "internal error" not in result.stderr
    assert [p.name for p in question.parent.iterdir()] == [question.name]
    return result


@pytest.mark.parametrize("name", list(MISTAKES))
def test_a_mistake_in_a_file(name: str, question: Path) -> None:
    old, new, *held = MISTAKES[name]
    question.write_text(changed(old, new), encoding="utf-8")
    message = refused(question, "render").stderr
    assert all(part in message for part in held)
    assert message == refused(question, "verify").stderr


@pytest.mark.parametrize("name", list(REQUESTS))
@pytest.mark.parametrize("format_name", FORMATS)
def test_numbers_that_cannot_be(name: str, format_name: str, question: Path) -> None:
    old, new, more, held = REQUESTS[name]
    text = changed(old, new)
    question.write_text(changed(*more, text) if more else text, encoding="utf-8")
    message = refused(question, "render", "--format", format_name).stderr
    assert held in message
    assert message.count("\n") == 1


def test_a_large_file(question: Path) -> None:
    question.write_text(Q3 + "# " + "x" * 10_000_000, encoding="utf-8")
    assert "larger than" in refused(question, "render").stderr


def test_two_thousand_brackets_of_values(question: Path) -> None:
    text = changed("b: [0, 1, -1]", f"b: {'(' * 2000}1{')' * 2000}")
    question.write_text(text, encoding="utf-8")
    assert "q3.yaml:8:" in refused(question, "render").stderr


@pytest.mark.parametrize("words", [("render", "no_such_question"), ("verify", "q4"),
                                   ("render", "q3", "--part", "9"),
                                   ("render", "q3", "-o", "/dev/null/x")])
def test_requests_that_cannot_be_met(words: tuple[str, ...], question: Path) -> None:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) <= 4
    assert list(question.parent.iterdir()) == []


def test_nothing_in_a_file_is_run(question: Path) -> None:
    canary = question.parent / "canary"
    for text in (f"__import__('pathlib').Path({str(canary)!r}).touch()",
                 f"open({str(canary)!r}, 'w')", f"(lambda: open({str(canary)!r}, 'w'))()"):
        asked = "'" + text.replace("'", '"') + "'"
        for place in (changed("tanh(hbar[t])", text), changed("dL/dU", asked),
                      changed("b: [0, 1, -1]", f"b: {text!r}")):
            question.write_text(place, encoding="utf-8")
            refused(question, "render")
    assert not canary.exists()


def test_in_a_process_of_its_own(question: Path) -> None:
    """As a user runs it: the status, one line, no traceback, no output folder."""
    question.write_text(changed("tanh(", "tahn("), encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "derive", "render", str(question)],
                          cwd=question.parent, env=_environment(), capture_output=True, text=True,
                          check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "unknown function `tahn`" in done.stderr
    assert [p.name for p in question.parent.iterdir()] == [question.name]


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(ROOT)}
