"""Evaluating an expression for a whole range of one index at once.

A value is an array and a flag: with the flag, a new first axis runs through the index. That turns
V h_t + c for all t into one matrix product, and sum_t delta_t h_{t-1}^T into D^T H.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.integers import IntLike, coefficient, names_in, put
from derive.expr.nodes import (
    Apply, Array, Constant, Delta, Diag, Dimension, Entry, Expr, Eye, Fill, MatMul, Neg, Number, Outer,
    Power, Product, Quotient, Reduce, Ref, Sum, Transpose,
)
from derive.expr.walk import free_indices
from derive.numbers.stores import Store
from derive.ops import OPS

__all__ = ["NotStackable", "Scope", "Stack", "evaluate", "whole"]

Stack = tuple[Any, bool]


class NotStackable(Exception):
    """The expression depends on the stacked index in a way that needs one member at a time."""


@dataclass(frozen=True)
class Scope:
    """Where references are looked up: stores, fixed positions and sizes, and the stacked index."""

    stores: Mapping[str, Store]
    env: Mapping[str, IntLike]
    index: str = ""
    lo: int = 0
    hi: int = 0

    def over(self, index: str, lo: int, hi: int) -> Scope:
        return Scope(self.stores, self.env, index, lo, hi)

    def put(self, index: str, value: int) -> Scope:
        return Scope(self.stores, {**self.env, index: value}, self.index, self.lo, self.hi)

    @property
    def count(self) -> int:
        return self.hi - self.lo + 1


def whole(value: IntLike, scope: Scope) -> int:
    found = put(value, scope.env)
    if not isinstance(found, int):
        if scope.index in names_in(found):
            raise NotStackable
        raise DeriveError(f"{found} has no value here")
    return found


@singledispatch
def evaluate(expr: Expr, scope: Scope) -> Stack:
    """Return the value of *expr*, stacked over the scope's index where it depends on it."""
    raise DeriveError(f"{type(expr).__name__} has no value")


@evaluate.register
def _(expr: Ref, scope: Scope) -> Stack:
    store = scope.stores.get(expr.family)
    if store is None:
        raise DeriveError(f"`{expr.family}` has no value")
    slots = [_slot(i, o, scope) for i, o in zip(expr.index, store.offset, strict=True)]
    moving = [s for s in slots if not isinstance(s, int)]
    for slot, count in zip(slots, store.known.shape, strict=True):
        ends = (slot, slot) if isinstance(slot, int) else (min(slot[0], slot[-1]),
                                                           max(slot[0], slot[-1]))
        if ends[0] < 0 or ends[1] >= count:
            raise DeriveError(f"`{expr.family}` has no value at every position that is read")
    if len(moving) == 1:
        slots = [s if isinstance(s, int) else _slice(s) for s in slots]
    return store.array[tuple(slots)], bool(moving)


def _slot(position: IntLike, offset: int, scope: Scope) -> Any:
    slope = coefficient(position, scope.index) if scope.index else 0
    if not slope:
        return whole(position, scope) - offset
    first = whole(put(position, {scope.index: scope.lo}), scope) - offset
    return range(first, first + slope * scope.count, slope)


def _slice(slots: range) -> slice:
    stop = slots.stop
    return slice(slots.start, stop if stop >= 0 else None, slots.step)


@evaluate.register
def _(expr: Number, scope: Scope) -> Stack:
    return float(expr.value), False


@evaluate.register
def _(expr: Constant, scope: Scope) -> Stack:
    return {"pi": np.pi, "inf": np.inf}[expr.name], False


@evaluate.register
def _(expr: Dimension, scope: Scope) -> Stack:
    slope = coefficient(expr.value, scope.index) if scope.index else 0
    if not slope:
        return float(whole(expr.value, scope)), False
    first = whole(put(expr.value, {scope.index: scope.lo}), scope)
    return np.arange(first, first + slope * scope.count, slope, dtype=float), True


@evaluate.register
def _(expr: Fill, scope: Scope) -> Stack:
    return np.full([whole(n, scope) for n in expr.of], float(expr.value)), False


@evaluate.register
def _(expr: Eye, scope: Scope) -> Stack:
    return np.eye(whole(expr.size, scope)), False


@evaluate.register
def _(expr: Delta, scope: Scope) -> Stack:
    i, j = evaluate(Dimension(expr.i), scope), evaluate(Dimension(expr.j), scope)
    return np.asarray(i[0] == j[0], dtype=float), i[1] or j[1]


def _aligned(part: Expr, rank: int, scope: Scope) -> Stack:
    """Evaluate, with room for the axes that broadcasting adds in front."""
    array, stacked = evaluate(part, scope)
    missing = rank - len(part.shape)
    if stacked and missing and rank:
        array = array.reshape(array.shape[:1] + (1,) * missing + array.shape[1:])
    return array, stacked


def _fold(parts: tuple[Expr, ...], join: Callable[[Any, Any], Any], rank: int, scope: Scope
          ) -> Stack:
    total, stacked = _aligned(parts[0], rank, scope)
    for part in parts[1:]:
        array, more = _aligned(part, rank, scope)
        total, stacked = join(total, array), stacked or more
    return total, stacked


@evaluate.register
def _(expr: Sum, scope: Scope) -> Stack:
    rank = len(expr.shape)
    total, stacked = _aligned(expr.terms[0], rank, scope)
    for term in expr.terms[1:]:
        minus = isinstance(term, Neg)
        array, more = _aligned(term.arg if isinstance(term, Neg) else term, rank, scope)
        total, stacked = (total - array if minus else total + array), stacked or more
    return total, stacked


@evaluate.register
def _(expr: Neg, scope: Scope) -> Stack:
    array, stacked = evaluate(expr.arg, scope)
    return -array, stacked


@evaluate.register
def _(expr: Product, scope: Scope) -> Stack:
    return _fold(expr.factors, np.multiply, len(expr.shape), scope)


@evaluate.register
def _(expr: Quotient, scope: Scope) -> Stack:
    return _fold((expr.top, expr.bottom), np.divide, len(expr.shape), scope)


@evaluate.register
def _(expr: Power, scope: Scope) -> Stack:
    return _fold((expr.base, expr.exponent), raised, len(expr.shape), scope)


def raised(base: Any, exponent: Any) -> Any:
    """Return base ** exponent; small whole exponents stay exact products."""
    if isinstance(exponent, float) and exponent == 2.0:
        return base * base
    if isinstance(exponent, float) and exponent.is_integer() and abs(exponent) < 100:
        return np.asarray(base, dtype=float) ** int(exponent)
    return np.power(base, exponent)


@evaluate.register
def _(expr: MatMul, scope: Scope) -> Stack:
    a, b = evaluate(expr.left, scope), evaluate(expr.right, scope)
    ranks = (len(expr.left.shape), len(expr.right.shape))
    rule = MATMUL.get((*ranks, a[1], b[1]), np.matmul)
    return rule(a[0], b[0]), a[1] or b[1]


MATMUL: dict[tuple[int, int, bool, bool], Callable[[Any, Any], Any]] = {
    (1, 1, True, True): lambda a, b: np.einsum("ti,ti->t", a, b),
    (1, 1, False, True): lambda a, b: b @ a,
    (2, 1, False, True): lambda a, b: b @ a.T,
    (2, 1, True, True): lambda a, b: (a @ b[..., None])[..., 0],
    (1, 2, True, True): lambda a, b: (a[:, None, :] @ b)[:, 0, :],
}


@evaluate.register
def _(expr: Transpose, scope: Scope) -> Stack:
    array, stacked = evaluate(expr.arg, scope)
    if not stacked:
        return np.transpose(array), False
    return array.transpose(0, *range(array.ndim - 1, 0, -1)), True


@evaluate.register
def _(expr: Outer, scope: Scope) -> Stack:
    (a, first), (b, second) = evaluate(expr.left, scope), evaluate(expr.right, scope)
    return a[..., :, None] * b[..., None, :], first or second


@evaluate.register
def _(expr: Diag, scope: Scope) -> Stack:
    array, stacked = evaluate(expr.arg, scope)
    return array[..., None] * np.eye(array.shape[-1]), stacked


@evaluate.register
def _(expr: Apply, scope: Scope) -> Stack:
    rank = max(len(arg.shape) for arg in expr.args)
    args = [_aligned(arg, rank, scope) for arg in expr.args]
    value = OPS[expr.op].evaluate(*(a for a, _ in args), **dict(expr.params))
    return value, any(s for _, s in args)


@evaluate.register
def _(expr: Array, scope: Scope) -> Stack:
    parts = [evaluate(item, scope) for item in expr.items]
    stacked = any(s for _, s in parts)
    if not stacked:
        return np.stack([np.asarray(a) for a, _ in parts]), False
    wide = [np.broadcast_to(a, (scope.count, *np.shape(a)[s:])) for a, s in parts]
    return np.stack(wide, axis=1), True


@evaluate.register
def _(expr: Entry, scope: Scope) -> Stack:
    array, stacked = evaluate(expr.arg, scope)
    at = tuple(whole(i, scope) for i in expr.at)
    return array[(slice(None), *at) if stacked else at], stacked


@evaluate.register
def _(expr: Reduce, scope: Scope) -> Stack:
    lo = max(whole(b, scope) for b in expr.range.los)
    hi = min(whole(b, scope) for b in expr.range.his)
    if scope.index and scope.index in free_indices(expr.body):
        return _one_by_one(expr, lo, hi, scope)
    if hi < lo:
        return _empty(expr, scope), False
    inner = scope.over(expr.index, lo, hi)
    try:
        return _reduced(expr, inner), False
    except NotStackable:
        plain = Scope(scope.stores, scope.env)
        return _one_by_one(expr, lo, hi, plain)


def _one_by_one(expr: Reduce, lo: int, hi: int, scope: Scope) -> Stack:
    parts = [evaluate(expr.body, scope.put(expr.index, k)) for k in range(lo, hi + 1)]
    if not parts:
        return _empty(expr, scope), False
    stacked = any(s for _, s in parts)
    arrays = [a if s or not stacked else np.broadcast_to(a, (scope.count, *np.shape(a)))
              for a, s in parts]
    return FOLDS[expr.kind](np.stack(arrays)), stacked


def _empty(expr: Reduce, scope: Scope) -> Any:
    if expr.kind == "mean":
        raise DeriveError("the mean over an empty range has no value")
    return np.full([whole(n, scope) for n in expr.shape], 0.0 if expr.kind == "sum" else 1.0)


FOLDS: dict[str, Callable[[Any], Any]] = {
    "sum": lambda a: a.sum(axis=0), "mean": lambda a: a.mean(axis=0),
    "prod": lambda a: a.prod(axis=0),
}


def _reduced(expr: Reduce, scope: Scope) -> Any:
    fused = FUSED.get(type(expr.body)) if expr.kind == "sum" else None
    value = fused(expr.body, scope) if fused else None
    if value is not None:
        return value
    array, stacked = evaluate(expr.body, scope)
    if not stacked:
        array = np.broadcast_to(array, (scope.count, *np.shape(array)))
    return FOLDS[expr.kind](array)


def _sum_of_outer(expr: Outer, scope: Scope) -> Any:
    (a, first), (b, second) = evaluate(expr.left, scope), evaluate(expr.right, scope)
    return a.T @ b if first and second else None


def _sum_of_matmul(expr: MatMul, scope: Scope) -> Any:
    if len(expr.left.shape) != 2 or len(expr.right.shape) != 2:
        return None
    (a, first), (b, second) = evaluate(expr.left, scope), evaluate(expr.right, scope)
    return np.tensordot(a, b, axes=([0, 2], [0, 1])) if first and second else None


FUSED: dict[type[Expr], Callable[[Any, Scope], Any]] = {
    Outer: _sum_of_outer, MatMul: _sum_of_matmul,
}
