"""Sums over part of a range, ``sum(e, i=t..T)``, and ordered products ``matprod(M, k=1..t)``."""

from __future__ import annotations

import ast
from dataclasses import replace

from derive.errors import DeriveError
from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, MatrixProduct, Range, Reduce
from derive.question.elaborate.dispatch import elaborate
from derive.question.scope import Scope, position, slots
from derive.syntax.read_equation import Text, ranges_in

__all__ = ["has_range", "over_range", "ordered_product"]


def has_range(node: ast.Call) -> bool:
    """True for ``sum(e, i=1..t)``."""
    return bool(ranges_in(node))


def over_range(kind: str, node: ast.Call, scope: Scope, text: Text) -> Expr:
    """Read a sum, a mean or a product over the range that stands behind its letter."""
    if len(node.args) != 1 or len(node.keywords) != 1:
        raise DeriveError(f"`{kind}` takes an expression, then one range", text.at(node))
    letter, bounds = _range(node, scope, text)
    inner = _inside(letter, bounds, node.args[0], scope, text)
    return Reduce(kind, letter, bounds, elaborate(node.args[0], inner, text))


def ordered_product(node: ast.Call, scope: Scope, text: Text) -> Expr:
    """Read a product of square matrices in the order of an index.

    ``matprod(M[k], k=1..t)`` is M[1] @ ... @ M[t], and with ``k=t..1, step=-1`` M[t] @ ... @ M[1].
    """
    falling = [kw for kw in node.keywords if kw.arg == "step"]
    if len(node.args) != 1 or not has_range(node) or len(node.keywords) != 1 + len(falling):
        raise DeriveError("`matprod` takes a matrix and a range", text.at(node),
                          "write matprod(M[k], k=1..t), or k=t..1, step=-1")
    letter, bounds = _range(node, scope, text, bool(falling))
    body = elaborate(node.args[0], _inside(letter, bounds, node.args[0], scope, text), text)
    return MatrixProduct(letter, bounds, body, bool(falling) and _is_back(falling[0], text))


def _is_back(step: ast.keyword, text: Text) -> bool:
    if ast.unparse(step.value) != "-1":
        raise DeriveError("a step other than -1", text.at(step))
    return True


def _range(node: ast.Call, scope: Scope, text: Text, turned: bool = False) -> tuple[str, Range]:
    setting = next(kw for kw in node.keywords if ranges_in(node)[0] is kw.value)
    letter, ends = str(setting.arg), setting.value
    assert isinstance(ends, ast.BinOp), "a range has two ends"
    if letter in scope.sizes or letter in scope.bound:
        raise DeriveError(f"`{letter}` is in use here", text.at(setting), "use another letter")
    low, high = (ends.right, ends.left) if turned else (ends.left, ends.right)
    return letter, Range(_ends(low, "max", scope, text), _ends(high, "min", scope, text))


def _ends(node: ast.expr, choice: str, scope: Scope, text: Text) -> tuple[IntLike, ...]:
    """Read one end of a range; ``max(1, t-2)`` below and ``min(t, T)`` above are several."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == choice:
        return tuple(position(arg, scope, text) for arg in node.args)
    return (position(node, scope, text),)


def _inside(letter: str, bounds: Range, body: ast.expr, scope: Scope, text: Text) -> Scope:
    """Return the scope of what is summed: a quantity of the letter's name is out of reach there."""
    places = {id(n) for part in ast.walk(body) for slot in slots(part) for n in ast.walk(slot)}
    if letter in scope.arity and any(isinstance(n, ast.Name) and n.id == letter
                                     and id(n) not in places for n in ast.walk(body)):
        raise DeriveError(f"`{letter}` is a quantity too", text.at(body), "use another letter")
    arity = {name: own for name, own in scope.arity.items() if name != letter}
    inner = replace(scope, indices={**scope.indices, letter: bounds}, arity=arity)
    return inner.within(letter)
