"""Marking schemes: marks that add up, intervals that hold the values, what follows through."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_pages import compiled, look

from derive import api, formats
from derive.document.blocks import Paragraph, Working
from derive.document.markscheme import markscheme
from derive.errors import DeriveError
from derive.expr.nodes import Literal
from derive.syntax.write_text import write

SETS = [entry.name for entry in api.catalogue() if entry.questions]
SHARE = re.compile(r"Marks: (\S+) M and (\S+) A(?: for each of (\d+))?\.")


@cache
def solved(name: str) -> Any:
    return api.load(name).solve()


@pytest.mark.parametrize("name", SETS)
def test_scheme_looks_right(name: str, tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    look(compiled(solved(name).render("markscheme"), tmp_path, require_tool))


def test_shares_add_up_to_the_marks_of_their_part() -> None:
    for part in solved("q3").solved.parts[:-1]:
        sheet = solved("q3").render("markscheme", parts=[part.label])
        (found,) = SHARE.findall(sheet)
        one = Fraction(found[0]) + Fraction(found[1])
        assert one * int(found[2] or 1) == part.marks


def test_intervals_hold_the_values_and_are_those_of_the_solution() -> None:
    solution = solved("q3")
    (section,) = markscheme(solution.solved, "normal", ())
    lines = [line for block in section.blocks if isinstance(block, Working)
             for line in block.lines]
    assert {write(line.left) for line in lines if line.left} >= {"l[0]", "L", "dL/dV"}
    for line in lines:
        assert line.left is not None
        assert line.reason is not None
        low, high = (end.values for end in line.reason.parts if isinstance(end, Literal))
        assert np.all(low <= solution[write(line.left)])
        assert np.all(solution[write(line.left)] <= high)
    assert r"\text{accept }0.1735\text{ to }0.1755" in solution.render("markscheme")


def test_errors_follow_through_from_the_parts_before() -> None:
    (section,) = markscheme(solved("q3").solved, "normal", ())
    said = [s.text for block in section.blocks if isinstance(block, Paragraph)
            for s in block.sentences if s.text.startswith("Follow-through from")]
    assert said[:3] == ["Follow-through from 3.1.", "Follow-through from 3.2.",
                        "Follow-through from 3.1, 3.2."]


def test_words_are_marked_by_their_points() -> None:
    sheet = solved("set_b").render("markscheme", parts=["2"])
    assert "Long-range dependencies are captured better." in sheet
    assert not SHARE.search(sheet)


def test_students_do_not_get_it() -> None:
    with pytest.raises(DeriveError, match="a markscheme is not for students"):
        formats.writer("markscheme", student=True)
