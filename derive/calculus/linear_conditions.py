"""Conditions as linear equations in the entries of unknowns: found exactly, refused otherwise.

Whether a condition is linear is read off its tree; the coefficients then come from exact values,
with the unknowns 0 and with one entry 1 at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.nodes import (
    Apply,
    Array,
    Diag,
    Dots,
    Entry,
    Expr,
    MatMul,
    Neg,
    Outer,
    Product,
    Quotient,
    Reduce,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.walk import children, walk
from derive.syntax.write_text import write

__all__ = ["Cell", "cells_of", "equations_of", "mentions", "refuse_nonlinear"]

Cell = tuple[Symbol, tuple[int, ...]]
Equation = tuple[tuple[Fraction, ...], Fraction]

# operations linear in each argument by itself
MULTILINEAR = frozenset((
    "sum", "mean", "expand", "identity", "reshape", "flatten", "pad", "crop", "flip",
    *(f"conv{n}d{of}" for n in (1, 2) for of in ("", "_input_gradient", "_kernel_gradient")),
    *(f"conv_transpose{n}d" for n in (1, 2)), *(f"avg_pool{n}d" for n in (1, 2)),
))
ADDING = (Sum, Neg, Transpose, Array, Diag, Entry, Reduce, Dots)
MULTIPLYING = (Product, MatMul, Outer)


def cells_of(unknowns: Sequence[Symbol]) -> tuple[Cell, ...]:
    """Return the entries of all unknowns, one after the other, row by row."""
    return tuple((symbol, at) for symbol in unknowns
                 for at in product(*(range(int(str(n))) for n in symbol.shape)))


def refuse_nonlinear(expr: Expr, names: frozenset[str]) -> None:
    """Raise a `DeriveError` that names the part in which the unknowns do not stand linearly."""
    for node in walk(expr):
        holding = [part for part in children(node) if mentions(part, names)]
        if holding and not _is_linear(node, holding):
            raise DeriveError(f"`{write(node)}` is not linear in {' and '.join(sorted(names))}",
                              remedy="only linear conditions are solved")


def mentions(expr: Expr, names: frozenset[str]) -> bool:
    return any(isinstance(node, Symbol) and node.name in names for node in walk(expr))


def _is_linear(node: Expr, holding: Sequence[Expr]) -> bool:
    if isinstance(node, ADDING):
        return not (isinstance(node, Reduce) and node.kind == "prod")
    if isinstance(node, Quotient):
        return holding == [node.top]
    multilinear = isinstance(node, Apply) and node.op in MULTILINEAR
    return (isinstance(node, MULTIPLYING) or multilinear) and len(holding) == 1


def equations_of(values: Sequence[Any], zero: Any) -> Iterator[Equation]:
    """Yield coefficients and right side for each entry of a difference that must vanish.

    *zero* is the difference with all unknowns 0, *values* with one entry 1 at a time.
    """
    start = np.asarray(zero, dtype=object).ravel()
    columns = [np.asarray(v, dtype=object).ravel() - start for v in values]
    for n, constant in enumerate(start):
        yield tuple(Fraction(column[n]) for column in columns), -Fraction(constant)
