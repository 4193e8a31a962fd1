"""What stands in brackets behind an array: positions, slices, labels."""

from __future__ import annotations

import ast
from functools import partial

from derive.errors import DeriveError
from derive.expr.nodes import Expr
from derive.ops import apply
from derive.question.arrays import is_split, sliced, split_part
from derive.question.elaborate.dispatch import elaborate, rule
from derive.question.elaborate.names import entry, quantity
from derive.question.scope import Scope, is_label, position, subscripts
from derive.syntax.read_equation import Text

__all__: list[str] = []


@rule(ast.Subscript)
def _subscript(node: ast.Subscript, scope: Scope, text: Text) -> Expr:
    if is_split(node.value, scope):
        return split_part(node, scope, text, lambda part: elaborate(part, scope, text))
    if any(isinstance(part, ast.Slice) for part in subscripts(node)):
        return _sliced(node, scope, text)
    if any(is_label(part, scope) for part in subscripts(node)):
        return _gathered(node, scope, text)
    at = tuple(position(part, scope, text) for part in subscripts(node))
    if isinstance(node.value, ast.Name) and node.value.id in scope.arity:
        return quantity(node.value.id, at, node, scope, text)
    if isinstance(node.value, ast.Name):
        raise scope.unknown(node.value.id, text, node.value)
    return entry(elaborate(node.value, scope, text), at, text.segment(node.value), node, scope,
                  text)


def _sliced(node: ast.Subscript, scope: Scope, text: Text) -> Expr:
    """Read ``z[0:n]``, ``U[:, 2]``, and ``h[t, 0:n]`` for a part of a member of a series."""
    name, parts = text.segment(node.value), subscripts(node)
    read = partial(elaborate, scope=scope, text=text)
    if not isinstance(node.value, ast.Name):
        return sliced(read(node.value), parts, name, node, scope, text, read)
    if name not in scope.arity:
        raise scope.unknown(name, text, node.value)
    own = len(scope.arity[name])
    if any(isinstance(part, ast.Slice) for part in parts[:own]):
        raise DeriveError(f"`{name}` is a series: its members stand apart, there is no slice of "
                          "them", text.at(node), f"give `{name}` as one array")
    at = tuple(position(part, scope, text) for part in parts[:own])
    member = quantity(name, at, node, scope, text)
    return sliced(member, parts[own:], name, node, scope, text, read)


def _gathered(node: ast.Subscript, scope: Scope, text: Text) -> Expr:
    """Read ``V[k]``: what stands in an array, or in a series, at a place that is worked out."""
    name, parts = text.segment(node.value), subscripts(node)
    indices = scope.arity.get(node.value.id, ()) if isinstance(node.value, ast.Name) else ()
    own, rest = parts[:len(indices)], parts[len(indices):]
    if any(is_label(part, scope) for part in own):
        raise DeriveError(f"`{name}` is a series: its members are not chosen by a label",
                          text.at(node), f"give `{name}` as one array, a row for each label")
    at = tuple(position(part, scope, text) for part in own)
    found = (quantity(name, at, node, scope, text) if isinstance(node.value, ast.Name)
             and name in scope.arity else elaborate(node.value, scope, text))
    for number, part in enumerate(rest):
        if not is_label(part, scope):
            found = entry(found, (position(part, scope, text),), name, node, scope, text)
            continue
        label = elaborate(part, scope, text)
        if label.shape and number + 1 < len(rest):
            raise DeriveError("positions behind a vector of labels are not supported",
                              text.at(node), "take the rows first, and give them a name")
        found = apply("gather", found, label)
    return found
