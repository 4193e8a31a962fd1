"""Built-in sets and questions, and every question of the tests, as pages: set, looked at.

Each is solved once and set twice, by LaTeX and by Typst.

Looking means: the ink of each page lies inside its margins, no page is empty, and none holds a
handful of lines only because something was pushed off the page before it.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT
from typesetting import typeset

from derive import api
from derive.formats import typst

IN_SETS = {name for entry in api.catalogue() for name in entry.questions}
BUILT_IN = [entry.name for entry in api.catalogue() if entry.name not in IN_SETS]
OTHERS = sorted((ROOT / "tests" / "questions").glob("*.yaml"))
WIDEST = 5.0        # points by which a line may stick out
RESOLUTION = 40     # dots per inch, enough to see where ink is
MARGIN = 0.3        # inches that stay white on all sides


def compiled(text: str, folder: Path, require_tool: Callable[[str], str]) -> list[Any]:
    """Return the pages of a sheet as arrays of grey, after a look at TeX's own complaints."""
    (folder / "sheet.tex").write_text(text, encoding="utf-8")
    options = ["-interaction=nonstopmode", "-no-shell-escape"]
    command = [require_tool("pdflatex"), *options, "sheet.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
    log = (folder / "sheet.log").read_text(encoding="latin-1")
    wide = re.findall(r"Overfull \\hbox \((\d+\.\d+)pt too wide\)", log)
    assert re.findall(r"^!.*", log, re.MULTILINE) == []
    assert [w for w in wide if float(w) > WIDEST] == []
    assert done.returncode == 0
    return drawn(folder / "sheet.pdf", require_tool)


def set_by_typst(solution: Any, detail: str, folder: Path, require_tool: Callable[[str], str]
                 ) -> list[Any]:
    """Return the pages of the Typst sheet, after a look at Typst's own complaints."""
    sheet = typst.write_described(solution.at(detail), detail=detail)
    (folder / "typst.pdf").write_bytes(typeset(sheet))
    return drawn(folder / "typst.pdf", require_tool)


def drawn(path: Path, require_tool: Callable[[str], str]) -> list[Any]:
    """Return the pages of a document as arrays of grey."""
    subprocess.run([require_tool("pdftoppm"), "-q", "-gray", "-r", str(RESOLUTION), path.name,
                    path.stem], cwd=path.parent, check=True, timeout=120)
    return [grey(page) for page in sorted(path.parent.glob(f"{path.stem}-*.pgm"))]


def grey(path: Path) -> Any:
    """Read a binary PGM file."""
    kind, size, most, rest = path.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    assert (kind, most) == (b"P5", b"255")
    return np.frombuffer(rest, dtype=np.uint8, count=width * height).reshape(height, width)


def look(pages: list[Any]) -> None:
    assert pages
    for number, page in enumerate(pages, start=1):
        rows, columns = np.nonzero(page < 200)
        assert rows.size, f"page {number} is empty"
        edge = int(MARGIN * RESOLUTION)
        inside = (rows.min() >= edge and columns.min() >= edge
                  and rows.max() < page.shape[0] - edge and columns.max() < page.shape[1] - edge)
        assert inside, f"page {number} has ink in its margins"
        if number < len(pages):
            assert rows.max() > page.shape[0] / 3, f"page {number} ends early"


@pytest.mark.parametrize(("detail", "layout"), [
    ("brief", "gradient"), ("normal", "gradient"), ("normal", "jacobian"), ("full", "jacobian")])
@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_question_looks_right(
    name: str, detail: str, layout: str, tmp_path: Path, require_tool: Callable[[str], str],
) -> None:
    solution = api.load(name).solve(layout=layout)
    look(compiled(solution.render("latex", detail), tmp_path, require_tool))
    look(set_by_typst(solution, detail, tmp_path, require_tool))


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_question_of_the_tests_looks_right(
    path: Path, tmp_path: Path, require_tool: Callable[[str], str],
) -> None:
    solution = api.load(path).solve()
    look(compiled(solution.render("latex"), tmp_path, require_tool))
    look(set_by_typst(solution, "normal", tmp_path, require_tool))


def test_an_ugly_page_is_seen() -> None:
    page = np.full((400, 300), 255, dtype=np.uint8)
    with pytest.raises(AssertionError, match="empty"):
        look([page])
    page[200, 299] = 0
    with pytest.raises(AssertionError, match="margins"):
        look([page])
