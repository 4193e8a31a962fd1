"""Transposes pushed inside to the letters: how the "jacobian" layout writes a column as a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import singledispatch

from derive.expr.build import add, diag, div, matmul, mul, neg, number, outer, transpose
from derive.expr.nodes import (
    Expr,
    Fill,
    MatMul,
    MatrixProduct,
    Neg,
    Outer,
    Partial,
    Product,
    Quotient,
    Reduce,
    Sum,
    Transpose,
)
from derive.expr.walk import walk

__all__ = ["transposed"]


def transposed(expr: Expr) -> Expr:
    """Return the transpose of *expr*, pushed inside: (A b)^T = b^T A^T.

    A vector keeps its shape and stands for a row: ``W.T @ (d * (V.T @ e))`` becomes
    ``((e @ V) @ diag(d)) @ W``.
    """
    return _transposed(expr) if expr.shape else expr


@singledispatch
def _transposed(expr: Expr) -> Expr:
    return expr if len(expr.shape) == 1 else transpose(expr)


@_transposed.register(Transpose)
def _(expr: Transpose) -> Expr:
    return transposed(expr.arg) if len(expr.shape) == 1 else expr.arg


@_transposed.register(Neg)
def _(expr: Neg) -> Expr:
    return neg(transposed(expr.arg))


@_transposed.register(Sum)
def _(expr: Sum) -> Expr:
    if any(0 < len(term.shape) < len(expr.shape) for term in expr.terms):
        return transpose(expr)
    return add(*map(transposed, expr.terms))


@_transposed.register(Fill)
def _(expr: Fill) -> Expr:
    return Fill(expr.value, expr.shape[::-1])


@_transposed.register(Outer)
def _(expr: Outer) -> Expr:
    return outer(expr.right, expr.left)


@_transposed.register(Reduce)
def _(expr: Reduce) -> Expr:
    return Reduce(expr.kind, expr.index, expr.range, transposed(expr.body))


@_transposed.register(MatrixProduct)
def _(expr: MatrixProduct) -> Expr:
    """(A_1 A_2 ... A_n)^T = A_n^T ... A_2^T A_1^T."""
    return replace(expr, body=transposed(expr.body), falling=not expr.falling)


@_transposed.register(MatMul)
def _(expr: MatMul) -> Expr:
    """(A B)^T = B^T A^T; a row times a matrix is a row already."""
    a, b = expr.left, expr.right
    if len(a.shape) > 2 or len(b.shape) > 2:
        return transpose(expr)
    if len(a.shape) == 1:
        return _chained(transposed(a), b)
    return _chained(transposed(b), transposed(a))


def _chained(row: Expr, matrix: Expr) -> Expr:
    """v (A B) = (v A) B: a row is multiplied from the left to the right."""
    if isinstance(matrix, MatMul) and len(matrix.left.shape) == 2 == len(matrix.right.shape):
        return _chained(_chained(row, matrix.left), matrix.right)
    return matmul(row, matrix)


@_transposed.register(Product)
def _(expr: Product) -> Expr:
    """(c d * v)^T = c v^T diag(d); of vectors, v is the one that the chain rule hands on."""
    scalars = [f for f in expr.factors if not f.shape]
    arrays = [f for f in expr.factors if f.shape]
    if len(expr.shape) > 1 or any(f.shape != expr.shape for f in arrays):
        return _of_matrices(expr, scalars, arrays)
    # a local factor stands first, so the last of equals is handed on
    m = max(range(len(arrays)), key=lambda n: (_handed_on(arrays[n]), n))
    v, rest = arrays[m], arrays[:m] + arrays[m + 1:]
    row = matmul(transposed(v), diag(mul(*rest))) if rest else transposed(v)
    return mul(*scalars, row)


def _of_matrices(expr: Expr, scalars: list[Expr], arrays: list[Expr]) -> Expr:
    if any(len(f.shape) < len(expr.shape) for f in arrays):
        return transpose(expr) if len(expr.shape) > 1 else expr
    return mul(*scalars, *map(transposed, arrays))


# a derivative stands in the vector handed on; next to none, the product with a matrix does
SIGNS: tuple[Callable[[Expr], bool], ...] = (
    lambda part: isinstance(part, Partial), lambda part: isinstance(part, MatMul),
)


def _handed_on(factor: Expr) -> tuple[bool, ...]:
    parts = list(walk(factor))
    return tuple(any(map(sign, parts)) for sign in SIGNS)


@_transposed.register(Quotient)
def _(expr: Quotient) -> Expr:
    if not expr.bottom.shape:
        return div(transposed(expr.top), expr.bottom)
    if len(expr.shape) == 1 and expr.top.shape == expr.bottom.shape:
        return matmul(transposed(expr.top), diag(div(number(1), expr.bottom)))
    return transpose(expr) if len(expr.shape) > 1 else expr


