"""Notebooks: valid for Jupyter, the same steps and formulas as the Markdown sheet."""

from __future__ import annotations

import json
import re
from typing import Any

import nbformat
import pytest
from conftest import ROOT
from handmade import EVIL, handmade

from derive import api
from derive.formats import notebook
from derive.formats.dollars import displays, in_notebook

SETS = [entry.name for entry in api.catalogue() if entry.questions]
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
NAMES = [*SETS, *(str(ROOT / "tests" / "questions" / f"{name}.yaml")
                  for name in ("essays", "plot_norms", "figures"))]


def cells(text: str) -> list[dict[str, Any]]:
    nbformat.validate(nbformat.reads(text, as_version=4), relax_add_props=False)
    found: list[dict[str, Any]] = json.loads(text)["cells"]
    assert all(ID.fullmatch(cell["id"]) for cell in found)
    assert len({cell["id"] for cell in found}) == len(found)
    return found


def source(found: list[dict[str, Any]]) -> str:
    return "\n\n".join("".join(cell["source"]) for cell in found)


@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_valid_and_shows_what_markdown_shows(name: str) -> None:
    solution = api.load(name).solve()
    found = cells(solution.render("notebook"))
    sheet = solution.render("markdown")
    steps = [cell["metadata"]["derive"]["step"] for cell in found
             if "step" in cell["metadata"].get("derive", {})]
    assert steps == re.findall(r"^<!-- (\S+) -->$", sheet, re.MULTILINE)
    assert steps
    assert displays(source(found)) == displays(in_notebook(sheet))
    assert "```math" not in source(found)
    assert all(source([cell]).strip() for cell in found)


def test_words_of_an_author_stay_words() -> None:
    found = cells(notebook.write(handmade()))
    assert r"100% of a \& b\_c" in source(found)
    assert EVIL not in source(found)


def test_ids_stay_when_something_is_added_below() -> None:
    whole = cells(api.load("q3").solve().render("notebook"))
    part = cells(api.load("q3").solve().render("notebook", parts=["3.1"]))
    assert [cell["id"] for cell in part[:-1]] == [cell["id"] for cell in whole[:len(part) - 1]]


def test_long_names_get_different_ids() -> None:
    taken: set[str] = set()
    names = ["a" * 80, "a" * 81, "b" * 64, "b" * 64, "c.d", "c-d"]
    found = [notebook._id(name, taken) for name in names]
    assert len(set(found)) == len(names)
    assert all(map(ID.fullmatch, found))
