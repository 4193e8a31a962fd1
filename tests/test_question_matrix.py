"""Every question file, in both layouts and both ways of carrying: solved, checked, written.

A new file in ``tests/questions`` or ``derive/questions`` is tested without anyone remembering.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT
from glyphs import missing
from test_languages import unknown

import derive
from derive import formats
from derive.expr.integers import names_in
from derive.expr.nodes import Entry, Reduce
from derive.expr.walk import walk
from derive.languages import TABLES
from derive.solution.step import deep

FILES = sorted([*(ROOT / "tests" / "questions").glob("*.yaml"),
                *(entry.path for entry in derive.catalogue() if entry.kind == "question")])
WAYS = list(itertools.product(("gradient", "jacobian"), ("exact", "rounded")))
WRITTEN = (WAYS[0], WAYS[3])    # every layout and every way of carrying once
LONG = {"long_rnn"}     # solved once only: fifty steps are checked line by line
# pages are looked at in test_pages
BYTES = {*formats.ENGINES["typst"], "docx"}
TEXTS = [name for name in formats.FORMATS if name not in BYTES]
FONT = re.compile(r"base64,[\w+/=]+")
DEBRIS = ("Sum(", "KroneckerDelta", "theta(", "Matrix(", "<Symbol", "nan", "'seed", "'local")


@cache
def solved(path: Path, layout: str | None = None, carry: str | None = None) -> derive.Solution:
    return derive.load(path).solve(layout=layout, carry=carry)


def chosen(ways: Sequence[tuple[str, str]] = WAYS) -> list[tuple[Path, str, str]]:
    return [(path, *way) for path in FILES for way in ways
            if path.stem not in LONG or way == WAYS[0]]


def test_there_are_files() -> None:
    assert len(FILES) > 30


@pytest.mark.parametrize(("path", "layout", "carry"), chosen(),
                         ids=lambda v: v.stem if isinstance(v, Path) else v)
def test_every_check_holds(path: Path, layout: str, carry: str) -> None:
    solution = solved(path, layout, carry)
    assert [c for c in solution.checks if not c.ok] == []
    kinds = {c.kind for c in solution.checks}
    asked = [r for part in solution.source.parts for r in part.requests]
    steps = [s for part in solution.solved.parts for s in deep(part.steps)]
    lines = [line for step in steps for line in step.lines]
    assert ("line" in kinds) == any(line.kind != "condition" for line in lines)
    assert all(step.lines or step.intro or step.note or step.exhibits for step in steps)
    ids = [step.id for step in steps]
    assert sorted(ids) == sorted(set(ids))
    assert {used for step in steps for used in step.uses} <= set(ids)
    assert ("gradient" in kinds) == any(r.bottom is not None for r in asked)
    assert [unknown(solution.solved, language) for language in TABLES] == [[]] * len(TABLES)


@pytest.mark.parametrize("format_name", TEXTS)
@pytest.mark.parametrize(("path", "layout", "carry"), chosen(WRITTEN),
                         ids=lambda v: v.stem if isinstance(v, Path) else v)
def test_every_format_is_written(path: Path, layout: str, carry: str, format_name: str) -> None:
    solution = solved(path, layout, carry)
    text = solution.render(format_name, detail="full")
    written = FONT.sub("", text)    # letters of an embedded font may happen to spell a word
    assert [word for word in DEBRIS if word in written] == []
    assert len(solution.render(format_name, detail="brief")) <= len(text)
    assert format_name != "html" or missing(text) == set()


@pytest.mark.parametrize("path", [p for p in FILES if p.stem not in LONG], ids=lambda p: p.stem)
def test_layout_and_carry_change_no_formula_and_no_exact_value(path: Path) -> None:
    columns, rows = (json.loads(solved(path, way, "exact").render("json"))
                     for way in ("gradient", "jacobian"))
    assert columns["values"] == rows["values"]
    assert set(columns["formulas"]) == set(rows["formulas"])


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_what_is_asked_is_answered(path: Path) -> None:
    solution = solved(path, *WAYS[0])
    for part in solution.solved.parts:
        assert any(step.answer for step in part.steps), part.label
        if solution.values:
            for asked in part.asked:
                assert key(asked) in solution.values


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_letter_of_an_entry_means_nothing_else_in_the_question(path: Path) -> None:
    solution = solved(path, *WAYS[0])
    names = {*solution.source.families, *solution.source.sizes}
    sides = {side for part in solution.solved.parts for step in deep(part.steps)
             for line in step.lines for side in (line.left, line.right) if side is not None}
    for node in (node for side in sides for node in walk(side)):
        if isinstance(node, Reduce):
            assert node.index not in names
        if isinstance(node, Entry):     # an entry may stand at a size: the last one
            letters = {letter for position in node.at for letter in names_in(position)}
            assert not letters & set(solution.source.families)


def key(asked: object) -> str:
    from derive.syntax.write_text import write

    return write(asked)  # type: ignore[arg-type]
