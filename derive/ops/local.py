"""The derivative of an elementwise function, as people write it.

SymPy differentiates the function f of the row. The result is then written in several ways: as it
comes, in the output y = f(x) (1 - y^2 for tanh), as another registered function (sigmoid(x) for
softplus); the shortest is taken. No derivative is typed in anywhere.

To write f' in y: let u be the one part of f and f' that is not rational in x (e^-x for the
sigmoid). If the relation y = f(u) is linear in u, solve it, put u into f'(u), and cancel.
A function with kinks is taken piece by piece; see `derive.ops.pieces`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from math import isclose
from typing import Any

from derive.expr.build import mul
from derive.expr.nodes import Expr, Fill, Neg, Number, Symbol
from derive.expr.shapes import Shape
from derive.expr.walk import walk
from derive.ops.elementwise import ELEMENTWISE, entrywise, settings
from derive.ops.from_sympy import from_sympy
from derive.ops.generator import in_one_generator, solve_linear
from derive.ops.op import Elementwise
from derive.ops.pieces import Cells, cells, kinks, written_in_indicators
from derive.ops.unknown import UNKNOWN

__all__ = ["derivative"]

Params = tuple[tuple[str, Any], ...]
# any place will do: equality is only suspected there, and then proved
PLACE = 0.37


def derivative(op_name: str, x: Expr, y: Expr | None = None, **params: Any) -> Expr:
    """Return f'(x) entry by entry, with the shape of *x*; *y* is what f(x) is called.

    Without *y*, f(x) itself stands where people write the output. At a kink the value is the
    row's convention, or ``kink=``.
    """
    form = _shortest(op_name, tuple(sorted(params.items())))
    output = entrywise(op_name, x, **params) if y is None else y
    argument, result = _letters(ELEMENTWISE[op_name])
    return _spread(from_sympy(form, {argument: x, result: output}), x.shape)


def _spread(expr: Expr, shape: Shape) -> Expr:
    """Give a constant derivative the shape of the argument."""
    if expr.shape == shape:
        return expr
    if isinstance(expr, Neg):
        return Neg(_spread(expr.arg, shape))
    if isinstance(expr, Number):
        return Fill(expr.value, shape)
    return mul(expr, Fill(Fraction(1), shape))


def _letters(row: Elementwise) -> tuple[Any, Any]:
    import sympy

    sort = {"positive": True} if row.positive else {"real": True}
    return sympy.Symbol("x", **sort), sympy.Symbol("y", real=True)


@cache
def _shortest(op_name: str, params: Params) -> Any:
    """Return the shortest form of f' in SymPy's letters x and y; the first found wins a tie."""
    row = ELEMENTWISE[op_name]
    forms = list(_with_kinks(row, params) if row.kinks else _smooth(row, params))
    return min(forms, key=lambda form: _length(row, form))


def _length(row: Elementwise, form: Any) -> int:
    x, y = _letters(row)
    named = {x: Symbol("x", (), ()), y: Symbol("y", (), ())}
    return sum(1 for _ in walk(from_sympy(form, named)))


def _smooth(row: Elementwise, params: Params) -> Iterator[Any]:
    import sympy as S

    x, y = _letters(row)
    f = row.sympy(S, x, **settings(row, dict(params)))
    slope = S.diff(f, x)
    yield from _in_output(S, f, slope, x, y)
    yield from _in_another(S, row, slope, x)
    yield from (S.Function(name)(x) for name in _same_function(S, row, slope, x))
    # for real numbers x sign(x) is |x|
    yield S.factor(slope.subs(x * S.sign(x), S.Abs(x)))
    yield slope


def _in_output(S: Any, f: Any, slope: Any, x: Any, y: Any) -> Iterator[Any]:
    """Yield f' in y = f(x), where x itself drops out."""
    rational = in_one_generator((f, slope), x)
    if rational is None:
        return
    u, (f_in_u, slope_in_u) = rational
    value = solve_linear(f_in_u, u, y)
    if value is None:
        return
    written = S.cancel(slope_in_u.xreplace({u: value}))
    if not written.has(x):
        yield from (S.factor(written), written)


def _in_another(S: Any, row: Elementwise, slope: Any, x: Any) -> Iterator[Any]:
    """Yield f' in x and one other registered function: s + x s (1 - s), s = sigmoid(x)."""
    s = S.Symbol("s")
    for other in ELEMENTWISE.values():
        if other is row or other.params or other.kinks or other.positive != row.positive or (
                other.within != row.within):
            continue
        rational = in_one_generator((slope, other.sympy(S, x)), x)
        value = rational and solve_linear(rational[1][1], rational[0], s)
        if rational and value and not value.has(x):
            written = S.cancel(rational[1][0].xreplace({rational[0]: value}))
            if written.is_polynomial(x, s):
                grouped = S.collect(S.expand(written), x, S.factor)
                yield grouped.xreplace({s: S.Function(other.name)(x)})


def _same_function(S: Any, row: Elementwise, slope: Any, x: Any) -> Iterator[str]:
    """Yield the registered functions that f' is: suspected at one place, then proved."""
    if row is UNKNOWN:
        return
    place = PLACE + (row.within[0] or 0 if row.within[1] is None else 0)
    value = float(slope.xreplace({x: S.Float(place)}))
    for other in ELEMENTWISE.values():
        if other.params or other.kinks or (other.positive and not row.positive) or (
                other.within not in ((None, None), row.within)):
            continue
        if isclose(other.evaluate(place), value, rel_tol=1e-9):
            rational = in_one_generator((slope, other.sympy(S, x)), x)
            if rational and S.cancel(rational[1][0] - rational[1][1]) == 0:
                yield other.name


def _with_kinks(row: Elementwise, params: Params) -> Iterator[Any]:
    import sympy as S

    x, _ = _letters(row)
    given = dict(params)
    f = row.sympy(S, x, **settings(row, given))
    slope = cells(S, f, x, kinks(row, given), differentiate=True)
    yield from (S.Function(name)(x) for name in _same_cells(S, slope, x))
    yield written_in_indicators(S, slope, x)


def _same_cells(S: Any, slope: Cells, x: Any) -> Iterator[str]:
    """Yield the registered functions with kinks that f' is: equal in each interval and kink."""
    for other in ELEMENTWISE.values():
        if other.kinks and not other.params:
            f = other.sympy(S, x)
            places = tuple((place, f.subs(x, place)) for place, _ in slope.kinks)
            if {place for place, _ in other.kinks} <= {place for place, _ in places} and (
                    cells(S, f, x, places, differentiate=False) == slope):
                yield other.name
