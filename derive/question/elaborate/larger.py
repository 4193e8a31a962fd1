"""The larger and the smaller: of an array along an axis, or of two."""

from __future__ import annotations

import ast

from derive.errors import DeriveError
from derive.expr.nodes import Array, Expr
from derive.expr.walk import refs
from derive.ops import apply
from derive.question.elaborate.dispatch import Rule, elaborate
from derive.question.elaborate.operations import operation
from derive.question.scope import Scope
from derive.syntax.read_equation import Text

__all__ = ["largest", "side_by_side"]


def largest(name: str, of_two: str) -> Rule:
    """Read ``max(X, axis=1)``, and ``max(0, z)`` as the larger of two."""
    def read(node: ast.Call, scope: Scope, text: Text) -> Expr:
        if len(node.args) < 2:
            return operation(name, node, scope, text)
        args = [elaborate(arg, scope, text) for arg in node.args]
        if len(args) > 2 and not any(arg.shape for arg in args):
            return apply(name, Array(tuple(args)))
        number = isinstance(node.args[1], ast.Constant) and bool(args[0].shape)
        if len(args) > 2 or node.keywords or number:
            raise DeriveError(f"`{name}` takes one array, or two sides to compare", text.at(node),
                              f"write {name}(X, axis=1), or {of_two}(a, b)")
        return _of_two(of_two, *args)
    return read


def _of_two(name: str, *args: Expr) -> Expr:
    """Let the number win a tie with a quantity, as in max(z, 0)."""
    plain = len(args) != 2 or _is_fixed(args[0]) or not _is_fixed(args[1])
    return apply(name, *args) if plain else apply(name, *args, ties="second")


def _is_fixed(expr: Expr) -> bool:
    return not any(True for _ in refs(expr))


def side_by_side(name: str) -> Rule:
    """Read ``maximum(a, b)``."""
    def read(node: ast.Call, scope: Scope, text: Text) -> Expr:
        made = operation(name, node, scope, text)
        return made if made.params else _of_two(name, *made.args)
    return read
