"""Names that parts give to their results: g_o[t] is read as the derivative it stands for."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

__all__ = ["Named", "written_out"]


@dataclass(frozen=True, slots=True)
class Named:
    """A derivative as it was typed, and the letters in it, in the order of the name's brackets."""

    tree: ast.expr
    letters: tuple[str, ...]


def written_out(tree: ast.expr, names: Mapping[str, Named]) -> ast.expr:
    """Put derivatives in for their names; a name without brackets is meant as it was given."""
    found: ast.expr = _Names(names).visit(deepcopy(tree)) if names else tree
    return found


class _Names(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, Named]) -> None:
        self.names = names

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        known = self.names.get(node.value.id) if isinstance(node.value, ast.Name) else None
        places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if known is None or len(places) != len(known.letters):
            return self.generic_visit(node)
        return _moved(known.tree, dict(zip(known.letters, places, strict=True)), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Leave what is called as it is: delta(i, k) is no result named delta."""
        node.args = [self.visit(arg) for arg in node.args]
        node.keywords = [self.visit(keyword) for keyword in node.keywords]
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        known = self.names.get(node.id)
        return node if known is None else _moved(known.tree, {}, node)


class _Letters(ast.NodeTransformer):
    def __init__(self, places: Mapping[str, ast.expr]) -> None:
        self.places = places

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return deepcopy(self.places.get(node.id, node))


def _moved(tree: ast.expr, places: Mapping[str, ast.expr], use: ast.expr) -> ast.AST:
    """Return the derivative at other positions; faults in it are found where the name stands."""
    moved: ast.AST = _Letters(places).visit(deepcopy(tree))
    for node in ast.walk(moved):
        ast.copy_location(node, use)
    return moved
