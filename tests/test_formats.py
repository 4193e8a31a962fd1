"""Sheets in every format: nothing breaks out of its place, nothing is lost between formats."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from conftest import leave_out
from handmade import T, between, forward, handmade, labelled, numbers, recurrence, symbol

from derive import formats
from derive.document.blocks import BLOCKS
from derive.errors import DeriveError
from derive.expr.nodes import Array, MatMul, Sum
from derive.formats.environment import macros
from derive.formats.json_exhibits import shown
from derive.formats.views import amount, view
from derive.solution.exhibits import Exhibit
from derive.solution.step import DETAILS, Line, PartSolution, SolvedQuestion, Step
from derive.syntax.inline_math import harmless

SHEETS = {"latex": "blocks.tex.jinja", "markdown": "blocks.md.jinja",
          "html": "blocks.html.jinja", "typst": "blocks.typ.jinja"}
ANCHORS = {"latex": r"^% (q\.\S+)$", "markdown": r"^<!-- (\S+) -->$", "json": r'"id": "(.*?)"',
           "html": r'<span class="step" id="(.*?)">', "typst": r"^// (q\.\S+)$",
           "exam": r"^% (q\.\S+)$", "notebook": r'"step": "(.*?)"'}


def written(name: str, detail: str = "full", templates: Path | None = None, **changes: object
            ) -> str:
    solved = replace(handmade(), **changes)  # type: ignore[arg-type]
    text: str = formats.module(name).write(solved, detail=detail, parts=(), templates=templates)
    return text


def require(name: str) -> None:
    """Leave a test out where what a format needs is not installed."""
    try:
        formats.require(name)
    except DeriveError as error:
        leave_out(str(error))


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("block", BLOCKS)
def test_every_block_has_a_macro_and_a_view(name: str, block: type) -> None:
    assert block.__name__.lower() in macros(name, None, SHEETS[name])
    assert view.dispatch(block) is not view.dispatch(object)


@pytest.mark.parametrize("exhibit", Exhibit.__subclasses__())
def test_every_exhibit_has_a_form_in_json(exhibit: type) -> None:
    assert shown.dispatch(exhibit) is not shown.dispatch(object)


@pytest.mark.parametrize("detail", DETAILS)
def test_all_formats_show_the_same_steps(detail: str) -> None:
    found = {name: re.findall(pattern, written(name, detail), re.MULTILINE)
             for name, pattern in ANCHORS.items()}
    assert all(steps == found["latex"] for steps in found.values())
    assert found["latex"]


@pytest.mark.parametrize("name", formats.FORMATS)
def test_same_sheet_twice(name: str) -> None:
    require(name)
    assert written(name) == written(name)


# ---- LaTeX


def compiled(text: str, folder: Path, tool: str) -> str:
    """Compile a sheet and return its log."""
    (folder / "sheet.tex").write_text(text, encoding="utf-8")
    subprocess.run([tool, "-interaction=nonstopmode", "-no-shell-escape", "sheet.tex"], cwd=folder,
                   capture_output=True, check=False, timeout=120)
    return (folder / "sheet.log").read_text(encoding="latin-1")


def complaints(log: str) -> list[str]:
    """Return errors, and boxes that stick out by more than 5 pt."""
    wide = re.findall(r"Overfull \\hbox \((\d+\.\d+)pt too wide\)", log)
    return [*re.findall(r"^!.*", log, re.MULTILINE), *(w for w in wide if float(w) > 5)]


@pytest.mark.parametrize("detail", DETAILS)
def test_latex_compiles(detail: str, tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    tool = require_tool("pdflatex")
    assert complaints(compiled(written("latex", detail), tmp_path, tool)) == []


def test_wide_working_fits_the_page(tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    """Every width of matrix and every length of sum, boxed and not."""
    tool = require_tool("pdflatex")
    steps = tuple(step for n in range(1, 9) for step in _wide_steps(n))
    part = PartSolution("1", "", "", None, (), steps)
    log = compiled(written("latex", parts=(part,)), tmp_path, tool)
    assert complaints(log) == []


def _wide_steps(n: int) -> list[Step]:
    values = numbers(-1.2345e-7 * np.arange(1, 3 * n + 1).reshape(3, n))
    whole = MatMul(values, numbers(np.ones((n, 3))))
    formulas = Array(tuple(symbol(f"alpha_{'x' * n}", k, of=()) for k in range(3)))
    lines = (Line("symbolic", symbol("A", of=(3, 3)), "=", Sum((whole,) * n)),
             Line("arithmetic", None, "≈", values, between(0, 20 * n)),
             Line("symbolic", symbol("a"), "=", Sum((formulas,) * n), between(T, T + 9)))
    return [Step(f"q.1.w{n}", "value", lines, answer=n % 2 == 0), labelled(n)]


@pytest.mark.parametrize(("name", "is_told"), [("latex", True), ("typst", True),
                                               ("markdown", False)])
def test_formula_that_is_set_smaller_is_told_of(
    name: str, is_told: bool, caplog: pytest.LogCaptureFixture,
) -> None:
    line = Line("symbolic", symbol("a"), "=", symbol(f"b_{'m' * 90}"))
    part = PartSolution("1", "", "", None, (), (Step("q.1.long", "value", (line,)),))
    sheet = written(name, parts=(part,))
    assert bool(re.search("shrunk[{(]\\d|shrunk\\{0", sheet)) is is_told
    told = [record.getMessage() for record in caplog.records]
    assert told == ["q.1.long: a formula is set at 65% of its size to fit the page"] * is_told


def test_text_cannot_leave_its_place() -> None:
    sheet = written("latex")
    assert r"\input" not in sheet
    assert r"\write" not in sheet
    assert sheet.count(r"\end{document}") == 1
    assert r"\textbackslash{}input\{/etc/passwd\}" in sheet
    assert "$x^2$" in sheet


def test_harmless_mathematics_passes() -> None:
    for latex in (r"\frac{\partial L}{\partial h_1}", r"\hat{y}_t - y_t", r"W^\top x", "x'",
                  r"\left( \frac{1}{2} \right)^2", r"\text{for all } t \le T",
                  r"\sum_{t=1}^{T} l_t"):
        assert harmless(latex) == latex
    assert harmless("∂L/∂W") == r"\partial L/\partial W"


@pytest.mark.parametrize("latex", [
    r"\input{x}", r"\def\x{}", r"\begin{x}", "a_b_c", "x^", "x^2'", "x_1 _2", r"\frac{1}", "{", "}",
    r"\left(", r"\right)", r"a \\ b", "50%", "a & b", r"\text{a_b}", r"\text{α}", r"x_\bar{h}",
    "中", "^^5cinput", "#1", "x" * 500, "{" * 50 + "}" * 50, "", r"\sqrt[3]{2}", "\\",
])
def test_other_mathematics_is_refused(latex: str) -> None:
    assert harmless(latex) is None


def test_money_is_no_mathematics() -> None:
    assert r"\$5 and \$6" in written("latex", title="It costs $5 and $6")


def test_one_mark_and_many() -> None:
    sheet = written("latex")
    assert "[3.5 marks]" in sheet
    assert "[1 mark]" in sheet
    assert "[1.5 marks]" in sheet


def test_answers_are_boxed() -> None:
    assert written("latex", "brief").count(r"\boxed{") == 2


def test_positions_and_reasons_stand_beside_their_line() -> None:
    sheet = written("latex")
    assert r"\text{for } t = 1, \ldots, T-1" in sheet
    assert r"\text{for } t = T" in sheet
    assert r"\intertext{Because the loss reads" in sheet


def test_factors_stand_over_their_labels() -> None:
    sheet = written("latex")
    assert r"\underbrace{(\hat{y}_{0} - y_{0})}" in sheet
    assert r"{\underbrace{V}_{\tfrac{\partial o_{0}}{\partial h_{0}}}}" in sheet


# ---- Markdown


def fences(sheet: str) -> list[str]:
    return re.findall(r"^```math\n(.*?)^```$", sheet, re.MULTILINE | re.DOTALL)


def test_markdown_displays_survive_github() -> None:
    sheet = written("markdown")
    assert sheet.count("```") == 2 * len(fences(sheet))
    for display in fences(sheet):
        assert display.count(r"\begin{aligned}") == display.count(r"\end{aligned}") > 0
        assert not re.search(r"^\s*([-+*]|\d+\.)\s", display, re.MULTILINE)
        assert "\n\n" not in display
        assert r"\operatorname" not in display
    assert r"\operatorname" not in sheet


def test_markdown_text_prints_as_typed() -> None:
    sheet = written("markdown")
    assert r"100% of a \& b\_c \# \$5 \{x\} \~y ^z \\textbf \<i\> \| \`c\` \*d\* \[e\](f)" in sheet
    assert "$`x^2`$" in sheet


def test_markdown_splits_a_display_at_a_long_reason() -> None:
    assert re.search(r"\\end\{aligned\}\n```\n\nBecause the loss reads", written("markdown"))


# ---- JSON


def test_json_has_the_promised_keys() -> None:
    found = json.loads(written("json"))
    assert list(found) == ["schema", "question", "values", "formulas", "parts", "checks", "accept"]
    assert found["schema"] == 1
    assert list(found["values"]) == ["L", "h[2]", "h[10]"]
    assert found["values"]["h[10]"] == [1.0, 1 / 3]
    assert found["checks"][1] == {"kind": "gradient", "target": "dL/dW", "error": 2e-11, "ok": True,
                                  "note": ""}
    assert [part["marks"] for part in found["parts"]] == ["7/2", 1]


def test_json_lines_are_whole_statements() -> None:
    found = json.loads(written("json"))
    (step, *_) = found["parts"][0]["steps"]
    assert [line["kind"] for line in step["lines"]] == [line.kind for line in forward().lines]
    assert all(line["text"].startswith("hbar[0] ") for line in step["lines"])
    assert all(line["latex"].startswith(r"\bar{h}_{0} ") for line in step["lines"])
    assert found["formulas"]["dL/dh[t]"]["text"].count("\n") == len(recurrence().lines) - 1


@pytest.mark.parametrize(("value", "shown"), [(np.inf, '"inf"'), (-np.inf, '"-inf"'), (3, "3.0")])
def test_json_has_no_infinity(value: float, shown: str) -> None:
    assert f'"L": {shown}' in written("json", values={"L": value})


def test_json_refuses_what_is_not_a_number() -> None:
    with pytest.raises(DeriveError, match="L is not a number"):
        written("json", values={"L": np.array([1.0, np.nan])})


# ---- templates of one's own


def test_own_macro_replaces_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "blocks.tex.jinja").write_text(
        "\\BLOCK{macro heading(b)}\nPART \\VAR{b.label}\n\\BLOCK{endmacro}")
    sheet = written("latex", templates=tmp_path)
    assert "PART 1" in sheet
    assert r"\begin{align*}" in sheet


def test_own_shell_replaces_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "markdown").mkdir()
    (tmp_path / "markdown" / "document.md.jinja").write_text(
        r"MINE\BLOCK{for b in blocks}\VAR{b}\BLOCK{endfor}")
    assert written("markdown", templates=tmp_path).startswith("MINE# Title")


BROKEN = [
    ("\n\\BLOCK{if}", 2), ("\n\n\\BLOCK{macro heading(b)}\n\\VAR{b.colour}\\BLOCK{endmacro}", 4),
    ("\\VAR{nothing}", 1), ("\\BLOCK{macro heading(b)}\\VAR{1/0}\\BLOCK{endmacro}", 1),
    ("\n\\BLOCK{include 'absent'}", 2),
]


@pytest.mark.parametrize(("template", "line"), BROKEN)
def test_broken_template_is_one_error_with_its_place(template: str, line: int, tmp_path: Path
                                                     ) -> None:
    path = tmp_path / "blocks.tex.jinja"
    path.write_text(template)
    with pytest.raises(DeriveError, match="in the template") as caught:
        written("latex", templates=tmp_path)
    assert str(caught.value).startswith(f"{path}:{line}: ")


def test_folder_that_replaces_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "block.tex").write_text("")
    with pytest.raises(DeriveError, match=r"article\.tex\.jinja or blocks\.tex\.jinja"):
        written("latex", templates=tmp_path)


def test_marks_are_exact() -> None:
    assert [amount(Fraction(*f)) for f in ((3, 1), (7, 2), (7, 3), (1, 4))] == [
        "3", "3.5", "7/3", "0.25"]


def test_sheet_of_nothing_is_still_a_sheet() -> None:
    empty = SolvedQuestion("q", "", (), (), (), (), {}, {}, ())
    for name in formats.FORMATS:
        require(name)
        assert formats.module(name).write(empty, detail="normal", parts=(), templates=None)
