"""Notebooks without Jupyter: their cells are run in turn, and their outputs kept as Jupyter would.

A notebook is JSON (nbformat 4.5). A code cell runs in the names of the notebook; what it prints is
a stream, what its last line gives is its result, shown as the object shows itself.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["code_cells", "executed", "read", "written"]

SHOWN = {"text/markdown": "_repr_markdown_"}


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def written(notebook: dict[str, Any]) -> str:
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def code_cells(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (cell for cell in notebook["cells"] if cell["cell_type"] == "code")


def executed(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook with the outputs of a run from top to bottom."""
    names: dict[str, Any] = {}
    cells = []
    for count, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code":
            number = 1 + sum(c["cell_type"] == "code" for c in notebook["cells"][:count])
            cell = {**cell, "outputs": _run("".join(cell["source"]), names, number),
                    "execution_count": number}
        cells.append(cell)
    return {**notebook, "cells": cells}


def _run(source: str, names: dict[str, Any], number: int) -> list[dict[str, Any]]:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    result = None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, f"cell {number}", "exec"), names)  # noqa: S102 - our own notebook
        if last is not None:
            assert isinstance(last, ast.Expr)
            result = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names)  # noqa: S307
    outputs: list[dict[str, Any]] = []
    if printed.getvalue():
        outputs.append({"output_type": "stream", "name": "stdout",
                        "text": _lines(printed.getvalue())})
    if result is not None:
        outputs.append({"output_type": "execute_result", "execution_count": number,
                        "metadata": {}, "data": _shown(result)})
    return outputs


def _shown(result: Any) -> dict[str, list[str]]:
    own = {kind: _lines(getattr(result, method)()) for kind, method in SHOWN.items()
           if hasattr(result, method)}
    text = repr(result) if len(repr(result)) < 2000 else object.__repr__(result).split(" at ")[0]
    return {**own, "text/plain": _lines(text)}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
