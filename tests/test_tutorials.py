"""The tutorials in docs/ are notebooks whose outputs are those of a run today."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from notebooks import code_cells, executed, read, written

TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.ipynb"))


def test_there_are_tutorials() -> None:
    assert {path.stem for path in TUTORIALS} >= {"lecturer", "programmer"}


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_outputs_are_those_of_a_run(path: Path, monkeypatch: pytest.MonkeyPatch,
                                    tmp_path: Path, request: pytest.FixtureRequest) -> None:
    notebook = read(path)
    monkeypatch.chdir(tmp_path)
    now = written(executed(notebook))
    if request.config.getoption("--renew"):
        path.write_text(now, encoding="utf-8")
    assert now == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_notebook_is_one_for_jupyter(path: Path) -> None:
    notebook = read(path)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(cell["outputs"] for cell in list(code_cells(notebook))[1:])   # the first one imports
