"""The names of a tree that nothing in it binds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from derive.syntax.read_equation import ranges_in

__all__ = ["free_names"]


def free_names(tree: ast.AST, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield the names in a tree that no sum, mean or product over an index binds."""
    if isinstance(tree, ast.Name) and tree.id not in bound:
        yield tree.id
    bound = bound | {str(kw.arg) for part in ranges_in(tree) for kw in getattr(tree, "keywords", ())
                     if kw.value is part}
    if (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and len(tree.args) == 2
            and tree.func.id in ("sum", "mean", "prod") and isinstance(tree.args[1], ast.Name)):
        bound = bound | {tree.args[1].id}
    for part in ast.iter_child_nodes(tree):
        yield from free_names(part, bound)
