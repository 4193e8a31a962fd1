"""Programs for a loop over one index: what does not take part in the recurrence is done before.

A recurrence costs two or three NumPy calls per position; everything around those calls is settled
once. Parts that the recurrence does not touch are worked out for all positions when the loop
begins, and only read where it stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import Any

import numpy as np

from derive.expr.integers import coefficient, put
from derive.expr.nodes import (
    Apply,
    Expr,
    MatMul,
    Neg,
    Number,
    Outer,
    Power,
    Product,
    Quotient,
    Ref,
    Sum,
    Transpose,
)
from derive.expr.walk import free_indices, refs
from derive.numbers.stacked import Cells, NotStackable, Scope, Thunk, raised, settings, stack
from derive.ops import OPS

__all__ = ["Loop", "StepThunk", "step"]

StepThunk = Callable[[Cells, int], Any]


@dataclass
class Loop:
    """A loop over one index: its range, which families it computes, what it does beforehand.

    `before` pairs a cell with the program that fills it when the loop begins; `fresh` gives the
    number of a cell nobody uses.
    """

    scope: Scope
    index: str
    lo: int
    hi: int
    families: frozenset[str]
    fresh: Callable[[], int]
    before: list[tuple[int, Thunk]] = field(default_factory=list)

    def own(self, expr: Expr) -> bool:
        return any(ref.family in self.families for ref in refs(expr))


def step(expr: Expr, loop: Loop) -> StepThunk:
    """Return a program for *expr* at one value of the loop's index."""
    return _step(expr, loop) if loop.own(expr) else _beforehand(expr, loop)


def _beforehand(expr: Expr, loop: Loop) -> StepThunk:
    try:
        run, stacked = stack(expr, loop.scope.over(loop.index, loop.lo, loop.hi))
    except NotStackable:
        return _at_each(expr, loop)
    cell, lo = loop.fresh(), loop.lo
    loop.before.append((cell, run))
    if not stacked:
        return lambda cells, t: cells[cell]
    return lambda cells, t: cells[cell][t - lo]


def _at_each(expr: Expr, loop: Loop) -> StepThunk:
    index, scope = loop.index, loop.scope
    return lambda cells, t: stack(expr, scope.put(index, t))[0](cells)


@singledispatch
def _step(expr: Expr, loop: Loop) -> StepThunk:
    return _at_each(expr, loop)


@_step.register(Ref)
def _(expr: Ref, loop: Loop) -> StepThunk:
    layout = loop.scope.layouts[expr.family]
    if len(expr.index) != 1 or coefficient(expr.index[0], loop.index) != 1:
        return _at_each(expr, loop)
    rest = put(put(expr.index[0], {loop.index: 0}), loop.scope.env)
    if not isinstance(rest, int):
        return _at_each(expr, loop)
    cell, shift = layout.cell, rest - layout.offset[0]
    if loop.lo + shift < 0 or loop.hi + shift >= layout.counts[0]:
        return _at_each(expr, loop)  # says which member is missing
    return lambda cells, t: cells[cell][t + shift]


@_step.register(Number)
def _(expr: Number, loop: Loop) -> StepThunk:
    value = float(expr.value)
    return lambda cells, t: value


@_step.register(Sum)
def _(expr: Sum, loop: Loop) -> StepThunk:
    own = [t for t in expr.terms if loop.own(t)]
    rest = [t for t in expr.terms if not loop.own(t)]
    plus = [step(Sum(tuple(rest)) if len(rest) > 1 else rest[0], loop)] if rest else []
    plus += [step(t, loop) for t in own if not isinstance(t, Neg)]
    less = [step(t.arg, loop) for t in own if isinstance(t, Neg)]
    return _adding(plus, less)


def _adding(plus: list[StepThunk], less: list[StepThunk]) -> StepThunk:
    if len(plus) == 2 and not less:
        a, b = plus
        return lambda cells, t: a(cells, t) + b(cells, t)
    if len(plus) == 1 and len(less) == 1:
        a, b = plus[0], less[0]
        return lambda cells, t: a(cells, t) - b(cells, t)

    def total(cells: Cells, t: int) -> Any:
        value: Any = 0.0
        for term in plus:
            value = value + term(cells, t)
        for term in less:
            value = value - term(cells, t)
        return value

    return total


@_step.register(Neg)
def _(expr: Neg, loop: Loop) -> StepThunk:
    arg = step(expr.arg, loop)
    return lambda cells, t: -arg(cells, t)


@_step.register(Product)
def _(expr: Product, loop: Loop) -> StepThunk:
    own = [f for f in expr.factors if loop.own(f)]
    rest = [f for f in expr.factors if not loop.own(f)]
    # sizes broadcast the same whatever the order; what stands outside the loop is multiplied once
    parts = [step(Product(tuple(rest)) if len(rest) > 1 else rest[0], loop)] if rest else []
    parts += [step(f, loop) for f in own]
    if len(parts) == 2:
        a, b = parts
        return lambda cells, t: a(cells, t) * b(cells, t)

    def total(cells: Cells, t: int) -> Any:
        value = parts[0](cells, t)
        for part in parts[1:]:
            value = value * part(cells, t)
        return value

    return total


def _binary(a: StepThunk, b: StepThunk, join: Callable[[Any, Any], Any]) -> StepThunk:
    return lambda cells, t: join(a(cells, t), b(cells, t))


@_step.register(Quotient)
def _(expr: Quotient, loop: Loop) -> StepThunk:
    return _binary(step(expr.top, loop), step(expr.bottom, loop), np.divide)


@_step.register(Power)
def _(expr: Power, loop: Loop) -> StepThunk:
    return _binary(step(expr.base, loop), step(expr.exponent, loop), raised)


@_step.register(MatMul)
def _(expr: MatMul, loop: Loop) -> StepThunk:
    a, b = step(expr.left, loop), step(expr.right, loop)
    return lambda cells, t: a(cells, t) @ b(cells, t)


@_step.register(Transpose)
def _(expr: Transpose, loop: Loop) -> StepThunk:
    arg = step(expr.arg, loop)
    return lambda cells, t: np.transpose(arg(cells, t))


@_step.register(Outer)
def _(expr: Outer, loop: Loop) -> StepThunk:
    return _binary(step(expr.left, loop), step(expr.right, loop), np.multiply.outer)


@_step.register(Apply)
def _(expr: Apply, loop: Loop) -> StepThunk:
    run, args = OPS[expr.op].evaluate, [step(arg, loop) for arg in expr.args]
    if loop.index in free_indices(replace(expr, args=())):
        return lambda cells, t: run(*(arg(cells, t) for arg in args),
                                    **settings(expr, loop.scope.put(loop.index, t)))
    params = settings(expr, loop.scope)
    if len(args) == 1 and not params:
        only = args[0]
        return lambda cells, t: run(only(cells, t))
    return lambda cells, t: run(*(arg(cells, t) for arg in args), **params)
