"""The bridge to SymPy: one entry of an expression, in index notation.

``entry(W @ h, (i,))`` is ``Sum(W[i, k]*h[k], (k, 0, n - 1))``. Positions count from 0. A member of
a series carries its index first: entry k of ``h[t]`` is ``h[t, k]``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import singledispatch
from typing import Any

import sympy

from derive.calculus.places import (
    Formula,
    Positions,
    aligned,
    integer,
    place,
    position,
    quantity,
    unused,
)
from derive.calculus.sums import standard
from derive.errors import DeriveError
from derive.expr.expand import expanded
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
    Partial,
    Power,
    Product,
    Quotient,
    Range,
    Reduce,
    Sum,
    Symbol,
    Transpose,
)
from derive.ops.registry import OPS

__all__ = ["entry"]

MOST_FACTORS = 6    # of an ordered product that is multiplied out


def entry(expr: Expr, at: Iterable[Any] = ()) -> Formula:
    """Return the formula of the entry of *expr* at the positions *at* (SymPy integers)."""
    positions = tuple(map(sympy.sympify, at)) if at else ()
    if len(positions) != len(expr.shape):
        raise DeriveError(f"an entry of rank {len(expr.shape)} needs as many positions, "
                          f"not {len(positions)}")
    return _entry(expr, positions)


@singledispatch
def _entry(expr: Expr, at: Positions) -> Formula:
    raise DeriveError(f"{type(expr).__name__} has no formula in index notation")


def _part(expr: Expr, at: Positions) -> Formula:
    return _entry(expr, aligned(expr.shape, at))


def _rational(value: Fraction) -> Formula:
    return sympy.Rational(value.numerator, value.denominator)


@_entry.register(Number)
def _(expr: Number, at: Positions) -> Formula:
    return _rational(expr.value)


@_entry.register(Fill)
def _(expr: Fill, at: Positions) -> Formula:
    return _rational(expr.value)


CONSTANTS = {"pi": sympy.pi, "e": sympy.E, "inf": sympy.oo}


@_entry.register(Constant)
def _(expr: Constant, at: Positions) -> Formula:
    if expr.name not in CONSTANTS:
        raise DeriveError(f"the constant {expr.name} has no formula")
    return CONSTANTS[expr.name]


@_entry.register(Dimension)
def _(expr: Dimension, at: Positions) -> Formula:
    return integer(expr.value)


@_entry.register(Symbol)
def _(expr: Symbol, at: Positions) -> Formula:
    return quantity(expr.name, (*map(integer, expr.index), *at))


@_entry.register(Partial)
def _(expr: Partial, at: Positions) -> Formula:
    return quantity(expr.family, (*map(integer, expr.index), *at))


@_entry.register(Literal)
def _(expr: Literal, at: Positions) -> Formula:
    if not all(p.is_Integer for p in at):
        raise DeriveError("numbers have entries at numbered positions only")
    value = expr.values[tuple(map(int, at))]
    return _rational(value) if isinstance(value, Fraction) else sympy.Float(float(value))


@_entry.register(Array)
def _(expr: Array, at: Positions) -> Formula:
    """Entry i of [a0, a1, ...] is the sum of delta(i, m) a_m, where i is not yet a number."""
    first, rest = at[0], at[1:]
    return sympy.Add(*(sympy.KroneckerDelta(first, m) * _entry(item, rest)
                       for m, item in enumerate(expr.items)))


@_entry.register(Eye)
def _(expr: Eye, at: Positions) -> Formula:
    return sympy.KroneckerDelta(*at)


@_entry.register(Delta)
def _(expr: Delta, at: Positions) -> Formula:
    return sympy.KroneckerDelta(integer(expr.i), integer(expr.j))


@_entry.register(Entry)
def _(expr: Entry, at: Positions) -> Formula:
    return _entry(expr.arg, (*map(integer, expr.at), *at))


@_entry.register(Dots)
def _(expr: Dots, at: Positions) -> Formula:
    return _part(expr.whole, at)


@_entry.register(Sum)
def _(expr: Sum, at: Positions) -> Formula:
    return sympy.Add(*(_part(term, at) for term in expr.terms))


@_entry.register(Neg)
def _(expr: Neg, at: Positions) -> Formula:
    return -_entry(expr.arg, at)


@_entry.register(Product)
def _(expr: Product, at: Positions) -> Formula:
    return sympy.Mul(*(_part(factor, at) for factor in expr.factors))


@_entry.register(Quotient)
def _(expr: Quotient, at: Positions) -> Formula:
    return _part(expr.top, at) / _part(expr.bottom, at)


@_entry.register(Power)
def _(expr: Power, at: Positions) -> Formula:
    return _part(expr.base, at) ** _part(expr.exponent, at)


@_entry.register(Transpose)
def _(expr: Transpose, at: Positions) -> Formula:
    return _entry(expr.arg, at[::-1])


@_entry.register(Outer)
def _(expr: Outer, at: Positions) -> Formula:
    return _entry(expr.left, at[:1]) * _entry(expr.right, at[1:])


@_entry.register(Diag)
def _(expr: Diag, at: Positions) -> Formula:
    return sympy.KroneckerDelta(*at) * _entry(expr.arg, at[:1])


@_entry.register(MatMul)
def _(expr: MatMul, at: Positions) -> Formula:
    """(A B)_ij = sum_k A_ik B_kj; a vector has no row (left) or no column (right) position."""
    k = unused(*at)
    left, right = expr.left.shape, expr.right.shape
    columns = at[len(at) - 1:] if len(right) > 1 else ()
    ahead = at[:len(at) - len(columns)]
    rows = ahead[len(ahead) - 1:] if len(left) > 1 else ()
    stack = ahead[:len(ahead) - len(rows)]
    first = _entry(expr.left, (*aligned(left[:-2], stack), *rows, k))
    second = _entry(expr.right, (*aligned(right[:-2], stack), k, *columns))
    return sympy.Sum(first * second, (k, 0, integer(left[-1]) - 1))


def _bounds(bounds: Range) -> tuple[Formula, Formula]:
    return (sympy.Max(*map(integer, bounds.los)), sympy.Min(*map(integer, bounds.his)))


def _mean(body: Formula, limits: tuple[Formula, Formula, Formula]) -> Formula:
    _, lo, hi = limits
    return sympy.Sum(body, limits) / (hi - lo + 1)


REDUCTIONS = {"sum": sympy.Sum, "mean": _mean, "prod": sympy.Product}


@_entry.register(Reduce)
def _(expr: Reduce, at: Positions) -> Formula:
    """The bound index gets a name of its own, so that no position from outside is caught."""
    inside = tuple(position(f"at{m}") for m, _ in enumerate(at))
    body = _entry(expr.body, inside)
    bound = unused(body, *at)
    body = body.xreplace({place(expr.index): bound})
    body = body.xreplace(dict(zip(inside, at, strict=True)))
    return REDUCTIONS[expr.kind](body, (bound, *_bounds(expr.range)))


@_entry.register(MatrixProduct)
def _(expr: MatrixProduct, at: Positions) -> Formula:
    """Multiply out; SymPy has no product of a number of matrices that is a symbol."""
    written = expanded(expr, most=MOST_FACTORS)
    if isinstance(written, MatrixProduct):
        raise DeriveError("an entry of a product over an index has no formula for every length",
                          remedy="give the lengths numbers")
    return _entry(written, at)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument as the formula of an operation sees it: called with positions, and its shape."""

    expr: Expr

    @property
    def shape(self) -> Positions:
        return tuple(map(integer, self.expr.shape))

    def __call__(self, *at: Any) -> Formula:
        return entry(self.expr, at)


@_entry.register(Apply)
def _(expr: Apply, at: Positions) -> Formula:
    if expr.op not in OPS:
        raise DeriveError(f"the function {expr.op} has no formula")
    arguments = tuple(map(Argument, expr.args))
    return standard(OPS[expr.op].entry(sympy, at, arguments, **dict(expr.params)))
