"""The rendered built-in sets and questions in output/ are what the program writes today.

``python -m pytest tests/test_output.py --renew`` writes them anew; read what changed before you
commit it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT

from derive import api, formats

KEPT = ("latex", "markdown", "html")    # formats whose text is the same on every machine
IN_SETS = {name for entry in api.catalogue() for name in entry.questions}
SHOWN = {"q3"}                  # by itself too: the README begins with it
# a sheet for each set, and for each question that no set holds
NAMES = [entry.name for entry in api.catalogue() if entry.name not in IN_SETS - SHOWN]


def test_there_are_built_in_questions() -> None:
    assert NAMES


@pytest.mark.parametrize("format_name", KEPT)
@pytest.mark.parametrize("name", NAMES)
def test_output_is_current(name: str, format_name: str, request: pytest.FixtureRequest) -> None:
    text = api.load(name).solve().render(format_name)
    path = ROOT / "output" / f"{name}.{formats.extension(format_name)}"
    if request.config.getoption("--renew"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_output_holds_nothing_else() -> None:
    wanted = {f"{name}.{formats.extension(f)}" for name in NAMES for f in KEPT}
    assert {p.name for p in (ROOT / "output").iterdir() if _kept(p)} == wanted


def _kept(path: Path) -> bool:
    return path.suffix.lstrip(".") in {formats.extension(f) for f in KEPT}
