"""Sets: read with all their questions, solved as each of them is, and written as one sheet."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from test_pages import compiled, look

import derive
from derive import formats
from derive.errors import DeriveError, QuestionError

FILE = ROOT / "tests" / "sets" / "two_networks.yaml"
NAMES = ["scalar_rnn", "essays", "shared_softmax", "bits"]


@cache
def solved() -> derive.SetSolution:
    return derive.load(FILE).solve()


def test_questions_keep_their_order_and_have_names_of_their_own() -> None:
    found = derive.load(FILE)
    assert isinstance(found, derive.QuestionSet)
    assert [question.name for question in found.questions] == NAMES
    assert found.questions[1].title == "In words: $h_t$ & more"
    assert found.source.marks == 7


def test_a_question_listed_twice_is_numbered() -> None:
    twice = derive.QuestionSet.from_text("questions: [q3, q3, {question: q3, title: Again}]")
    assert [question.name for question in twice.questions] == ["q3", "q3-2", "q3-3"]
    assert twice.source.marks == Fraction(60)
    assert twice.questions[2].title == "Again"


def test_conventions_change_what_is_computed_and_nothing_else() -> None:
    plain, bits = solved()["shared_softmax"], solved()["bits"]
    np.testing.assert_allclose(bits["l[1]"], plain["l[1]"] / np.log(2))
    np.testing.assert_allclose(bits["p[1]"], plain["p[1]"])
    chosen = plain.source.conventions
    assert (chosen.digits, chosen.carry, chosen.log) == (5, "rounded", "e")
    alone = derive.load(ROOT / "tests" / "questions" / "shared_softmax.yaml").solve()
    assert alone.source.conventions.carry == "exact"


def test_checks_are_those_of_the_questions_under_their_names() -> None:
    checks = solved().checks
    assert len(checks) == sum(len(solution.checks) for solution in solved().questions)
    assert all(check.ok for check in checks)
    assert {re.split(r"[.:]", check.target)[0] for check in checks} == {*NAMES} - {"essays"}
    lines = sum(check.kind == "line" for check in checks)
    assert solved().summary.startswith(f"checked: {lines} of {lines} lines; ")


def test_json_holds_every_solution_as_it_is_alone() -> None:
    found = json.loads(solved().render("json"))
    assert list(found) == ["schema", "set", "title", "marks", "questions"]
    assert (found["set"], found["marks"]) == ("two_networks", 7)
    assert [question["question"] for question in found["questions"]] == NAMES
    alone = [json.loads(solution.render("json")) for solution in solved().questions]
    assert found["questions"] == alone


ANCHORS = {"latex": r"^% (\S+\.\S+\.\S+)$", "markdown": r"^<!-- (\S+) -->$"}


@pytest.mark.parametrize("name", ANCHORS)
@pytest.mark.parametrize("detail", ["brief", "normal", "full"])
def test_one_sheet_holds_the_steps_of_all_questions_once(name: str, detail: str) -> None:
    def anchors(text: str) -> list[str]:
        return re.findall(ANCHORS[name], text, re.MULTILINE)

    whole = anchors(solved().render(name, detail))
    assert whole == [a for s in solved().questions for a in anchors(s.render(name, detail))]
    assert len(set(whole)) == len(whole) > 10


def test_markdown_has_one_title_and_headings_one_level_down() -> None:
    sheet = solved().render("markdown")
    levels = re.findall(r"^(#+) (\w+)", sheet, re.MULTILINE)
    assert [word for level, word in levels if level == "#"] == ["Two"]
    assert [word for level, word in levels if level == "##"] == ["A", "In", "Probabilities", "The"]
    assert levels.count(("###", "Given")) == 3
    assert "| **Total** | | **7** |" in sheet
    assert r"| In words: $`h_t`$ \& more | 1, 2 | 7 |" in sheet


@pytest.mark.parametrize("detail", ["brief", "normal", "full"])
def test_set_looks_right(detail: str, tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    look(compiled(solved().render("latex", detail), tmp_path, require_tool))


def test_parts_are_chosen_across_questions() -> None:
    sheet = json.loads(solved().render("json", parts=["3", "bits:a", "essays:2"]))
    assert [(q["question"], [p["label"] for p in q["parts"]]) for q in sheet["questions"]] == [
        ("scalar_rnn", ["3"]), ("essays", ["2"]), ("bits", ["a"])]
    assert sheet["marks"] == 3
    text = solved().render("markdown", parts=["3"])
    assert "# Two networks" in text
    assert "In words" not in text


@pytest.mark.parametrize(("label", "message"), [
    ("1", "several questions of two_networks have a part '1' (write scalar_rnn:1 or essays:1)"),
    ("essays:3", "did you mean 'essays:"), ("zzzzzzzz", "its parts are scalar_rnn:1, "),
])
def test_label_that_means_no_part_or_several(label: str, message: str) -> None:
    with pytest.raises(DeriveError) as caught:
        solved().render("markdown", parts=[label])
    assert message in str(caught.value)


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_set_of_words_only(name: str) -> None:
    words = derive.QuestionSet.from_text(f"questions: ['{ROOT}/tests/questions/essays']").solve()
    assert words.summary == "nothing to compute"
    assert "essays.1.answer" in words.render(name)


# ---- what is wrong with a set

WRONG = {
    "unknown": ("questions: [q4]", "set.yaml:1:13: no question or question file 'q4'"),
    "beside": ("questions: [goood]", "did you mean 'good.yaml'?"),
    "set": ("questions: [other]", "set.yaml:1:13: `other` is a set itself (list the"),
    "itself": ("questions: [set]", "`set` is a set itself"),
    "nothing": ("questions: []", "set.yaml:1:12: `questions` is a list (write - q3"),
    "no list": ("questions: q3", "set.yaml:1:12: `questions` is a list (write - q3"),
    "key": ("questions: [q3]\nparts: []", "unknown key `parts` in a set"),
    "entry": ("questions: [{question: q3, titel: x}]", "unknown key `titel` in a question of a"),
    "no question": ("questions: [{title: x}]", "this entry names no question"),
    "name": ("questions: [{question: q3, name: a b}]", "`a b` is not a name"),
    "two names": ("questions: [q3, {question: good, name: q3}]", "two questions are called `q3`"),
    "convention": ("questions: [{question: q3, conventions: {log: 3}}]",
                   "set.yaml:1:47: `3` is not a choice here"),
    "conventions": ("questions: [{question: q3, conventions: 3}]", "`conventions` is a mapping"),
    "marks": ("questions: [q3]\nmarks: 21", "set.yaml:2:8: the questions add up to 20 marks, not"),
    "inner": ("questions: [q3, broken]", "broken.yaml:2:14: unknown name `k`"),
    "intro": ("questions: [q3]\nintro: see $\\input{x}$", "set.yaml:2:12: `\\input` is not known"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    good = "model: y = x**2\ngiven: {x: 3}\nparts: [{find: dy/dx}]\n"
    (tmp_path / "good.yaml").write_text(good)
    (tmp_path / "broken.yaml").write_text("model: |\n  y = x**2 + k\ngiven: {x: 3}\n"
                                          "parts: [{find: dy/dx}]\n")
    (tmp_path / "other.yaml").write_text("questions: [good]\n")
    (tmp_path / "set.yaml").write_text(text)
    with pytest.raises(QuestionError) as caught:
        derive.load(tmp_path / "set.yaml")
    assert message in str(caught.value)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "set.yaml").write_text("titel: x\nquestions: [q3, q33, {question: q4}, {}]\n")
    with pytest.raises(QuestionError) as caught:
        derive.load(tmp_path / "set.yaml")
    assert len(caught.value.errors) == 2     # entries first: what they name is looked up when read
    (tmp_path / "set.yaml").write_text("titel: x\nquestions: [q3, q33, {question: q4}]\n")
    with pytest.raises(QuestionError) as caught:
        derive.load(tmp_path / "set.yaml")
    assert len(caught.value.errors) == 3
