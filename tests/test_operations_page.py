"""docs/operations.md shows every operation that can be typed: its call, and its derivatives.

``python -m pytest tests/test_operations_page.py --renew`` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from conftest import ROOT
from test_gallery import sections, shortened

import derive
from derive.errors import DeriveError, ShapeError
from derive.expr.nodes import Symbol
from derive.expr.shapes import say
from derive.ops import ELEMENTWISE, OPS, apply
from derive.syntax.write_text import write

PAGE = ROOT / "docs" / "operations.md"
HEAD = """# Operations

Every operation that an equation may hold, and how a derivative goes back through it: of the loss
L = sum(sin(y)) by each argument of y, from which cos(y) comes. What acts entry by entry stands
first.
Settings and further spellings are in [questions.md](questions.md); cells, layers and losses in the
[gallery](gallery.md). This page is written by `tests/test_operations_page.py`, and every line on it
was checked like those of a sheet.
"""
LETTERS = "ABCDEFG"


def typed(name: str) -> tuple[str, tuple[Symbol, ...]] | None:
    """Return a call as one would type it, with its arguments; None where there is none to type."""
    if name in ELEMENTWISE:
        x = Symbol("x", (), (3,))
        return f"{name}(x)", (x,)
    for shapes, params in OPS[name].samples:
        args = tuple(Symbol(LETTERS[k], (), shape) for k, shape in enumerate(shapes))
        try:
            return write(apply(name, *args, **params)), args
        except (DeriveError, ShapeError, TypeError):
            continue
    return None


@cache
def solved(name: str) -> tuple[str, derive.Solution] | None:
    """Return the derivatives by all arguments that have one; None for what cannot be typed."""
    found = typed(name)
    if found is None:
        return None
    call, args = found
    labels = {args[k].name for k in OPS[name].labels}
    every = [a.name for a in args if a.name not in labels]
    for by, fact in ((every, ""), ([], ""), *((every, f"{a.name} > 1") for a in args[:1])):
        try:
            return call, derive.Question.from_text(_question(call, args, by, fact)).solve()
        except DeriveError:
            continue
    return None


def _question(call: str, args: tuple[Symbol, ...], by: list[str], fact: str) -> str:
    shapes = ", ".join(f"{a.name}: {_declared(a)}" for a in args)
    asked = ", ".join(f"dL/d{name}" for name in by) or "y"
    return (f"symbols: {{{shapes}}}\nassume: [{fact}]\nmodel: |\n  y = {call}\n  L = sum(sin(y))\n"
            f"parts: [{{find: [{asked}]}}]\n")


def _declared(symbol: Symbol) -> str:
    return say(symbol.shape).removeprefix("a ").replace("vector of ", "")


def entry(name: str) -> str | None:
    found = solved(name)
    if found is None:
        return None
    call, solution = found
    body = sections(solution.render("markdown", detail="brief"))
    return f"## {name}\n\n```text\ny = {call}\n```\n\n{shortened(body['1'])}"


def entries() -> Iterator[tuple[str, str]]:
    for name in OPS:
        text = entry(name)
        if text is not None:
            yield name, text


@cache
def page() -> str:
    found = dict(entries())
    others = ", ".join(f"`{name}`" for name in OPS if name not in found and " " not in name)
    links = " · ".join(f"[{name}](#{name})" for name in found)
    return "\n\n".join([HEAD.rstrip(), links, *found.values(), "## Made by derivatives only",
                        f"These are not typed as they stand here: {others}."]) + "\n"


def test_page_of_operations_is_current(request: pytest.FixtureRequest) -> None:
    text = page()
    if request.config.getoption("--renew"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", OPS)
def test_what_is_shown_is_a_sheet_in_latex_too(name: str) -> None:
    found = solved(name)
    if found is None:
        assert f"`{name}`" in page() or " " in name
        return
    sheet = found[1].render("latex", detail="brief")
    assert r"\begin{document}" in sheet
    assert all(check.ok for check in found[1].checks)
