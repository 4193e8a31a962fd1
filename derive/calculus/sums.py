"""Sums over an index in one normal form, so that equal sums are equal trees.

Constant factors stand outside, sums are split over +, Kronecker's delta is summed away, and bound
indices carry standard names. Only identities that hold for any size are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import permutations
from typing import Any

import sympy
from sympy.concrete.delta import deltasummation
from sympy.core.parameters import distribute

__all__ = ["hide_sums", "put", "normal", "own_bounds", "standard", "vanishes"]

Formula = Any  # SymPy ships no types
Limits = tuple[Formula, Formula, Formula]


@cache
def _bound(height: int) -> Formula:
    return sympy.Dummy(f"s{height}", integer=True)


def _height(expr: Formula) -> int:
    """Return how deeply sums are nested, counting each bound index."""
    inner = max((_height(a) for a in expr.args), default=0)
    return inner + len(expr.limits) if isinstance(expr, sympy.Sum) else inner


def _spread(expr: Formula) -> Formula:
    return sympy.expand(expr, power_exp=False, power_base=False, log=False, basic=False)


def normal(expr: Formula) -> Formula:
    """Return *expr* multiplied out, its sums in normal form."""
    if not expr.args or expr.is_Symbol:
        return expr
    if isinstance(expr, sympy.Sum):
        total = normal(expr.function)
        for limits in expr.limits:
            total = _sum(total, tuple(limits))
        return total
    return _spread(expr.func(*(normal(a) if isinstance(a, sympy.Expr) else a for a in expr.args)))


def _sum(body: Formula, limits: Limits) -> Formula:
    """sum_k (a + c b_k) = sum_k a + c sum_k b_k."""
    terms = sympy.Add.make_args(_spread(body))
    return sympy.Add(*(_sum_term(term, limits) for term in terms))


def _sum_term(term: Formula, limits: Limits) -> Formula:
    k = limits[0]
    if not term.has(sympy.KroneckerDelta):
        outside, inside = term.as_independent(k, as_Add=False)
        return outside * _named(inside, limits)
    collapsed = deltasummation(term, limits, no_piecewise=True)
    if collapsed.has(k):
        outside, inside = term.as_independent(k, as_Add=False)
        return outside * _named(inside, limits)
    return normal(collapsed)


def _named(body: Formula, limits: Limits) -> Formula:
    """Join with the sums inside, then give the bound indices their standard names."""
    _, low, high = limits
    if body == 1:
        return high - low + 1
    factors, chain = [], [limits]
    for factor in sympy.Mul.make_args(body):
        if isinstance(factor, sympy.Sum):
            inner, factor = _renamed(factor)
            chain = inner + chain
        factors.append(factor)
    return _standard(sympy.Mul(*factors), chain)


def _renamed(total: Formula) -> tuple[list[Limits], Formula]:
    new = {limit[0]: sympy.Dummy(limit[0].name, integer=True) for limit in total.limits}
    limits = [tuple(part.xreplace(new) for part in limit) for limit in total.limits]
    return limits, total.function.xreplace(new)


def _standard(body: Formula, chain: list[Limits]) -> Formula:
    """Of all orders of summation take the first in SymPy's own order."""
    start = _height(body)
    names = [_bound(start + m + 1) for m in range(len(chain))]
    bounds = {limit[0] for limit in chain}
    free = not any(edge.free_symbols & bounds for limit in chain for edge in limit[1:])
    orders = permutations(chain) if free else [tuple(chain)]
    return min((_sum_named(body, order, names) for order in orders), key=sympy.default_sort_key)


def standard(expr: Formula) -> Formula:
    """Give all bound indices their standard names; nothing is multiplied out."""
    if not expr.args or expr.is_Symbol:
        return expr
    parts = [standard(a) if isinstance(a, sympy.Expr) else a for a in expr.args]
    if not isinstance(expr, sympy.Sum):
        return expr.func(*parts)
    return _standard(parts[0], [tuple(limits) for limits in expr.limits])


def own_bounds(expr: Formula) -> Formula:
    """Give every bound index a name that occurs nowhere else."""
    if not expr.args or expr.is_Symbol:
        return expr
    inside = expr.func(*(own_bounds(a) if isinstance(a, sympy.Expr) else a for a in expr.args))
    if not isinstance(inside, (sympy.Sum, sympy.Product)):
        return inside
    limits, body = _renamed(inside)
    return inside.func(body, *limits)


def _sum_named(body: Formula, order: tuple[Limits, ...], names: list[Formula]) -> Formula:
    new = dict(zip((limit[0] for limit in order), names, strict=True))
    limits = [tuple(part.xreplace(new) for part in limit) for limit in order]
    return sympy.Sum(body.xreplace(new), *limits)


def hide_sums(expr: Formula) -> tuple[Formula, dict[Formula, Formula]]:
    """Put a plain symbol for every outermost sum, for SymPy's algebra of fractions."""
    hidden = {total: sympy.Dummy("S", real=True) for total in _outermost(expr)}
    return expr.xreplace(hidden), {symbol: total for total, symbol in hidden.items()}


def _outermost(expr: Formula) -> set[Formula]:
    if isinstance(expr, (sympy.Sum, sympy.Product)):
        return {expr}
    return set().union(*(_outermost(a) for a in expr.args))


def put(expr: Formula, table: Mapping[Formula, Formula]) -> Formula:
    """Replace parts without multiplying out: 2 (a - b) stays a product."""
    with distribute(False):
        return expr.xreplace(table)


def vanishes(expr: Formula) -> bool:
    """True where *expr* is zero for all sizes, by normal form and common denominators."""
    flat = normal(sympy.expand_power_exp(expr))
    if flat == 0:
        return True
    plain, _ = hide_sums(flat)
    top, _ = sympy.fraction(sympy.together(plain))
    return bool(_spread(top) == 0)
