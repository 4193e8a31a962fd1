"""An operation with its arguments and settings, as its row in the registry has them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from derive.errors import DeriveError, nearest
from derive.expr.nodes import Apply, Expr
from derive.ops import OPS, Op, apply
from derive.question.elaborate.dispatch import elaborate
from derive.question.scope import Scope
from derive.question.settings import read_setting
from derive.syntax.read_equation import Text

__all__ = ["keywords_of", "operation", "setting_of"]


def operation(name: str, node: ast.Call, scope: Scope, text: Text) -> Apply:
    """Read the call of an operation."""
    op = OPS[name]
    named = [*keywords_of(node, op), *node.keywords]
    args = [elaborate(arg, scope, text) for arg in node.args[:len(node.args) - len(named)
                                                             + len(node.keywords)]]
    if len(args) != len(op.vjps):
        wanted = f"{len(op.vjps)} argument{'s' if len(op.vjps) != 1 else ''}"
        raise DeriveError(f"`{name}` takes {wanted}, not {len(args)}", text.at(node))
    params = dict(setting_of(name, op.params, kw, args[0], scope, text) for kw in named)
    if name in scope.kinks:
        params["kink"] = scope.kinks[name]
    return apply(name, *args, **params)


def keywords_of(node: ast.Call, op: Op) -> list[ast.keyword]:
    """Return the settings typed without their name, behind the arguments, with their names."""
    extra = node.args[len(op.vjps):]
    return [ast.keyword(name, value) for name, value in zip(op.positional, extra, strict=False)]


def setting_of(name: str, known: Iterable[str], keyword: ast.keyword, first: Expr, scope: Scope,
               text: Text) -> tuple[str, Any]:
    """Return a setting that was typed: its name, if it is one of those known, and its value."""
    if keyword.arg is None or keyword.arg not in known:
        remedy = nearest(keyword.arg or "", known)
        raise DeriveError(f"`{name}` has no setting `{keyword.arg}`", text.at(keyword.value),
                          remedy)
    value = read_setting(keyword, scope, text)
    if keyword.arg == "axis":
        value = _axes(value, len(first.shape), keyword.value, text)
    return keyword.arg, value


def _axes(value: Any, rank: int, node: ast.AST, text: Text) -> tuple[int, ...]:
    axes = value if isinstance(value, tuple) else (value,)
    bad = [a for a in axes if not isinstance(a, int) or not -rank <= a < rank]
    if bad:
        raise DeriveError(f"axis {bad[0]} is out of range for {rank} axes", text.at(node))
    return tuple(sorted(a - rank if a >= 0 else a for a in axes))
