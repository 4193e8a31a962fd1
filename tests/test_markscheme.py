"""Marking schemes: marks that add up, intervals that hold the values, what follows through."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import ROOT
from test_pages import compiled, look
from typesetting import typeset

from derive import api, formats
from derive.cli import main
from derive.document.accepted import Accepted, listed
from derive.document.blocks import Answer, Contents, Paragraph, Working
from derive.document.markscheme import for_markers
from derive.document.sections import sections
from derive.errors import DeriveError
from derive.expr.nodes import Literal
from derive.formats import typst
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.marks import awarded
from derive.solution.step import statements
from derive.syntax.write_text import write

SETS = [entry.name for entry in api.catalogue() if entry.questions]
WRITERS = [name for name in formats.names() if name not in formats.NOT_IN["markscheme"]]
TEXTS = ["latex", "markdown", "quarto", "html", "notebook", "typst"]
EARNED = re.compile(r"\b([MA]) (\d+(?:/\d+)?)")
EACH = re.compile(r"Marks: (\S+) M and (\S+) A(?: for each of (\d+))?\.")


@cache
def solved(name: str) -> Any:
    return api.load(name).solve()


def blocks(solution: Any, parts: tuple[str, ...] = ()) -> list[Any]:
    scheme = sections(for_markers(solution.at("normal")), "normal", parts)
    return [block for section in scheme for block in section.blocks]


def earned(found: list[Any]) -> dict[str, Fraction]:
    """Return what all lines of some blocks earn, by M and A."""
    lines = [line for block in found if isinstance(block, (Working, Answer))
             for line in block.lines if line.reason]
    words = [s.text for block in found if isinstance(block, Paragraph) for s in block.sentences]
    total = {"M": Fraction(0), "A": Fraction(0)}
    for text in [line.reason.text for line in lines if line.reason]:
        for kind, share in EARNED.findall(text):
            total[kind] += Fraction(share)
    for text in words:
        for method, value, count in EACH.findall(text):
            total["M"] += Fraction(method) * int(count or 1)
            total["A"] += Fraction(value) * int(count or 1)
    return total


@pytest.mark.parametrize("name", SETS)
def test_scheme_looks_right(name: str, tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    look(compiled(solved(name).render("markscheme"), tmp_path, require_tool))


@pytest.mark.parametrize("name", SETS)
def test_scheme_fits_the_pages_of_typst(name: str) -> None:
    scheme = for_markers(solved(name).at("normal"))
    assert typeset(typst.write_described(scheme)).startswith(b"%PDF")


@pytest.mark.parametrize("name", SETS)
def test_lines_earn_what_marking_awards(name: str) -> None:
    """Every part whose marks a program awards: the same shares, of the same things."""
    for solution in solved(name).questions:
        available = awarded(Marker(solution.source), ())
        for part in available:
            found = earned(blocks(solution, (part.label,)))
            shares = {kind: sum((a.available for a in part.awards
                                 if a.kind == kind and not a.referred), Fraction(0))
                      for kind in ("M", "A")}
            assert found == shares, (solution.solved.name, part.label)


@pytest.mark.parametrize("name", SETS)
def test_table_of_parts_adds_up(name: str) -> None:
    (table,) = (block for block in blocks(solved(name)) if isinstance(block, Contents))
    parts = [part for s in solved(name).questions for part in s.solved.parts]
    assert [entry.labels[0] for entry in table.entries] == [part.label for part in parts]
    assert table.marks == sum(part.marks or 0 for part in parts)
    for entry in table.entries:
        assert entry.method == entry.value
        assert entry.method is None or entry.method * 2 == entry.marks


@pytest.mark.parametrize("form", TEXTS)
def test_every_writer_tells_the_same(form: str) -> None:
    page = solved("q3").render(form, markscheme=True)
    assert "Marking scheme" in page
    assert "0.1735" in page
    assert "0.1755" in page
    assert len(EARNED.findall(page)) >= 2 * sum(
        len(p.asked) for p in solved("q3").solved.parts if p.marks)


def test_intervals_hold_the_values_and_are_those_of_the_solution() -> None:
    solution = solved("q3")
    met = set()
    for block in blocks(solution):
        if isinstance(block, (Working, Answer)):
            for ref, line in statements(block.lines):
                ends = [e.values for e in (line.reason.parts if line.reason else ())
                        if isinstance(e, Literal)]
                if ends:
                    met.add(write(ref))
                    assert np.all(ends[0] <= solution[write(ref)])
                    assert np.all(solution[write(ref)] <= ends[1])
    assert met >= {"l[0]", "L", "dL/dV", "h[1]"}
    assert r"accept }0.1735\text{ to }0.1755" in solution.render("markscheme")


def test_exact_values_need_no_interval() -> None:
    sheet = solved("scalar_rnn").render("markdown", markscheme=True)
    assert "accept" not in sheet
    assert r"&= \boxed{2}\qquad \text{A 1/4}" in sheet


def test_a_result_found_twice_earns_its_marks_once_and_first() -> None:
    sheet = solved("scalar_rnn").render("markdown", markscheme=True, parts=["1.3"])
    assert r"\boxed{0}\qquad \text{A 3/2}" in sheet
    assert sheet.count("A 3/2") == 1
    assert sheet.index("A 3/2") < sheet.index("underbrace")


def test_what_follows_exactly_from_rounded_numbers_has_an_interval() -> None:
    solution = api.load(ROOT / "tests" / "questions" / "deutsch.yaml").solve()
    sheet = solution.render("markdown", markscheme=True, language="en")
    assert r"&= \boxed{8.33}\qquad \text{A 1/2, accept }" in sheet
    assert "| c | Find $`\\frac{\\partial E}{\\partial h_{1}}`$. | 1.5 | 1.5 | 3 |" in sheet


def test_errors_follow_through_from_the_parts_before() -> None:
    said = [s.parts[0] for block in blocks(solved("q3")) if isinstance(block, Paragraph)
            for s in block.sentences if s.text == "Follow-through from {}."]
    assert said[:3] == ["3.1", "3.2", "3.1, 3.2"]


def test_words_are_marked_by_their_points() -> None:
    sheet = solved("set_b").render("markscheme", parts=["2"])
    assert "Long-range dependencies are captured better." in sheet
    assert not re.search(r"A \d|A person", sheet.partition("2}{Name two")[2])


def test_what_no_program_awards_is_left_to_a_person() -> None:
    sheet = solved("set_c").render("markdown", markscheme=True, parts=["1.1", "2.5"])
    assert sheet.count("A person awards these marks.") == 2


def test_tables_and_plots_are_shown_and_left_to_a_person() -> None:
    for name, label in (("set_e", "2.7"), ("set_e", "2.8"), ("set_d", "2.3")):
        sheet = solved(name).render("markdown", markscheme=True, parts=[label])
        assert "A person awards these marks." in sheet
        assert "| --- | --- |" in sheet


def test_many_numbers_that_no_line_shows_are_a_table_that_fits_a_page() -> None:
    found = solved("set_e")["loss_numbers"].solved
    refs = next(part.asked for part in found.parts if part.label == "2.7")
    tables = list(listed(refs, Accepted(found.accept)))
    assert [len(table.rows) for table in tables] == [12, 10]


def test_scheme_of_a_scheme_is_itself() -> None:
    scheme = for_markers(solved("q3").solved)
    assert for_markers(scheme) is scheme
    named = for_markers(replace(solved("q3").solved, language="de")).title
    assert named == "Bewertungsschema: A recurrent network by hand"


def test_students_do_not_get_it() -> None:
    for asked in ({"name": "markscheme"}, {"name": "html", "markscheme": True}):
        with pytest.raises(DeriveError, match="a marking scheme is not for students"):
            formats.writer(**asked, student=True)
    for name in ("exam", "json"):
        with pytest.raises(DeriveError, match=f"no marking scheme as {name}"):
            formats.writer(name, markscheme=True)


def test_command_line_writes_it_in_any_format(tmp_path: Path) -> None:
    runner = CliRunner()
    for options in (["--format", "markdown", "--markscheme"], ["--format", "markscheme"]):
        done = runner.invoke(main, ["render", "scalar_rnn", *options, "-o", f"{tmp_path}/"])
        assert done.exit_code == 0, done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "scalar_rnn.markscheme.md", "scalar_rnn.markscheme.tex"]
    assert set(WRITERS) >= {"markdown", "html", "pdf", "docx"}
