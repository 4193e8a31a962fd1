"""JSON: the whole solution for programs, at full precision.

The keys are part of what the project promises to keep: schema, question, values, formulas, parts,
checks, accept. Every line is a whole statement, its left side repeated where the page only goes on.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import singledispatch
from pathlib import Path
from typing import Any

from derive.document.select import shown_parts, shown_steps
from derive.errors import DeriveError
from derive.expr.integers import text as integer
from derive.expr.nodes import Expr
from derive.formats.json_exhibits import marks, shown
from derive.formats.positions import positions
from derive.formats.writing import RELATIONS, style_about, style_of
from derive.solution.shapes_of_paths import on_paper
from derive.solution.solved_set import Solved, SolvedSet, chosen, worth
from derive.solution.step import Check, Line, SolvedQuestion, Step, statements
from derive.syntax import write_latex, write_text
from derive.syntax.latex.style import Style

__all__ = ["EXTENSION", "SCHEMA", "write"]

EXTENSION = "json"
SCHEMA = 1
TYPED = {"=": "==", "≈": "~=", "≤": "<=", "≥": ">=", "∈": "in", "≠": "!="}
_NUMBER = re.compile(r"(\d+)")


def write(solved: Solved, *, detail: str = "normal", parts: Sequence[str] = (),
          templates: Path | None = None) -> str:
    """Return the solution as JSON, which has no templates."""
    if templates is not None:
        raise DeriveError("json has no templates", remedy="leave --templates out")
    return "".join(_encode(_content(solved, detail, parts), "")) + "\n"


@singledispatch
def _content(solved: Solved, detail: str, parts: Sequence[str]) -> dict[str, Any]:
    assert isinstance(solved, SolvedQuestion), "questions and sets are what is solved"
    with write_text.declaring(solved.indices):
        return _question(solved, detail, parts, style_of(solved))


def _question(solved: SolvedQuestion, detail: str, parts: Sequence[str], style: Style
              ) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "question": solved.name,
        **_authors(solved),
        "values": {key: _numbers(solved.values[key], key) for key in _sorted(solved.values)},
        "formulas": {key: _formula(solved.formulas[key], style)
                     for key in _sorted(solved.formulas)},
        "parts": _parts(solved, detail, parts, style),
        "checks": [_check(check) for check in solved.checks],
        "accept": {key: _interval(solved.accept[key], key) for key in _sorted(solved.accept)},
        **{name: {key: table[key] for key in _sorted(table)}
           for name, table in sorted(solved.tables.items())},
    }


@_content.register
def _(solved: SolvedSet, detail: str, parts: Sequence[str]) -> dict[str, Any]:
    picked = list(chosen(solved, parts))
    shown = [part for question, labels in picked for part in shown_parts(question, labels)]
    return {"schema": SCHEMA, "set": solved.name, "title": solved.title, **_authors(solved),
            "marks": marks(worth(shown)),
            "questions": [_content(question, detail, labels) for question, labels in picked]}


def _authors(solved: Solved) -> dict[str, list[str]]:
    return {"authors": [*solved.authors]} if solved.authors else {}


def _sorted(table: Mapping[str, Any]) -> list[str]:
    """Sort keys as people count: h[2] before h[10]."""
    return sorted(table, key=lambda key: [
        (1, int(part), "") if part.isdigit() else (0, 0, part) for part in _NUMBER.split(key)])


def _numbers(values: Any, key: str) -> Any:
    """Return an array as nested lists of floats."""
    listed = values.tolist() if hasattr(values, "tolist") else values
    return _finite(listed, key)


def _interval(value: Any, key: str) -> dict[str, Any]:
    """Return the digits shown, and the least and greatest value a marker may accept."""
    return {"shown": value.shown.tolist(), "low": _numbers(value.low, key),
            "high": _numbers(value.high, key)}


def _finite(value: Any, key: str) -> Any:
    """JSON has no infinity: it stands as text. What is not a number is nobody's result."""
    if isinstance(value, list):
        return [_finite(item, key) for item in value]
    number = float(value)
    if math.isnan(number):
        raise DeriveError(f"the value of {key} is not a number")
    return number + 0.0 if math.isfinite(number) else str(number)     # -0.0 is 0.0


def _parts(solved: SolvedQuestion, detail: str, labels: Sequence[str], style: Style
           ) -> list[dict[str, Any]]:
    return [{"label": part.label, "marks": marks(part.marks),
             "steps": [_step(step, style) for step in shown_steps(part, detail)]}
            for part in shown_parts(solved, labels)]


def _step(step: Step, style: Style) -> dict[str, Any]:
    found = {"id": step.id, "rule": step.rule, "lines": list(_lines(step.lines, style))}
    if step.exhibits:
        found["exhibits"] = [shown(exhibit, style) for exhibit in step.exhibits]
    return found


def _lines(lines: Sequence[Line], style: Style) -> Iterator[dict[str, Any]]:
    for left, line in statements(lines):
        found = {"kind": line.kind, "latex": _latex(line, left, style), "text": _text(line, left)}
        yield {**found, "shapes": _shapes(line)} if line.shapes else found


def _shapes(line: Line) -> list[list[str]]:
    """Return rows and columns of every factor, product by product."""
    return [[" x ".join(map(integer, on_paper(factor))) for factor, _ in term if factor.shape]
            for term in line.terms]


def _latex(line: Line, left: Expr, style: Style) -> str:
    own = style_about(style, left)
    sides = (write_latex.write(left, own), write_latex.write(line.right, own))
    where = positions(line.where, line.apart, style.notation)
    return f" {RELATIONS[line.relation]} ".join(sides) + (
        rf" \qquad \text{{for }} {where}" if where else "")


def _text(line: Line, left: Expr) -> str:
    sides = (write_text.write(left), write_text.write(line.right))
    where = _typed_where(line)
    return f" {TYPED.get(line.relation, line.relation)} ".join(sides) + (
        f" for {where}" if where else "")


def _typed_where(line: Line) -> str:
    ranges = [f"{name} in {write_text.say_range(bounds)}" for name, bounds in line.where]
    return ", ".join([*ranges, *([" != ".join(line.apart)] if line.apart else [])])


def _formula(lines: Sequence[Line], style: Style) -> dict[str, str]:
    """Return the equations of one quantity: a recurrence and its base case stand together."""
    latex = [line["latex"] for line in _lines(lines, style)]
    joined = r" \\ ".join(latex)
    return {"latex": rf"\begin{{gathered}} {joined} \end{{gathered}}" if latex[1:] else joined,
            "text": "\n".join(line["text"] for line in _lines(lines, style))}


def _check(check: Check) -> dict[str, Any]:
    error = None if check.error is None else _finite(check.error, check.target)
    return {"kind": check.kind, "target": check.target, "error": error, "ok": check.ok,
            "note": check.note}


def _encode(value: Any, indent: str) -> Iterator[str]:
    """Yield JSON with a line for each member, but arrays of numbers on one line."""
    items = _members(value)
    if not items:
        yield json.dumps(value, ensure_ascii=False, allow_nan=False)
        return
    opening, closing = "{}" if isinstance(value, Mapping) else "[]"
    deeper = indent + "  "
    for n, (head, member) in enumerate(items):
        yield f"{',' if n else opening}\n{deeper}{head}"
        yield from _encode(member, deeper)
    yield f"\n{indent}{closing}"


def _members(value: Any) -> list[tuple[str, Any]]:
    """Return the members that get a line each, with what stands before them."""
    if isinstance(value, Mapping):
        return [(f"{json.dumps(key, ensure_ascii=False)}: ", item) for key, item in value.items()]
    if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        return [("", item) for item in value]
    return []
