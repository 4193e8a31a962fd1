"""One entry of an expression, written in the order in which its author wrote the whole.

``p*(p - t)`` at i is ``p_i (p_i - t_i)``, ``diag(p) - outer(p, p)`` at (i, j) is
``delta_ij p_i - p_i p_j``. What is more than algebra entry by entry is left to another writer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import singledispatch
from typing import Any

from derive.expr.build import mul, number
from derive.expr.integers import IntLike
from derive.expr.nodes import (
    Apply,
    Delta,
    Diag,
    Entry,
    Expr,
    Eye,
    Fill,
    Neg,
    Outer,
    Partial,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.walk import children, rebuild
from derive.ops import ELEMENTWISE

__all__ = ["entrywise"]

At = tuple[IntLike, ...]
Otherwise = Callable[[Expr, At], Expr]


def entrywise(expr: Expr, at: At, otherwise: Otherwise) -> Expr:
    """Return the entry of *expr* for place *at* of the whole it is part of.

    *otherwise* writes the entry of what has no rule here (a sum, a product of matrices).
    """
    own = at[len(at) - len(expr.shape):]
    return _entry(expr, tuple(0 if n == 1 else p for n, p in zip(expr.shape, own, strict=True)),
                  otherwise)


@singledispatch
def _entry(expr: Expr, at: At, otherwise: Otherwise) -> Expr:
    return otherwise(expr, at) if expr.shape or children(expr) else expr


def _algebra(expr: Any, at: At, otherwise: Otherwise) -> Expr:
    found: Expr = rebuild(expr, tuple(entrywise(p, at, otherwise) for p in children(expr)))
    return found


for _kind in (Sum, Neg, Product, Quotient, Power):
    _entry.register(_kind, _algebra)


@_entry.register(Apply)
def _(expr: Apply, at: At, otherwise: Otherwise) -> Expr:
    if expr.op not in ELEMENTWISE:
        return otherwise(expr, at)
    return replace(expr, args=tuple(entrywise(a, at, otherwise) for a in expr.args), of=())


@_entry.register(Symbol)
@_entry.register(Partial)
def _(expr: Symbol | Partial, at: At, otherwise: Otherwise) -> Expr:
    return Entry(expr, at) if at else expr


@_entry.register(Fill)
def _(expr: Fill, at: At, otherwise: Otherwise) -> Expr:
    return number(expr.value)


@_entry.register(Eye)
def _(expr: Eye, at: At, otherwise: Otherwise) -> Expr:
    return Delta(*at)


@_entry.register(Diag)
def _(expr: Diag, at: At, otherwise: Otherwise) -> Expr:
    return mul(Delta(*at), entrywise(expr.arg, at[:1], otherwise))


@_entry.register(Outer)
def _(expr: Outer, at: At, otherwise: Otherwise) -> Expr:
    return mul(entrywise(expr.left, at[:1], otherwise), entrywise(expr.right, at[1:], otherwise))


@_entry.register(Transpose)
def _(expr: Transpose, at: At, otherwise: Otherwise) -> Expr:
    return entrywise(expr.arg, at[::-1], otherwise)
