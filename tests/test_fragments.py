"""Fragments: the body of a sheet, in a document of somebody else's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from test_pages import compiled
from typesetting import require_typst

from derive import api, formats
from derive.errors import DeriveError

SLIDES = r"""\documentclass{beamer}
\usepackage[T1]{fontenc}
\usepackage{array,graphicx,tikz}
\begin{document}
\begin{frame}[allowframebreaks]{A frame}
  \input{part}
\end{frame}
\end{document}
"""
PAPER = r"""\documentclass[addpoints]{exam}
\usepackage[T1]{fontenc}
\usepackage{amsmath,amssymb,array,graphicx,tikz}
\begin{document}
\begin{questions}
\question[2] One of our own.
\input{part}
\question[3] Another one.
\end{questions}
\end{document}
"""
EXAMPLES = ["q3", "set_c", "set_e"]
SMALLEST = 0.8      # lines that fit a slide at 11 pt are set a little smaller at 20 pt


def solved(name: str) -> Any:
    return api.load(name).solve()


@pytest.mark.parametrize("name", formats.FRAGMENTS)
def test_fragment_shows_the_same_steps_without_a_shell(name: str) -> None:
    solution = solved("q3")
    part, whole = (solution.render(name, fragment=flag) for flag in (True, False))
    for shell in (r"\documentclass", r"\end{document}", "<body", "<!DOCTYPE", "#set page",
                  "#set document"):
        assert shell not in part
    shown = re.compile(r"^(?:%|//) (q3\.\S+)$|^<!-- (q3\S+) -->$|id=\"(q3\.\S+?)\"", re.MULTILINE)
    assert shown.findall(part) == shown.findall(whole) != []
    assert "checked: " not in part.lower()


@pytest.mark.parametrize("name", sorted({*formats.names()} - {*formats.FRAGMENTS}))
def test_other_formats_have_no_fragment(name: str) -> None:
    with pytest.raises(DeriveError, match=f"a {name} is always a whole document .--fragment goes"):
        formats.writer(name, fragment=True)


@pytest.mark.parametrize("name", formats.FRAGMENTS)
def test_fragment_has_a_name_of_its_own(name: str) -> None:
    assert formats.extension(name, True) == f"fragment.{formats.extension(name)}"
    assert callable(formats.writer(name, fragment=True))


@pytest.mark.parametrize("name", EXAMPLES)
def test_fragment_stands_on_slides(name: str, tmp_path: Path, require_tool: Callable[[str], str]
                                   ) -> None:
    (tmp_path / "part.tex").write_text(solved(name).render("latex", fragment=True))
    assert len(compiled(SLIDES, tmp_path, require_tool)) > 5


def test_fragment_of_a_part_of_a_set_with_figures(tmp_path: Path,
                                                  require_tool: Callable[[str], str]) -> None:
    path = ROOT / "tests" / "questions" / "figures.yaml"
    (tmp_path / "part.tex").write_text(api.load(path).solve().render("latex", fragment=True))
    assert compiled(SLIDES, tmp_path, require_tool)


@pytest.mark.parametrize("name", EXAMPLES)
def test_fragment_stands_in_a_paper(name: str, tmp_path: Path, require_tool: Callable[[str], str]
                                    ) -> None:
    (tmp_path / "part.tex").write_text(solved(name).render("exam", fragment=True))
    compiled(PAPER.replace("addpoints", "addpoints,answers"), tmp_path, require_tool)


TYPST = """#set page(paper: "presentation-16-9")
#set text(size: 20pt)
= Ours
#include "part.typ"
Behind it.
"""


@pytest.mark.parametrize("name", EXAMPLES)
def test_fragment_stands_in_a_document_of_typst(name: str, tmp_path: Path) -> None:
    """It fits slides in large type, and changes nothing behind it."""
    typst = require_typst()
    part = solved(name).render("typst", fragment=True)
    own = {"main.typ": TYPST.encode(), "part.typ": part.encode()}
    wide = json.loads(typst.query(own, "<wide>", ignore_system_fonts=True))
    assert [found for found in wide if found["value"]["scale"] < SMALLEST] == []
    outline = json.loads(typst.query(own, "heading.where(outlined: true)",
                                     ignore_system_fonts=True))
    assert [found["body"]["text"] for found in outline] == ["Ours"]
