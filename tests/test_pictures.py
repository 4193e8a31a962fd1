"""The pictures in the README: the first page of q3 as LaTeX, Typst and a browser show it.

``python -m pytest tests/test_pictures.py --renew`` takes them anew. Those of TeX and of the browser
depend on which of them are installed, so only Typst's is compared.
"""

from __future__ import annotations

import subprocess
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
from browser import browser
from conftest import ROOT, leave_out
from typesetting import require_typst

from derive import api

WIDTH, HEIGHT = 1240, 1754      # A4 at 150 dots per inch
SCREEN = 940                    # pixels of a screen that are one page wide
README = (ROOT / "README.md").read_text(encoding="utf-8")


def picture(name: str) -> Path:
    return ROOT / "docs" / f"q3_{name}.png"


def by_latex(folder: Path, require_tool: Callable[[str], str]) -> bytes:
    (folder / "q3.pdf").write_bytes(api.load("q3").solve().render("pdf", engine="latex"))
    subprocess.run([require_tool("pdftoppm"), "-r", "150", "-l", "1", "-gray", "-png", "q3.pdf",
                    "q3"], cwd=folder, check=True, timeout=120)
    return next(folder.glob("q3-*.png")).read_bytes()


def by_browser(folder: Path, require_tool: Callable[[str], str]) -> bytes:
    (folder / "q3.html").write_text(api.load("q3").solve().render("html"), encoding="utf-8")
    with browser(require_tool("chromium")) as shown:
        shown.show(folder / "q3.html", SCREEN)
        clip = {"x": 0, "y": 0, "width": SCREEN, "height": SCREEN * HEIGHT / WIDTH,
                "scale": WIDTH / SCREEN}
        return b64decode(shown.ask("Page.captureScreenshot", clip=clip,
                                   captureBeyondViewport=True)["data"])


@pytest.mark.parametrize("name", ["latex", "typst", "html"])
def test_picture_is_there_and_shown(
    name: str, tmp_path: Path, request: pytest.FixtureRequest, require_tool: Callable[[str], str],
) -> None:
    if request.config.getoption("--renew"):
        if name == "typst":
            picture(name).write_bytes(api.load("q3").solve().render("png")[0])
        else:
            take = {"latex": by_latex, "html": by_browser}[name]
            picture(name).write_bytes(take(tmp_path, require_tool))
    taken = picture(name).read_bytes()
    size = (int.from_bytes(taken[16:20]), int.from_bytes(taken[20:24]))
    assert max(abs(size[0] - WIDTH), abs(size[1] - HEIGHT)) <= 2
    assert f"docs/q3_{name}.png" in README


def test_picture_by_typst_is_current() -> None:
    typst = require_typst()
    if not str(typst.__version__).startswith("0.15.2"):
        leave_out("the picture is that of typst 0.15.2")
    assert api.load("q3").solve().render("png")[0] == picture("typst").read_bytes()
