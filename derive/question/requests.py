"""What a part asks for: a quantity, or a derivative ``dL/dV``, ``dh[2]/dh[1]``, ``d(KL)/d(w)``."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from derive.errors import DeriveError, nearest
from derive.expr.equation import Equation
from derive.expr.integers import IntLike, named, names_in
from derive.expr.nodes import Partial, Symbol
from derive.question.coverage import positions_of, read_positions
from derive.question.question import Given, Request
from derive.question.scope import Scope, position, subscripts
from derive.question.slopes import refuse_flat
from derive.syntax.read_equation import Text

__all__ = ["is_derivative", "read_derivative", "read_request"]


def read_request(node: ast.expr, text: Text, scope: Scope, equations: Sequence[Equation],
                 given: Mapping[str, Given]) -> Request:
    """Read one thing that is asked for, and check that it exists."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        below, entry = _without_entry(node.right, scope, text)
        top, bottom = _differential(node.left, scope, text), _differential(below, scope, text)
        for symbol, side in ((top, node.left), (bottom, below)):
            _exists(symbol, side, text, scope, equations, given)
        _differentiable(top, bottom, node, text, equations)
        if not _has_brackets(below):
            bottom = _apart(bottom, top, scope)
        elif not _has_brackets(node.left):
            top = _apart(top, bottom, scope)
        return Request(top, bottom, _inside(entry, bottom, node, text))
    whole, entry = _without_entry(node, scope, text)
    symbol = _member(whole, scope, text)
    _exists(symbol, whole, text, scope, equations, given)
    return Request(symbol, None, _inside(entry, symbol, node, text))


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


def is_derivative(node: ast.AST, scope: Scope) -> bool:
    """True for ``dL/dz`` and ``d(L)/d(z)``, where no name of the file says otherwise."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and all(
        _is_differential(side, scope) for side in (node.left, node.right))


def _is_differential(node: ast.expr, scope: Scope) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "d" and "d" not in scope.arity
    while isinstance(node, ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id.startswith("d") and (
        node.id not in scope.arity and node.id[1:] in scope.arity)


def read_derivative(node: ast.BinOp, text: Text, scope: Scope) -> Partial:
    """Read a derivative that stands in an expression."""
    return Partial(_differential(node.left, scope, text), _differential(node.right, scope, text))


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


def _differential(node: ast.expr, scope: Scope, text: Text) -> Symbol:
    """Read ``dh[1]`` or ``d(h[1])``: the quantity behind the d."""
    if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "d"
            and len(node.args) == 1):
        return _member(node.args[0], scope, text)
    name = node.value if isinstance(node, ast.Subscript) else node
    if isinstance(name, ast.Name) and name.id.startswith("d") and len(name.id) > 1:
        return _named_member(name.id[1:], node, scope, text)
    raise DeriveError(f"`{text.segment(node)}` is not a differential", text.at(node),
                      "write a derivative as dL/dW or d(L)/d(W)")


def _member(node: ast.expr, scope: Scope, text: Text) -> Symbol:
    name = node.value if isinstance(node, ast.Subscript) else node
    if not isinstance(name, ast.Name):
        raise DeriveError(f"`{text.segment(node)}` is not a quantity of the model", text.at(node),
                          "give the expression a name under `model` and ask for that")
    return _named_member(name.id, node, scope, text)


def _named_member(name: str, node: ast.expr, scope: Scope, text: Text) -> Symbol:
    if name not in scope.arity:
        remedy = nearest(name, scope.arity) or nearest(name[1:], scope.arity)
        raise DeriveError(f"unknown name `{name}`", text.at(node), remedy)
    indices = scope.arity[name]
    slots = subscripts(node) if isinstance(node, ast.Subscript) else ()
    if len(slots) not in (0, len(indices)):
        wanted = f"{name}[{', '.join(indices)}]" if indices else name
        raise DeriveError(f"`{text.segment(node)}` does not name a quantity", text.at(node),
                          f"write {wanted}; an entry of it in brackets of its own")
    inner = scope.within(*scope.indices)
    at: tuple[IntLike, ...] = tuple(position(s, inner, text) for s in slots)
    shape = scope.shapes.get(name)
    if shape is None:
        raise DeriveError(f"the shape of `{name}` cannot be worked out", text.at(node),
                          "give its initial state, or declare it under `symbols`")
    return Symbol(name, at or tuple(named(i) for i in indices), shape)


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
