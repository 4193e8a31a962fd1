"""Papers in the class exam: compiled, counted, refused where marks cannot be added up."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from handmade import handmade
from test_pages import compiled, look

from derive import api
from derive.errors import DeriveError
from derive.formats import exam
from derive.formats.views import amount

SETS = [entry.name for entry in api.catalogue() if entry.questions]

CHOOSE = """
title: Which one?
parts:
  - label: a
    marks: 1.5
    choose:
      - {option: "this one", right: true, why: "FIRST REASON"}
      - {option: "that one", why: "SECOND REASON"}
  - label: b
    marks: 2
    ask: Why?
    answer: MODEL ANSWER
    points: [{marks: 1.5, text: so}, {marks: .5, text: and so}]
"""


def paper(**changes: object) -> str:
    """The handmade question as a paper, its first part changed."""
    solved = handmade()
    first = replace(solved.parts[0], **changes)  # type: ignore[arg-type]
    return exam.write(replace(solved, parts=(first, *solved.parts[1:])))


@pytest.mark.parametrize("name", SETS)
def test_a_set_looks_right(name: str, tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    solution = api.load(name).solve()
    sheet = solution.render("exam")
    compiled(sheet, tmp_path, require_tool)         # the table of marks is read from this run
    look(compiled(sheet, tmp_path, require_tool))
    parts = [part for s in solution.questions for part in s.solved.parts]
    assert len(re.findall(r"\\part\b(?!label)", sheet)) == len(parts)
    assert sheet.count(r"\begin{solution}") == len(parts)
    aux = (tmp_path / "sheet.aux").read_text(encoding="utf-8")
    assert marks_in(aux) == sum(part.marks or 0 for part in parts)


def marks_in(aux: str) -> Fraction:
    """Add up what the class has counted for each question."""
    found = re.findall(r"\\gdef\\pointsofq@\w+\{(\d*)(\\half)?\s*\}", aux)
    return sum((Fraction(whole or 0) + Fraction(bool(half), 2) for whole, half in found),
               Fraction(0))


@pytest.mark.parametrize(("marks", "typed"), [
    (Fraction(4), r"\part[4] "), (Fraction(7, 2), r"\part[3\half] "),
    (Fraction(1, 2), r"\part[\half] "), (Fraction(0), r"\part[0] "), (None, r"\part ")])
def test_marks_are_typed_as_the_class_does(marks: Fraction | None, typed: str) -> None:
    assert rf"\called{{1}}{typed}" in paper(marks=marks)


@pytest.mark.parametrize("marks", [Fraction(7, 3), Fraction(1, 4)])
def test_other_marks_are_refused_with_the_nearest_ones(marks: Fraction) -> None:
    near = amount(Fraction(round(marks * 2), 2) or Fraction(1, 2))
    with pytest.raises(DeriveError, match=f"part 1 of q is worth {amount(marks)} marks") as caught:
        paper(marks=marks)
    assert f"write marks: {near}, or" in str(caught.value)


def test_room_grows_with_marks_and_with_words() -> None:
    def room(**changes: object) -> float:
        return float(re.findall(r"\\begin\{solution\}\[(.*?)cm\]", paper(**changes))[0])

    assert room(marks=Fraction(6)) == pytest.approx(3 * room(marks=Fraction(2)))
    assert room(words=50) < room(words=300)


def test_what_stands_outside_a_solution_says_nothing_of_it() -> None:
    """The class leaves solutions out for students, and shows no choice to be right."""
    sheet = api.Question.from_text(CHOOSE).solve().render("exam")
    asked = re.sub(r"\\begin\{solution\}.*?\\end\{solution\}", "", sheet, flags=re.DOTALL)
    assert r"\CorrectChoice this one" in asked
    assert r"\choice that one" in asked
    assert "REASON" not in asked
    assert "MODEL ANSWER" not in asked
    assert r"so\marginmark{1\half}" in sheet
    assert r"and so\marginmark{\half}" in sheet


def test_halves_are_added_up(tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    compiled(api.Question.from_text(CHOOSE).solve().render("exam"), tmp_path, require_tool)
    assert marks_in((tmp_path / "sheet.aux").read_text()) == Fraction(7, 2)
