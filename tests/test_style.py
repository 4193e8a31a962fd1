"""Lint, types and names are tests too: the one test command covers them."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, leave_out

VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "misc"}
MODULES = sorted((ROOT / "derive").rglob("*.py"))


@pytest.mark.parametrize("command", [["ruff", "check", "."], ["mypy"]], ids=lambda c: c[0])
def test_tool_has_no_complaint(command: list[str]) -> None:
    if importlib.util.find_spec(command[0]) is None:
        leave_out(f"{command[0]} is not installed")
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_name_says_what_is_inside(path: Path) -> None:
    assert not VAGUE & set(path.relative_to(ROOT).with_suffix("").parts)


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in MODULES}
    assert [f for f in sorted(folders) if not (f / "__init__.py").exists()] == []
