"""Arithmetic as it is done by hand: numbers put in, one layer worked out after the other.

`stages` is how every numeric line of a sheet comes about, and with ``carry: rounded`` it is the
computation itself: each number written down is rounded and used on as written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isinf, prod
from typing import Any

import numpy as np

from derive.expr.nodes import (
    Apply,
    Constant,
    Dimension,
    Dots,
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
    Ref,
    Sum,
    Transpose,
)
from derive.expr.walk import children, rebuild, transform, walk
from derive.numbers.exact import exact_value
from derive.numbers.idle import guarded
from derive.numbers.policy import Policy, carried, literal
from derive.numbers.reference import evaluate
from derive.numbers.spelled import spelled
from derive.ops import OPS
from derive.ops.elementwise import LOGARITHMS
from derive.ops.kernels import whole

__all__ = ["Hand", "Made", "Stage", "is_number"]

PLAIN = (Literal, Number, Constant, Dimension, Fill, Eye)
CONSTANTS = Policy(digits=15)   # 1/3 in a formula is not a number somebody worked out
PRODUCTS = (Product, MatMul, Outer)
ADDING = ("sum", "mean", "squared_error")
ENTRYWISE = (Sum, Product, Quotient, Power, Neg)


@dataclass(frozen=True, slots=True)
class Made:
    """A node with numbers in it, and the number that was written down for it."""

    node: Expr
    value: Literal
    rounded: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """One line: the expression as far as it is worked out, and what this line worked out."""

    expr: Expr
    made: tuple[Made, ...]
    exact: bool


def is_number(expr: Expr) -> bool:
    """True where nothing is left to work out: 3, -3, 1/3, a vector of numbers."""
    if isinstance(expr, (Neg, Transpose)):
        return is_number(expr.arg)
    if isinstance(expr, Quotient):
        return isinstance(expr.top, Number) and isinstance(expr.bottom, Number)
    return isinstance(expr, PLAIN)


@dataclass(frozen=True)
class Hand:
    """Somebody who computes by a policy; `value` gives what is known for a quantity."""

    policy: Policy
    value: Callable[[Ref], Literal]

    def put_in(self, expr: Expr) -> Expr:
        """Replace every quantity by its numbers, an entry by its one number, a slice by its own."""
        return transform(expr, self._put)

    def _put(self, expr: Expr) -> Expr | None:
        if isinstance(expr, Ref):
            return self.value(expr)
        if isinstance(expr, Apply) and OPS[expr.op].stops:
            return self.put_in(expr.args[0])    # a number has no derivative to stop
        if isinstance(expr, Entry) and isinstance(expr.arg, Ref) and not expr.shape:
            at = [position for position in expr.at if isinstance(position, int)]
            if len(at) == len(expr.at):
                whole = self.value(expr.arg)
                entry = np.asarray(whole.values[tuple(at)], dtype=whole.values.dtype)
                return replace(whole, values=entry)
        if isinstance(expr, Apply) and expr.op == "part" and isinstance(expr.args[0], Ref):
            whole = self.value(expr.args[0])
            return replace(whole, values=OPS["part"].evaluate(whole.values, **dict(expr.params)))
        return None

    def stages(self, expr: Expr) -> list[Stage]:
        """Put the numbers in and work out one layer after the other, down to a single number."""
        current = self.put_in(expr)
        found = [Stage(current, (), self._is_exact(current))]
        while not is_number(current):
            made: list[Made] = []
            current = self._reduced(current, made)
            found.append(Stage(current, tuple(made), self._line_exact(current, made)))
        if not isinstance(current, Literal):
            last = self._number(current)
            found[-1] = Stage(last.value, found[-1].made, found[-1].exact)
        return found

    def _line_exact(self, expr: Expr, made: list[Made]) -> bool:
        if self.policy.carry == "rounded":
            return not any(m.rounded for m in made)
        return self._is_exact(expr)

    def _is_exact(self, expr: Expr) -> bool:
        if isinstance(expr, Literal):
            return expr.exact
        return all(self._is_exact(part) for part in children(expr))

    def _reduced(self, expr: Expr, made: list[Made]) -> Expr:
        if is_number(expr):
            return expr
        written_out = spelled(expr)
        if written_out is not None:
            return written_out
        if self._ready(expr) or _idle(expr):
            item = self._number(expr)
            made.append(item)
            return item.value
        return rebuild(expr, tuple(self._reduced(part, made) for part in children(expr)))

    def _ready(self, expr: Expr) -> bool:
        """A person does in one go what holds one array of numbers, or one operation."""
        if all(is_number(part) for part in children(expr)):
            return True
        if isinstance(expr, Apply) and OPS[expr.op].flat and len(expr.args) == 1 and isinstance(
                expr.args[0], Sum):     # 3 > 2 is seen without 3 - 2 > 0
            return all(map(is_number, expr.args[0].terms))
        return isinstance(expr, ENTRYWISE) and self._arrays(expr) <= 1

    def _arrays(self, expr: Expr) -> int:
        if isinstance(expr, (Literal, Fill, Eye)):
            return 1 if expr.shape or isinstance(expr, Literal) else 0
        if is_number(expr):
            return 0
        if not isinstance(expr, ENTRYWISE):
            return 2
        return sum(self._arrays(part) for part in children(expr))

    def _number(self, expr: Expr) -> Made:
        if isinstance(expr, Dots):
            return self._long_sum(expr)
        values = exact_value(expr)
        if values is not None and not any(isinstance(n, Literal) for n in walk(expr)):
            return Made(expr, literal(values, CONSTANTS, True), False)
        raw = np.asarray(evaluate(expr, self._float)) if values is None else values
        if isinstance(expr, Apply) and OPS[expr.op].flat:
            raw = whole(raw)    # 0, 1, a label: exact, whatever it was worked out from
        if values is None and not np.any(raw) and _idle(expr):
            raw = whole(raw)    # 0 log 0 is 0 itself
        return _masked(self.written(expr, raw))

    def written(self, expr: Expr, raw: Any) -> Made:
        """Write a value down by the policy."""
        if self.policy.carry == "rounded":
            return self._rounded(expr, raw)
        return Made(expr, literal(raw, self.policy, raw.dtype == object, _scale(expr)), False)

    def _rounded(self, expr: Expr, raw: Any) -> Made:
        """Keep what is written down; what was rounded shows all its digits (0.800)."""
        kept = carried(raw, self.policy)
        pairs = list(zip(kept.ravel(), raw.ravel(), strict=True))
        cut = {k for k, r in pairs if k != r or (isinstance(r, float) and not isinf(r))}
        whole = {k for k, _ in pairs} - cut     # 0.14 beside a 0.141 that became 0.14 is cut too

        def say(value: Any) -> str:
            return self.policy.show(value if value in whole else float(value))

        return Made(expr, Literal(kept, not cut, say), bool(cut))

    def _long_sum(self, expr: Dots) -> Made:
        if self.policy.carry == "exact":
            return self.written(expr, np.asarray(evaluate(expr.whole, self._float)))
        from derive.expr.expand import terms

        values = [self.stages(term)[-1].expr for term in terms(expr.whole)]
        total = sum(v.values for v in values if isinstance(v, Literal))
        return self.written(expr, np.asarray(total, dtype=object))

    def _float(self, ref: Ref) -> Any:
        return np.asarray(self.value(ref).values, dtype=float)


def _idle(expr: Expr) -> bool:
    """True for 0 log 0 with its numbers put in: log 0 has no value of its own."""
    if guarded(expr) is expr or not all(is_number(n) for n in walk(expr) if not children(n)):
        return False
    return any(isinstance(n, Apply) and n.op in LOGARITHMS and _reads_zero(n.args[0])
               for n in walk(expr))


def _reads_zero(argument: Expr) -> bool:
    parts = children(argument) if isinstance(argument, Quotient) else (argument,)
    return any(isinstance(part, Literal) and bool(np.any(part.floats == 0)) for part in parts)


def _masked(made: Made) -> Made:
    """Let the softmax of one number beside masked ones (-inf) be 1 itself, not 1.00."""
    node, value = made.node, made.value
    if not (isinstance(node, Apply) and node.op == "softmax" and isinstance(node.args[0], Literal)):
        return made
    left = np.isfinite(node.args[0].floats)
    axis = dict(node.params)["axis"]
    alone = left & (left.sum(axis=axis, keepdims=True) == 1)
    if not alone.any() or ((value.floats == 1) != alone).any():
        return made
    return replace(made, value=replace(value, say=lambda v: "1" if v == 1 else value.say(v)))


def _scale(expr: Expr) -> float | None:
    """Return the size of the numbers that were added up, against which noise is judged.

    Only adding leaves noise where zero belongs: a product is as large as its factors make it.
    """
    if isinstance(expr, Literal):
        sizes = np.abs(expr.floats)
        return float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))
    if isinstance(expr, Apply) and expr.op not in ADDING:
        return 0.0      # exp(-35) is small, not noise
    found = [s for part in children(expr) if (s := _scale(part)) is not None]
    if isinstance(expr, PRODUCTS) and found:
        return prod(found)
    return max(found, default=None)
