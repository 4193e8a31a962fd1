"""How large the arrays of a network are, without making them: for questions about sizes alone.

The layers of AlexNet hold 60 million weights, and nobody asks for their values. In place of numbers
there is one zero, repeated; the places of windows are gone through one by one, and sizes are put
together by NumPy's own rules. This judges the arithmetic on the page, and shares nothing with it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from math import prod
from typing import Any

import numpy as np

from derive.expr.nodes import (
    Apply,
    Expr,
    MatMul,
    Neg,
    Partial,
    Power,
    Product,
    Quotient,
    Ref,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.positions import integers
from derive.expr.walk import children
from derive.ops import ELEMENTWISE
from derive.question.keys.count import Count
from derive.question.keys.shape import Shaped
from derive.solution.solver import Solver

__all__ = ["is_too_large", "measured", "zeros"]

Sizes = tuple[int, ...]
MOST_ENTRIES = 200_000      # of one array that is still filled with numbers


def is_too_large(solver: Solver) -> bool:
    """True where nothing but sizes is asked for, all are numbers, and one array has too many."""
    families = solver.named.families.values()
    tasks = [task for part in solver.question.parts for task in part.tasks]
    asked = all(isinstance(task, (Shaped, Count)) for task in tasks)
    names = (*solver.question.indices, *solver.question.sizes)
    return asked and not solver.numeric and not names and any(
        prod(integers(f.shape)) > MOST_ENTRIES for f in families)


def zeros(shape: Sizes) -> Any:
    """Return an array of zeros that takes no room."""
    return np.broadcast_to(np.float64(0), shape)


def measured(solver: Solver, expr: Expr) -> Sizes:
    """Return the shape of what an expression is worked out to."""
    return _size(expr, solver)


@singledispatch
def _size(expr: Expr, solver: Solver) -> Sizes:
    return integers(expr.shape)


@_size.register(Ref)
def _(expr: Ref, solver: Solver) -> Sizes:
    if isinstance(expr, Partial):
        return _size(expr.top, solver) + _size(expr.bottom, solver)
    assert isinstance(expr, Symbol)
    made = solver.named.by_target.get(expr.name)
    return _size(made[0].rhs, solver) if made else integers(expr.shape)


@_size.register(Sum)
@_size.register(Product)
@_size.register(Quotient)
@_size.register(Power)
@_size.register(Neg)
def _(expr: Expr, solver: Solver) -> Sizes:
    return np.broadcast_shapes(*(_size(part, solver) for part in children(expr)))


@_size.register(Transpose)
def _(expr: Transpose, solver: Solver) -> Sizes:
    return tuple(zeros(_size(expr.arg, solver)).swapaxes(-1, -2).shape) if len(
        expr.shape) > 1 else _size(expr.arg, solver)


@_size.register(MatMul)
def _(expr: MatMul, solver: Solver) -> Sizes:
    left, right = _size(expr.left, solver), _size(expr.right, solver)
    return (*left[:-1], *right[:-2], *right[len(right) - 1:][:len(right) > 1])


@_size.register(Apply)
def _(expr: Apply, solver: Solver) -> Sizes:
    params: dict[str, Any] = dict(expr.params)
    if expr.op in ELEMENTWISE:
        return _size(expr.args[0], solver)
    if "padding" not in params or "stride" not in params:
        return integers(expr.shape)
    axes, x = len(params["stride"]), _size(expr.args[0], solver)
    window = (_size(expr.args[1], solver)[-axes:] if len(expr.args) > 1 else params["size"])
    count: Callable[..., int] = _spread if "output_padding" in params else _places
    own = tuple(count(n, w, *pads, s, d) for n, w, pads, s, d in zip(
        x[-axes:], window, params["padding"], params["stride"],
        params.get("dilation", (1,) * axes), strict=True))
    more = params.get("output_padding", (0,) * axes)
    return (*integers(expr.shape[:-axes]), *(n + m for n, m in zip(own, more, strict=True)))


def _places(n: int, window: int, front: int, behind: int, stride: int, dilation: int) -> int:
    """Count the starts of windows that end inside the frame."""
    last = dilation * (window - 1)
    return sum(start + last < front + n + behind for start in range(0, front + n + behind, stride))


def _spread(n: int, window: int, front: int, behind: int, stride: int, dilation: int) -> int:
    """Count the places that some entry reaches with a place of the kernel, the frame cut off."""
    furthest = max(stride * i + dilation * a for i in range(n) for a in range(window))
    return len(range(front, furthest + 1 - behind))
