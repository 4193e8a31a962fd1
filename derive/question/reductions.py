"""Sums, means and products over indices: which indices are meant, and what the bound one is called.

``sum(e, i, j)`` is a sum of sums. An index that is in use around a sum over it,
``exp(e[i, j])/sum(exp(e[i, j]), j)``, gets another letter inside, as on paper: sum_k exp e_ik.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import count

from derive.errors import DeriveError, nearest
from derive.expr.integers import named, names_in
from derive.expr.nodes import Expr, Reduce
from derive.expr.walk import at, walk
from derive.question.scope import Scope
from derive.syntax.read_equation import Text

__all__ = ["index_name", "outermost", "reduction", "with_axis"]

LETTERS = "kjilmrsuvpqabcdefgh"
OF_AN_AXIS = (ast.Constant, ast.UnaryOp, ast.USub, ast.Tuple, ast.Load)


def with_axis(node: ast.Call) -> ast.Call:
    """Return ``sum(X, 1)`` as ``sum(X, axis=1)``: a number is NumPy's axis, no index."""
    if len(node.args) != 2 or not all(isinstance(n, OF_AN_AXIS) for n in ast.walk(node.args[1])):
        return node
    axis = ast.copy_location(ast.keyword("axis", node.args[1]), node.args[1])
    return ast.copy_location(ast.Call(node.func, node.args[:1], [axis, *node.keywords]), node)


def index_name(node: ast.expr, scope: Scope, text: Text) -> str:
    """Return the name of an index that is summed over."""
    if isinstance(node, ast.Name) and node.id in scope.indices:
        return node.id
    remedy = nearest(text.segment(node), scope.indices) or "axis= picks an axis"
    raise DeriveError(f"`{text.segment(node)}` is not an index", text.at(node), remedy)


def outermost(names: Sequence[str], node: ast.Call, scope: Scope, text: Text) -> str:
    """Return the first of several indices whose range needs none of the others."""
    ends = {n: {m for b in (*scope.indices[n].los, *scope.indices[n].his) for m in names_in(b)}
            for n in names}
    index = next((n for n in names if not ends[n].intersection(names)), names[0])
    loose = ends[index] & set(scope.indices)
    if not loose <= set(scope.bound):
        raise DeriveError(f"the range of `{index}` depends on `{min(loose)}`, not bound here",
                          text.at(node))
    return index


def reduction(kind: str, index: str, body: Expr, scope: Scope) -> Reduce:
    """Reduce over an index, under another letter where it is in use around this."""
    own = index if index not in scope.bound else _free_letter(body, scope)
    moved = body if own == index else at(body, {index: named(own)})
    return Reduce(kind, own, scope.indices[index], moved)


def _free_letter(body: Expr, scope: Scope) -> str:
    taken = {*scope.known(), *(part.index for part in walk(body) if isinstance(part, Reduce))}
    spare = (f"k{n}" for n in count(1))
    return next((c for c in LETTERS if c not in taken), None) or next(
        c for c in spare if c not in taken)
