r"""Derivatives of functions: \frac{\partial \log p_k}{\partial y_i}, \frac{\partial A}{\partial a}.

The slope of the function, times the derivative of what is inside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.errors import DeriveError
from derive.expr.integers import IntLike
from derive.expr.nodes import (
    Apply,
    Diag,
    Entry,
    Expr,
    MatMul,
    Neg,
    Outer,
    Partial,
    Product,
    Sum,
    Symbol,
)
from derive.ops.elementwise import ELEMENTWISE
from derive.ops.local import derivative
from derive.question.latex.functions import function
from derive.question.latex.laid import Laid, Way
from derive.question.latex.operators import rate
from derive.question.latex.quantities import quantity
from derive.syntax.read_latex.tree import Name, Node, Scripted
from derive.syntax.read_latex.tree import Product as ProductNode

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["of_a_function"]

Bottom = tuple[Symbol, tuple[IntLike, ...]]     # and which entry of it


def of_a_function(reader: Reader, above: Node | None, top: Node, below: Bottom | None
                  ) -> Laid | None:
    """Return the derivative of a function, by its name alone or with what it is taken of.

    above: what stands behind the sign of a derivative, where that is one symbol.
    """
    if below is None:
        return None
    if above is not None:
        return _by_name(reader, above, below)
    of = _applied(reader, top)
    if of is None:
        return None
    if "unknown function" in of.op:
        return _of_unknown(reader, of, below)
    if of.shape:
        return _of_a_vector(of, below)
    known = _of_one_number(of, below)
    found = rate(reader, of, below) if known is None and reader.vocabulary.forgiving else None
    return known if found is None else Laid(found, Way.EITHER, slope=True)


def _by_name(reader: Reader, node: Node, below: Bottom) -> Laid | None:
    r"""Read \frac{\partial A}{\partial a} where A is a function: its derivative at a."""
    if not isinstance(node, (Name, Scripted)) or quantity(node, reader, tolerant=False):
        return None
    f = function(node, reader)
    signature = reader.vocabulary.functions.get(f.name) if f is not None else None
    symbol, place = below
    if f is None or signature is None or f.sup is not None or f.primes or place:
        return None
    point = reader.vocabulary.points.get(f.name, (symbol,))
    args = point if symbol in point else (symbol,)
    if signature.takes not in ((), tuple(arg.shape for arg in args)):
        return None
    return _slope(reader, f.name, args, args.index(symbol))


def _slope(reader: Reader, name: str, args: tuple[Expr, ...], slot: int) -> Laid:
    from derive.question.latex.unknown_slopes import slope_by

    return slope_by(reader, name, [Laid(arg) for arg in args], slot)


def _applied(reader: Reader, top: Node) -> Apply | None:
    """Return the function, with its argument, that stands behind a sign of a derivative."""
    from derive.question.latex.derivatives import is_differential

    if not isinstance(top, ProductNode) or len(top.factors) < 2 or not is_differential(
            top.factors[0], reader):
        return None
    inner = top.factors[1] if len(top.factors) == 2 else replace(
        top, factors=top.factors[1:], signs=top.signs[1:])
    try:
        value = reader.value(inner)
    except DeriveError:
        return None
    return value.expr if isinstance(value, Laid) and isinstance(value.expr, Apply) else None


def _of_unknown(reader: Reader, of: Apply, below: Bottom) -> Laid | None:
    settings = dict(of.params)
    symbol, place = below
    if settings.get("slots") or settings.get("order") or place or of.args.count(symbol) != 1:
        return None
    return _slope(reader, settings["called"], of.args, of.args.index(symbol))


def _of_one_number(of: Apply, below: Bottom) -> Laid | None:
    arg = of.args[0] if len(of.args) == 1 and of.op in ELEMENTWISE else None
    whole = arg.arg if isinstance(arg, Entry) else arg
    if arg is None or not isinstance(whole, Symbol):
        return None
    symbol, place = below
    rate: Expr = Partial(whole, symbol, (), arg.at if isinstance(arg, Entry) else ())
    rate = Entry(rate, place) if place else rate
    return Laid(Product((derivative(of.op, arg, of), rate)), Way.EITHER, slope=True)


def _of_a_vector(of: Apply, below: Bottom) -> Laid | None:
    """Return the Jacobian of f(z) by z, or that times the one of z."""
    arg = of.args[0]
    jacobian = JACOBIANS.get(of.op) or (_diagonal if of.op in ELEMENTWISE else None)
    symbol, place = below
    if jacobian is None or not isinstance(arg, Symbol) or len(of.args) != 1 or place or (
            len(arg.shape) != 1):
        return None
    made = jacobian(of, arg)
    if arg != symbol:
        made = MatMul(made, Partial(arg, symbol))
    return Laid(made, slope=True)


def _diagonal(of: Apply, arg: Expr) -> Expr:
    return Diag(derivative(of.op, arg, of))


def _of_softmax(of: Apply, arg: Expr) -> Expr:
    return Sum((Diag(of), Neg(Outer(of, of))))


JACOBIANS: dict[str, Callable[[Apply, Expr], Expr]] = {"softmax": _of_softmax}
