"""The algebra of what is done entry by entry, one layer at a time: p (1 - p) (p - y)/(p (1 - p)).

A layer is a tree of sums, products, quotients and powers. Its leaves (quantities, products of
matrices, functions) stay as they are, each a letter to SymPy; inside a layer all letters commute,
whatever their shapes, because every entry is by itself. Sums over entries are split and declared
facts are put in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy

from derive.calculus.facts import Fact
from derive.calculus.slopes import shortest
from derive.errors import DeriveError
from derive.expr.build import add, mul, neg
from derive.expr.nodes import (
    Apply,
    Expr,
    Neg,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
)
from derive.expr.shapes import broadcast
from derive.expr.walk import children, rebuild
from derive.ops.from_sympy import from_sympy

__all__ = ["collected", "length"]

LAYER = (Sum, Neg, Product, Quotient, Power)
MOST = 60       # nodes of a layer that are handed to SymPy: factoring takes long beyond
KEPT = 12       # as many letters


def length(expr: Expr) -> int:
    """Count what is written; a minus sign is free."""
    return (not isinstance(expr, Neg)) + sum(map(length, children(expr)))


def collected(expr: Expr, facts: Sequence[Fact] = ()) -> Expr:
    """Return *expr* with every layer in its shortest form, and facts about sums put in."""
    if isinstance(expr, LAYER):
        return _shorter(expr, facts)
    made = rebuild(expr, tuple(collected(part, facts) for part in children(expr)))
    return _summed(made, facts) if isinstance(made, Apply) and made.op == "sum" else made


def _shorter(expr: Expr, facts: Sequence[Fact]) -> Expr:
    layer = _Layer(facts)
    formula = layer.read(expr)
    plain = layer.put(expr)
    if length(plain) > MOST or len(layer.names) > KEPT:
        return plain
    try:
        written = min((from_sympy(form, layer.names) for form in _forms(formula)), key=length)
    except DeriveError:
        return plain
    return written if written.shape == plain.shape and length(written) < length(plain) else plain


def _forms(formula: Any) -> tuple[Any, ...]:
    return formula, shortest(formula), sympy.cancel(formula), sympy.expand(formula)


@dataclass
class _Layer:
    """One layer as SymPy reads it; `names` says what its letters stand for."""

    facts: Sequence[Fact]
    names: dict[Any, Expr] = field(default_factory=dict)
    letters: dict[Expr, Any] = field(default_factory=dict)
    leaves: dict[Expr, Expr] = field(default_factory=dict)

    def put(self, expr: Expr) -> Expr:
        """Return the layer itself with its leaves in their shortest form."""
        if not isinstance(expr, LAYER):
            return self.leaves[expr] if expr in self.leaves else expr
        return rebuild(expr, tuple(map(self.put, children(expr))))

    def read(self, expr: Expr) -> Any:
        rule = READ.get(type(expr))
        if rule is not None:
            return rule(*map(self.read, children(expr)))
        if isinstance(expr, Number):
            return sympy.Rational(expr.value.numerator, expr.value.denominator)
        leaf = self.leaves[expr] = collected(expr, self.facts)
        if isinstance(leaf, LAYER) or isinstance(leaf, Number):
            return self.read(leaf)
        if leaf not in self.letters:
            order = "0" if not leaf.shape else "1"
            letter = self.letters[leaf] = sympy.Dummy(f"{order}{len(self.letters):03}", real=True)
            self.names[letter] = leaf
        return self.letters[leaf]


READ: Mapping[type[Expr], Callable[..., Any]] = {
    Sum: lambda *terms: sympy.Add(*terms),
    Product: lambda *factors: sympy.Mul(*factors),
    Neg: lambda part: -part,
    Quotient: lambda top, bottom: top / bottom,
    Power: lambda base, exponent: base ** exponent,
}


def _summed(total: Apply, facts: Sequence[Fact]) -> Expr:
    """Return a sum over entries with a fact about it put in: sum (-y) = -1 where sum y = 1."""
    known = _known(total, facts)
    if known is not None:
        return known
    split = _split(total)
    if split is None:
        return total
    factor, parts = split
    found = [_known(part, facts) for part in parts]
    if not any(f is not None for f in found):
        return total
    return mul(factor, add(*(p if f is None else f for p, f in zip(parts, found, strict=True))))


def _split(total: Apply) -> tuple[Expr, list[Apply]] | None:
    """Take a scalar and a sign out of a sum: sum (-c y) = -c sum y."""
    (body,), sign = total.args, False
    if isinstance(body, Neg):
        sign, body = True, body.arg
    factors = body.factors if isinstance(body, Product) else (body,)
    scalars = [f for f in factors if not f.shape]
    rest = [f for f in factors if f.shape]
    if not rest or broadcast(*(f.shape for f in rest)) != body.shape:
        return None
    inner = mul(*rest)
    factor = mul(*scalars) if scalars else Number(Fraction(1))
    return (neg(factor) if sign else factor), [_over(total, inner)]


def _over(total: Apply, body: Expr) -> Apply:
    return Apply(total.op, (body,), total.params, total.shape)


def _known(total: Apply, facts: Sequence[Fact]) -> Expr | None:
    """Return what a declared fact says of a sum, whether its axes are kept or not."""
    for left, right in facts:
        same = isinstance(left, Apply) and left.op == total.op and left.args == total.args and (
            _axis(left) == _axis(total))
        if same and not right.shape:
            return right if not total.shape else None
    return None


def _axis(total: Apply) -> Any:
    return dict(total.params).get("axis")
