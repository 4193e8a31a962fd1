"""Convolutions with a bias."""

from __future__ import annotations

import ast

from derive.errors import DeriveError
from derive.expr.nodes import Expr, Sum
from derive.expr.shapes import say
from derive.ops import apply
from derive.question.elaborate.dispatch import Rule, elaborate
from derive.question.elaborate.operations import operation
from derive.question.scope import Scope
from derive.syntax.read_equation import Text

__all__ = ["with_bias"]


def with_bias(axes: int) -> Rule:
    """Read ``conv2d(X, K, b)``: a third argument is a bias, a number per filter or one for all."""
    def read(node: ast.Call, scope: Scope, text: Text) -> Expr:
        name = text.segment(node.func)
        if len(node.args) != 3:
            return operation(name, node, scope, text)
        plain = ast.copy_location(ast.Call(node.func, node.args[:2], node.keywords), node)
        made, bias = operation(name, plain, scope, text), elaborate(node.args[2], scope, text)
        if not bias.shape:
            return Sum((made, bias))
        if made.shape[len(made.shape) - axes - 1:][:1] != bias.shape or len(made.shape) == axes:
            filters = say(made.shape[len(made.shape) - axes - 1:][:1])
            raise DeriveError(f"the bias of `{name}` is {say(bias.shape)}", text.at(node.args[2]),
                              f"one number for each filter: {filters}, or a scalar"
                              if len(made.shape) > axes else "with one filter it is a scalar")
        return Sum((made, apply("expand", bias, axis=tuple(range(-axes, 0)))))
    return read
