"""The commands: what they offer, what they print, and how they end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import click
import pytest
import stub_api
from click.testing import CliRunner, Result
from conftest import ROOT

from derive import __version__, formats
from derive.cli import COMMANDS, main
from derive.cli.new import starter
from derive.errors import CheckFailed, DeriveError, Place, QuestionError
from derive.question.catalogue import catalogue

Run = Callable[..., Result]

# The outside contract: the parameters of each command, as they are typed.
CONTRACT = {
    "list": {"--format"},
    "render": {
        "question", "--format", "--engine", "--part", "--detail", "--layout", "--digits", "--carry",
        "--language", "--templates", "--fragment", "--student", "--markscheme",
        "--output", "-o",
    },
    "check": {"question", "quantity", "answer", "--format", "--layout"},
    "mark": {"question", "submissions", "--format", "--gradebook", "--language", "--statistics",
             "--workers", "--output", "-o"},
    "verify": {"question", "--marking"},
    "picture": {
        "question", "--kind", "--of", "--values", "--gradients", "--format", "--output", "-o",
    },
    "watch": {"question", "--port", "--format", "--detail", "--language", "--templates"},
    "new": {"file"},
}  # fmt: skip

CHOICES = {
    ("list", "form"): ["text", "json"],
    ("check", "form"): ["text", "json"],
    ("mark", "forms"): ["text", "markdown", "html", "json", "csv"],
    ("mark", "gradebook"): ["moodle", "canvas", "gradescope"],
    ("check", "layout"): ["gradient", "jacobian", "either"],
    ("picture", "kind"): ["graph", "unrolled", "path"],
    ("picture", "format_name"): ["svg", "tikz", "typst", "text"],
    ("render", "format_name"): formats.names(),
    ("render", "engine"): ["typst", "latex"],
    ("render", "detail"): ["brief", "normal", "full"],
    ("render", "layout"): ["gradient", "jacobian"],
    ("render", "carry"): ["exact", "rounded"],
    ("watch", "format_name"): ["html", "markdown", "latex", "typst"],
    ("watch", "detail"): ["brief", "normal", "full"],
}


@pytest.fixture
def solution(monkeypatch: pytest.MonkeyPatch) -> stub_api.Solution:
    found = stub_api.Solution()
    monkeypatch.setitem(sys.modules, "derive.api", stub_api.module(found))
    monkeypatch.setattr(formats, "extension", lambda name, *_: {"latex": "tex"}.get(name, name))
    return found


@pytest.fixture
def run(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DERIVE_TRACEBACK", raising=False)
    return lambda *words: CliRunner().invoke(main, words)


def subcommand(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_parameters_are_those_of_the_contract(name: str) -> None:
    assert {word for p in subcommand(name).params for word in p.opts} == CONTRACT[name]


@pytest.mark.parametrize(("name", "option"), CHOICES)
def test_choices_are_those_of_the_contract(name: str, option: str) -> None:
    (found,) = [p for p in subcommand(name).params if p.name == option]
    assert list(found.type.choices) == CHOICES[name, option]


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_explains_every_option(run: Run, name: str) -> None:
    result = run(*name.split(), "--help")
    assert result.exit_code == 0
    assert max(map(len, result.output.splitlines())) <= 80
    for option in subcommand(name).params if name else []:
        assert not isinstance(option, click.Option) or option.help


def test_help_of_the_group_names_every_command_and_status(run: Run) -> None:
    text = run("-h").output
    assert all(f"\n  {name} " in text for name in COMMANDS)
    assert "0 done, 1 a check failed, 2 bad input" in text


def test_version(run: Run) -> None:
    assert run("--version").output == f"derive, version {__version__}\n"


def test_render_passes_on_what_was_asked(run: Run, solution: stub_api.Solution, tmp_path) -> None:
    words = (
        "render q3 --format json --part 3.1 --part 3.2 --detail full --layout jacobian "
        f"--digits 5 --carry rounded --language de --templates {tmp_path} -o -"
    )
    assert run(*words.split()).exit_code == 0
    assert solution.asked == {
        "layout": "jacobian", "digits": 5, "carry": "rounded", "format": "json",
        "detail": "full", "parts": ("3.1", "3.2"), "templates": tmp_path, "engine": None,
        "fragment": False, "student": False, "language": "de", "markscheme": False,
    }  # fmt: skip


def test_what_was_not_asked_is_left_to_the_file(run: Run, solution: stub_api.Solution) -> None:
    assert run("render", "q3", "-o", "-").exit_code == 0
    assert [solution.asked[name] for name in ("layout", "digits", "carry")] == [None] * 3


@pytest.mark.parametrize(
    ("failure", "status", "message"),
    [
        (DeriveError("no W", Place("a.yaml", 3, 5), "give it"), 2, "a.yaml:3:5: no W (give it)\n"),
        (QuestionError([DeriveError("one"), DeriveError("two")]), 2, "one\ntwo\n"),
        (CheckFailed("line h[1]"), 1, "line h[1]\n"),
        (FileNotFoundError(2, "No such file", "a.j2"), 2, "a.j2: No such file\n"),
        (PermissionError("not yours"), 2, "not yours\n"),
        (RecursionError(), 2, "the question is nested too deeply to be worked on\n"),
        (MemoryError(), 2, "there is not enough memory to work on this question\n"),
        (KeyboardInterrupt(), 130, "stopped\n"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_failure_is_one_message_and_its_status(
    run: Run, solution: stub_api.Solution, failure: BaseException, status: int, message: str
) -> None:
    solution.failure = failure
    result = run("render", "q3")
    assert (result.exit_code, result.stderr, result.stdout) == (status, message, "")


def test_defect_is_reported_as_such(run: Run, solution: stub_api.Solution) -> None:
    solution.failure = KeyError("nobody foresaw this")
    result = run("render", "q3")
    assert result.exit_code == 70
    assert "defect of derive" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "words",
    [
        "rendre q3", "render", "render q3 --format odt", "render q3 --digits 0",
        "render q3 --digits x", "render q3 --layout rows", "render q3 --templates none-here",
        "render q3 --nonsense", "list --format xml", "new", "verify",
    ],
)  # fmt: skip
def test_wrong_usage_ends_with_two(run: Run, solution: stub_api.Solution, words: str) -> None:
    result = run(*words.split())
    assert result.exit_code == 2
    assert "Error: " in result.stderr


def test_verify_prints_an_aligned_table(run: Run, solution: stub_api.Solution) -> None:
    result = run("verify", "q3")
    assert result.exit_code == 0
    assert result.stdout == (
        "what   kind      error    ok\n"
        "dL/dV  gradient  2.0e-11  ok\n"
        "h[1]   line      -        ok\n"
        f"\n{stub_api.SUMMARY}\n"
    )


def test_verify_ends_with_one_when_a_check_failed(run: Run, solution: stub_api.Solution) -> None:
    solution.checks = (stub_api.Check("gradient", "dL/dV", 0.3, ok=False, note="W[0, 1]"),)
    result = run("verify", "q3")
    assert result.exit_code == 1
    assert "0.3" not in result.stderr
    assert "failed: dL/dV" in result.stderr
    assert "3.0e-01  FAILED  W[0, 1]" in result.stdout


def test_list_as_text_and_as_json(run: Run) -> None:
    entries = catalogue()
    rows = json.loads(run("list", "--format", "json").stdout)
    assert [(row["name"], row["title"]) for row in rows] == [(e.name, e.title) for e in entries]
    assert all(e.name in run("list").stdout and e.title in run("list").stdout for e in entries)


def test_new_writes_the_starter_and_never_overwrites(run: Run, tmp_path) -> None:
    assert run("new", "mine.yaml").stdout == "wrote mine.yaml; try: derive render mine.yaml\n"
    assert (tmp_path / "mine.yaml").read_bytes() == starter()
    (tmp_path / "mine.yaml").write_text("mine")
    result = run("new", "mine.yaml")
    assert (result.exit_code, result.stderr) == (
        2, "mine.yaml exists already and is left as it is\n",
    )  # fmt: skip
    assert (tmp_path / "mine.yaml").read_text() == "mine"


def test_new_in_a_folder_that_is_not_there(run: Run) -> None:
    result = run("new", "nowhere/mine.yaml")
    assert result.exit_code == 2
    assert result.stderr == "cannot write nowhere/mine.yaml: No such file or directory\n"


LIGHT = [["--help"], ["--version"], ["render", "--help"], ["list"]]


@pytest.mark.parametrize("words", LIGHT, ids=" ".join)
def test_light_command_loads_no_engine(words: list[str]) -> None:
    heavy = {"sympy", "numpy", "jinja2"} | ({"yaml"} if "list" not in words else set())
    code = (
        "import sys; from derive.cli import main\n"
        f"main({words!r}, prog_name='derive', standalone_mode=False)\n"
        f"print('loaded:', {heavy!r} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.endswith("loaded: set()\n"), done.stdout + done.stderr


def test_help_takes_under_a_tenth_of_a_second_of_work() -> None:
    code = (
        "import click, time; start = time.process_time(); from derive.cli import main\n"
        "main(['--help'], prog_name='derive', standalone_mode=False)\n"
        "print(time.process_time() - start)"
    )
    runs = [subprocess.check_output([sys.executable, "-c", code], cwd=ROOT) for _ in range(3)]
    assert min(float(out.split()[-1]) for out in runs) < 0.1
