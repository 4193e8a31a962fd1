"""The students' version of a sheet: everything that is asked, nothing that is answered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import leave_out
from test_pages import compiled, look

from derive import api, formats
from derive.document.room import MOST, lines_for
from derive.errors import DeriveError
from derive.solution.step import deep

SETS = [entry.name for entry in api.catalogue() if entry.questions]
TEXTS = ("latex", "exam", "markdown", "html", "typst", "notebook")
SHORTEST = 12       # characters of a formula that does not stand in a model by chance

TOLD = r"\[x\]|⊠|\\CorrectChoice|li class=\"(right|wrong)\"|Wrong|Right"


@cache
def solved(name: str) -> Any:
    return api.load(name).solve()


def told(solution: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield the steps of a question, each with its formulas and words as they are in JSON."""
    for part in json.loads(solution.render("json"))["parts"]:
        for step in part["steps"]:
            words = [e["markdown"] for e in step.get("exhibits", ()) if "markdown" in e]
            yield step["id"], [*(line["latex"] for line in step["lines"]), *words]


@pytest.mark.parametrize("name", SETS)
def test_nothing_of_the_solution_is_told(name: str) -> None:
    for solution in solved(name).questions:
        sheet = solution.render("latex", student=True).partition(r"\begin{document}")[2]
        steps = list(told(solution))
        assert steps
        for step, lines in steps:
            assert f"% {step}\n" not in sheet
            assert [line for line in lines if len(line) > SHORTEST and line in sheet] == []
        assert r"\boxed" not in sheet
        assert r"\boxtimes" not in sheet


@pytest.mark.parametrize("name", TEXTS)
def test_every_format_asks_and_does_not_answer(name: str) -> None:
    whole, blank = (solved("set_a").render(name, student=flag) for flag in (False, True))
    assert "0.175" in whole
    assert "0.175" not in blank
    assert "checked: " not in blank.lower()
    assert "Compute the outputs of all three time steps." in blank
    parts = [part for s in solved("set_a").questions for part in s.solved.parts]
    steps = {step.id for part in parts for step in deep(part.steps)}
    assert not any(f"{step}\n" in blank or f'"{step}"' in blank for step in steps)


def test_programs_learn_nothing_either() -> None:
    found = json.loads(solved("q3").render("json", student=True))
    assert (found["values"], found["formulas"], found["accept"], found["checks"]) == (
        {}, {}, {}, [])
    assert found["parts"][3]["steps"] == [
        {"id": "q3.3.4.room", "rule": "room", "lines": [],
         "exhibits": [{"kind": "room", "lines": lines_for(solved("q3").solved.parts[3].marks)}]}]


def test_choices_stay_open() -> None:
    for name in TEXTS:
        sheet = solved("set_c").render(name, student=True)
        assert "Labelling an audio clip" in sheet
        assert not re.search(TOLD, sheet)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("form", ["latex", "exam"])
def test_paper_looks_right(name: str, form: str, tmp_path: Path,
                           require_tool: Callable[[str], str]) -> None:
    pages = compiled(solved(name).render(form, student=True), tmp_path, require_tool)
    look(pages[:1])
    assert len(pages) > 2


def test_pages_by_typst_hold_the_room() -> None:
    try:
        formats.require("pdf")
    except DeriveError as error:
        leave_out(str(error))
    assert len(solved("q3").render("png", student=True)) > 2


def test_room_fits_a_page() -> None:
    assert lines_for(None, 5000) == lines_for(solved("q3").solved.parts[0].marks * 90) == MOST
