"""What the macros of HTML receive: the views of every format, with formulas set already."""

from __future__ import annotations

from functools import singledispatch

from derive.document.blocks import Answer, Given, Item, Model, Working
from derive.formats.html.displays import display
from derive.formats.html.mathematics import formulas, must_scroll
from derive.formats.views import View, view
from derive.formats.writing import Writing

__all__ = ["html_view"]


@singledispatch
def html_view(block: Item, writing: Writing) -> View:
    """Return what a block's macro prints."""
    return view(block, writing)


@html_view.register(Working)
@html_view.register(Answer)
def _(block: Working | Answer, writing: Writing) -> View:
    return {"display": display(view(block, writing)["rows"], writing)}


@html_view.register(Given)
def _(block: Given, writing: Writing) -> View:
    plain = view(block, writing)
    items = [item for row in plain["rows"] for item in row]
    latex = " \\\\\n".join(" \\qquad ".join(row) for row in plain["rows"])
    symbols = [(formula, must_scroll(formula.width)) for formula in formulas(items)]
    return {**plain, "symbols": symbols,
            "latex": f"\\begin{{gathered}}\n{latex}\n\\end{{gathered}}"}


@html_view.register(Model)
def _(block: Model, writing: Writing) -> View:
    plain = view(block, writing)
    return {**plain, **{key: tuple(
        {"where": group["where"], "display": display(group["rows"], writing)}
        for group in plain[key]) for key in ("groups", "behind")}}
