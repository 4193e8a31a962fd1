"""0 log 0 = 0 in products as people type them: p log(p/q), y (log y - log p).

A logarithm that is multiplied by 0 is read as log 1 where its argument is 0 (or 0/0), which is the
limit of p log p. log 0 times anything else stays an error.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from derive.expr.nodes import Apply, Expr, MatMul, Neg, Number, Product, Quotient, Sum
from derive.expr.shapes import broadcast
from derive.expr.walk import children, rebuild
from derive.ops.elementwise import LOGARITHMS, entrywise

__all__ = ["guarded"]

ENTRYWISE = (Sum, Neg, Product, Quotient)
ONE = Number(Fraction(1))


def guarded(expr: Expr) -> Expr:
    """Return an expression of the same value that has one at 0 log 0 too."""
    rule = RULES.get(type(expr))
    return expr if rule is None else rule(expr)


def _product(expr: Product) -> Expr:
    weights = [f for f in expr.factors if not _has_log(f) and not isinstance(f, Number)]
    if not weights or not any(map(_has_log, expr.factors)):
        return expr
    idle = entrywise("at_zero", weights[0] if len(weights) == 1 else Product(tuple(weights)))
    return Product(tuple(_read(f, idle) if _has_log(f) else f for f in expr.factors))


def _dot(expr: MatMul) -> Expr:
    """y @ log(p) is the sum of the products of their entries."""
    a, b = expr.left, expr.right
    if (len(a.shape), len(b.shape)) != (1, 1) or _has_log(a) == _has_log(b):
        return expr
    if _has_log(a):
        return MatMul(_read(a, entrywise("at_zero", b)), b)
    return MatMul(a, _read(b, entrywise("at_zero", a)))


RULES: dict[type[Expr], Callable[[Any], Expr]] = {Product: _product, MatMul: _dot}


def _has_log(expr: Expr) -> bool:
    """True where a logarithm stands in *expr* entry by entry."""
    if isinstance(expr, Apply):
        return expr.op in LOGARITHMS
    return isinstance(expr, ENTRYWISE) and any(map(_has_log, children(expr)))


def _read(expr: Expr, idle: Expr) -> Expr:
    """Let the logarithms in *expr* read 1 at the entries where *idle* is 1 and they would read 0.
    """
    if isinstance(expr, Apply) and expr.op in LOGARITHMS:
        argument = expr.args[0]
        if isinstance(argument, Quotient):
            argument = Quotient(argument.top, _one_for_zero(argument.bottom, idle))
        return entrywise(expr.op, _one_for_zero(argument, idle))
    if isinstance(expr, ENTRYWISE) and _has_log(expr):
        return rebuild(expr, tuple(_read(part, idle) for part in children(expr)))
    return expr


def _one_for_zero(x: Expr, idle: Expr) -> Expr:
    """Return x, with 1 for it where *idle* is 1 and x is 0."""
    if isinstance(x, Number):
        return x
    mask = Product((idle, entrywise("at_zero", x)))
    return Apply("where", (mask, ONE, x), (), broadcast(mask.shape, x.shape))
