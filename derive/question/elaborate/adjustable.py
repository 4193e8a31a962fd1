"""Activations with a parameter, which may be a number or a quantity."""

from __future__ import annotations

import ast

from derive.expr.nodes import Expr
from derive.question.elaborate.dispatch import Rule, elaborate
from derive.question.elaborate.operations import operation
from derive.question.scope import Scope
from derive.question.shorthand import ADJUSTABLE
from derive.syntax.read_equation import Text

__all__ = ["adjustable"]


def adjustable(name: str) -> Rule:
    """Read ``leaky_relu(z, 0.2)``, ``elu(z, alpha=a)``, ``swish(z, beta)``."""
    row = ADJUSTABLE[name]

    def read(node: ast.Call, scope: Scope, text: Text) -> Expr:
        known = [kw.value for kw in node.keywords if kw.arg in row.words]
        others = [kw for kw in node.keywords if kw.arg not in row.words]
        given = [*node.args[1:], *known]
        if len(given) != 1 or others:
            typed = ast.Call(ast.Name(row.plain or name), node.args, node.keywords)
            return operation(row.plain or name, ast.copy_location(typed, node), scope, text)
        if row.setting and _is_number(given[0]):
            setting = ast.keyword(row.setting, given[0])
            typed = ast.Call(node.func, node.args[:1], [setting])
            return operation(name, ast.copy_location(typed, node), scope, text)
        return row.build(elaborate(node.args[0], scope, text), elaborate(given[0], scope, text))
    return read


def _is_number(node: ast.expr) -> bool:
    return not any(isinstance(n, (ast.Name, ast.Call)) for n in ast.walk(node))
