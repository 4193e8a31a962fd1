r"""Bounds of the spectral norm, from how an expression is made.

||A B|| <= ||A|| ||B||, ||A + B|| <= ||A|| + ||B||, ||A^T|| = ||A||, and ||diag(v)|| is the largest
|v_i|; the norm of a matrix that does not change is its largest singular value (Horn and Johnson,
Matrix Analysis, 2nd ed., section 5.6). A slope f'(u) is at most the largest slope of f, a value
f(u) at most the largest value of f; both are SymPy's (`derive.ops.extremes`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from derive.calculus.one_step import Factor, Way
from derive.errors import DeriveError
from derive.expr import build
from derive.expr.equation import Equation
from derive.expr.nodes import (
    Apply,
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
    Ref,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.walk import children, refs
from derive.ops import ELEMENTWISE, apply
from derive.ops.extremes import has_largest_slope, largest_slope, range_of
from derive.ops.from_sympy import from_sympy
from derive.syntax.write_text import write

__all__ = ["Bound", "Bounds", "Known"]


@dataclass(frozen=True)
class Known:
    """What was used of a function f(u): its slope is at most `high`, or it lies in a range."""

    function: Apply
    high: Expr
    low: Expr | None = None

    @property
    def is_slope(self) -> bool:
        return self.low is None


@dataclass(frozen=True)
class Bound:
    """``norm(e) <= split <= value``: first divided into the norms of parts, then each bounded.

    exact:     True where `value` is the norm itself.
    is_array:  False where it is all about numbers, whose sizes simply multiply.
    facts:     what was used of functions.
    """

    split: Expr
    value: Expr
    exact: bool = False
    facts: tuple[Known, ...] = ()
    is_array: bool = False


@dataclass(frozen=True)
class Bounds:
    """Finds bounds in a model.

    equations: which quantities change, and how they are made.
    slopes:    expressions that are f'(u), each with its f(u).
    """

    equations: Mapping[str, list[Equation]]
    slopes: Mapping[Expr, Apply] = field(default_factory=dict)

    def way(self, way: Way) -> Bound:
        """Bound the product of the factors of a way, the last one first."""
        return _times([self.factor(factor) for factor in reversed(way)])

    def ways(self, ways: tuple[Way, ...]) -> Bound:
        return _plus([self.way(way) for way in ways])

    def factor(self, factor: Factor) -> Bound:
        return replace(self, slopes=factor.slopes).of(factor.local)

    def is_constant(self, expr: Expr) -> bool:
        """True where nothing stands in it that an equation defines."""
        return not any(ref.family in self.equations for ref in refs(expr))

    def of(self, expr: Expr) -> Bound:
        """Return a bound of the norm, of a number its size; `DeriveError` where there is none."""
        scaled = isinstance(expr, Product) and bool(expr.shape)     # |a| ||W|| says more
        if self.is_constant(expr) and not scaled:
            return Bound(norm(expr), size(expr), True, (), bool(expr.shape))
        rule = RULES.get(type(expr)) if expr.shape else _number
        if rule is None:
            raise self._refusal(expr)
        return rule(self, expr)

    def entries(self, whole: Expr, expr: Expr) -> Bound:
        """Bound *whole*, whose norm is the largest entry of *expr*."""
        used: list[Known] = []
        return Bound(norm(whole), self._largest(expr, used), False, tuple(used), bool(whole.shape))

    def _largest(self, expr: Expr, used: list[Known]) -> Expr:
        """Bound every entry: by the slope it is, by its range, or by those of its parts."""
        if expr in self.slopes:
            steepest = _slope(self.slopes[expr])
            used.append(Known(self.slopes[expr], steepest))
            return steepest
        if self.is_constant(expr):
            return norm(build.diag(expr)) if expr.shape else norm(expr)
        found: list[Known] = []
        reach = self._reach(expr, found)
        if reach is not None:
            used += found
            return _written(max(abs(reach[0]), abs(reach[1]))) or norm(expr)
        join = JOINED.get(type(expr))
        if join is None:
            raise self._refusal(expr)
        return join(*(self._largest(part, used) for part in children(expr)))

    def _refusal(self, expr: Expr) -> DeriveError:
        changing = dict.fromkeys(write(r) for r in refs(expr) if r.family in self.equations
                                 and self._range(r, []) is None)
        listed = " and ".join(f"`{name}`" for name in changing) or "its parts"
        return DeriveError(f"the factor `{write(expr)}` has no bound: nothing is known of how "
                           f"large {listed} can get",
                           remedy="only slopes and values of functions such as tanh are bounded")

    # how far the entries of an expression can go: (least, largest)

    def _reach(self, expr: Expr, used: list[Known]) -> tuple[Any, Any] | None:
        rule = REACHES.get(type(expr))
        return rule(self, expr, used) if rule else None

    def _range(self, ref: Ref, used: list[Known]) -> tuple[Any, Any] | None:
        """Return the range of a quantity that is one function of something: h[t] = tanh(z[t])."""
        made = [e.rhs for e in self.equations.get(ref.family, ())]
        values = [self._values(rhs, used) for rhs in made]
        if not values or None in values:
            return None
        found = [pair for pair in values if pair is not None]
        return min(low for low, _ in found), max(high for _, high in found)

    def _values(self, expr: Expr, used: list[Known]) -> tuple[Any, Any] | None:
        if not isinstance(expr, Apply) or expr.op not in ELEMENTWISE:
            return None
        found = range_of(expr.op, expr.params)
        low, high = (None, None) if found is None else (_written(end) for end in found)
        if low is None or high is None:
            return None
        used.append(Known(expr, high, low))
        return found

    def _all(self, parts: tuple[Expr, ...], used: list[Known]) -> list[tuple[Any, Any]] | None:
        found = [self._reach(part, used) for part in parts]
        kept = [pair for pair in found if pair is not None]
        return kept if len(kept) == len(found) else None


def norm(expr: Expr) -> Expr:
    """Return ||e||, of a number |e|; 1 for the identity."""
    return build.number(1) if isinstance(expr, Eye) else _plain(expr) or apply("norm", expr)


def _plain(expr: Expr) -> Expr | None:
    """Return |x| of a number that is written down: 1/2 has no bars."""
    if isinstance(expr, Number):
        return build.number(abs(expr.value))
    if isinstance(expr, Neg):
        return _plain(expr.arg)
    if isinstance(expr, Quotient) and _plain(expr.top) and _plain(expr.bottom):
        return expr
    return None


def size(expr: Expr) -> Expr:
    """Return the norm of something constant as people name it: sigma_max(W), |w|."""
    if isinstance(expr, Transpose):
        return size(expr.arg)
    return apply("sigma_max", expr) if isinstance(expr, Symbol) and len(
        expr.shape) == 2 else norm(expr)


def _slope(function: Apply) -> Expr:
    """Return the largest slope of a function: a number, or gamma where it has no simple form."""
    name, params = function.op, function.params
    if not has_largest_slope(name, params):
        raise DeriveError(f"the slope of {name} has no bound, so the factor of `{write(function)}` "
                          "has none")
    exact = largest_slope(name, params)
    written = _written(exact) if exact is not None and exact.is_Rational else None
    if written is not None:
        return written
    return apply("largest_slope", function=name, **dict(params))


def _written(value: Any) -> Expr | None:
    try:
        return from_sympy(value, {})
    except DeriveError:
        return None


def _times(parts: list[Bound]) -> Bound:
    return Bound(_together(p.split for p in parts), _together(p.value for p in parts),
                 all(p.exact for p in parts) and sum(p.is_array for p in parts) < 2, _facts(parts),
                 any(p.is_array for p in parts))


def _together(factors: Iterable[Expr]) -> Expr:
    """Multiply numbers; a factor that stands there several times becomes a power."""
    counts = Counter(factors)
    return build.mul(*(build.power(f, build.number(n)) for f, n in counts.items()))


def _plus(parts: list[Bound]) -> Bound:
    return Bound(build.add(*(p.split for p in parts)), build.add(*(p.value for p in parts)),
                 len(parts) == 1 and parts[0].exact, _facts(parts),
                 any(p.is_array for p in parts))


def _facts(parts: list[Bound]) -> tuple[Known, ...]:
    return tuple(dict.fromkeys(f for p in parts for f in p.facts))


def _product(bounds: Bounds, expr: Product) -> Bound:
    """Numbers go in front of an array; ||a * b|| is at most the largest |a_i| times ||b||."""
    arrays = [f for f in expr.factors if f.shape]
    fixed = [f for f in arrays if bounds.is_constant(f)]
    if len(arrays) == 1:
        return _times([bounds.of(f) for f in expr.factors])
    if len(expr.shape) != 1 or len(fixed) != 1:
        raise bounds._refusal(expr)
    rest = build.mul(*(f for f in arrays if f is not fixed[0]))
    numbers = [bounds.of(f) for f in expr.factors if not f.shape]
    return _times([*numbers, bounds.entries(build.diag(rest), rest), bounds.of(fixed[0])])


def _number(bounds: Bounds, expr: Expr) -> Bound:
    """Split a product into its factors: |s (1 - s) w| = |s (1 - s)| |w|."""
    if isinstance(expr, Product) and expr not in bounds.slopes:
        constant = [f for f in expr.factors if bounds.is_constant(f)]
        changing = [f for f in expr.factors if not bounds.is_constant(f)]
        if constant:
            rest = build.mul(*changing)
            return _times([bounds.entries(rest, rest), *map(bounds.of, constant)])
    return bounds.entries(expr, expr)


RULES: dict[type[Expr], Callable[[Bounds, Any], Bound]] = {
    MatMul: lambda b, e: _times([b.of(e.left), b.of(e.right)]),
    Outer: lambda b, e: _times([b.of(e.left), b.of(e.right)]),
    Product: _product,
    Sum: lambda b, e: _plus([b.of(term) for term in e.terms]),
    Neg: lambda b, e: b.of(e.arg),
    Transpose: lambda b, e: b.of(e.arg),
    Diag: lambda b, e: b.entries(e, e.arg),
}
# what is at most so large entry by entry
JOINED: dict[type[Expr], Callable[..., Expr]] = {
    Product: build.mul, Sum: build.add, Neg: lambda a: a,
}


def _sum_reach(b: Bounds, e: Sum, used: list[Known]) -> tuple[Any, Any] | None:
    found = b._all(e.terms, used)
    return None if found is None else (sum(lo for lo, _ in found), sum(hi for _, hi in found))


def _corners(pairs: list[tuple[Any, Any]]) -> tuple[Any, Any]:
    """Multiply intervals: the ends of the product are products of ends."""
    low, high = pairs[0]
    for lo, hi in pairs[1:]:
        ends = [low * lo, low * hi, high * lo, high * hi]
        low, high = min(ends), max(ends)
    return low, high


def _product_reach(b: Bounds, e: Product, used: list[Known]) -> tuple[Any, Any] | None:
    found = b._all(e.factors, used)
    return None if found is None else _corners(found)


def _power_reach(b: Bounds, e: Power, used: list[Known]) -> tuple[Any, Any] | None:
    base, n = b._reach(e.base, used), e.exponent
    if base is None or not isinstance(n, Number) or n.value.denominator != 1 or n.value < 1:
        return None
    low, high = base[0] ** int(n.value), base[1] ** int(n.value)
    if n.value % 2 == 0 and base[0] < 0 < base[1]:
        return low * 0, max(low, high)
    return min(low, high), max(low, high)


def _neg_reach(b: Bounds, e: Neg, used: list[Known]) -> tuple[Any, Any] | None:
    found = b._reach(e.arg, used)
    return None if found is None else (-found[1], -found[0])


def _exactly(b: Bounds, e: Number | Fill, used: list[Known]) -> tuple[Any, Any]:
    import sympy

    value = sympy.Rational(e.value.numerator, e.value.denominator)
    return value, value


REACHES: dict[type[Expr], Callable[[Bounds, Any, list[Known]], tuple[Any, Any] | None]] = {
    Number: _exactly, Fill: _exactly, Sum: _sum_reach, Product: _product_reach, Neg: _neg_reach,
    Power: _power_reach, Symbol: Bounds._range,
    Apply: lambda b, e, used: b._values(e, used),
}
