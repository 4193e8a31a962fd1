"""Exact arithmetic on numbers that have been put in: Fractions as long as they stay short."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache, singledispatch
from math import inf, isinf
from typing import Any

import numpy as np

from derive.expr.nodes import (
    Apply,
    Array,
    Constant,
    Diag,
    Dimension,
    Entry,
    Expr,
    Eye,
    Fill,
    Literal,
    MatMul,
    Neg,
    Number,
    Outer,
    Power,
    Product,
    Quotient,
    Sum,
    Transpose,
)
from derive.expr.positions import integers
from derive.ops import ELEMENTWISE, OPS
from derive.ops.elementwise import settings

__all__ = ["exact_value"]

LONGEST = 10**40        # beyond this, numerators and denominators are not worth carrying
BIGGEST_EXPONENT = 64
TRIED_ENTRIES = 32


def exact_value(expr: Expr) -> Any | None:
    """Return the exact value of an expression without quantities (an object array), or None."""
    value = _exact(expr)
    return None if value is None or not _short(value) else value


def _short(value: Any) -> bool:
    """True where fractions are short enough; beside them -inf may stand, in a mask."""
    return all(isinf(v) if isinstance(v, float) else
               abs(v.numerator) < LONGEST and v.denominator < LONGEST for v in value.ravel())


def _scalar(value: Fraction | float) -> Any:
    out = np.empty((), dtype=object)
    out[()] = value
    return out


@singledispatch
def _exact(expr: Expr) -> Any | None:
    return None


@_exact.register(Literal)
def _(expr: Literal) -> Any | None:
    return expr.values if expr.values.dtype == object else None


@_exact.register(Constant)
def _(expr: Constant) -> Any | None:
    return _scalar(inf) if expr.name == "inf" else None     # what a mask puts in


@_exact.register(Number)
def _(expr: Number) -> Any | None:
    return _scalar(expr.value)


@_exact.register(Dimension)
def _(expr: Dimension) -> Any | None:
    return _scalar(Fraction(expr.value)) if isinstance(expr.value, int) else None


@_exact.register(Fill)
def _(expr: Fill) -> Any | None:
    if not all(isinstance(n, int) for n in expr.of):
        return None
    return np.full(integers(expr.of), expr.value, dtype=object)


@_exact.register(Eye)
def _(expr: Eye) -> Any | None:
    if not isinstance(expr.size, int):
        return None
    out = np.full((expr.size, expr.size), Fraction(0), dtype=object)
    np.fill_diagonal(out, Fraction(1))
    return out


def _all(parts: tuple[Expr, ...], join: Callable[..., Any]) -> Any | None:
    values = [_exact(part) for part in parts]
    if any(v is None for v in values) or not all(map(_short, values)):
        return None
    found = np.asarray(join(*values), dtype=object)
    return None if any(v != v for v in found.ravel()) else found    # inf - inf has no value


@_exact.register(Sum)
def _(expr: Sum) -> Any | None:
    return _all(expr.terms, lambda *v: sum(v[1:], v[0]))


@_exact.register(Neg)
def _(expr: Neg) -> Any | None:
    return _all((expr.arg,), lambda v: -v)


@_exact.register(Product)
def _(expr: Product) -> Any | None:
    def times(*values: Any) -> Any:
        total = values[0]
        for value in values[1:]:
            total = total * value
        return total
    return _all(expr.factors, times)


@_exact.register(Quotient)
def _(expr: Quotient) -> Any | None:
    bottom = _exact(expr.bottom)
    if bottom is None or any(v == 0 for v in bottom.ravel()):
        return None
    return _all((expr.top, expr.bottom), lambda a, b: a / b)


@_exact.register(Power)
def _(expr: Power) -> Any | None:
    exponent, base = _exact(expr.exponent), _exact(expr.base)
    if exponent is None or exponent.shape or base is None:
        return None
    n = exponent[()]
    if n.denominator != 1 or abs(n) > BIGGEST_EXPONENT or (n < 0 and (base == 0).any()):
        return None
    return np.asarray(base ** int(n), dtype=object) if _short(base) else None


@_exact.register(MatMul)
def _(expr: MatMul) -> Any | None:
    return _all((expr.left, expr.right), lambda a, b: a @ b)


@_exact.register(Transpose)
def _(expr: Transpose) -> Any | None:
    return _all((expr.arg,), np.transpose)


@_exact.register(Outer)
def _(expr: Outer) -> Any | None:
    return _all((expr.left, expr.right), lambda a, b: a[:, None] * b[None, :])


@_exact.register(Diag)
def _(expr: Diag) -> Any | None:
    value = _exact(expr.arg)
    if value is None:
        return None
    out = np.empty(value.shape * 2, dtype=object)
    out[...] = Fraction(0)
    np.fill_diagonal(out, value)
    return out


@_exact.register(Array)
def _(expr: Array) -> Any | None:
    return _all(expr.items, lambda *v: np.stack(v))


@_exact.register(Entry)
def _(expr: Entry) -> Any | None:
    value = _exact(expr.arg)
    at = tuple(i for i in expr.at if isinstance(i, int))
    return None if value is None or len(at) < len(expr.at) else np.asarray(value[at], dtype=object)


@_exact.register(Apply)
def _(expr: Apply) -> Any | None:
    params = dict(expr.params)
    if OPS[expr.op].exact:
        return _all(expr.args, lambda *v: OPS[expr.op].evaluate(*v, **params))
    if OPS[expr.op].rational is not None:
        return _rational(expr)
    value = _exact(expr.args[0]) if expr.op in ELEMENTWISE else None
    if value is None or value.size > TRIED_ENTRIES:
        return None
    found = [_special(expr.op, v, expr.params) for v in value.ravel()]
    if any(v is None for v in found):
        return None
    out = np.empty(len(found), dtype=object)
    out[:] = found
    return out.reshape(value.shape)


def _rational(expr: Apply) -> Any | None:
    """Return sigma_max([[3, 0], [0, 4]]) = 4: a number that happens to be rational."""
    find, args = OPS[expr.op].rational, [_exact(arg) for arg in expr.args]
    if find is None or any(arg is None or not _short(arg) for arg in args):
        return None
    value = find(*args, **dict(expr.params))
    return None if value is None else _scalar(value)


@cache
def _special(op: str, x: Fraction, params: tuple[tuple[str, Any], ...]) -> Fraction | None:
    """Return tanh(0) = 0, sqrt(9/4) = 3/2, ... where SymPy knows a rational value."""
    import sympy

    if abs(x.numerator) > 10**6 or x.denominator > 10**6:
        return None
    row = ELEMENTWISE[op]
    value = row.sympy(sympy, sympy.Rational(x.numerator, x.denominator),
                      **settings(row, dict(params)))
    return Fraction(int(value.p), int(value.q)) if value.is_Rational else None
