"""What the README promises exists: commands, options, Python names, files."""

from __future__ import annotations

import ast
import re

import click
import pytest
from conftest import ROOT

import derive
from derive import formats
from derive.cli import COMMANDS, main

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PYTHON = "\n".join(body for language, body in BLOCKS if language == "python")
PATHS = re.findall(r"\]\(([\w./-]+)\)", TEXT) + re.findall(
    r"`((?:derive|templates)/[\w./]*)`", TEXT
)
SHELL = re.findall(r"^derive (\w+)(.*)$", "\n".join(body for _, body in BLOCKS), re.MULTILINE)


def options(command: str) -> set[str]:
    found = main.get_command(click.Context(main), command)
    assert found is not None
    return {o for p in found.params if isinstance(p, click.Option) for o in p.opts}


def test_commands_are_the_ones_there_are() -> None:
    assert {name for name, _ in SHELL} == set(COMMANDS)


@pytest.mark.parametrize(("name", "rest"), SHELL)
def test_options_of_a_command_line_exist(name: str, rest: str) -> None:
    assert set(re.findall(r"(?<!\w)--?[a-z]+", rest)) <= options(name)


TABLES = [re.findall(r"^\| (`-.*?) \|", table, re.MULTILINE)
          for table in TEXT.split("| option | |")[1:]]


@pytest.mark.parametrize(("place", "command"), [(0, "render"), (1, "mark")])
def test_table_holds_every_option_of_a_command(place: int, command: str) -> None:
    rows = "\n".join(TABLES[place])
    assert set(re.findall(r"(?<!\w)--?[a-z]+", rows)) == options(command) - {"--output"}


@pytest.mark.parametrize("name", formats.names())
def test_every_format_is_mentioned(name: str) -> None:
    assert f"`{name}`" in TEXT.replace("--format ", "")


@pytest.mark.parametrize("path", sorted(set(PATHS)))
def test_file_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_python_names_exist() -> None:
    names = set(re.findall(r"\bderive\.([A-Za-z]+)(?![/\w])", PYTHON + TEXT.partition("## In")[2]))
    assert names
    assert names <= set(derive.__all__) | {"cli", "ops", "formats", "questions"}


def test_python_example_runs() -> None:
    scope: dict[str, object] = {}
    exec(compile(ast.parse(PYTHON), "README.md", "exec"), scope)  # noqa: S102
    assert scope["page"]


def test_test_command_is_the_one_ci_runs() -> None:
    command = "python -m pip install -e '.[test]' && python -m pytest"
    assert f"\n{command}\n" in TEXT
    assert f"\n{command}" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
