"""Pages by Typst: words stay words, formulas stay on the page, the same bytes every time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import ROOT
from handmade import handmade
from hypothesis import given, settings
from hypothesis import strategies as st
from test_formats import _wide_steps, written
from typesetting import require_typst, typeset

import derive
from derive import formats
from derive.cli import main
from derive.errors import DeriveError
from derive.formats import typesetting
from derive.formats.escape import covered, typst_words
from derive.formats.figures.drawing import Box, Drawing, Label, Mark
from derive.formats.figures.drawing import Path as Line
from derive.formats.figures.plot import DASHES, SIGNS
from derive.formats.figures.typst import MARKS, SIDES
from derive.formats.markup_typst import string
from derive.formats.prose import prose
from derive.formats.typst import _described, write_described, writing
from derive.solution.step import DETAILS, PartSolution

# what a piece of markup says, if it is nothing but words
FLAT = """
#let flat(it) = if it.has("text") { it.text } else if it.has("children") {
  it.children.map(flat).join() } else if it == [ ] { " " } else { panic(repr(it)) }
#let words(it) = flat([x] + it + [x]).replace(regex(" +"), " ")
"""


@cache
def preamble() -> str:
    """Everything before the first block of a sheet."""
    return write_described(handmade()).partition("#sheet-title")[0]


# ---- words


WORDS = st.lists(st.one_of(
    st.text(st.characters(blacklist_categories=["C", "Z"]), max_size=4),
    st.sampled_from([" ", "#", "$x$", "*a*", "_b_", "@ref", "<tag>", "\\", "//", "/* */", "=", "- ",
                     "+ ", "1. ", "/ t: ", "https://a.org/?q=1#x", "~", "...", "--", "---", "-?",
                     "'", '"', "`", "[", "]", "(", ")", "{", "}", ";", "#let x = 1", "\\u{41}"])),
    max_size=8).map("".join)


@settings(max_examples=40)
@given(st.lists(WORDS, min_size=1, max_size=12))
def test_words_print_as_they_were_typed(texts: list[str]) -> None:
    typst = require_typst()
    lines = [f'#assert.eq(words([{typst_words(text)}]), words([#{string(_typed(text))}]))'
             for text in texts]
    # at the beginning of a line too, where a sign may start a heading or a list
    lines += [f"\n{typst_words(text)}\n" for text in texts]
    source = "\n".join([FLAT, *lines])
    typst.Compiler(source.encode("utf-8"), ignore_system_fonts=True).compile(format="svg")


def _typed(text: str) -> str:
    return re.sub(" +", " ", covered(text).replace("'", "’"))


def test_what_is_not_in_the_fonts_prints_as_its_number() -> None:
    typst = require_typst()
    shown = "".join(c for n in range(0xA1, 0x2800)
                    if covered(c := chr(n)) == c and unicodedata.category(c) != "Cn")
    assert len(shown) > 1500
    assert covered("中é") == "[U+4E2D]é"
    missing, *known = (_glyphs(typst, text) for text in ("中", shown))
    assert len(missing) == 1
    assert not missing & known[0]


def _glyphs(typst: Any, text: str) -> set[str]:
    source = f'#set text(font: "New Computer Modern")\n#{string(text)}'
    page = typst.Compiler(source.encode(), ignore_system_fonts=True).compile(format="svg")
    return set(re.findall(rb'href="#(g\w+)"', page if isinstance(page, bytes) else page[0]))


PIECES = st.sampled_from([
    "word", " ", "\n\n", "**bold**", "*slanted*", "`a#b\\\"`", "$x_1$", "$$x = 1$$", "- item\n",
    "3. third\n", "> said\n", "| a | b |\n| :- | -: |\n| 1 | 2 |\n", "```\n#let x\n  y\"\n```\n",
    "(", "[x](y)", "#", "$", "@a", "\\", "=", ";", ".a", "\n", "# head\n", "https://x.org", "'s",
    "中"])


@settings(max_examples=40)
@given(st.lists(st.lists(PIECES, max_size=12).map("".join), min_size=1, max_size=8))
def test_prose_is_set_whatever_it_holds(texts: list[str]) -> None:
    for setting in (writing(handmade()), _described(handmade())):
        typeset(preamble() + "\n\n".join(prose(text, setting) for text in texts) + "\n\nend")


# ---- formulas


@pytest.mark.parametrize("detail", DETAILS)
def test_handmade_sheet_is_set(detail: str) -> None:
    assert typeset(written("typst", detail)).startswith(b"%PDF")
    assert typeset(write_described(handmade(), detail=detail)).startswith(b"%PDF")


def test_wide_working_fits_the_page() -> None:
    """Every width of matrix and every length of sum, boxed and not."""
    steps = tuple(step for n in range(1, 9) for step in _wide_steps(n))
    typeset(written("typst", parts=(PartSolution("1", "", "", None, (), steps),)))


def test_a_display_too_wide_is_noticed() -> None:
    with pytest.raises(AssertionError, match="wide"):
        typeset(preamble() + "#working(row($a$, $= " + "x + " * 100 + "y$))")


def test_answers_are_boxed() -> None:
    assert written("typst", "brief").count("#boxed(") == 2


# ---- figures


def test_drawings_have_every_sign_and_side() -> None:
    assert set(SIGNS) <= set(MARKS)
    marks = [Mark((n, 1.0), sign) for n, sign in enumerate(SIGNS)]
    labels = [Label((n, 2.0), "words", side, small=n % 2 == 0) for n, side in enumerate(SIDES)]
    lines = [Line(((0.0, 0.0), (1.0, n)), dash, arrow=n % 2 == 0) for n, dash in enumerate(DASHES)]
    bow = Line(((0.0, 0.0), (1.0, 1.0), (2.0, 1.0), (3.0, 0.0)), tone="grey", arrow=True,
               curved=True)
    drawing = Drawing(8.0, 4.0, (*marks, *labels, *lines, bow, Box((4.0, 2.0), 1.0, 0.5)))
    picture = formats.figures.typst.typst(drawing, str, 4.0, 'a "plot"')
    assert "scaled: 50.0%" in picture
    typeset(preamble() + picture)


# ---- pages


@pytest.fixture(scope="module")
def solution() -> derive.Solution:
    require_typst()
    return derive.load("q3").solve()


def test_the_numbers_are_on_the_pages(
    solution: derive.Solution, tmp_path: Path, require_tool: Callable[[str], str],
) -> None:
    (tmp_path / "q3.pdf").write_bytes(solution.render("pdf"))
    text = subprocess.run([require_tool("pdftotext"), "-q", "q3.pdf", "-"], cwd=tmp_path,
                          check=True, capture_output=True, timeout=60).stdout.decode()
    found = set(re.findall(r"-?\d+(?:\.\d+)?", text.replace("−", "-")))
    for key in ("h[1]", "yhat[2]", "L", "dL/dh[1]", "dL/dV"):
        shown = np.asarray(solution.accept(key).shown).ravel()
        assert {str(number) for number in shown} <= found


def test_pdf_says_what_it_is(solution: derive.Solution) -> None:
    made = derive.load("rnn_choice").solve().render("pdf")
    assert b"/Lang" in made
    assert b"/StructTreeRoot" in made
    assert b"pdfuaid:part" in made
    assert b"Which recurrent network?" in made
    assert b"multiple choice" in made


def test_pages_are_pictures(solution: derive.Solution) -> None:
    pictures, drawings = solution.render("png"), solution.render("svg")
    assert len(pictures) == len(drawings) > 3
    assert all(page.startswith(b"\x89PNG\r\n") for page in pictures)
    assert {ElementTree.fromstring(page).tag for page in drawings} == {
        "{http://www.w3.org/2000/svg}svg"}


@pytest.mark.parametrize("name", formats.ENGINES["typst"])
def test_same_bytes_for_the_same_question(name: str, solution: derive.Solution) -> None:
    assert solution.render(name) == derive.load("q3").solve().render(name)


def test_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "find_spec", lambda name: None)
    with pytest.raises(DeriveError, match="pip install typst"):
        formats.require("pdf")


def test_error_of_a_template_is_readable(tmp_path: Path, solution: derive.Solution) -> None:
    (tmp_path / "blocks.typ.jinja").write_text(
        "\\BLOCK{macro heading(b)}\n#nothing[x]\n\\BLOCK{endmacro}\n")
    with pytest.raises(DeriveError, match="unknown variable: nothing"):
        solution.render("pdf", templates=tmp_path)


# ---- by TeX


def test_tex_makes_the_same_pages_twice(
    solution: derive.Solution, require_tool: Callable[[str], str],
) -> None:
    require_tool("pdflatex")
    made = solution.render("pdf", engine="latex")
    assert made.startswith(b"%PDF")
    assert made == solution.render("pdf", engine="latex")


def test_error_of_tex_is_readable(
    tmp_path: Path, solution: derive.Solution, require_tool: Callable[[str], str],
) -> None:
    require_tool("pdflatex")
    (tmp_path / "blocks.tex.jinja").write_text(
        "\\BLOCK{macro heading(b)}\n\\nothing\n\\BLOCK{endmacro}\n")
    with pytest.raises(DeriveError, match=r"Undefined control sequence\. l\.\d+ .nothing"):
        solution.render("pdf", templates=tmp_path, engine="latex")


def test_no_shell_is_called(tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    require_tool("pdflatex")
    (tmp_path / "article.tex.jinja").write_text(
        "\\documentclass{article}\\begin{document}x"
        f"\\immediate\\write18{{touch {tmp_path}/ran}}\\end{{document}}")
    derive.load("rnn_choice").solve().render("pdf", templates=tmp_path, engine="latex")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(("name", "engine", "message"), [
    ("png", "latex", "it makes pdf"), ("markdown", "typst", "it makes pdf, png, svg"),
    ("pdf", "latx", "did you mean 'latex'")])
def test_engine_that_does_not_make_a_format(name: str, engine: str, message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        formats.module(name, engine)


def test_tex_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(ROOT / "docs"))
    with pytest.raises(DeriveError, match="a pdf needs no TeX"):
        formats.require("pdf", "latex")


# ---- rows of working, and what is told of them


def test_relations_stay_under_each_other_past_a_sentence(
    tmp_path: Path, require_tool: Callable[[str], str],
) -> None:
    rows = 'row($a$, $= 7$), row($"a longer side"$, $= 8$, before: [Then]), row($$, $= 9$)'
    (tmp_path / "sheet.pdf").write_bytes(typeset(preamble() + f"#working({rows})"))
    told = subprocess.run([require_tool("pdftotext"), "-q", "-bbox", "sheet.pdf", "-"],
                          cwd=tmp_path, check=True, capture_output=True, timeout=60).stdout
    places = re.findall(r'xMax="([\d.]+)"[^>]*>[^<]*[789]<', told.decode())
    assert len(places) == 3
    ends = [float(place) for place in places]
    assert max(ends) - min(ends) < 0.1


def test_what_is_set_smaller_at_layout_is_told(caplog: pytest.LogCaptureFixture) -> None:
    require_typst()
    fits = "row($a$, $= b$)"
    typesetting.pages(preamble() + f"#working({fits})", "svg", None)
    assert caplog.messages == []
    wide = "row($a$, $= " + "x + " * 40 + "y$)"
    typesetting.pages(preamble() + f"#pagebreak()\n#working({fits}, {wide})", "svg", None)
    assert len(caplog.messages) == 1
    assert re.fullmatch(r"page 2: a formula is set at [5-9]\d% of its size to fit the page",
                        caplog.messages[0])


def test_long_sums_in_brackets_are_broken(caplog: pytest.LogCaptureFixture) -> None:
    """Numbers of six digits added up within a difference: no line of the page gets tiny."""
    path = ROOT / "tests" / "questions" / "wide_numbers.yaml"
    derive.load(path).solve().render("latex")
    found = [int(share) for text in caplog.messages for share in re.findall(r"at (\d+)%", text)]
    assert [share for share in found if share < 90] == []


def test_same_bytes_anywhere(tmp_path: Path) -> None:
    """Another folder, time zone, language of the system and seed of hashes change nothing."""
    require_typst()
    made = []
    worlds = {"here": {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
              "there": {"TZ": "America/Lima", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "2"}}
    for name, world in worlds.items():
        (tmp_path / name).mkdir()
        environment = {**os.environ, **world, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-m", "derive", "render", "jacobian_chain", "--format",
                        "pdf"], cwd=tmp_path / name, env=environment, check=True,
                       capture_output=True, timeout=120)
        made.append((tmp_path / name / "output" / "jacobian_chain.pdf").read_bytes())
    assert made[0] == made[1]


@pytest.mark.parametrize("broken", ["#nothing[x]", r"\VAR{b.nothing}", r"\BLOCK{if}"])
def test_failed_rendering_leaves_the_old_pages(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    require_typst()
    monkeypatch.chdir(tmp_path)
    old = {"output/rnn_choice.pdf": b"old", "output/rnn_choice-1.png": b"old page"}
    (tmp_path / "output").mkdir()
    for name, content in old.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "blocks.typ.jinja").write_text(
        f"\\BLOCK{{macro heading(b)}}\n{broken}\n\\BLOCK{{endmacro}}\n")
    for name in ("pdf", "png"):
        done = CliRunner().invoke(main, ["render", "rnn_choice", "--format", name,
                                         "--templates", "own"])
        assert done.exit_code == 2
        assert "Traceback" not in done.output
    assert {str(path.relative_to(tmp_path)): path.read_bytes()
            for path in (tmp_path / "output").iterdir()} == old
