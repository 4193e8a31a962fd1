"""The algebra of what is done entry by entry, one layer at a time: p (1 - p) (p - y)/(p (1 - p)).

A layer is a tree of sums, products, quotients and powers. Its leaves (quantities, products of
matrices, functions) stay as they are, each a letter to SymPy; inside a layer all letters commute,
whatever their shapes, because every entry is by itself. Sums over entries are split and declared
facts are put in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy

from derive.calculus.facts import Fact
from derive.calculus.slopes import shortest
from derive.errors import DeriveError
from derive.expr.build import add, div, is_one, mul, neg
from derive.expr.nodes import (
    Apply,
    Expr,
    Fill,
    MatMul,
    Neg,
    Number,
    Outer,
    Power,
    Product,
    Quotient,
    Reduce,
    Sum,
    Transpose,
)
from derive.expr.walk import children, free_indices, rebuild, walk
from derive.ops.from_sympy import from_sympy

__all__ = ["collected", "length"]

LAYER = (Sum, Neg, Product, Quotient, Power)
MOST = 60       # nodes of a layer that are handed to SymPy: factoring takes long beyond
KEPT = 12       # as many letters


def length(expr: Expr) -> int:
    """Count what is written; a minus sign is free."""
    own = 2 if isinstance(expr, Fill) else not isinstance(expr, Neg)
    return own + sum(map(length, children(expr)))


def collected(expr: Expr, facts: Sequence[Fact] = ()) -> Expr:
    """Return *expr* with every layer in its shortest form, and facts about sums put in."""
    if isinstance(expr, LAYER):
        return _shorter(expr, facts)
    made = rebuild(expr, tuple(collected(part, facts) for part in children(expr)))
    if isinstance(made, Apply) and made.op == "sum":
        return _summed(made, facts)
    return _scaled(made)


def _scaled(expr: Expr) -> Expr:
    """Take numbers out of what is linear: X^T ((p - y)/N) is (X^T (p - y))/N."""
    if not isinstance(expr, (MatMul, Outer, Transpose, Reduce)):
        return expr
    factors: list[Expr] = []
    parts: list[Expr] = []
    bound = {expr.index} if isinstance(expr, Reduce) else set()
    if isinstance(expr, Reduce) and expr.kind == "prod":
        return expr
    for part in children(expr):
        factor, rest = _number_out(part, bound)
        factors.append(factor)
        parts.append(rest)
    inner = rebuild(expr, tuple(parts))
    return inner if all(map(is_one, factors)) else _shorter(mul(*factors, inner), ())


def _number_out(expr: Expr, bound: Collection[str]) -> tuple[Expr, Expr]:
    """Split c A into the scalar c, free of letters that are bound, and A."""
    one = Number(Fraction(1))
    if isinstance(expr, Neg):
        factor, rest = _number_out(expr.arg, bound)
        return neg(factor), rest
    if isinstance(expr, Quotient):
        top, rest = _number_out(expr.top, bound)
        below, kept = _number_out(expr.bottom, bound)
        made = rest if is_one(kept) and rest.shape == expr.shape else div(rest, kept)
        return (div(top, below), made) if made.shape == expr.shape else (one, expr)
    factors = expr.factors if isinstance(expr, Product) else (expr,)
    free = [f for f in factors if not f.shape and not free_indices(f) & set(bound)]
    rest = mul(*(f for f in factors if f not in free))
    return (mul(*free), rest) if free and rest.shape == expr.shape else (one, expr)


def _shorter(expr: Expr, facts: Sequence[Fact]) -> Expr:
    layer = _Layer(facts)
    formula = layer.read(expr)
    plain = _positive_first(layer.put(expr))
    if length(plain) > MOST or len(layer.names) > KEPT:
        return plain
    try:
        written = min((from_sympy(form, layer.names) for form in _forms(formula)), key=_ugliness)
    except DeriveError:
        return plain
    return written if written.shape == plain.shape and length(written) < length(plain) else plain


def _ugliness(expr: Expr) -> tuple[int, int]:
    """Order forms by length, then by how many brackets begin with a minus sign: a - 1 for 1 - a."""
    turned = (p for p in walk(expr) if isinstance(p, Sum) and isinstance(p.terms[-1], Neg)
              and isinstance(p.terms[-1].arg, Number))
    return length(expr), len(list(turned))


def _positive_first(expr: Expr) -> Expr:
    """Let no minus sign lead where another term has none: p - y for -y + p."""
    if not isinstance(expr, Sum) or not isinstance(expr.terms[0], Neg):
        return expr
    first = next((t for t in expr.terms if not isinstance(t, Neg)), None)
    return expr if first is None else Sum((first, *(t for t in expr.terms if t is not first)))


def _forms(formula: Any) -> tuple[Any, ...]:
    found = formula, shortest(formula), sympy.cancel(formula), sympy.expand(formula)
    powers = {p for p in formula.atoms(sympy.Pow) if not p.exp.is_number}
    return (*found, _over_powers(formula, powers)) if powers else found


def _over_powers(formula: Any, powers: Collection[Any]) -> Any:
    """Write (1 - p)^(c - 1) as (1 - p)^c/(1 - p), collect, and turn it back."""
    into: dict[Any, Any] = {}
    back: dict[Any, Any] = {}
    for power in powers:
        shift, exponent = power.exp.as_coeff_Add()
        unit = power.base ** exponent
        known = next((u for u, p in back.items() if p == unit), None)
        letter = known or sympy.Dummy("0", real=True)
        back[letter], into[power] = unit, letter * power.base ** shift
    return shortest(sympy.factor(formula.xreplace(into))).xreplace(back)


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
            return self.leaves.get(expr, expr)
        return rebuild(expr, tuple(map(self.put, children(expr))))

    def read(self, expr: Expr) -> Any:
        if isinstance(expr, Product):
            expr = _without_steps(expr)
        rule = READ.get(type(expr))
        if rule is not None:
            return rule(*map(self.read, children(expr)))
        if isinstance(expr, (Number, Fill)):
            return sympy.Rational(expr.value.numerator, expr.value.denominator)
        leaf = self.leaves[expr] = collected(expr, self.facts)
        if isinstance(leaf, (*LAYER, Number)):
            return self.read(leaf)
        if leaf not in self.letters:
            order = "0" if not leaf.shape else "1"
            letter = self.letters[leaf] = sympy.Dummy(f"{order}{len(self.letters):03}", real=True)
            self.names[letter] = leaf
        return self.letters[leaf]


def _without_steps(product: Product) -> Expr:
    """Leave out the step beside the function that is 0 where it is: 1[x > 0] relu(x) = relu(x)."""
    kept = {f.args for f in product.factors if isinstance(f, Apply) and f.op == "relu"}
    rest = tuple(f for f in product.factors
                 if not (isinstance(f, Apply) and f.op == "step" and f.args in kept))
    return product if len(rest) == len(product.factors) else mul(*rest)


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
    if is_one(factor) and found == [None]:
        return total
    return mul(factor, add(*(p if f is None else f for p, f in zip(parts, found, strict=True))))


def _split(total: Apply) -> tuple[Expr, list[Apply]] | None:
    """Take a scalar and a sign out of a sum: sum (-c y) = -c sum y."""
    (body,), sign = total.args, False
    if isinstance(body, Neg):
        sign, body = True, body.arg
    factor, rest = _number_out(body, ())
    return (neg(factor) if sign else factor), [_over(total, rest)]


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
