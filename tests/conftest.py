"""What several test files share: leaving a test out honestly, and the paths of the project."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

# the same examples everywhere and every time: a change is judged by what it changed
settings.register_profile("derive", derandomize=True, deadline=None)
settings.load_profile("derive")

ROOT = Path(__file__).resolve().parent.parent


def leave_out(reason: str) -> NoReturn:
    """Skip on a user's machine; fail under CI=true, where everything has to be there."""
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(f"under CI this must not be skipped: {reason}")
    pytest.skip(reason)


def find_tool(name: str) -> str:
    """The path of a program the test cannot do without."""
    return shutil.which(name) or leave_out(f"{name} is not installed")


@pytest.fixture
def require_tool() -> Callable[[str], str]:
    """``require_tool("pdflatex")`` gives its path, or leaves the test out."""
    return find_tool


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the checkout."""
    return ROOT


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew", action="store_true",
                     help="write the rendered questions in output/ anew")
