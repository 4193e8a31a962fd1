"""Templates of one's own in every format, the page that documents them, the example of a course."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from handmade import handmade

import derive
from derive import formats
from derive.document import blocks as b
from derive.errors import DeriveError
from derive.expr.nodes import Symbol
from derive.formats.latex import writing
from derive.formats.rows import Link, Row
from derive.formats.views import view
from derive.question.keys.figure import Diagram
from derive.solution.exhibits import Boxes, Choices, MarkingPoints, Plot, Prose, Room, Table
from derive.solution.pictures.network import Network
from derive.solution.words import Sentence

PAGE = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
COURSE = ROOT / "docs" / "course_style"
FILES = {"latex": "blocks.tex.jinja", "markdown": "blocks.md.jinja", "html": "blocks.html.jinja",
         "typst": "blocks.typ.jinja"}
OF_ROWS = {"rows", "goes_on"}
SAMPLES: list[Any] = [
    b.Title("x"), b.Contents(()), b.QuestionHead("x"), b.Given(()), b.Model(()), b.Conventions(()),
    b.Heading("1", "x"), b.Remark("x"), b.Anchor("s"), b.Paragraph(), b.Marks(Fraction(1)),
    b.Summary(Sentence("x")), Prose("x"), MarkingPoints(()), Choices(()), Table((), ()),
    Plot(Symbol("t", (), ()), (), Table((), ())), Boxes(Diagram((), ())), Room(3), Network((), ()),
]


def documented(heading: str) -> dict[str, set[str]]:
    """Return the names in the first column of a table with those in the second."""
    table = PAGE.split(heading)[1].split("\n\n")[0]
    rows = re.findall(r"^\| (`.*?) \| (.*?) \|", table, re.MULTILINE)
    return {names: set(re.findall(r"`(\w+)`", second)) for names, second in rows}


def test_page_names_every_block_with_its_fields() -> None:
    told = {name.strip("`"): names for name, names in documented("| block | field |").items()}
    assert sorted(told) == sorted(block.__name__.lower() for block in b.BLOCKS)
    own = replace(writing(handmade()), sketch=lambda block, writing: "")
    found = {type(block).__name__.lower(): set(view(block, own)) for block in SAMPLES}
    assert {**found, "working": OF_ROWS, "answer": OF_ROWS} == told


def test_page_names_what_a_row_holds() -> None:
    rows = PAGE.split("A row of working has")[1].split("\n\n")[1]
    names = {name for row in re.findall(r"^\| (`.*?) \|", rows, re.MULTILINE)
             for name in re.findall(r"`(\w+)`", row)}
    assert names == {field.name for field in fields(Row)}
    link = re.search(r"^\| `links` \|.*", PAGE, re.MULTILINE)
    assert link is not None
    assert set(re.findall(r"`(\w+)`", link[0])) - {"links"} == {f.name for f in fields(Link)}


def sheet(name: str, folder: Path) -> Any:
    return formats.module(name).write(handmade(), detail="normal", parts=(), templates=folder)


@pytest.mark.parametrize("name", sorted(FILES))
def test_one_macro_is_replaced_and_the_others_stay(name: str, tmp_path: Path) -> None:
    (tmp_path / FILES[name]).write_text(
        r"\BLOCK{macro remark(b)}MINE \VAR{say('Given')}\BLOCK{endmacro}"
        "\n\\BLOCK{macro heading(b)}<h2>PART \\VAR{b.label|rewritten('([0-9])', 'no. \\\\1')}</h2>"
        "\\BLOCK{endmacro}")
    text = sheet(name, tmp_path)
    assert "PART no. 1" in text
    assert "Given" in text


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize(("broken", "line"), [
    ("\n\\BLOCK{macro heading(b)}\n\\VAR{b.colour}\\BLOCK{endmacro}", 3),
    ("\n\n\\BLOCK{if}", 3),
    ("\\BLOCK{macro heading(b)}\n\\VAR{b.label|rewritten('(', '')}\\BLOCK{endmacro}", 2),
])
def test_broken_template_is_told_with_its_line(name: str, broken: str, line: int, tmp_path: Path
                                               ) -> None:
    path = tmp_path / FILES[name]
    path.write_text(broken)
    with pytest.raises(DeriveError, match="in the template") as caught:
        sheet(name, tmp_path)
    assert str(caught.value).startswith(f"{path}:{line}: ")


def test_slips_in_names_are_told_with_the_nearest_name(tmp_path: Path) -> None:
    path = tmp_path / FILES["latex"]
    path.write_text("\n\\BLOCK{macro haeding(b)}x\\BLOCK{endmacro}")
    with pytest.raises(DeriveError) as caught:
        sheet("latex", tmp_path)
    assert str(caught.value) == (
        f"{path}:2: in the template: no block `haeding` (did you mean 'heading'?)")


def test_fields_that_are_not_there_are_told_with_those_that_are(tmp_path: Path) -> None:
    for field, meant in (("txt", "did you mean 'text'?"), ("zzz", "the fields are text, ")):
        own = tmp_path / field
        own.mkdir()
        macro = rf"\BLOCK{{macro title(b)}}\VAR{{b.{field}}}\BLOCK{{endmacro}}"
        (own / FILES["latex"]).write_text(macro)
        with pytest.raises(DeriveError, match="there is no field") as caught:
            sheet("latex", own)
        assert meant in str(caught.value)


def test_a_format_without_templates_says_so(tmp_path: Path) -> None:
    with pytest.raises(DeriveError, match="json has no templates"):
        formats.module("json").write(handmade(), templates=tmp_path)


def test_macros_that_own_macros_call_have_any_name(tmp_path: Path) -> None:
    (tmp_path / FILES["latex"]).write_text(
        r"\BLOCK{macro headings(b)}MINE\BLOCK{endmacro}"
        r"\BLOCK{macro heading(b)}\VAR{headings(b)}\BLOCK{endmacro}")
    assert "MINE" in sheet("latex", tmp_path)


@pytest.fixture(scope="module")
def solution() -> derive.Solution:
    found = derive.load("q3").solve()
    assert isinstance(found, derive.Solution)
    return found


@pytest.mark.parametrize("name", ["latex", "markdown", "html"])
@pytest.mark.parametrize(("language", "course"), [("de", "Rekurrente Netze"),
                                                  ("en", "Recurrent networks")])
def test_course_style(solution: derive.Solution, name: str, language: str, course: str) -> None:
    text = solution.render(name, language=language, templates=COURSE)
    assert ("Kettenregel" in text) == (language == "de")
    if name == "html":
        assert "#7a1f2b" in text
        assert "main.derive { max-width" in text
        return
    assert course in text
    assert r"\delta_{\bar{h}_{t}}" in text
    assert r"\frac{\partial L}" not in text
    assert "bmatrix" not in text
    assert r"\begin{pmatrix}" in text


def test_course_style_compiles(solution: derive.Solution, tmp_path: Path,
                               require_tool: Callable[[str], str]) -> None:
    tool = require_tool("pdflatex")
    text = solution.render("latex", language="de", templates=COURSE)
    (tmp_path / "sheet.tex").write_text(text, encoding="utf-8")
    done = subprocess.run([tool, "-interaction=nonstopmode", "-halt-on-error", "sheet.tex"],
                          cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
