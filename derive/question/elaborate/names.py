"""Numbers, names, and the members and entries that positions in brackets pick."""

from __future__ import annotations

import ast
from fractions import Fraction

from derive.errors import DeriveError
from derive.expr.integers import IntLike
from derive.expr.nodes import Constant, Dimension, Entry, Expr, Number, Symbol
from derive.ops import OPS
from derive.question.elaborate.dispatch import rule
from derive.question.scope import Scope, position
from derive.syntax.read_equation import Text

__all__ = ["BIGGEST_EXPONENT", "FUNCTIONS", "entry", "quantity"]

BIGGEST_EXPONENT = 1000
# what is called like an operation and is none
FUNCTIONS = ("outer", "dot", "diag", "zeros", "ones", "eye", "sum", "mean", "prod",
             "one_hot", "grad")


@rule(ast.Constant)
def _number(node: ast.Constant, scope: Scope, text: Text) -> Expr:
    if isinstance(node.value, bool):
        raise DeriveError(f"{node.value} is not a number", text.at(node))
    typed = text.segment(node).replace("_", "")
    exponent = typed.lower().partition("e")[2]
    if len(typed) > 400 or (exponent and abs(int(exponent)) > BIGGEST_EXPONENT):
        raise DeriveError("a number this long cannot be used", text.at(node))
    if isinstance(node.value, int):
        return Number(Fraction(node.value), typed)
    return Number(Fraction(typed), typed)


@rule(ast.Name)
def _name(node: ast.Name, scope: Scope, text: Text) -> Expr:
    name = node.id
    if name in scope.arity:
        return quantity(name, (), node, scope, text)
    if name in scope.indices or name in scope.sizes:
        return Dimension(position(node, scope, text))
    if name in ("pi", "inf"):
        return Constant(name)
    if name in OPS or name in FUNCTIONS or name in scope.functions:
        raise DeriveError(f"`{name}` is a function: write {name}(...)", text.at(node))
    raise scope.unknown(name, text, node)


def quantity(name: str, at: tuple[IntLike, ...], node: ast.AST, scope: Scope, text: Text) -> Expr:
    """Return the quantity *name* at positions *at*; further positions take entries of it."""
    indices, shape = scope.arity[name], scope.shapes.get(name)
    if len(at) < len(indices):
        wanted = ", ".join(indices)
        raise DeriveError(f"`{name}` needs its index: {name}[{wanted}]", text.at(node),
                          f"with an index in its brackets somewhere, `{name}` is a series; all of "
                          f"it in one array is a list of its members, [{name}[1], {name}[2]]")
    if shape is None:
        raise DeriveError(f"the shape of `{name}` cannot be worked out", text.at(node),
                          "give its initial state, or declare it under `symbols`")
    member = Symbol(name, at[:len(indices)], shape)
    extra = at[len(indices):]
    return entry(member, extra, name, node, scope, text) if extra else member


def entry(array: Expr, at: tuple[IntLike, ...], name: str, node: ast.AST, scope: Scope,
          text: Text) -> Expr:
    if len(at) > len(array.shape):
        raise DeriveError(f"`{name}` has {len(array.shape)} axes, {len(at)} positions are given",
                          text.at(node))
    for place, size in zip(at, array.shape, strict=False):
        if isinstance(place, int) and isinstance(size, int) and not 0 <= place < size:
            remedy = f"entries count from 0; members of a series are given as {{{place}: ...}}"
            raise DeriveError(f"entry {place} of `{name}` is out of range: 0..{size - 1}",
                              text.at(node), remedy if len(at) == 1 and scope.indices else "")
    return Entry(array, at)
