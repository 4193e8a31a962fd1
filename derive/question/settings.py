"""The settings of functions: an axis, a shape, a word; never anything that is worked out."""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Any

from derive.errors import DeriveError
from derive.question.scope import Scope, position
from derive.syntax.read_equation import Text

__all__ = ["read_setting", "setting", "sizes"]

# settings that may hold names of sizes and indices
SIZED = frozenset({"n", "shape", "sections", "reps", "repeats"})
# settings of windows, where they may be written in words too ("same")
SLIDING = frozenset({"stride", "padding", "dilation", "size"})


def read_setting(keyword: ast.keyword, scope: Scope, text: Text) -> Any:
    """Read the value of a setting by what it is for."""
    if keyword.arg in SIZED:
        return sizes(keyword.value, scope, text)
    if keyword.arg in SLIDING:
        return _nested(keyword.value, scope, text)
    return setting(keyword.value, text)


def _nested(node: ast.expr, scope: Scope, text: Text) -> Any:
    """Read a size, a word, or several: ``2``, ``p``, ``"same"``, ``((1, 0), (p, p))``."""
    if isinstance(node, (ast.Tuple, ast.List)):
        return tuple(_nested(part, scope, text) for part in node.elts)
    plain = isinstance(node, (ast.Constant, ast.UnaryOp))
    return setting(node, text) if plain else position(node, scope, text)


def sizes(node: ast.expr, scope: Scope, text: Text) -> Any:
    """Read a size, or several: ``3``, ``(n, 2*m)``, ``-1`` for what is to be worked out."""
    if isinstance(node, (ast.Tuple, ast.List)):
        return tuple(position(part, scope, text) for part in node.elts)
    return position(node, scope, text)


def setting(node: ast.expr, text: Text) -> Any:
    """Read a setting: an integer, a number, True/False, a word, or a tuple of integers."""
    if isinstance(node, ast.Constant):
        known = isinstance(node.value, (int, str))
        return node.value if known else Fraction(text.segment(node) or str(node.value))
    if isinstance(node, ast.Name) and node.id == "inf":
        return "inf"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -setting(node.operand, text)
    if isinstance(node, (ast.Tuple, ast.List)):
        return tuple(setting(part, text) for part in node.elts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return Fraction(setting(node.left, text)) / Fraction(setting(node.right, text))
    raise DeriveError(f"`{text.segment(node)}` is not a setting", text.at(node))
