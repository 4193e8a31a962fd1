"""Who wrote a question: under the title of every format, and in the properties of documents."""

from __future__ import annotations

import json
import re
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typesetting import require_typst

import derive
from derive import formats
from derive.errors import QuestionError

AUTHORS = ("Emmy Noether", "Zoë A. & B_C, ä.s.")
QUESTION = f"""
title: "A line through $\\\\hat{{x}}$"
author: [{AUTHORS[0]}, "{AUTHORS[1]}"]
topics: [line, slope]
given: {{a: 2, x: 3}}
model: y = a*x
parts: [{{find: dy/dx}}]
"""
SHEETS = [name for name in formats.FORMATS if name not in {*formats.ENGINES["typst"], "docx"}]
PROGRAMS = ("json",)
BODY = {"latex": r"\begin{document}", "html": "<h1>"}


@pytest.fixture(scope="module")
def solution() -> derive.Solution:
    return derive.Question.from_text(QUESTION).solve()


def test_question_says_its_authors(solution: derive.Solution) -> None:
    assert solution.source.authors == AUTHORS
    assert derive.Question.from_text(QUESTION.replace(
        f'[{AUTHORS[0]}, "{AUTHORS[1]}"]', AUTHORS[0])).source.authors == AUTHORS[:1]


@pytest.mark.parametrize("format_name", SHEETS)
def test_sheet_names_them_under_its_title(solution: derive.Solution, format_name: str) -> None:
    text = solution.render(format_name)
    assert AUTHORS[0] in text
    if format_name not in PROGRAMS:
        at = text.index("Noether, Zoë A.", text.index(BODY.get(format_name, "")))
        assert text.find("Given") < 0 or at < text.rindex("Given")


def test_programs_are_told(solution: derive.Solution) -> None:
    assert json.loads(solution.render("json"))["authors"] == [*AUTHORS]
    notebook = json.loads(solution.render("notebook"))["metadata"]
    assert notebook["authors"] == [{"name": name} for name in AUTHORS]
    page = solution.render("html")
    assert '<meta name="author" content="Emmy Noether, Zoë A. &amp; B_C, ä.s."/>' in page
    assert '<meta name="keywords" content="line, slope"/>' in page


def unpacked(made: bytes) -> bytes:
    """Return a PDF with what TeX packs into streams of objects."""
    packed = re.findall(rb"/ObjStm.*?stream\n(.*?)\nendstream", made, re.DOTALL)
    return made + b"".join(zlib.decompressobj().decompress(stream) for stream in packed)


@pytest.mark.parametrize("engine", formats.ENGINES)
def test_pdf_says_title_authors_topics_and_language(
    solution: derive.Solution, engine: str, tmp_path: Path, require_tool: Callable[[str], str],
) -> None:
    require_typst() if engine == "typst" else require_tool("pdflatex")
    made: Any = solution.render("pdf", engine=engine)
    (tmp_path / "sheet.pdf").write_bytes(made)
    told = subprocess.run([require_tool("pdfinfo"), "-enc", "UTF-8", "sheet.pdf"], cwd=tmp_path,
                          capture_output=True, check=True, timeout=60).stdout.decode()
    properties = dict(re.findall(r"^(\w+): +(.*)$", told, re.MULTILINE))
    assert properties["Title"] == "A line through x̂"
    assert properties["Author"] == ", ".join(AUTHORS)
    assert properties["Keywords"] == "line, slope"
    assert re.search(rb"/Lang ?\(en\)", unpacked(made))


def test_set_has_its_own_or_those_of_its_questions(tmp_path: Path) -> None:
    for name, author in {"one": "Ada", "two": "[Bo, Ada]"}.items():
        (tmp_path / f"{name}.yaml").write_text(f"author: {author}\nparts: [{{answer: so}}]\n")
    listed = tmp_path / "all.yaml"
    listed.write_text("questions: [one.yaml, two.yaml]\n")
    found: Any = derive.load(listed)
    assert found.source.authors == ("Ada", "Bo")
    listed.write_text("author: Cy\nquestions: [one.yaml, two.yaml]\n")
    sheet = derive.load(listed).solve().render("latex")
    assert r"\sheetauthor{Cy}" in sheet
    assert "Ada" not in sheet


def test_author_that_is_no_text_is_refused() -> None:
    with pytest.raises(QuestionError, match="a mapping stands where a text belongs"):
        derive.Question.from_text(QUESTION.replace("author: [", "author: [{name: x}, "))
