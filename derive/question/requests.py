"""What a part asks for: a quantity, or a derivative ``dL/dV``, ``dh[2]/dh[1]``, ``d(KL)/d(w)``."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.integers import named, names_in
from derive.expr.nodes import Symbol
from derive.ops import OPS
from derive.question.coverage import positions_of, read_positions
from derive.question.elaborate.differentials import (
    below,
    differential,
    expression,
    is_derivative,
    member,
    once_more,
)
from derive.question.question import Given, Request
from derive.question.scope import Scope, subscripts
from derive.question.slopes import refuse_flat
from derive.syntax.read_equation import Text

__all__ = ["read_request"]


def read_request(node: ast.expr, text: Text, scope: Scope, equations: Sequence[Equation],
                 given: Mapping[str, Given]) -> Request:
    """Read one thing that is asked for, and check that it exists."""
    typed = " ".join(text.segment(node).split())
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and (
            is_derivative(node, scope) or not _is_value(node, scope)):
        whole = once_more(node, scope)
        assert isinstance(whole, ast.BinOp), "a derivative is a quotient"
        found = _derivative(whole, text, scope, equations, given)
        return found if whole is node else replace(found, typed=typed)
    if not isinstance(_array(node), ast.Name):
        return Request(expression(node, scope, text), typed=typed)
    whole, entry = _without_entry(node, scope, text)
    symbol = member(whole, scope, text)
    _exists(symbol, whole, text, scope, equations, given)
    return Request(symbol, None, _inside(entry, symbol, node, text))


def _derivative(node: ast.BinOp, text: Text, scope: Scope, equations: Sequence[Equation],
                given: Mapping[str, Given]) -> Request:
    under, entry = _without_entry(node.right, scope, text)
    top, bottom = differential(node.left, scope, text), below(under, scope, text)
    for symbol, side in ((top, node.left), (bottom, under)):
        _exists(symbol, side, text, scope, equations, given)
    _differentiable(top, bottom, node, text, [*equations, *scope.expressions.values()])
    if not _has_brackets(under):
        bottom = _apart(bottom, top, scope)
    elif not _has_brackets(node.left):
        top = _apart(top, bottom, scope)
    return Request(top, bottom, _inside(entry, bottom, node, text))


def _is_value(node: ast.expr, scope: Scope) -> bool:
    """True for a quotient of quantities, with no d in front of them."""
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return names <= {*scope.arity, *scope.indices, *scope.sizes, *scope.functions, *OPS}


def _array(node: ast.expr) -> ast.expr:
    """Return what the brackets stand behind, in ``h[1][0]``."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node


def _has_brackets(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Subscript) for n in ast.walk(node))


def _apart(symbol: Symbol, other: Symbol, scope: Scope) -> Symbol:
    """Give a series typed without positions letters of its own: dJ[t]/dh means every h[i]."""
    fixed = frozenset().union(*map(names_in, other.index))
    used = fixed | frozenset().union(*map(names_in, symbol.index))
    spare = (n for n in (*scope.indices, *"isjrquvw")
             if n not in used | scope.sizes | set(scope.arity))
    return replace(symbol, index=tuple(
        named(next(spare)) if names_in(p) & fixed & set(scope.indices) else p
        for p in symbol.index))


def _differentiable(top: Symbol, bottom: Symbol, node: ast.expr, text: Text,
                    equations: Sequence[Equation]) -> None:
    try:
        refuse_flat(top, bottom, equations)
    except DeriveError as error:
        what = f"`{text.segment(node)}`: {error.message}"
        raise DeriveError(what, text.at(node), error.remedy) from None


def _without_entry(node: ast.expr, scope: Scope, text: Text) -> tuple[ast.expr, list[ast.expr]]:
    """Split ``h[1][0]`` and ``dW[0, 1]`` into the quantity and the positions of one entry."""
    if not isinstance(node, ast.Subscript):
        return node, []
    if isinstance(node.value, ast.Subscript):
        return node.value, list(subscripts(node))
    name = node.value.id if isinstance(node.value, ast.Name) else ""
    known = name if name in scope.arity else name.removeprefix("d")
    if scope.arity.get(known) == ():
        return node.value, list(subscripts(node))
    return node, []


def _inside(entry: Sequence[ast.expr], symbol: Symbol, node: ast.expr, text: Text
            ) -> tuple[int, ...]:
    """Check the positions of an entry against the shape of what it is an entry of."""
    at = tuple(e.value for e in entry if isinstance(e, ast.Constant) and isinstance(e.value, int))
    if len(at) != len(entry) or (at and len(at) != len(symbol.shape)):
        raise DeriveError(f"`{text.segment(node)}` does not name an entry", text.at(node),
                          f"an entry of {symbol.name} has {len(symbol.shape)} positions, counted "
                          "from 0")
    for place, size in zip(at, symbol.shape, strict=False):
        if isinstance(size, int) and not 0 <= place < size:
            raise DeriveError(f"entry {place} of `{symbol.name}` is out of range: 0..{size - 1}",
                              text.at(node))
    return at


def _exists(symbol: Symbol, node: ast.AST, text: Text, scope: Scope,
            equations: Sequence[Equation], given: Mapping[str, Given]) -> None:
    if not symbol.index or not all(isinstance(i, int) for i in symbol.index):
        return
    known = positions_of(symbol.name, equations, given)
    if known is None or symbol.index in known or symbol.index in read_positions(
            symbol.name, equations):
        return
    first, last = min(known), max(known)
    say = [",".join(map(str, p)) for p in (first, last)]
    raise DeriveError(f"`{symbol.name}{list(symbol.index)}` is out of range: "
                      f"{symbol.name}[{say[0]}] .. {symbol.name}[{say[1]}]", text.at(node))
