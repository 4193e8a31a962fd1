"""One rule for each kind of node of a parsed expression; here it is found, faults get a place."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from derive.errors import DeriveError, ShapeError
from derive.expr.nodes import Expr
from derive.question.scope import Scope
from derive.syntax.read_equation import Text

__all__ = ["Rule", "elaborate", "rule"]

Rule = Callable[[Any, Scope, Text], Expr]
RULES: dict[type[ast.AST], Rule] = {}


def rule(kind: type[ast.AST]) -> Callable[[Rule], Rule]:
    """Make a function the rule for a kind of node."""
    def register(read: Rule) -> Rule:
        RULES[kind] = read
        return read
    return register


def elaborate(node: ast.AST, scope: Scope, text: Text) -> Expr:
    """Turn a parsed expression into an `Expr`; the first fault is raised with its place."""
    read = RULES.get(type(node))
    if read is None:
        what = text.segment(node) or type(node).__name__
        raise DeriveError(f"`{what}` cannot stand here", text.at(node))
    try:
        return read(node, scope, text)
    except ShapeError as error:
        if error.place:
            raise
        where = f" in `{_short(text.segment(node))}`"
        raise ShapeError(error.message + where, text.at(node), error.remedy) from None


def _short(source: str) -> str:
    line = " ".join(source.split())
    return line if len(line) < 60 else line[:57] + "..."
