"""What stands above and below the bar of a derivative: ``dL``, ``dh[1]``, ``d(x.T @ A @ x)``.

A compound expression becomes a quantity without a name of its own, a derivative (in ``d(df/dx)/dx``
or in an equation) becomes one that the sweep will work out; both are noted in the scope.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from derive.errors import DeriveError, nearest
from derive.expr.equation import Equation
from derive.expr.integers import IntLike, named, names_in
from derive.expr.nodes import Partial, Symbol
from derive.expr.walk import free_indices
from derive.question.elaborate.dispatch import elaborate
from derive.question.question import Gradient
from derive.question.scope import Scope, position, subscripts
from derive.syntax.derivative_names import derivative_symbol
from derive.syntax.open_names import opened
from derive.syntax.read_equation import Text
from derive.syntax.write_text import write

__all__ = ["below", "differential", "expression", "gradient", "is_derivative", "member",
           "once_more", "read_derivative"]


def is_derivative(node: ast.AST, scope: Scope) -> bool:
    """True for ``dL/dz``, ``d(L)/d(z)``, ``d2L/dz2``, where no name of the file says otherwise."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and (
        once_more(node, scope) is not node or all(
            _is_differential(side, scope) for side in (node.left, node.right)))


def _is_differential(node: ast.expr, scope: Scope) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "d" and "d" not in scope.arity
    while isinstance(node, ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id.startswith("d") and (
        node.id not in scope.arity and node.id[1:] in scope.arity)


def once_more(node: ast.expr, scope: Scope) -> ast.expr:
    """Write ``d2L/dz2`` as ``d(dL/dz)/dz``; anything else is returned as it is."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
        return node
    top, below = node.left, node.right
    if not (isinstance(top, ast.Name) and isinstance(below, ast.Name)):
        return node
    by = below.id[1:-1] if below.id in {f"d{n}2" for n in scope.arity} else ""
    if by not in scope.arity or top.id[:2] != "d2" or top.id[2:] not in scope.arity:
        return node
    bottom = ast.copy_location(ast.Name("d" + by), below)
    inner = ast.copy_location(ast.BinOp(ast.copy_location(ast.Name("d" + top.id[2:]), top),
                                        ast.Div(), bottom), node)
    outer = ast.copy_location(ast.Call(ast.copy_location(ast.Name("d"), top), [inner], []), top)
    return ast.copy_location(ast.BinOp(outer, ast.Div(), bottom), node)


def read_derivative(node: ast.BinOp, text: Text, scope: Scope) -> Partial | Symbol:
    """Read a derivative that stands in an expression: in an equation, as a quantity."""
    whole = once_more(node, scope)
    assert isinstance(whole, ast.BinOp), "a derivative is a quotient"
    if scope.derivatives:
        top, cell = _entry_of(whole.left, scope, text)
        return Partial(top, below(whole.right, scope, text), component=cell)
    found = Partial(differential(whole.left, scope, text), below(whole.right, scope, text))
    loose = {n for s in (found.top, found.bottom) for p in s.index for n in names_in(p)}
    loose &= set(scope.indices) - set(scope.bound)
    if loose:
        raise DeriveError(f"`{text.segment(node)}` says no position for `{min(loose)}`",
                          text.at(node), f"write {write(found)}, where `{min(loose)}` has a value")
    return gradient(found, scope)


def gradient(partial: Partial, scope: Scope) -> Symbol:
    """Return a derivative as a quantity that can stand in an equation and be differentiated."""
    symbol, pattern, letters = derivative_symbol(partial, scope.indices)
    scope.gradients[symbol.name] = Gradient(pattern.top, pattern.bottom, letters)
    scope.arity[symbol.name] = letters
    scope.shapes[symbol.name] = partial.shape
    return symbol


def _entry_of(node: ast.expr, scope: Scope, text: Text) -> tuple[Symbol, tuple[IntLike, ...]]:
    """Read a top that may be one entry, ``dp[k]`` or ``dh[t][k]``: the array, and which entry."""
    slots: tuple[ast.expr, ...] = ()
    base = node
    while isinstance(base, ast.Subscript):
        slots, base = (*subscripts(base), *slots), base.value
    name = base.id[1:] if isinstance(base, ast.Name) else ""
    own, whole = scope.arity.get(name, ()), scope.shapes.get(name)
    if not whole or len(slots) != len(own) + len(whole):
        return differential(node, scope, text), ()
    at = tuple(position(slot, scope.within(*scope.indices), text) for slot in slots)
    return Symbol(name, at[:len(own)], whole), at[len(own):]


def differential(node: ast.expr, scope: Scope, text: Text) -> Symbol:
    """Read ``dh[1]``, ``d(h[1])`` or ``d(x.T @ A @ x)``: what stands behind the d."""
    if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "d"
            and len(node.args) == 1):
        return _behind(node.args[0], scope, text)
    name = node.value if isinstance(node, ast.Subscript) else node
    if isinstance(name, ast.Name) and name.id.startswith("d") and len(name.id) > 1:
        return _named_member(name.id[1:], node, scope, text)
    raise DeriveError(f"`{text.segment(node)}` is not a differential", text.at(node),
                      "write a derivative as dL/dW or d(L)/d(W)")


def below(node: ast.expr, scope: Scope, text: Text) -> Symbol:
    """Read what is differentiated by: a quantity, on which others depend by its name."""
    known = set(scope.expressions)
    found = differential(node, scope, text)
    if found.name in scope.expressions:
        for name in scope.expressions.keys() - known:
            del scope.expressions[name]
        raise DeriveError(f"`{text.segment(node)}` is an expression, which nothing depends on",
                          text.at(node), "differentiate by a quantity, as in d(..)/dx")
    return found


def _behind(node: ast.expr, scope: Scope, text: Text) -> Symbol:
    if is_derivative(node, scope):
        whole = once_more(node, scope)
        assert isinstance(whole, ast.BinOp), "a derivative is a quotient"
        return gradient(Partial(differential(whole.left, scope, text),
                                below(whole.right, scope, text)), scope)
    name = node.value if isinstance(node, ast.Subscript) else node
    return member(node, scope, text) if isinstance(name, ast.Name) else expression(
        node, scope, text)


def expression(node: ast.expr, scope: Scope, text: Text) -> Symbol:
    """Return an expression as a quantity that is called by what was typed."""
    free = [n for n in scope.indices if n not in scope.bound]
    found = elaborate(node, replace(scope.within(*free), derivatives=False), text)
    if isinstance(found, Symbol):
        return found
    letters = tuple(n for n in scope.indices if n in free_indices(found))
    typed = " ".join(text.segment(node).split())
    name = f"({write(opened(found, letters)) if letters else typed})"
    symbol = Symbol(name, tuple(map(named, letters)), found.shape)
    domain = tuple((n, scope.indices[n]) for n in letters)
    scope.expressions[name] = Equation(symbol, domain, found)
    scope.arity[name], scope.shapes[name] = letters, found.shape
    return symbol


def member(node: ast.expr, scope: Scope, text: Text) -> Symbol:
    """Read the name of a quantity, perhaps with positions."""
    name = node.value if isinstance(node, ast.Subscript) else node
    if not isinstance(name, ast.Name):
        raise DeriveError(f"`{text.segment(node)}` is not a quantity of the model", text.at(node),
                          "give the expression a name under `model` and ask for that")
    return _named_member(name.id, node, scope, text)


def _named_member(name: str, node: ast.expr, scope: Scope, text: Text) -> Symbol:
    if name not in scope.arity:
        known = [n for n in scope.arity if n.isidentifier()]
        remedy = nearest(name, known) or nearest(name[1:], known)
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
