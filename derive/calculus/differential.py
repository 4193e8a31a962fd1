"""Differentials: df for f = x^T A x is dx^T A x + x^T A dx.

The forward way through an expression, with dX for what moves. Source: Magnus and Neudecker,
Matrix Differential Calculus with Applications in Statistics and Econometrics, ch. 8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import singledispatch

from derive.calculus.pullback import fixed_number
from derive.errors import DeriveError
from derive.expr.build import (
    add,
    diag,
    div,
    is_zero,
    matmul,
    mul,
    neg,
    number,
    outer,
    power,
    transpose,
    zero,
)
from derive.expr.integers import IntLike
from derive.expr.nodes import (
    Apply,
    Array,
    Diag,
    Expr,
    MatMul,
    Neg,
    Outer,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.walk import children
from derive.ops import ELEMENTWISE, derivative
from derive.ops.products import diagonal, matrix_power
from derive.ops.square import inverse

__all__ = ["differential"]

Moves = Mapping[Expr, Expr]


def differential(expr: Expr, moves: Moves) -> Expr:
    """Return d expr where the quantities in *moves* change by what stands there.

    Raises `DeriveError` for an operation that has no differential here.
    """
    return _d(expr, moves)


@singledispatch
def _d(expr: Expr, moves: Moves) -> Expr:
    if children(expr):
        raise DeriveError(f"no differential of {type(expr).__name__}")
    return zero(expr.shape)


@_d.register(Symbol)
def _(expr: Symbol, moves: Moves) -> Expr:
    return moves.get(expr, zero(expr.shape))


@_d.register(Sum)
def _(expr: Sum, moves: Moves) -> Expr:
    """d(A + B) = dA + dB; a number that is repeated stays repeated."""
    found = add(*(_d(term, moves) for term in expr.terms))
    return found if found.shape == expr.shape else add(found, zero(expr.shape))


@_d.register(Neg)
def _(expr: Neg, moves: Moves) -> Expr:
    return neg(_d(expr.arg, moves))


@_d.register(Product)
def _(expr: Product, moves: Moves) -> Expr:
    """d(a b) = da b + a db."""
    parts = expr.factors
    terms = (mul(*parts[:k], moved, *parts[k + 1:]) for k, part in enumerate(parts)
             if not is_zero(moved := _d(part, moves)))
    return add(zero(expr.shape), *terms)


@_d.register(Quotient)
def _(expr: Quotient, moves: Moves) -> Expr:
    """d(a/b) = da/b - a db/b^2."""
    top, bottom = _d(expr.top, moves), _d(expr.bottom, moves)
    terms = [] if is_zero(top) else [div(top, expr.bottom)]
    if not is_zero(bottom):
        terms.append(neg(div(mul(expr.top, bottom), power(expr.bottom, number(2)))))
    return add(zero(expr.shape), *terms)


@_d.register(Power)
def _(expr: Power, moves: Moves) -> Expr:
    """d(x^n) = n x^(n-1) dx."""
    n, moved = fixed_number(expr.exponent), _d(expr.base, moves)
    if n is None:
        raise DeriveError("no differential of a power whose exponent is no number")
    if is_zero(moved):
        return zero(expr.shape)
    slope = mul(number(n), power(expr.base, number(n - 1))) if n != 1 else number(1)
    return mul(slope, moved)


@_d.register(MatMul)
def _(expr: MatMul, moves: Moves) -> Expr:
    """d(A B) = dA B + A dB."""
    return add(matmul(_d(expr.left, moves), expr.right), matmul(expr.left, _d(expr.right, moves)))


@_d.register(Outer)
def _(expr: Outer, moves: Moves) -> Expr:
    return add(outer(_d(expr.left, moves), expr.right), outer(expr.left, _d(expr.right, moves)))


@_d.register(Array)
def _(expr: Array, moves: Moves) -> Expr:
    """Entry by entry."""
    return Array(tuple(_d(item, moves) for item in expr.items))


@_d.register(Transpose)
def _(expr: Transpose, moves: Moves) -> Expr:
    moved = _d(expr.arg, moves)
    return zero(expr.shape) if is_zero(moved) else transpose(moved)


@_d.register(Diag)
def _(expr: Diag, moves: Moves) -> Expr:
    moved = _d(expr.arg, moves)
    return zero(expr.shape) if is_zero(moved) else diag(moved)


@_d.register(Apply)
def _(expr: Apply, moves: Moves) -> Expr:
    moved = [_d(arg, moves) for arg in expr.args]
    if all(map(is_zero, moved)):
        return zero(expr.shape)
    if expr.op in ELEMENTWISE:
        slope = derivative(expr.op, expr.args[0], expr, **dict(expr.params))
        return mul(slope, moved[0])
    if expr.op not in OPERATIONS:
        raise DeriveError(f"no differential of {expr.op}")
    return OPERATIONS[expr.op](expr, *moved)


def _same(expr: Apply, dx: Expr) -> Expr:
    """What is linear is applied to dX."""
    if isinstance(dx, Neg):
        return neg(_same(expr, dx.arg))
    return Apply(expr.op, (dx,), expr.params, expr.shape)


def _trace(x: Expr) -> Expr:
    if isinstance(x, Neg):
        return neg(_trace(x.arg))
    return Apply("trace", (x,), (), ())


def _kron(expr: Apply, da: Expr, db: Expr) -> Expr:
    a, b = expr.args
    pairs = [(x, y) for x, y in ((da, b), (a, db)) if not (is_zero(x) or is_zero(y))]
    return add(*(Apply("kron", pair, expr.params, expr.shape) for pair in pairs))


def _power(expr: Apply, dx: Expr) -> Expr:
    """d(X^n) is the sum of X^k dX X^(n-1-k)."""
    n, x = dict(expr.params)["n"][0], expr.args[0]
    if not isinstance(n, int) or not 0 < n <= MOST:
        raise DeriveError("no differential of a general power")
    return add(*(matmul(matmul(_to(x, k), dx), _to(x, n - 1 - k)) for k in range(n)))


def _to(x: Expr, n: IntLike) -> Expr:
    return matrix_power(x, n)


MOST = 4    # a power of a matrix has so many terms


def _norm(expr: Apply, dx: Expr) -> Expr:
    """|x| d|x| = x^T dx."""
    if len(dict(expr.params)["axis"]) != 1:
        raise DeriveError("no differential of the norm of a matrix")
    return div(matmul(expr.args[0], dx), expr)


def _frobenius(expr: Apply, dx: Expr) -> Expr:
    """|A| d|A| = tr(A^T dA)."""
    return div(Apply("trace", (matmul(transpose(expr.args[0]), dx),), (), ()), expr)


def _softmax(expr: Apply, dx: Expr) -> Expr:
    if len(expr.shape) != 1:
        raise DeriveError("no differential of a softmax of rows")
    return matmul(add(diag(expr), neg(outer(expr, expr))), dx)


def _logsumexp(expr: Apply, dx: Expr) -> Expr:
    x = expr.args[0]
    if len(x.shape) != 1:
        raise DeriveError("no differential of a logsumexp of rows")
    return matmul(Apply("softmax", (x,), (("axis", (-1,)),), x.shape), dx)


def _square(expr: Apply, dx: Expr) -> Expr:
    """d det X = det X tr(X^-1 dX), d log det X = tr(X^-1 dX)."""
    moved = _trace(matmul(inverse(expr.args[0]), dx))
    return moved if expr.op == "logdet" else mul(expr, moved)


OPERATIONS: dict[str, Callable[..., Expr]] = {
    "sum": _same, "mean": _same, "trace": lambda expr, dx: _trace(dx),
    "diagonal": lambda expr, dx: diagonal(dx),
    "inv": lambda expr, dx: neg(matmul(matmul(expr, dx), expr)),
    "det": _square, "logdet": _square, "kron": _kron, "matrix_power": _power,
    "frobenius": _frobenius, "norm": _norm, "softmax": _softmax, "logsumexp": _logsumexp,
}
