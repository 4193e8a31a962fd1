"""The plain evaluator: one node at a time, one member at a time, no tricks.

It judges the fast evaluator and, with complex numbers, every derivative (complex step, Squire and
Trapp, SIAM Review 40, 1998). It shares no code with `derive.numbers.evaluate`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce, singledispatch
from operator import add, mul
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.integers import IntLike
from derive.expr.nodes import (
    Apply,
    Array,
    Constant,
    Delta,
    Diag,
    Dimension,
    Dots,
    Entry,
    Expr,
    Eye,
    Fill,
    Literal,
    MatMul,
    MatrixProduct,
    Neg,
    Number,
    Outer,
    Power,
    Product,
    Quotient,
    Reduce,
    Ref,
    Sum,
    Transpose,
)
from derive.expr.positions import integer, integers, span
from derive.expr.walk import at, settings_at
from derive.numbers.idle import guarded
from derive.ops import ELEMENTWISE, OPS
from derive.ops.op import Elementwise

__all__ = ["Lookup", "evaluate"]

Lookup = Callable[[Ref], Any]
Sizes = Mapping[str, IntLike]
CONSTANTS = {"pi": np.pi, "inf": np.inf}


def evaluate(expr: Expr, lookup: Lookup, env: Sizes | None = None) -> Any:
    """Return the value of *expr*; *lookup* gives the value of a quantity at integer positions."""
    with np.errstate(all="ignore"):  # what is not finite is refused by its name, not by NumPy
        return _value(expr, lookup, env or {})


@singledispatch
def _value(expr: Expr, lookup: Lookup, env: Sizes) -> Any:
    raise DeriveError(f"{type(expr).__name__} has no value")


@_value.register(Ref)
def _(expr: Ref, lookup: Lookup, env: Sizes) -> Any:
    return lookup(at(expr, env))


@_value.register(Number)
def _(expr: Number, lookup: Lookup, env: Sizes) -> Any:
    return float(expr.value)


@_value.register(Constant)
def _(expr: Constant, lookup: Lookup, env: Sizes) -> Any:
    return CONSTANTS[expr.name]


@_value.register(Dimension)
def _(expr: Dimension, lookup: Lookup, env: Sizes) -> Any:
    return float(integer(expr.value, env))


@_value.register(Literal)
def _(expr: Literal, lookup: Lookup, env: Sizes) -> Any:
    return expr.floats


@_value.register(Array)
def _(expr: Array, lookup: Lookup, env: Sizes) -> Any:
    return np.stack([np.asarray(_value(item, lookup, env)) for item in expr.items])


@_value.register(Fill)
def _(expr: Fill, lookup: Lookup, env: Sizes) -> Any:
    return np.full(integers(expr.of, env), float(expr.value))


@_value.register(Eye)
def _(expr: Eye, lookup: Lookup, env: Sizes) -> Any:
    return np.eye(integer(expr.size, env))


@_value.register(Sum)
def _(expr: Sum, lookup: Lookup, env: Sizes) -> Any:
    total = _value(expr.terms[0], lookup, env)
    for term in expr.terms[1:]:
        total = total + _value(term, lookup, env)
    return total


@_value.register(Neg)
def _(expr: Neg, lookup: Lookup, env: Sizes) -> Any:
    return -_value(expr.arg, lookup, env)


@_value.register(Product)
def _(expr: Product, lookup: Lookup, env: Sizes) -> Any:
    try:
        return _times(expr, lookup, env)
    except DeriveError:     # 0 log 0 is 0
        weighted = guarded(expr)
        if weighted is expr or not isinstance(weighted, Product):
            raise
        return _times(weighted, lookup, env)


def _times(expr: Product, lookup: Lookup, env: Sizes) -> Any:
    total = _value(expr.factors[0], lookup, env)
    for factor in expr.factors[1:]:
        total = total * _value(factor, lookup, env)
    return total


@_value.register(Quotient)
def _(expr: Quotient, lookup: Lookup, env: Sizes) -> Any:
    bottom = _value(expr.bottom, lookup, env)
    if np.any(np.asarray(bottom) == 0):
        raise DeriveError("division by zero")
    return _value(expr.top, lookup, env) / bottom


@_value.register(Power)
def _(expr: Power, lookup: Lookup, env: Sizes) -> Any:
    base, exponent = _value(expr.base, lookup, env), _value(expr.exponent, lookup, env)
    whole = isinstance(exponent, float) and exponent.is_integer()
    return np.asarray(base) ** (int(exponent) if whole and exponent >= 0 else exponent)


@_value.register(MatMul)
def _(expr: MatMul, lookup: Lookup, env: Sizes) -> Any:
    if isinstance(weighted := guarded(expr), MatMul):
        expr = weighted
    a, b = _value(expr.left, lookup, env), _value(expr.right, lookup, env)
    if np.iscomplexobj(a) == np.iscomplexobj(b):
        return a @ b
    if np.iscomplexobj(a):  # a real matrix is not made complex for the sake of a complex vector
        return a.real @ b + 1j * (a.imag @ b)
    return a @ b.real + 1j * (a @ b.imag)


@_value.register(Transpose)
def _(expr: Transpose, lookup: Lookup, env: Sizes) -> Any:
    return np.transpose(_value(expr.arg, lookup, env))


@_value.register(Outer)
def _(expr: Outer, lookup: Lookup, env: Sizes) -> Any:
    return np.multiply.outer(_value(expr.left, lookup, env), _value(expr.right, lookup, env))


@_value.register(Diag)
def _(expr: Diag, lookup: Lookup, env: Sizes) -> Any:
    return np.diag(_value(expr.arg, lookup, env))


@_value.register(Apply)
def _(expr: Apply, lookup: Lookup, env: Sizes) -> Any:
    args = [np.asarray(_value(arg, lookup, env)) for arg in expr.args]
    params = dict(settings_at(expr.params, env))
    value = OPS[expr.op].evaluate(*args, **params)
    row = ELEMENTWISE.get(expr.op)
    if row is not None and row.kinks and np.iscomplexobj(args[0]):
        return _at_kinks(np.array(value, dtype=complex), args[0], row, params)
    return value


def _at_kinks(value: Any, x: Any, row: Elementwise, params: dict[str, Any]) -> Any:
    """Let a complex step at a kink see the derivative that the convention states."""
    known = {**dict(row.defaults), **params}
    for place, default in row.kinks:
        slope = params.get("kink", known[default] if isinstance(default, str) else default)
        here = np.real(x) == place
        value[here] = np.real(value[here]) + 1j * float(slope) * np.imag(x[here])
    return value


JOIN: dict[str, Callable[[Any, Any], Any]] = {"sum": add, "mean": add, "prod": mul}
EMPTY: dict[str, float] = {"sum": 0.0, "prod": 1.0}


@_value.register(Reduce)
def _(expr: Reduce, lookup: Lookup, env: Sizes) -> Any:
    lo, hi = span(expr.range, env)
    if lo > hi and expr.kind not in EMPTY:
        raise DeriveError("the mean over an empty range has no value")
    if lo > hi:
        return np.full(integers(expr.shape, env), EMPTY[expr.kind])
    # one term after the other: a thousand matrices need not be there at once
    values = (np.asarray(_value(expr.body, lookup, {**env, expr.index: k}))
              for k in range(lo, hi + 1))
    total = reduce(JOIN[expr.kind], values)
    return total / (hi - lo + 1) if expr.kind == "mean" else total


@_value.register(MatrixProduct)
def _(expr: MatrixProduct, lookup: Lookup, env: Sizes) -> Any:
    """Multiply from the left to the right, starting with the identity."""
    lo, hi = span(expr.range, env)
    order = range(hi, lo - 1, -1) if expr.falling else range(lo, hi + 1)
    total = np.eye(integer(expr.shape[0], env))
    for k in order:
        total = total @ np.asarray(_value(expr.body, lookup, {**env, expr.index: k}))
    return total


@_value.register(Entry)
def _(expr: Entry, lookup: Lookup, env: Sizes) -> Any:
    return _value(expr.arg, lookup, env)[integers(expr.at, env)]


@_value.register(Dots)
def _(expr: Dots, lookup: Lookup, env: Sizes) -> Any:
    return _value(expr.whole, lookup, env)


@_value.register(Delta)
def _(expr: Delta, lookup: Lookup, env: Sizes) -> Any:
    return float(integer(expr.i, env) == integer(expr.j, env))
