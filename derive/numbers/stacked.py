"""Expressions as programs for a whole range of one index at once.

A program reads arrays from cells and returns one; with the flag beside it, a new first axis runs
through the index. That turns V h_t + c for all t into one matrix product, and
sum_t delta_t h_{t-1}^T into D^T H. All that depends on the equations alone (slices, axes, which
rule multiplies) is settled here, once; a program only calls NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce, singledispatch
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.integers import Int, IntLike, coefficient, names_in, put
from derive.expr.nodes import (
    Apply,
    Array,
    Constant,
    Delta,
    Diag,
    Dimension,
    Entry,
    Expr,
    Eye,
    Fill,
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
from derive.expr.walk import free_indices
from derive.numbers.stores import Layout
from derive.ops import OPS

__all__ = ["Cells", "NotStackable", "Scope", "Stack", "Thunk", "raised", "settings",
           "stack", "whole"]

Cells = list[Any]
Thunk = Callable[[Cells], Any]
Stack = tuple[Thunk, bool]


class NotStackable(Exception):
    """The expression depends on the stacked index in a way that needs one member at a time."""


@dataclass(frozen=True)
class Scope:
    """Where references are looked up: layouts, fixed positions and sizes, the stacked index."""

    layouts: Mapping[str, Layout]
    env: Mapping[str, IntLike]
    index: str = ""
    lo: int = 0
    hi: int = 0

    def over(self, index: str, lo: int, hi: int) -> Scope:
        return Scope(self.layouts, self.env, index, lo, hi)

    def put(self, index: str, value: int) -> Scope:
        """Return the scope at one value of an index, which hides a stacked one of that name."""
        rest = "" if index == self.index else self.index
        return replace(self, env={**self.env, index: value}, index=rest)

    @property
    def count(self) -> int:
        return self.hi - self.lo + 1


def whole(value: IntLike, scope: Scope) -> int:
    """Return the integer that a position or a size stands for."""
    found = put(value, scope.env)
    if not isinstance(found, int):
        if scope.index in names_in(found):
            raise NotStackable
        raise DeriveError(f"{found} has no value here")
    return found


@singledispatch
def stack(expr: Expr, scope: Scope) -> Stack:
    """Return a program for *expr*, stacked over the scope's index where it depends on it."""
    raise DeriveError(f"{type(expr).__name__} has no value")


def _constant(value: Any) -> Stack:
    return lambda cells: value, False


@stack.register(Ref)
def _(expr: Ref, scope: Scope) -> Stack:
    layout = scope.layouts.get(expr.family)
    if layout is None:
        raise DeriveError(f"`{expr.family}` has no value")
    slots = [_slot(i, o, scope) for i, o in zip(expr.index, layout.offset, strict=True)]
    for slot, count in zip(slots, layout.counts, strict=True):
        ends = (slot[0], slot[-1]) if isinstance(slot, range) else (slot, slot)
        if min(ends) < 0 or max(ends) >= count:
            raise DeriveError(f"`{expr.family}` has no value at every position that is read")
    cell, moving = layout.cell, [s for s in slots if isinstance(s, range)]
    if not slots:
        return lambda cells: cells[cell], False
    if len(moving) == 1:
        slots = [_slice(s) if isinstance(s, range) else s for s in slots]
    at = tuple(slots) if len(slots) > 1 else slots[0]
    return lambda cells: cells[cell][at], bool(moving)


def _slot(position: IntLike, offset: int, scope: Scope) -> Any:
    slope = coefficient(position, scope.index) if scope.index else 0
    if not slope:
        return whole(position, scope) - offset
    first = whole(put(position, {scope.index: scope.lo}), scope) - offset
    return range(first, first + slope * scope.count, slope)


def _slice(slots: range) -> slice:
    stop = slots.stop
    return slice(slots.start, stop if stop >= 0 else None, slots.step)


@stack.register(Number)
def _(expr: Number, scope: Scope) -> Stack:
    return _constant(float(expr.value))


@stack.register(Constant)
def _(expr: Constant, scope: Scope) -> Stack:
    return _constant({"pi": np.pi, "inf": np.inf}[expr.name])


@stack.register(Dimension)
def _(expr: Dimension, scope: Scope) -> Stack:
    slope = coefficient(expr.value, scope.index) if scope.index else 0
    if not slope:
        return _constant(float(whole(expr.value, scope)))
    first = whole(put(expr.value, {scope.index: scope.lo}), scope)
    steps = np.arange(first, first + slope * scope.count, slope, dtype=float)
    return lambda cells: steps, True


@stack.register(Fill)
def _(expr: Fill, scope: Scope) -> Stack:
    return _constant(np.full([whole(n, scope) for n in expr.of], float(expr.value)))


@stack.register(Eye)
def _(expr: Eye, scope: Scope) -> Stack:
    return _constant(np.eye(whole(expr.size, scope)))


@stack.register(Delta)
def _(expr: Delta, scope: Scope) -> Stack:
    (i, first), (j, second) = (stack(Dimension(n), scope) for n in (expr.i, expr.j))
    return lambda cells: np.asarray(i(cells) == j(cells), dtype=float), first or second


def _aligned(part: Expr, rank: int, scope: Scope) -> Stack:
    """Return a program that leaves room for the axes that broadcasting adds in front."""
    run, stacked = stack(part, scope)
    missing = rank - len(part.shape)
    if not (stacked and missing and rank):
        return run, stacked
    room = (slice(None), *(None,) * missing)
    return lambda cells: run(cells)[room], stacked


def _joined(parts: tuple[Expr, ...], join: Callable[[Any, Any], Any], rank: int, scope: Scope
            ) -> Stack:
    runs = [_aligned(part, rank, scope) for part in parts]
    stacked = any(s for _, s in runs)
    first, rest = runs[0][0], [r for r, _ in runs[1:]]
    if len(rest) == 1:
        second = rest[0]
        return lambda cells: join(first(cells), second(cells)), stacked

    def total(cells: Cells) -> Any:
        value = first(cells)
        for run in rest:
            value = join(value, run(cells))
        return value

    return total, stacked


@stack.register(Sum)
def _(expr: Sum, scope: Scope) -> Stack:
    rank = len(expr.shape)
    run, stacked = _aligned(expr.terms[0], rank, scope)
    for term in expr.terms[1:]:
        part = term.arg if isinstance(term, Neg) else term
        other, more = _aligned(part, rank, scope)
        run = (_less if isinstance(term, Neg) else _plus)(run, other)
        stacked = stacked or more
    return run, stacked


def _plus(a: Thunk, b: Thunk) -> Thunk:
    return lambda cells: a(cells) + b(cells)


def _less(a: Thunk, b: Thunk) -> Thunk:
    return lambda cells: a(cells) - b(cells)


@stack.register(Neg)
def _(expr: Neg, scope: Scope) -> Stack:
    run, stacked = stack(expr.arg, scope)
    return lambda cells: -run(cells), stacked


@stack.register(Product)
def _(expr: Product, scope: Scope) -> Stack:
    return _joined(expr.factors, np.multiply, len(expr.shape), scope)


@stack.register(Quotient)
def _(expr: Quotient, scope: Scope) -> Stack:
    return _joined((expr.top, expr.bottom), np.divide, len(expr.shape), scope)


@stack.register(Power)
def _(expr: Power, scope: Scope) -> Stack:
    return _joined((expr.base, expr.exponent), raised, len(expr.shape), scope)


def raised(base: Any, exponent: Any) -> Any:
    """Return base ** exponent; small whole exponents stay exact products."""
    if isinstance(exponent, float) and exponent == 2.0:
        return base * base
    if isinstance(exponent, float) and exponent.is_integer() and abs(exponent) < 100:
        return np.asarray(base, dtype=float) ** int(exponent)
    return np.power(base, exponent)


@stack.register(MatMul)
def _(expr: MatMul, scope: Scope) -> Stack:
    (a, first), (b, second) = stack(expr.left, scope), stack(expr.right, scope)
    ranks = (len(expr.left.shape), len(expr.right.shape))
    rule = MATMUL.get((*ranks, first, second))
    if rule is None:
        return lambda cells: a(cells) @ b(cells), first or second
    return lambda cells: rule(a(cells), b(cells)), True


MATMUL: dict[tuple[int, int, bool, bool], Callable[[Any, Any], Any]] = {
    (1, 1, True, True): lambda a, b: np.einsum("ti,ti->t", a, b),
    (1, 1, False, True): lambda a, b: b @ a,
    (2, 1, False, True): lambda a, b: b @ a.T,
    (2, 1, True, True): lambda a, b: (a @ b[..., None])[..., 0],
    (1, 2, True, True): lambda a, b: (a[:, None, :] @ b)[:, 0, :],
}


@stack.register(Transpose)
def _(expr: Transpose, scope: Scope) -> Stack:
    run, stacked = stack(expr.arg, scope)
    if not stacked:
        return lambda cells: np.transpose(run(cells)), False
    order = (0, *range(len(expr.shape), 0, -1))
    return lambda cells: run(cells).transpose(order), True


@stack.register(Outer)
def _(expr: Outer, scope: Scope) -> Stack:
    (a, first), (b, second) = stack(expr.left, scope), stack(expr.right, scope)
    return lambda cells: a(cells)[..., :, None] * b(cells)[..., None, :], first or second


@stack.register(Diag)
def _(expr: Diag, scope: Scope) -> Stack:
    run, stacked = stack(expr.arg, scope)

    def diagonal(cells: Cells) -> Any:
        array = run(cells)
        return array[..., None] * np.eye(array.shape[-1])

    return diagonal, stacked


@stack.register(Apply)
def _(expr: Apply, scope: Scope) -> Stack:
    rank = max(len(arg.shape) for arg in expr.args)
    found = [_aligned(arg, rank, scope) if OPS[expr.op].aligned else stack(arg, scope)
             for arg in expr.args]
    runs, stacked = [run for run, _ in found], any(s for _, s in found)
    evaluate, params = OPS[expr.op].evaluate, settings(expr, scope)
    if len(runs) == 1:
        only = runs[0]
        return lambda cells: evaluate(only(cells), **params), stacked
    return lambda cells: evaluate(*(run(cells) for run in runs), **params), stacked


def settings(expr: Apply, scope: Scope) -> dict[str, Any]:
    """Return the settings of an operation with numbers for the sizes and positions in them."""
    return {name: _in_numbers(value, scope) for name, value in expr.params}


def _in_numbers(value: Any, scope: Scope) -> Any:
    if isinstance(value, tuple):
        return tuple(_in_numbers(part, scope) for part in value)
    return whole(value, scope) if isinstance(value, Int) else value


@stack.register(Array)
def _(expr: Array, scope: Scope) -> Stack:
    found = [stack(item, scope) for item in expr.items]
    if not any(stacked for _, stacked in found):
        return lambda cells: np.stack([np.asarray(run(cells)) for run, _ in found]), False
    wide = [_widened(run, stacked, scope.count) for run, stacked in found]
    return lambda cells: np.stack([run(cells) for run in wide], axis=1), True


def _widened(run: Thunk, stacked: bool, count: int) -> Thunk:
    """Return a program whose array runs through the index in any case."""
    if stacked:
        return run

    def repeated(cells: Cells) -> Any:
        array = run(cells)
        return np.broadcast_to(array, (count, *np.shape(array)))

    return repeated


@stack.register(Entry)
def _(expr: Entry, scope: Scope) -> Stack:
    run, stacked = stack(expr.arg, scope)
    at: tuple[Any, ...] = tuple(whole(i, scope) for i in expr.at)
    at = (slice(None), *at) if stacked else at
    return lambda cells: run(cells)[at], stacked


@stack.register(Reduce)
def _(expr: Reduce, scope: Scope) -> Stack:
    lo = max(whole(b, scope) for b in expr.range.los)
    hi = min(whole(b, scope) for b in expr.range.his)
    if hi < lo:
        return _constant(_empty(expr, scope))
    if scope.index and scope.index in free_indices(expr):
        return _one_by_one(expr, lo, hi, scope)
    try:
        return _reduced(expr, scope.over(expr.index, lo, hi)), False
    except NotStackable:
        return _one_by_one(expr, lo, hi, Scope(scope.layouts, scope.env))


def _one_by_one(expr: Reduce, lo: int, hi: int, scope: Scope) -> Stack:
    found = [stack(expr.body, scope.put(expr.index, k)) for k in range(lo, hi + 1)]
    stacked, fold = any(s for _, s in found), FOLDS[expr.kind]
    runs = [_widened(run, own or not stacked, scope.count) for run, own in found]
    return lambda cells: fold(np.stack([run(cells) for run in runs])), stacked


def _empty(expr: Reduce, scope: Scope) -> Any:
    if expr.kind == "mean":
        raise DeriveError("the mean over an empty range has no value")
    return np.full([whole(n, scope) for n in expr.shape], 0.0 if expr.kind == "sum" else 1.0)


FOLDS: dict[str, Callable[[Any], Any]] = {
    "sum": lambda a: a.sum(axis=0), "mean": lambda a: a.mean(axis=0),
    "prod": lambda a: a.prod(axis=0),
}


@stack.register(MatrixProduct)
def _(expr: MatrixProduct, scope: Scope) -> Stack:
    """Multiply the matrices of a range, for one position of the scope after the other."""
    if scope.index and scope.index in free_indices(expr):
        raise NotStackable
    lo = max(whole(b, scope) for b in expr.range.los)
    hi = min(whole(b, scope) for b in expr.range.his)
    if hi < lo:
        return _constant(np.eye(whole(expr.shape[0], scope)))
    order = range(hi, lo - 1, -1) if expr.falling else range(lo, hi + 1)
    inner = Scope(scope.layouts, scope.env)
    runs = [stack(expr.body, inner.put(expr.index, k))[0] for k in order]
    return lambda cells: reduce(np.matmul, [run(cells) for run in runs]), False


def _reduced(expr: Reduce, scope: Scope) -> Thunk:
    fused = FUSED.get(type(expr.body)) if expr.kind == "sum" else None
    found = fused(expr.body, scope) if fused else None
    if found is not None:
        return found
    run, stacked = stack(expr.body, scope)
    wide, fold = _widened(run, stacked, scope.count), FOLDS[expr.kind]
    return lambda cells: fold(wide(cells))


def _sum_of_outer(expr: Outer, scope: Scope) -> Thunk | None:
    (a, first), (b, second) = stack(expr.left, scope), stack(expr.right, scope)
    return (lambda cells: a(cells).T @ b(cells)) if first and second else None


def _sum_of_matmul(expr: MatMul, scope: Scope) -> Thunk | None:
    if len(expr.left.shape) != 2 or len(expr.right.shape) != 2:
        return None
    (a, first), (b, second) = stack(expr.left, scope), stack(expr.right, scope)
    if not (first and second):
        return None
    return lambda cells: np.tensordot(a(cells), b(cells), axes=([0, 2], [0, 1]))


FUSED: dict[type[Expr], Callable[[Any, Scope], Thunk | None]] = {
    Outer: _sum_of_outer, MatMul: _sum_of_matmul,
}
