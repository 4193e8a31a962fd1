"""Reports of marked submissions: annotated pages, tables for gradebooks, piles, sets."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from conftest import ROOT

import derive
from derive.cli import main
from derive.cli import mark as command
from derive.errors import DeriveError
from derive.formats.reports import REPORTS, annotated, module, names, table
from derive.formats.reports.pile import gathered, marked_pile
from derive.formats.reports.record import Record
from derive.formats.reports.statistics import as_csv, as_text
from derive.languages import ENGLISH, LANGUAGES, remark
from derive.marking.slips import SLIPS
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.marked import SIGNS, Marked, marked
from derive.marking.submission.mistakes.missteps import MISSTEPS
from derive.marking.submission.sources import marking
from derive.question.question_set import read_set
from derive.solution.step import deep

TEXT = r"""# 3.3 & <b>more</b>

We use $\log_{10}$, | that is *all*:

$$l_0 = -\log 0.839
= 0.0762$$ and $l_1 = 0.134$

\begin{align} L &= \frac13 (l_0 + l_1 + l_2) \\ &= 0.875 \end{align}

## 3.4

$$\frac{\partial L}{\partial h_1} =
\left(\begin{array}{ccc} -0.919 \\ -1.047 \\ -0.116 \end{array}\right)$$
$$h_1 = \foo{<script>alert(1)</script>}$$
"""


@cache
def marker(name: str = "q3") -> Marker:
    return Marker(derive.load(name).source)


@cache
def found(name: str = "q3", text: str = TEXT) -> Marked:
    return marked(marker(name), text)


def test_every_report_has_a_format_on_the_command_line() -> None:
    assert names() == command.FORMATS
    assert list(table.GRADEBOOKS) == command.GRADEBOOKS


# the submission annotated

def test_every_claim_has_a_row_and_nothing_is_lost() -> None:
    rows = list(annotated.rows(TEXT, found().claims))
    assert [r.judgement for r in rows if r.judgement] == sorted(
        found().claims, key=lambda j: j.claim.span)
    assert [r.line for r in rows] == sorted(r.line for r in rows)
    shown = "".join(r.text for r in rows)
    words = re.findall(r"[A-Za-z0-9.]{2,}", re.sub(r"\\(begin|end)\{align\}", "", TEXT))
    assert [word for word in words if word not in shown] == []


def test_lines_of_layout_alone_are_not_shown() -> None:
    rows = [r.text for r in annotated.rows(TEXT, found().claims) if r.is_formula]
    assert r"L = \frac13 (l_0 + l_1 + l_2)" in rows
    assert "= 0.875" in rows
    assert rows[0] == r"l_0 = -\log 0.839"


@pytest.mark.parametrize("form", REPORTS)
def test_what_a_submission_holds_only_prints(form: str) -> None:
    report = module(form).write(found(), "<i>\x1b[31m & |.md")
    assert "\x1b" not in report
    if form != "json":
        assert "<script" not in report.replace(r"`\foo", "") or form == "markdown"
        assert "<b>" not in report.replace(r"\<b\>", "")


def test_the_page_is_well_formed_and_says_every_verdict() -> None:
    page = module("html").write(found(), "a&b.md")
    body = ElementTree.fromstring(page[page.index("<main"):page.index("</main>") + 7])
    signs = [row.get("class", "").split()[1] for row in body.iter("div")
             if row.get("class", "").startswith("row ")]
    assert [s for s in signs if s != "plain"] == [
        j.verdict.replace("_", "-") for j in sorted(found().claims, key=lambda j: j.claim.span)]
    assert len(list(body.iter("math"))) > len(found().claims)
    assert "<script" not in page
    assert "http" not in re.sub(r"url\([^)]*\)", "", page)


def test_markdown_has_a_table_with_a_row_for_each_line() -> None:
    report = module("markdown").write(found(), "a_b.md")
    rows = report.partition("| ---: |")[2].splitlines()[1:]
    cells = [re.split(r"(?<!\\)\|", row)[1:-1] for row in rows if row.startswith("|")]
    assert {len(row) for row in cells} == {4}
    assert [row[1].strip() for row in cells if row[1].strip()] == [
        SIGNS[j.verdict] for j in sorted(found().claims, key=lambda j: j.claim.span)]
    assert r"`h_1 = \foo{<script>alert(1)</script>}`" in report


def test_text_is_coloured_on_a_terminal_only() -> None:
    from derive.formats.reports.text import coloured, write

    plain = write(found(), "a.md")
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d+m", "", coloured(plain)) == plain
    assert "\x1b[31m✗\x1b[0m" in coloured(plain)


# evidence

@pytest.mark.parametrize("name", ["q3", "bptt_symbols"])
def test_steps_are_those_of_the_solution(name: str) -> None:
    text = {"q3": TEXT, "bptt_symbols": r"$$\frac{\partial J_t}{\partial o_t} = y_t - \hat y_t$$"}
    told = found(name, text[name]).to_dict()["claims"]
    ids = {step.id for part in derive.load(name).solve().solved.parts for step in deep(part.steps)}
    steps = {claim["step"] for claim in told if claim["of"]}
    assert steps <= ids
    assert steps


def test_what_has_no_numbers_is_expected_as_a_formula() -> None:
    text = r"$$\frac{\partial J_t}{\partial o_t} = y_t - \hat y_t$$ $$z_3 = W_{hh} h_3$$"
    told = found("bptt_symbols", text).to_dict()["claims"]
    assert [claim["expected"] for claim in told] == [
        "yhat[t] - y[t]", "W_hh @ h[2] + W_hx @ x[3]"]


def test_the_json_of_one_question_has_the_keys_that_were_promised() -> None:
    told = found().to_dict()
    assert set(told) == {"schema", "question", "claims", "marks"}
    assert set(told["marks"]) == {"awarded", "available", "parts"}
    assert {tuple(claim) for claim in told["claims"]} == {
        ("line", "span", "text", "of", "step", "verdict", "slip", "reason", "expected", "carried")}


def test_what_has_another_shape_than_what_would_follow_is_wrong() -> None:
    told = found("q3", r"$$h_0 = (-0.9, 0.1, 0.96)$$ $$\bar h_1 = W h_0 + U x_1 + b = (1, 2)$$")
    assert [j.verdict for j in told.claims] == ["wrong", "right", "wrong"]


def test_what_there_is_not_is_unread_or_wrong() -> None:
    assert {j.verdict for j in found("q3", r"$$h_7 = (1, 2, 3)$$ $l_9 = 3$").claims} <= {
        "wrong", "unread"}


# piles

@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("class")
    texts = {"Ann Lee_17_assignsubmission_file_/work.md": TEXT, "b.tex": r"$L = 2.01$",
             "b.md": r"$l_0 = 0.0762$", "bad.txt": b"\xff\xfe", "notes.pdf": "no",
             ".hidden.md": "no", "b.marked.md": "no", "=cmd.md": r"$h_1 = (0, 0, 0)$"}
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


@cache
def records(root: Path, workers: int = 1) -> tuple[Record, ...]:
    return tuple(marked_pile("q3", gathered([root]), tuple(REPORTS), workers))


def test_a_folder_holds_what_was_handed_in_by_distinct_names(folder: Path) -> None:
    assert [s.name for s in gathered([folder])] == [
        "=cmd", "Ann Lee_17_assignsubmission_file_-work", "b.md", "b.tex", "bad"]
    with pytest.raises(DeriveError, match="holds no submission"):
        gathered([Path(__file__).parent / "benchmarks"])


def test_one_broken_submission_does_not_stop_the_pile(folder: Path) -> None:
    problems = {r.name: r.problem for r in records(folder)}
    assert "not UTF-8" in problems.pop("bad")
    assert set(problems.values()) == {""}


def test_neither_order_nor_processes_change_anything(folder: Path) -> None:
    again = tuple(marked_pile("q3", gathered([folder])[::-1], tuple(REPORTS), 1))
    assert again[::-1] == records(folder)
    assert records(folder, 2) == records(folder)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_row_for_each_submission(folder: Path) -> None:
    rows = rows_of(table.write(records(folder)))
    assert [row["submission"] for row in rows] == [
        "'=cmd", "Ann Lee_17_assignsubmission_file_-work", "b.md", "b.tex", "bad"]
    assert rows[4]["problem"]
    assert not rows[4]["marks"]
    assert rows[2]["slips"] == "logarithm"
    assert rows[3]["marks"] == rows[3]["part 3.3"] == "0.5"


def test_gradebooks_have_the_columns_of_their_platforms(folder: Path) -> None:
    moodle = rows_of(table.write(records(folder), "moodle"))
    assert (moodle[1]["Identifier"], moodle[1]["Full name"]) == ("Participant 17", "Ann Lee")
    assert moodle[3]["Grade"] == "0.5"
    assert moodle[3]["Maximum Grade"] == "20"
    assert "&lt;" not in moodle[2]["Feedback comments"]
    assert "<b>" not in str(moodle)
    canvas = rows_of(table.write(records(folder), "canvas"))
    assert canvas[0]["Student"] == "Points Possible"
    assert canvas[0]["q3"] == "20"
    assert canvas[4]["q3"] == "0.5"
    scope = rows_of(table.write(records(folder), "gradescope"))
    assert scope[3]["3.3 (2 pts)"] == scope[3]["Total Score"] == "0.5"
    assert [row["Status"] for row in scope].count("Ungraded") == 1


@pytest.mark.parametrize(("path", "gradebook", "who"), [
    ("x/Bo Ek_9_assignsubmission_file_/a.md", "moodle", ("Participant 9", "Bo Ek")),
    ("ekbo_LATE_12_345_a.md", "canvas", ("ekbo", "12")),
    ("submission_77.md", "gradescope", ("name", "", "", "", "0", "0", "Graded", "77")),
])
def test_platforms_are_known_by_their_file_names(path: str, gradebook: str, who: tuple[str, ...]
                                                 ) -> None:
    text = table.write([Record("name", path, "q3")], gradebook)
    assert tuple(list(csv.reader(io.StringIO(text)))[-1])[:len(who)] == who


def test_slips_are_counted_over_the_class(folder: Path) -> None:
    rows = rows_of(as_csv(records(folder)))
    logarithm = next(row for row in rows if row["slip"] == "logarithm")
    assert (logarithm["submissions"], logarithm["times"]) == ("2", "2")
    assert next(row["part"] for row in rows if row["part"]) == "3.1"
    assert as_text(records(folder)).startswith("4 submissions, 1 more could not be marked\n")
    german = as_text(records(folder), "de")
    assert german.startswith("4 Abgaben, 1 weitere konnten nicht bewertet werden\n")
    assert re.search(r"^Fehler +bei +Abgaben +Anzahl$", german, re.M)
    assert re.search(r"^Logarithmus .* 2 +2$", german, re.M)


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != ENGLISH])
def test_names_of_slips_are_translated(language: str) -> None:
    names = [*(slip.name for slip in SLIPS), *(misstep.name for misstep in MISSTEPS)]
    assert [name for name in names if remark(name, language) == name] == []


# sets

TWO = """
title: Two networks
questions:
  - q3
  - {question: scalar_rnn, name: scalar}
"""
ANSWERS = r"""
3.3
$$l_0 = 0.175, \quad h_1 = (-0.620, 0.444, -0.979)$$
1.1
$$h_1 = w_h h_0 + w_x x_1 = 2$$
$$h_2 = 3$$
and $h_2 = (0.998, -0.662, 0.484)$
"""


def test_a_set_is_marked_by_the_questions_that_understand_best() -> None:
    told = marking(read_set(TWO, "two"))(ANSWERS).to_dict()
    assert [(c["question"], c["of"], c["verdict"]) for c in told["claims"]] == [
        ("q3", "l[0]", "right"), ("q3", "h[1]", "right"), ("scalar", "h[1]", "right"),
        ("scalar", "h[1]", "right"), ("scalar", "h[2]", "right"), ("q3", "h[2]", "right")]
    assert list(told["marks"]["questions"]) == ["q3", "scalar"]
    assert {"q3:3.4", "scalar:1.1"} <= set(told["marks"]["parts"])
    assert [ANSWERS[slice(*c["span"])].strip() for c in told["claims"]] == [
        c["text"] for c in told["claims"]]


# the command

def run(*words: object, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([sys.executable, "-m", "derive", "mark", *map(str, words)], cwd=folder,
                          env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
                          text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_the_command_writes_every_report_into_a_folder(folder: Path, tmp_path: Path) -> None:
    done = run("q3", folder, "--format", "html", "--format", "csv", "--statistics", "slips.csv",
               "-o", "out", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.count("\n") == 1
    assert "bad.txt" in done.stderr
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted([
        "=cmd.marked.html", "Ann Lee_17_assignsubmission_file_-work.marked.html",
        "b.md.marked.html", "b.tex.marked.html", "marks.csv"])
    assert (tmp_path / "slips.csv").read_text().startswith("slip,about,")


def test_the_command_prints_json_of_many_as_one_list(folder: Path) -> None:
    done = run("q3", folder / "b.md", folder / "bad.txt", "--format", "json", "--statistics", "-")
    listed = json.loads(done.stdout)
    assert listed[0]["claims"][0]["slip"] == "logarithm"
    assert "not UTF-8" in listed[1]["problem"]
    assert "1 submissions, 1 more could not be marked" in done.stderr


@pytest.mark.parametrize("words", [
    ["q3", "bad.txt"], ["q3", "b.md", "b.tex", "--format", "html"],
    ["q3", "b.md", "--format", "text", "--gradebook", "moodle"], ["q3", "nothing.md"],
])
def test_the_command_refuses_in_one_message(folder: Path, words: list[str]) -> None:
    done = run(*words, folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


def test_what_was_handed_in_is_never_written_over(folder: Path) -> None:
    before = (folder / "b.md").read_text()
    done = run("q3", "b.md", "--format", "markdown", "-o", "b.md", folder=folder)
    assert done.returncode == 2
    assert "is left as it is" in done.stderr
    assert (folder / "b.md").read_text() == before




@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_report_speaks_german(form: str) -> None:
    ours = module(form).write(found(), "x", "de")
    english = module(form).write(found(), "x")
    assert english == module(form).write(found(), "x", "en")
    assert "der Logarithmus wurde zur Basis 10 genommen, nicht e" in ours
    assert "Punkte" in ours
    said = re.sub(r"<style>.*?</style>|<pre.*?</pre>|<[^>]*>|\$`.*?`\$|\[\w+\]", " ", ours,
                  flags=re.DOTALL)
    said = said.replace(r"We use", "").replace("that is", "").replace("and", "")
    assert re.findall(r"\b(of|the|marks?|lines?|right|wrong|claims|follows|for|Skip)\b", said) == []
    assert re.findall(r"\d+\.\d{3,}", ours) == re.findall(r"\d+\.\d{3,}", english)


def test_numbers_and_names_are_the_same_in_every_language() -> None:
    assert module("json").write(found(), "x", "de") == module("json").write(found(), "x")


def test_command_line_reports_in_german(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text("$L = 2.5$\n", encoding="utf-8")
    runner = CliRunner()
    done = runner.invoke(main, ["mark", "scalar_rnn", str(path), "--language", "de"])
    assert done.exit_code == 0
    assert "Punkte: 0 von 9" in done.output
    assert runner.invoke(main, ["mark", "q3", str(path), "--language", "fr"]).exit_code == 2
    question = tmp_path / "own.yaml"
    text = "language: de\ngiven: {a: 2}\nmodel: b = a*a\nparts: [{marks: 2, find: b}]\n"
    question.write_text(text, encoding="utf-8")
    done = runner.invoke(main, ["mark", str(question), str(path)])
    assert "Aussagen sind richtig" in done.output
