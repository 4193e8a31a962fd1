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
from derive.ops import apply
from derive.question.elaborate.dispatch import Rule, elaborate
from derive.question.elaborate.operations import setting_of
from derive.question.elaborate.ranges import has_range, over_range
from derive.question.scope import Scope
from derive.syntax.read_equation import Text

__all__ = ["over"]

LETTERS = "kjilmrsuvpqabcdefgh"
OF_AN_AXIS = (ast.Constant, ast.UnaryOp, ast.USub, ast.Tuple, ast.Load)


def over(kind: str) -> Rule:
    """Read ``sum(x)``, ``sum(X, axis=1)``, ``sum(e, i, j)`` and ``sum(e, i=1..n)``."""
    def read(typed: ast.Call, scope: Scope, text: Text) -> Expr:
        if has_range(typed):
            return over_range(kind, typed, scope, text)
        node = _with_axis(typed)
        if len(node.args) > 1:
            names = [_index_name(each, scope, text) for each in node.args[1:]]
            return _over_indices(kind, names, node, scope, text)
        if not node.args:
            raise DeriveError(f"`{kind}` takes an expression, then indices", text.at(node))
        return _over_entries(kind, node, scope, text)
    return read


def _over_indices(kind: str, names: Sequence[str], node: ast.Call, scope: Scope, text: Text
                  ) -> Expr:
    index = _outermost(names, node, scope, text)
    rest, inside = [n for n in names if n != index], scope.within(index)
    body = (_over_indices(kind, rest, node, inside, text) if rest
            else elaborate(node.args[0], inside, text))
    return _reduction(kind, index, body, scope)


def _over_entries(kind: str, node: ast.Call, scope: Scope, text: Text) -> Expr:
    body = elaborate(node.args[0], scope, text)
    settings = dict(setting_of(kind, ("axis", "keepdims"), kw, body, scope, text)
                    for kw in node.keywords)
    settings.setdefault("axis", tuple(range(-len(body.shape), 0)))
    settings.setdefault("keepdims", False)
    return apply(kind, body, **settings) if body.shape else body


def _with_axis(node: ast.Call) -> ast.Call:
    """Return ``sum(X, 1)`` as ``sum(X, axis=1)``: a number is NumPy's axis, no index."""
    if len(node.args) != 2 or not all(isinstance(n, OF_AN_AXIS) for n in ast.walk(node.args[1])):
        return node
    axis = ast.copy_location(ast.keyword("axis", node.args[1]), node.args[1])
    return ast.copy_location(ast.Call(node.func, node.args[:1], [axis, *node.keywords]), node)


def _index_name(node: ast.expr, scope: Scope, text: Text) -> str:
    """Return the name of an index that is summed over."""
    if isinstance(node, ast.Name) and node.id in scope.indices:
        return node.id
    remedy = nearest(text.segment(node), scope.indices) or "axis= picks an axis"
    raise DeriveError(f"`{text.segment(node)}` is not an index", text.at(node), remedy)


def _outermost(names: Sequence[str], node: ast.Call, scope: Scope, text: Text) -> str:
    """Return the first of several indices whose range needs none of the others."""
    ends = {n: {m for b in (*scope.indices[n].los, *scope.indices[n].his) for m in names_in(b)}
            for n in names}
    index = next((n for n in names if not ends[n].intersection(names)), names[0])
    loose = ends[index] & set(scope.indices)
    if not loose <= set(scope.bound):
        raise DeriveError(f"the range of `{index}` depends on `{min(loose)}`, not bound here",
                          text.at(node))
    return index


def _reduction(kind: str, index: str, body: Expr, scope: Scope) -> Reduce:
    """Reduce over an index, under another letter where it is in use around this."""
    own = index if index not in scope.bound else _free_letter(body, scope)
    moved = body if own == index else at(body, {index: named(own)})
    return Reduce(kind, own, scope.indices[index], moved)


def _free_letter(body: Expr, scope: Scope) -> str:
    taken = {*scope.known(), *(part.index for part in walk(body) if isinstance(part, Reduce))}
    spare = (f"k{n}" for n in count(1))
    return next((c for c in LETTERS if c not in taken), None) or next(
        c for c in spare if c not in taken)
