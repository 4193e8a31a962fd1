"""Every question file at full detail, where every local derivative is shown entry by entry."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT

from derive import api

FILES = sorted((ROOT / "tests" / "questions").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_full_detail_survives_its_checks(path: Path) -> None:
    solution = api.load(path).solve(layout="jacobian")
    full = solution.render("markdown", "full")      # raises CheckFailed for a line that fails
    assert len(full) >= len(solution.render("markdown", "normal"))
