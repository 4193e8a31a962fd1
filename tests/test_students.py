"""The students' version of a sheet: everything that is asked, nothing that is answered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from conftest import leave_out
from markdown_it import MarkdownIt
from test_pages import compiled, look

from derive import api, formats
from derive.document.blocks import (
    Answer,
    Contents,
    Given,
    Heading,
    Model,
    QuestionHead,
    Title,
    Working,
)
from derive.document.build import build
from derive.document.room import MOST, lines_for
from derive.errors import DeriveError
from derive.formats import latex, markdown, typst
from derive.formats.html.setting import setting
from derive.formats.views import view
from derive.formats.writing import Writing
from derive.solution.exhibits import Choices, Plot, Table
from derive.solution.step import SolvedQuestion, deep

SETS = [entry.name for entry in api.catalogue() if entry.questions]
TEXTS = ("latex", "exam", "markdown", "html", "typst", "notebook")
SHORTEST = 12       # characters of a formula that does not stand in a model by chance

TOLD = r"\[x\]|⊠|\\CorrectChoice|li class=\"(right|wrong)\"|Wrong|Right"


@cache
def solved(name: str) -> Any:
    return api.load(name).solve()


STATED = (Title, QuestionHead, Given, Model, Heading, Choices, Contents)
WORKED = (Working, Answer, Table, Plot)
NUMBER = re.compile(r"(?<![\d.])\d*\.\d{2,}")
WORDS_ALIKE = 5     # so many words in a row are no chance
NO_TEXT = re.compile(r"<style>.*?</style>|data:[^\"]*|<[^>]*>", re.DOTALL)


def strings(view: Any) -> Iterator[str]:
    """Yield every piece of text in what a macro receives."""
    if isinstance(view, str):
        yield view
    elif isinstance(view, Mapping):
        yield from strings(list(view.values()))
    elif isinstance(view, (list, tuple)):
        for item in view:
            yield from strings(item)
    elif is_dataclass(view):
        yield from strings([getattr(view, field.name) for field in fields(view)])


def written(question: SolvedQuestion, how: Callable[[SolvedQuestion], Writing],
            kinds: tuple[type, ...]) -> list[str]:
    """Return the pieces of some kinds of blocks on the whole sheet, as a format writes them."""
    own = how(question)
    return [piece for block in build(question, "full") if isinstance(block, kinds)
            for piece in strings(view(block, own))]


def runs(text: str) -> set[tuple[str, ...]]:
    """Return all runs of a few words in a text, none across a formula."""
    found = set()
    for piece in re.split(r"\$+[^$]*\$+", text.lower()):
        words = re.findall(r"[a-zäöüß]+", piece)
        found |= {tuple(words[n:n + WORDS_ALIKE]) for n in range(len(words) - WORDS_ALIKE + 1)}
    return found


def answered(source: Any) -> Iterator[str]:
    """Yield what the author of a question says of its answers."""
    for part in source.parts:
        yield part.note
        for task in part.tasks:
            yield from strings([getattr(task, name, ()) for name in ("text", "points", "caption")])
            yield from (option.why for option in getattr(task, "options", ()))


def asked(source: Any) -> str:
    options = [option.option for part in source.parts for task in part.tasks
               for option in getattr(task, "options", ())]
    return "\n".join([source.title, *(part.ask for part in source.parts), *options])


WRITINGS = {
    "latex": latex.writing, "exam": latex.writing, "markdown": markdown.writing,
    "quarto": markdown.writing, "notebook": markdown.writing, "docx": markdown.writing,
    "html": setting, "typst": typst.writing, "json": latex.writing,
}


def sheet(solution: Any, name: str) -> str:
    """Return a students' sheet as text without its look; a document of Word as its XML."""
    try:
        formats.require(name)
    except DeriveError as error:
        leave_out(str(error))
    page = solution.render(name, student=True)
    if name == "latex":
        return str(page).partition(r"\begin{document}")[2]
    if name == "typst":
        return str(page).partition("#sheet-title")[2]
    if name == "docx":
        with ZipFile(BytesIO(page)) as packed:
            page = " ".join(packed.read(n).decode() for n in sorted(packed.namelist())
                            if n.startswith(("word/document", "docProps")))
    return NO_TEXT.sub(" ", page) if name in ("html", "docx") else page


@pytest.mark.parametrize("form", list(WRITINGS))
@pytest.mark.parametrize("name", SETS)
def test_nothing_of_the_solution_is_told(name: str, form: str) -> None:
    how = WRITINGS[form]
    for solution in solved(name).questions:
        question, page = solution.solved, sheet(solution, form)
        stated = "\n".join(written(question, how, STATED))
        worked = [piece for piece in written(question, how, WORKED) if piece not in stated]
        numbers = {n for piece in worked for n in NUMBER.findall(piece)}
        assert (numbers - set(NUMBER.findall(stated))) & set(NUMBER.findall(page)) == set()
        assert [piece for piece in worked if len(piece) > SHORTEST and piece in page] == []
        told = runs("\n".join(answered(solution.source))) - runs(asked(solution.source))
        assert told & runs(page) == set()
        steps = [step.id for part in question.parts for step in deep(part.steps)]
        assert steps
        assert [step for step in steps if re.search(rf"{re.escape(step)}(?![\w.])", page)] == []
        assert r"\boxed" not in page
        assert r"\boxtimes" not in page


EVERYTHING = """
title: A question with all that an author may say
given: {w: 2, x: [1, -1]}
model: |
  h = tanh(w*x)
  L = sum(h**2)
parts:
  - {label: a, marks: 2, ask: "Compute it.", find: [h, L], note: "canary of the note"}
  - label: b
    marks: 2
    ask: "Say why."
    answer: "canary of the answer"
    points: [{marks: 2, text: "canary of a point"}]
  - label: c
    marks: 1
    ask: "Which one?"
    choose: [{option: "this", right: true, why: "canary of a reason"}, {option: "that", why: "no"}]
  - {label: d, ask: "Draw it.", picture: {kind: graph, values: true, caption: "canary, drawn"}}
  - label: e
    ask: "Draw boxes."
    figure: {caption: "canary in a caption", rows: [A B], labels: {A: canary}, arrows: [A -> B]}
  - {label: f, ask: "Differentiate.", find: dL/dw}
"""


@pytest.mark.parametrize("form", list(WRITINGS))
def test_what_an_author_keeps_from_students_is_kept(form: str) -> None:
    solution = api.Question.from_text(EVERYTHING).solve()
    page = sheet(solution, form)
    assert "canary" in solution.render("markdown")
    assert "canary" not in page
    assert re.findall(r"1\.86|0\.964|0\.141|0\.28", page) == []


def test_room_is_lines_and_no_backslashes() -> None:
    sheet = solved("q3").render("markdown", student=True)
    page = MarkdownIt("commonmark").enable("table").render(sheet)
    assert page.count("<br />") > 20
    assert not re.search(r"^\W*\\$", page, re.MULTILINE)


def test_what_jumps_are_worth_is_part_of_the_answer() -> None:
    whole, blank = (solved("set_c").render("markdown", student=flag) for flag in (False, True))
    assert "The derivative of argmax is taken as 0" in whole
    assert "taken as 0" not in blank
    assert "argmax takes the first" in blank


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
