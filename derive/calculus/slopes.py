"""Derivatives of one entry by one entry: found by SymPy, written in the output, kept short.

``dp_k/do_i`` of a softmax comes as exponentials and their sum; with ``exp(o_k) = p_k S`` it is
``p_k (delta_ki - p_i)``. The substitution solves the formula of the entry itself, so that nothing
about any function is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import sympy

from derive.calculus.entries import entry
from derive.calculus.places import Formula, Positions, integer, quantity
from derive.calculus.sums import hide_sums, normal, put, standard
from derive.expr.nodes import Expr, Symbol
from derive.expr.shapes import Shape
from derive.ops.generator import in_one_generator, solve_linear

__all__ = ["Part", "Slope", "collapse", "entry_of", "inner_slope", "outer_of", "outer_slope",
           "parts", "shortest", "slope_of", "split_sum"]


def entry_of(symbol: Symbol, at: Positions) -> Formula:
    """Return entry *at* of a quantity as SymPy knows it."""
    return quantity(symbol.name, (*map(integer, symbol.index), *at))


def shortest(expr: Formula) -> Formula:
    """Return a formula as it is or over one denominator and factored, whichever is shorter."""
    plain, sums = hide_sums(expr)
    return put(_shortest_plain(plain), sums)


@lru_cache(maxsize=1024)
def _shortest_plain(plain: Formula) -> Formula:
    if not plain.has(sympy.Add):
        return plain
    return min(_balanced(sympy.factor(plain)), plain, key=_length)


def _length(expr: Formula) -> int:
    """Count what is written; a minus sign is free, as p - y and y - p are as long."""
    parts = list(sympy.preorder_traversal(expr))
    return len(parts) - len([part for part in parts if part.is_Mul and part.args[0] == -1])


def _balanced(expr: Formula) -> Formula:
    """Turn the signs of brackets, two by two: (y - p)/(p - 1) is (p - y)/(1 - p)."""
    powers = [factor.as_base_exp() for factor in sympy.Mul.make_args(expr)]
    mixed = [base for base, n in powers if n.is_odd and base.is_Add and _mixed(base)]
    turned = [base for base in mixed if base.as_coeff_Add()[0] < 0]
    if len(turned) % 2:
        other = next((base for base in mixed if base not in turned), None)
        turned = turned[:-1] if other is None else [*turned, other]
    return sympy.Mul(*((-base if base in turned else base) ** n for base, n in powers))


def _mixed(total: Formula) -> bool:
    """True where terms of both signs stand in a sum, so that turning it costs no sign."""
    return len({bool(term.as_coeff_Mul()[0] < 0) for term in total.args}) == 2


def derivative(formula: Formula, x: Formula) -> Formula:
    """Return the derivative of a formula by one entry: SymPy's, by the chain rule.

    A sum in the formula and an entry x_q are first one symbol u each: df/dx = sum_u df/du du/dx.
    SymPy asks a lot about the sign of a sum or a delta and nothing about that of a symbol.
    """
    return normal(term_by_term(formula, x))


def term_by_term(formula: Formula, x: Formula) -> Formula:
    """Return the same with its deltas still under the sums: sum_k W_jk delta_ki."""
    plain, parts = hide_sums(formula, _entries_like(x))
    terms = (sympy.diff(plain, symbol) * _by_entry(part, x) for symbol, part in parts.items())
    return put(sympy.Add(*terms), parts)


def _entries_like(x: Formula) -> Callable[[Formula], bool]:
    """Tell the entries of the family of x; a scalar is its own only entry."""
    if isinstance(x, sympy.Indexed):
        return lambda part: isinstance(part, sympy.Indexed) and part.base == x.base
    return lambda part: part == x


def _by_entry(part: Formula, x: Formula) -> Formula:
    """d/dx of a sum is the sum of the derivatives; d x_q/dx_i is Kronecker's delta."""
    if isinstance(part, sympy.Sum):
        inside = term_by_term(part.function, x)
        return sympy.Sum(inside, *part.limits) if inside != 0 else inside
    return sympy.diff(part, x)


def outer_slope(outer: Expr, y: Symbol, at: Positions) -> Formula:
    """Return dl/dy_k for a scalar l."""
    return shortest(derivative(entry(outer), entry_of(y, at)))


@dataclass(frozen=True, slots=True)
class Slope:
    """The derivative of one entry by one entry, as SymPy comes to it.

    first:  term by term, with deltas still under the sums; `how` names the rule it begins with.
    plain:  the deltas summed away.
    final:  written in the quantity that is differentiated, where what it depends on drops out.
    """

    first: Formula
    plain: Formula
    final: Formula
    how: str = "term by term"

    @property
    def summed(self) -> bool:
        """True where deltas stand under the sums at first."""
        return any(total.has(sympy.KroneckerDelta) for total in self.first.atoms(sympy.Sum))

    def map(self, change: Callable[[Formula], Formula]) -> Slope:
        return Slope(change(self.first), change(self.plain), change(self.final), self.how)


def outer_of(outer: Expr, y: Symbol, at: Positions) -> Slope:
    """Return dl/dy_k for a scalar l."""
    formula, entry_ = entry(outer), entry_of(y, at)
    last = outer_slope(outer, y, at)
    return Slope(standard(term_by_term(formula, entry_)), last, last, _how(formula, entry_))


def slope_of(inner: Expr, y: Symbol, x: Symbol, at: Positions, by: Positions) -> Slope:
    """Return dy_k/dx_i."""
    formula, entry_ = standard(entry(inner, at)), entry_of(x, by)
    first = term_by_term(formula, entry_)
    plain = _gathered(shortest(normal(first)), at)
    final = _gathered(inner_slope(inner, y, x, at, by), at)
    return Slope(standard(first), plain, final, _how(formula, entry_))


def _how(formula: Formula, x: Formula) -> str:
    """Name the rule with which the derivative of a formula by x begins."""
    summed = formula.has(sympy.Sum)
    while isinstance(formula, sympy.Sum):
        formula = formula.function
    like = _entries_like(x)

    def holds(part: Formula) -> bool:
        return any(like(p) for p in sympy.preorder_traversal(part))

    top, bottom = formula.as_numer_denom()
    if holds(bottom):
        return "quotient rule"
    factors = [f for f in sympy.Mul.make_args(top) if holds(f)]
    return "product rule" if len(factors) > 1 else "term by term" if summed else ""


def _gathered(slope: Formula, at: Positions) -> Formula:
    """Put the deltas of all terms in front where they are the same: delta - delta y^2."""
    found = list(parts(slope, at))
    if len(found) != 1:
        return slope
    deltas = sympy.Mul(*(sympy.KroneckerDelta(*pick) for pick in found[0].picks))
    gathered = deltas * found[0].factor
    return gathered if _length(gathered) < _length(slope) else slope


def inner_slope(inner: Expr, y: Symbol, x: Symbol, at: Positions, by: Positions) -> Formula:
    """Return dy_k/dx_i, written in the entries of y where x drops out.

    Not where that would divide by something new: 1/m does not exist where a mask m is 0.
    """
    formula = standard(entry(inner, at))
    slope = derivative(formula, entry_of(x, by))
    written = _in_output(slope, formula, at, y, x)
    kept = written.has(sympy.IndexedBase(x.name)) or _divisors(written) - _divisors(slope)
    return shortest(slope if kept else written)


def _divisors(formula: Formula) -> set[Formula]:
    """Return what stands below a fraction bar, by name."""
    below = (p.base for p in formula.atoms(sympy.Pow) if p.exp.could_extract_minus_sign())
    return set().union(*(part.free_symbols for part in below))


def _in_output(slope: Formula, formula: Formula, at: Positions, y: Symbol, x: Symbol) -> Formula:
    """Put x_q = (the inverse of the formula of y_q) into *slope*, for each entry x_q in it."""
    plain, sums = hide_sums(slope)
    old, hidden = plain, {total: symbol for symbol, total in sums.items()}
    for argument, place in _arguments(plain, sums, y, x):
        there = put(formula.xreplace(dict(zip(at, place, strict=True))), hidden)
        plain = _solved(plain, there, argument, entry_of(y, place))
    return slope if plain is old else put(sympy.cancel(plain), sums)


def _arguments(slope: Formula, sums: Iterable[Formula], y: Symbol,
               x: Symbol) -> list[tuple[Formula, Positions]]:
    """List what y may be a function of, and the place of y: x_q, or for a scalar y a sum."""
    if x.shape == y.shape:
        return [(entry_of(x, at), at) for at in _read_places(slope, x)]
    return [] if y.shape else [(symbol, ()) for symbol in sums]


def _read_places(slope: Formula, x: Symbol) -> list[Positions]:
    if not x.index and not x.shape:
        return [()]
    like = entry_of(x, tuple(map(sympy.Wild, "abcdefgh"[:len(x.shape)])))
    own = len(x.index)
    atoms = (a for a in slope.atoms(sympy.Indexed) if a.base == like.base)
    return sorted({a.indices[own:] for a in atoms if a.indices[:own] == like.indices[:own]},
                  key=sympy.default_sort_key)


def _solved(slope: Formula, formula: Formula, x: Formula, y: Formula) -> Formula:
    """Where y = f(u) is linear in the one part u that holds x, solve it and put u in."""
    found = in_one_generator((formula, slope), x)
    if found is None:
        return slope
    u, (relation, in_u) = found
    value = solve_linear(relation, u, y)
    return slope if value is None else in_u.xreplace({u: value})


@dataclass(frozen=True, slots=True)
class Part:
    """A term of a slope: Kronecker's deltas put the positions `picks`, `factor` is the rest."""

    picks: tuple[tuple[Formula, Formula], ...]
    factor: Formula


def parts(slope: Formula, positions: Positions) -> Iterator[Part]:
    """Take a slope apart by its deltas: p_k (delta_ki - p_i) = delta_ki p_k + (-p_k p_i)."""
    deltas = [d for d in slope.atoms(sympy.KroneckerDelta) if set(d.args) & set(positions)]
    if not deltas:
        if slope != 0:
            yield Part((), slope)
        return
    delta = min(deltas, key=sympy.default_sort_key)
    k = next(p for p in positions if p in delta.args)
    without = slope.xreplace({delta: sympy.S.Zero})
    only = shortest(normal(slope.xreplace({delta: sympy.S.One}) - without))
    other = delta.args[1] if delta.args[0] == k else delta.args[0]
    for part in parts(only, positions):
        yield Part(((k, other), *part.picks), part.factor)
    yield from parts(without, positions)


def collapse(slope: Formula, part: Part, positions: Positions, shape: Shape) -> Formula:
    """Sum slope_k times a part over k: a delta picks one k, constants stand before the sum."""
    picks = dict(part.picks)
    total = shortest(put(slope * part.factor, picks))
    for k, size in zip(positions, shape, strict=True):
        if k not in picks:
            outside, inside = total.as_independent(k, as_Add=False)
            count = integer(size)
            total = outside * (count if inside == 1 else sympy.Sum(inside, (k, 0, count - 1)))
    return standard(total)


def split_sum(slope: Formula, part: Part, positions: Positions, shape: Shape) -> Formula:
    """Return the sum over k of slope_k times a part, its deltas not yet used."""
    deltas = sympy.Mul(*(sympy.KroneckerDelta(k, other) for k, other in part.picks))
    total = shortest(slope * part.factor) * deltas
    for k, size in zip(positions, shape, strict=True):
        outside, inside = total.as_independent(k, as_Add=False)
        total = outside * sympy.Sum(inside, (k, 0, integer(size) - 1))
    return standard(total)
