"""Markdown between dollars: every formula is one for the parser that MyST is made of."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from derive import api


@pytest.mark.parametrize("name", ["q3", "set_c", "set_d", "set_e"])
def test_every_formula_is_read(name: str) -> None:
    solution = api.load(name).solve()
    github, dollars = solution.render("markdown"), solution.render("quarto")
    reader = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)
    pieces = [piece for token in reader.parse(dollars)
              for piece in (token, *(token.children or ()))]
    kinds = [piece.type for piece in pieces]
    assert kinds.count("math_block") == github.count("```math") > 0
    assert kinds.count("math_inline") == len(re.findall(r"\$`", github))
    assert not any("$" in piece.content for piece in pieces if piece.type == "text")
