"""Sums over an index in one normal form, so that equal sums are equal trees.

Constant factors stand outside, sums are split over +, Kronecker's delta is summed away, and bound
indices carry standard names. Only identities that hold for any size are used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import permutations
from typing import Any

import sympy
from sympy.concrete.delta import deltasummation

__all__ = ["fresh", "hide_sums", "put", "normal", "standard", "vanishes"]

Formula = Any  # SymPy ships no types
Limits = tuple[Formula, Formula, Formula]
BINDERS = (sympy.Sum, sympy.Product)


@cache
def _bound(height: int) -> Formula:
    return sympy.Dummy(f"s{height}", integer=True)


def _height(expr: Formula) -> int:
    """Return how deeply sums are nested, counting each bound index."""
    inner = max((_height(a) for a in expr.args), default=0)
    return inner + len(expr.limits) if isinstance(expr, BINDERS) else inner


def _spread(expr: Formula) -> Formula:
    """Multiply out one product or whole power, whose parts are multiplied out already."""
    if expr.is_Mul and any(factor.is_Add for factor in expr.args):
        return sympy.expand_mul(expr, deep=False)
    if expr.is_Pow and expr.base.is_Add and expr.exp.is_Integer and expr.exp > 1:
        return sympy.expand_multinomial(expr, deep=False)
    return expr


def normal(expr: Formula) -> Formula:
    """Return *expr* multiplied out, its sums in normal form."""
    if expr.is_Atom:
        return expr
    if isinstance(expr, sympy.Sum):
        total = normal(expr.function)
        for limits in expr.limits:
            total = _sum(total, tuple(limits))
        return total
    parts = [normal(a) if isinstance(a, sympy.Expr) else a for a in expr.args]
    return _spread(expr.func(*parts))


def _sum(body: Formula, limits: Limits) -> Formula:
    """sum_k (a + c b_k) = sum_k a + c sum_k b_k."""
    terms = sympy.Add.make_args(body)
    return sympy.Add(*(_sum_term(term, limits) for term in terms))


def _sum_term(term: Formula, limits: Limits) -> Formula:
    k, low, high = limits
    if low == high:
        return normal(term.subs(k, low))
    collapsed = _picked(term, limits)
    if collapsed is not None:
        return normal(collapsed)
    outside, inside = term.as_independent(k, as_Add=False)
    return outside * _named(inside, limits)


def _picked(term: Formula, limits: Limits) -> Formula | None:
    """sum_k delta_ki f(k) = f(i), for a position i inside the limits.

    A delta that ties k to two positions (m = i + k, the entries under a window) stays: solved for
    k, m - i may lie outside although m and i are inside.
    """
    k = limits[0]
    factors = sympy.Mul.make_args(term)
    deltas = [f for f in factors if isinstance(f, sympy.KroneckerDelta) and f.has(k)]
    for delta in deltas:
        others = [p for p in delta.args if p != k]
        if len(others) == 1 and not others[0].has(k):
            rest = sympy.Mul(*(f for f in factors if f is not delta))
            return rest.xreplace({k: others[0]})
    if not deltas or any(len(d.free_symbols) > 2 for d in deltas):
        return None
    collapsed = deltasummation(term, limits, no_piecewise=True)
    return None if collapsed.has(k) else collapsed


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
    return _standard(sympy.Sum, sympy.Mul(*factors), chain)


def _renamed(total: Formula) -> tuple[list[Limits], Formula]:
    new = {limit[0]: sympy.Dummy(limit[0].name, integer=True) for limit in total.limits}
    limits = [tuple(part.xreplace(new) for part in limit) for limit in total.limits]
    return limits, total.function.xreplace(new)


def _standard(kind: Formula, body: Formula, chain: list[Limits]) -> Formula:
    """Of all orders of summation take the first in SymPy's own order."""
    start = _height(body)
    names = [_bound(start + m + 1) for m in range(len(chain))]
    bounds = {limit[0] for limit in chain}
    free = not any(edge.free_symbols & bounds for limit in chain for edge in limit[1:])
    orders = list(permutations(chain)) if free and len(chain) > 1 else [tuple(chain)]
    candidates = [_with_names(kind, body, order, names) for order in orders]
    return candidates[0] if len(candidates) == 1 else min(
        candidates, key=sympy.default_sort_key)


def _with_names(kind: Formula, body: Formula, order: tuple[Limits, ...],
                names: list[Formula]) -> Formula:
    new = dict(zip((limit[0] for limit in order), names, strict=True))
    limits = [tuple(part.xreplace(new) for part in limit) for limit in order]
    return kind(body.xreplace(new), *limits)


def fresh(expr: Formula) -> Formula:
    """Give all bound indices names that stand nowhere else, so that positions may be put in.

    With j for i in sum_j a_ij, which is sum_m a_jm, the j of another sum would be caught.
    """
    if expr.is_Atom:
        return expr
    parts = [fresh(a) if isinstance(a, sympy.Expr) else a for a in expr.args]
    if not isinstance(expr, BINDERS):
        return expr if _unchanged(parts, expr) else expr.func(*parts)
    limits, body = _renamed(expr.func(parts[0], *expr.limits))
    return expr.func(body, *limits)


def standard(expr: Formula) -> Formula:
    """Give all bound indices their standard names; nothing is multiplied out."""
    if expr.is_Atom:
        return expr
    parts = [standard(a) if isinstance(a, sympy.Expr) else a for a in expr.args]
    if not isinstance(expr, BINDERS):
        return expr if _unchanged(parts, expr) else expr.func(*parts)
    return _standard(expr.func, parts[0], [tuple(limits) for limits in expr.limits])


def _unchanged(parts: Sequence[Formula], expr: Formula) -> bool:
    return all(new is old for new, old in zip(parts, expr.args, strict=True))


def hide_sums(expr: Formula, also: Callable[[Formula], bool] = lambda part: False,
              ) -> tuple[Formula, dict[Formula, Formula]]:
    """Put a plain symbol for every outermost sum, for SymPy's algebra of fractions.

    *also* tells what else is to be hidden.
    """
    found = dict.fromkeys(_outermost(expr, also))
    hidden = {total: _stand_in(m) for m, total in enumerate(found)}
    return put(expr, hidden), {symbol: total for total, symbol in hidden.items()}


@cache
def _stand_in(number: int) -> Formula:
    return sympy.Dummy(f"S{number}", real=True)


def _outermost(expr: Formula, also: Callable[[Formula], bool]) -> Iterator[Formula]:
    if isinstance(expr, BINDERS) or also(expr):
        yield expr
        return
    for part in expr.args:
        yield from _outermost(part, also)


def put(expr: Formula, table: Mapping[Formula, Formula]) -> Formula:
    """Replace parts without multiplying out: 2 (a - b) stays a product.

    SymPy's own switch for that throws away all that it remembers of earlier work.
    """
    if expr in table:
        return table[expr]
    parts = [put(a, table) for a in expr.args]
    if _unchanged(parts, expr):
        return expr
    if expr.is_Mul and len(parts) == 2 and parts[0].is_Rational and parts[1].is_Add:
        return sympy.Mul(*parts, evaluate=False) if parts[0] not in (0, 1, -1) else (
            sympy.Mul(*parts))
    return expr.func(*parts)


def _positive_bases(expr: Formula) -> Formula:
    """Take for positive what is raised to a power that is no number."""
    bases = {power.base for power in expr.atoms(sympy.Pow) if not power.exp.is_number}
    names = {base.base: sympy.IndexedBase(base.base.name, positive=True)
             for base in bases if isinstance(base, sympy.Indexed)}
    return expr.xreplace({base: sympy.Symbol(base.name, positive=True) for base in bases
                          if base.is_Symbol and not isinstance(base, sympy.Indexed)} | names)


def vanishes(expr: Formula) -> bool:
    """True where *expr* is zero for all sizes, by normal form and common denominators.

    A power that is no number is compared where its base is positive: there alone it is defined.
    """
    flat = normal(sympy.expand_power_exp(_positive_bases(expr)))
    if flat == 0:
        return True
    plain, _ = hide_sums(flat)
    top, _ = sympy.fraction(sympy.together(plain))
    return bool(sympy.expand(top) == 0) or _vanishes_in_roots(plain)


def _vanishes_in_roots(plain: Formula) -> bool:
    """Compare where roots of sums stand in it: with r for the root of b, r^2 is b."""
    powers = {p for p in plain.atoms(sympy.Pow) if p.exp.is_Rational and p.exp.q > 1}
    roots = {(p.base, p.exp.q): sympy.Dummy("r") for p in powers
             if not any(p.base.has(other) for other in powers)}
    if not roots:
        return False
    table = {p: roots[p.base, p.exp.q] ** p.exp.p for p in powers
             if (p.base, p.exp.q) in roots}
    rational, _ = hide_sums(plain.xreplace(table), lambda part: isinstance(part, sympy.exp))
    top, _ = sympy.fraction(sympy.together(rational))
    for (base, q), r in roots.items():
        top = sympy.rem(sympy.expand(top), r**q - base, r)
    return bool(sympy.expand(sympy.numer(sympy.together(top))) == 0)
