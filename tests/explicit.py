"""Expressions as arrays of explicit SymPy entries, and the check of an operation's rules by them.

A second, slow road to every result: entries are letters, sums are written out, SymPy
differentiates. What a rule says must agree entry by entry.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from functools import singledispatch
from typing import Any

import numpy as np
import sympy as S

from derive.expr.nodes import (
    Apply,
    Constant,
    Diag,
    Expr,
    Eye,
    Fill,
    MatMul,
    Neg,
    Number,
    Outer,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Transpose,
)
from derive.ops import OPS, Op, apply

Arrays = Mapping[str, Any]
Sample = tuple[tuple[Any, ...], dict[str, Any]]


class Argument:
    """An argument of an operation whose entries are letters x[0, 1]."""

    def __init__(self, name: str, shape: tuple[int, ...], **sort: bool) -> None:
        self.base, self.shape, self.sort = S.IndexedBase(name, **sort), shape, sort

    def __call__(self, *at: Any) -> Any:
        assert len(at) == len(self.shape)
        return self.base[at] if at else self.base[0]

    @property
    def entries(self) -> Any:
        return filled(self.shape, lambda at: self(*at))


def filled(shape: tuple[int, ...], value: Callable[[tuple[int, ...]], Any]) -> Any:
    array = np.empty(shape, dtype=object)
    for at in np.ndindex(*shape):
        array[at] = value(at)
    return array


def result(op: Op, arrays: list[Any], params: Mapping[str, Any]) -> Any:
    """Return the entries of an operation on arrays of formulas, from its index notation."""
    letters = [Argument(f"a{i}", array.shape, real=True) for i, array in enumerate(arrays)]
    table = {letter.entries[at]: array[at] for letter, array in zip(letters, arrays, strict=True)
             for at in np.ndindex(*array.shape)}
    shape = op.shape(*(array.shape for array in arrays), **params)
    return filled(shape, lambda at: written_out(S.sympify(op.entry(S, at, letters, **params)))
                  .doit().xreplace(table))


def written_out(formula: Any) -> Any:
    """Write sums with deltas or steps in them term by term; SymPy's own ways fail at labels."""
    def terms(part: Any) -> Any:
        (letter, low, high), body = part.limits[0], part.function
        join = S.Add if isinstance(part, S.Sum) else S.Mul
        return join(*(body.subs(letter, k) for k in range(int(low), int(high) + 1)))

    return formula.replace(
        lambda part: isinstance(part, (S.Sum, S.Product)) and len(part.limits) == 1
        and part.has(S.KroneckerDelta, S.Heaviside), terms)


@singledispatch
def explicit(expr: Expr, arrays: Arrays) -> Any:
    raise NotImplementedError(type(expr).__name__)


def _number(value: Any, shape: Any = ()) -> Any:
    return filled(shape, lambda at: S.Rational(value))


CONSTANTS = {"pi": S.pi}
RULES: dict[type[Expr], Callable[[Any, Arrays], Any]] = {
    Symbol: lambda e, a: a[e.name],
    Number: lambda e, a: _number(e.value),
    Constant: lambda e, a: filled((), lambda at: CONSTANTS[e.name]),
    Fill: lambda e, a: _number(e.value, e.shape),
    Eye: lambda e, a: filled(e.shape, lambda at: S.Integer(at[0] == at[1])),
    Sum: lambda e, a: np.asarray(sum(explicit(t, a) for t in e.terms), dtype=object),
    Neg: lambda e, a: np.asarray(-explicit(e.arg, a), dtype=object),
    Product: lambda e, a: np.asarray(
        np.prod(np.broadcast_arrays(*(explicit(f, a) for f in e.factors)), axis=0), dtype=object),
    Quotient: lambda e, a: np.asarray(explicit(e.top, a) / explicit(e.bottom, a), dtype=object),
    Power: lambda e, a: np.asarray(explicit(e.base, a) ** explicit(e.exponent, a), dtype=object),
    MatMul: lambda e, a: explicit(e.left, a) @ explicit(e.right, a),
    Transpose: lambda e, a: explicit(e.arg, a).T,
    Outer: lambda e, a: np.multiply.outer(explicit(e.left, a), explicit(e.right, a)),
    Diag: lambda e, a: np.diag(explicit(e.arg, a)),
    Apply: lambda e, a: result(OPS[e.op], [explicit(x, a) for x in e.args], dict(e.params)),
}
for _kind, _rule in RULES.items():
    explicit.register(_kind)(_rule)


def settled(op: Op, sample: Sample) -> dict[str, Any]:
    shapes, params = sample
    return op.settle(*shapes, **params) if op.settle else params


def faults(op: Op, sample: Sample) -> Iterator[str]:
    """Yield where a cotangent or Jacobian of *op* is not what SymPy's derivative says."""
    shapes, params = sample[0], settled(op, sample)
    sort = {"positive": True} if op.positive else {"real": True}
    letters = [Argument(f"x{i}", shape, **sort) for i, shape in enumerate(shapes)]
    xs = [letter.entries for letter in letters]
    y = result(op, xs, params)
    g = Argument("g", y.shape, real=True).entries
    scalar = S.Add(*np.asarray(g * y).flat)
    arrays = {"y": y, "g": g, **{f"x{i}": x for i, x in enumerate(xs)}}
    names = {name: Symbol(name, (), array.shape) for name, array in arrays.items()}
    inputs = [names[f"x{i}"] for i in range(len(xs))]
    for i, vjp in enumerate(op.rules(len(sample[0]))):
        if vjp:
            written = vjp(names["g"], names["y"], *inputs, **params)
            assert written.shape == shapes[i]
            yield from _compare(f"vjp {i}", explicit(written, arrays), scalar, xs[i])
    for i, jacobian in enumerate(op.jacobian):
        if jacobian and y.ndim == xs[i].ndim == 1:
            rows = explicit(jacobian(names["y"], *inputs, **params), arrays)
            for k, row in enumerate(rows):
                yield from _compare(f"jacobian {i} row {k}", row, y[k], xs[i])


def _compare(what: str, claimed: Any, scalar: Any, x: Any) -> Iterator[str]:
    for at in np.ndindex(*x.shape):
        if not vanishes(claimed[at] - S.diff(scalar, x[at])):
            yield f"{what} at {at}"


def vanishes(difference: Any) -> bool:
    """Tell whether a formula is 0: at random rational points to 30 digits, then exactly.

    The exact proof is over rational functions of exponentials and logarithms; a function with
    pieces is judged at the points alone.
    """
    atoms = sorted(difference.atoms(S.Indexed), key=str)
    draw = random.Random(7)
    for _ in range(3):
        point = {atom: place(draw, bool(atom.is_positive)) for atom in atoms}
        if abs(S.N(difference.xreplace(point), 30)) > S.Float("1e-25"):
            return False
    if difference.has(S.Heaviside, S.DiracDelta, S.sign, S.Piecewise, S.Max):
        return True
    return bool(S.cancel(S.expand_log(difference.rewrite(S.exp))) == 0)


def place(draw: random.Random, positive: bool) -> Any:
    """Draw a rational in (0, 1), where a probability lies, or in (-2, 2) but not 0."""
    size = S.Rational(draw.randint(5, 95), 100)
    return size if positive else size * 2 * draw.choice((1, -1))


def applied(op: Op, sample: Sample) -> tuple[Expr, list[Symbol]]:
    """Return the operation on letters x0, x1, ... and these letters."""
    xs = [Symbol(f"x{i}", (), shape) for i, shape in enumerate(sample[0])]
    return apply(op.name, *xs, **sample[1]), xs
