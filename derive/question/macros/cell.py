"""What a sheet says of a macro: which equations it stands for, and how its call reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.errors import Place
from derive.expr.equation import Equation
from derive.expr.nodes import Expr
from derive.question.elaborate import elaborate
from derive.question.macros.expand import Expansion
from derive.question.macros.traced import plain
from derive.question.macros.use import Use
from derive.question.question import Cell
from derive.question.scope import Scope
from derive.syntax.read_equation import Text, read_expression

__all__ = ["cells"]


def cells(expansion: Expansion, equations: Sequence[Equation], places: Mapping[int, Text],
          scope: Scope) -> tuple[Cell, ...]:
    """Return the macros of a model with the equations that came of them."""
    found = []
    for use in expansion.uses:
        own = tuple(e for e in equations if expansion.origins.get(id(places[id(e)])) is use)
        outputs = [plain(use.names[name]) for name in use.macro.outputs] if own else []
        inputs = [plain(use.names[name]) for name in use.macro.inputs]
        inner = scope.within(*scope.indices)
        found.append(Cell(
            use.macro.name, use.what, use.source,
            tuple(_read(t, inner) for t in outputs), tuple(_read(t, inner) for t in inputs), own,
            _settings(use)))
    return tuple(found)


def _read(text: str, scope: Scope) -> Expr:
    return elaborate(read_expression(Text(text, Place())), scope, Text(text, Place()))


def _settings(use: Use) -> tuple[str, ...]:
    return tuple(use.text.segment(keyword) for keyword in use.node.keywords
                 if keyword.arg in use.macro.options)
