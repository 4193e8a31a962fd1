"""Evaluating a recurrence: one small program per equation, run once for each position.

What does not take part in the recurrence is worked out beforehand for all positions at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np

from derive.expr.integers import coefficient, names_in, put
from derive.expr.nodes import (
    Apply, Expr, MatMul, Neg, Number, Outer, Power, Product, Quotient, Ref, Sum, Transpose,
)
from derive.expr.walk import free_indices, refs
from derive.numbers.stacked import NotStackable, Scope, evaluate, raised
from derive.ops import OPS

__all__ = ["Loop", "program"]

Thunk = Callable[[], Any]


@dataclass
class Loop:
    """A loop over one index: its range, where it stands (`at`), and which families it computes."""

    scope: Scope
    index: str
    lo: int
    hi: int
    families: frozenset[str]
    at: list[int]

    def own(self, expr: Expr) -> bool:
        return any(ref.family in self.families for ref in refs(expr))


def program(expr: Expr, loop: Loop) -> Thunk:
    """Return a function that evaluates *expr* where the loop stands."""
    if not loop.own(expr):
        return _beforehand(expr, loop)
    return _program(expr, loop)


def _beforehand(expr: Expr, loop: Loop) -> Thunk:
    try:
        array, stacked = evaluate(expr, loop.scope.over(loop.index, loop.lo, loop.hi))
    except NotStackable:
        return _interpreted(expr, loop)
    if not stacked:
        return lambda: array
    at, lo = loop.at, loop.lo
    return lambda: array[at[0] - lo]


def _interpreted(expr: Expr, loop: Loop) -> Thunk:
    at, index, scope = loop.at, loop.index, Scope(loop.scope.stores, loop.scope.env)
    return lambda: evaluate(expr, scope.put(index, at[0]))[0]


@singledispatch
def _program(expr: Expr, loop: Loop) -> Thunk:
    return _interpreted(expr, loop)


@_program.register
def _(expr: Ref, loop: Loop) -> Thunk:
    store = loop.scope.stores[expr.family]
    if len(expr.index) != 1 or coefficient(expr.index[0], loop.index) != 1:
        return _interpreted(expr, loop)
    rest = put(put(expr.index[0], {loop.index: 0}), loop.scope.env)
    if names_in(rest) or not isinstance(rest, int):
        return _interpreted(expr, loop)
    array, at, shift = store.array, loop.at, rest - store.offset[0]
    return lambda: array[at[0] + shift]


@_program.register
def _(expr: Number, loop: Loop) -> Thunk:
    value = float(expr.value)
    return lambda: value


@_program.register
def _(expr: Sum, loop: Loop) -> Thunk:
    own = [t for t in expr.terms if loop.own(t)]
    rest = [t for t in expr.terms if not loop.own(t)]
    if rest and len(rest) < len(expr.terms):
        terms = [program(Sum(tuple(rest)) if len(rest) > 1 else rest[0], loop)]
    else:
        terms = []
    signed = [(isinstance(t, Neg), program(t.arg if isinstance(t, Neg) else t, loop)) for t in own]
    return _adding(terms, signed)


def _adding(terms: list[Thunk], signed: list[tuple[bool, Thunk]]) -> Thunk:
    plus = terms + [t for minus, t in signed if not minus]
    less = [t for minus, t in signed if minus]
    if len(plus) == 2 and not less:
        a, b = plus
        return lambda: a() + b()
    if len(plus) == 1 and len(less) == 1:
        a, b = plus[0], less[0]
        return lambda: a() - b()

    def total() -> Any:
        value: Any = 0.0
        for term in plus:
            value = value + term()
        for term in less:
            value = value - term()
        return value

    return total


@_program.register
def _(expr: Neg, loop: Loop) -> Thunk:
    arg = program(expr.arg, loop)
    return lambda: -arg()


@_program.register
def _(expr: Product, loop: Loop) -> Thunk:
    own = [f for f in expr.factors if loop.own(f)]
    rest = [f for f in expr.factors if not loop.own(f)]
    # sizes broadcast the same whatever the order; what stands outside the loop is multiplied once
    parts = [program(Product(tuple(rest)) if len(rest) > 1 else rest[0], loop)] if rest else []
    parts += [program(f, loop) for f in own]
    if len(parts) == 2:
        a, b = parts
        return lambda: a() * b()

    def total() -> Any:
        value = parts[0]()
        for part in parts[1:]:
            value = value * part()
        return value

    return total


def _binary(a: Thunk, b: Thunk, join: Callable[[Any, Any], Any]) -> Thunk:
    return lambda: join(a(), b())


@_program.register
def _(expr: Quotient, loop: Loop) -> Thunk:
    return _binary(program(expr.top, loop), program(expr.bottom, loop), np.divide)


@_program.register
def _(expr: Power, loop: Loop) -> Thunk:
    return _binary(program(expr.base, loop), program(expr.exponent, loop), raised)


@_program.register
def _(expr: MatMul, loop: Loop) -> Thunk:
    a, b = program(expr.left, loop), program(expr.right, loop)
    if free_indices(expr.left) or loop.own(expr.left):
        return lambda: a() @ b()
    fixed = np.asarray(a())
    return lambda: fixed @ b()


@_program.register
def _(expr: Transpose, loop: Loop) -> Thunk:
    arg = program(expr.arg, loop)
    return lambda: arg().T


@_program.register
def _(expr: Outer, loop: Loop) -> Thunk:
    return _binary(program(expr.left, loop), program(expr.right, loop), np.multiply.outer)


@_program.register
def _(expr: Apply, loop: Loop) -> Thunk:
    run, params = OPS[expr.op].evaluate, dict(expr.params)
    args = [program(arg, loop) for arg in expr.args]
    if len(args) == 1 and not params:
        only = args[0]
        return lambda: run(only())
    return lambda: run(*(arg() for arg in args), **params)


