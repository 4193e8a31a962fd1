"""docs/gallery.md shows every cell and layer: its call, its equations, its gradients, an example.

``python -m pytest tests/test_gallery.py --renew`` writes it anew.
"""

from __future__ import annotations

import re

import pytest
from conftest import ROOT
from macro_samples import VARIANTS, Sample, in_numbers, in_symbols

from derive.question.macros import MACROS

PAGE = ROOT / "docs" / "gallery.md"
SHOWN = {sample.macro.name: sample for sample in reversed(VARIANTS)}    # each as it is, no options
HEAD = """# Cells, layers and losses

Every cell, layer and loss that a model may call, with the equations its call stands for, the
gradients of a loss in symbols, and an example with numbers. Options and sources are in
[questions.md](questions.md#cells-and-layers). This page is written by `tests/test_gallery.py`.
"""


def sections(sheet: str) -> dict[str, str]:
    """Split a Markdown sheet at its headings: Given, Model, and the parts by their numbers."""
    found = (part.partition("\n") for part in ("\n" + sheet).split("\n## ")[1:])
    return {title.partition(" ")[0]: body.strip() for title, _, body in found}


def entry(sample: Sample) -> str:
    """Return what the page says of one macro."""
    general, example = in_symbols(sample), in_numbers(sample)
    named = sections(example.render("markdown"))
    pieces = [f"## {sample.macro.name}", f"```text\n{sample.call()}\n```",
              sections(general.render("markdown"))["Model"].partition("A gradient has")[0].strip(),
              "**Gradients**", shortened(sections(general.render("markdown", detail="brief"))["1"]),
              "**Example**", named["Given"],
              shortened(sections(example.render("markdown", detail="brief"))["1"])]
    return "\n\n".join(pieces)


def shortened(text: str) -> str:
    """Leave out anchors, headings of steps and what was checked."""
    dropped = ("<!--", "**$", "---", "Checked")
    lines = [line for line in text.split("\n") if not line.startswith(dropped)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def page() -> str:
    entries = [entry(SHOWN[name]) for name in MACROS]
    links = " · ".join(f"[{name}](#{name})" for name in MACROS)
    return "\n\n".join([HEAD.rstrip(), links, *entries]) + "\n"


def test_gallery_is_current(request: pytest.FixtureRequest) -> None:
    text = page()
    if request.config.getoption("--renew"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", MACROS)
def test_every_macro_stands_in_the_table_of_the_documentation(name: str) -> None:
    text = (ROOT / "docs" / "questions.md").read_text(encoding="utf-8")
    assert f"{name}(" in text
