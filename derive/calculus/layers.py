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
from derive.expr.build import add, div, is_one, mul, neg, number
from derive.expr.nodes import (
    Apply,
    Diag,
    Entry,
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
    Reduce,
    Sum,
    Transpose,
)
from derive.expr.walk import children, free_indices, rebuild, walk
from derive.ops import apply
from derive.ops.from_sympy import from_sympy
from derive.ops.reduce import expand

__all__ = ["collected", "length"]

Definitions = Sequence[tuple[Expr, Expr]]
LAYER = (Sum, Neg, Product, Quotient, Power)
MOST = 60       # nodes of a layer that are handed to SymPy: factoring takes long beyond
KEPT = 12       # as many letters


def length(expr: Expr) -> int:
    """Count what is written; a minus sign is free."""
    own = 2 if isinstance(expr, Fill) else not isinstance(expr, Neg)
    return own + sum(map(length, children(expr)))


def collected(expr: Expr, facts: Sequence[Fact] = (), known: Definitions = (),
              grown: bool = True) -> Expr:
    """Return *expr* with every layer in its shortest form, and facts about sums put in.

    *known* are quantities with what they are, which may stand for one another: q/Z is r. Unless
    *grown*, products are not multiplied out, and sums not put over one bar.
    """
    if isinstance(expr, LAYER):
        return _shorter(expr, facts, known, grown)
    made = rebuild(expr, tuple(collected(part, facts, known, grown) for part in children(expr)))
    if isinstance(made, Apply):
        return _summed(made, facts) if made.op == "sum" else _expanded(made)
    if isinstance(made, MatMul):
        spread = _spread(made)
        if spread is not None and length(
                found := collected(spread, facts, known, grown)) < length(made):
            return found
    return _scaled(made)


def _expanded(made: Apply) -> Expr:
    """Take numbers out of a column that stands against each row: those of w/N are w over N."""
    if made.op != "expand":
        return made
    factor, rest = _number_out(made.args[0], ())
    whole = expand(rest, dict(made.params)["axis"])
    return whole if is_one(factor) else mul(factor, whole)


def _spread(product: MatMul) -> Expr | None:
    """Multiply a vector by diag(p) - p p^T: p v - p (p^T v). It pays where v is one-hot."""
    if len(product.right.shape) != 1:
        return None
    terms = product.left.terms if isinstance(product.left, Sum) else (product.left,)
    found = [_applied(term, product.right) for term in terms]
    return None if None in found else add(*(f for f in found if f is not None))


def _applied(matrix: Expr, v: Expr) -> Expr | None:
    if isinstance(matrix, Neg):
        inner = _applied(matrix.arg, v)
        return None if inner is None else neg(inner)
    if isinstance(matrix, Diag):
        return mul(matrix.arg, v)
    if isinstance(matrix, Outer):
        chosen = _chosen(v, matrix.right)
        return None if chosen is None else mul(chosen, matrix.left)
    return None


def _chosen(v: Expr, other: Expr) -> Expr | None:
    """Return p^T v for a v that is one-hot, or a multiple of that: the entry of p times it."""
    factor, rest = _number_out(v, ())
    return mul(factor, _entry_at(other, rest)) if _is_one_hot(rest) else None


def _is_one_hot(expr: Expr) -> bool:
    if isinstance(expr, Apply) and expr.op == "gather" and len(expr.shape) == 1:
        return isinstance(expr.args[0], Eye) and not expr.args[1].shape
    return isinstance(expr, Entry) and isinstance(expr.arg, Eye) and len(expr.shape) == 1


def _entry_at(expr: Expr, one_hot: Expr) -> Expr:
    """Return the entry of a vector at which *one_hot* is 1, inside its layer."""
    if not expr.shape:
        return expr
    if isinstance(expr, LAYER):
        return rebuild(expr, tuple(_entry_at(part, one_hot) for part in children(expr)))
    if isinstance(expr, Fill):
        return number(expr.value)
    if isinstance(one_hot, Entry):
        return Entry(expr, one_hot.at)
    assert isinstance(one_hot, Apply)
    return apply("gather", expr, one_hot.args[1])


def _picked(product: Product) -> Expr:
    """Read what stands beside a one-hot factor at its one position: p e_k = p_k e_k."""
    place = next((f for f in product.factors if _is_one_hot(f)), None)
    if place is None or len(product.shape) != 1:
        return product
    others = (f for f in product.factors if f is not place)
    return mul(*(_entry_at(f, place) for f in others), place)


def _scaled(expr: Expr) -> Expr:
    """Take numbers out of what is linear: X^T ((p - y)/N) is (X^T (p - y))/N."""
    if not isinstance(expr, (MatMul, Outer, Transpose, Diag, Reduce)):
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
    inner: Expr = rebuild(expr, tuple(parts))
    if isinstance(inner, Diag) and isinstance(inner.arg, Fill):
        inner = mul(number(inner.arg.value), Eye(inner.shape[0]))
    return inner if all(map(is_one, factors)) else _shorter(mul(*factors, inner), (), ())


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


def _shorter(expr: Expr, facts: Sequence[Fact], known: Definitions, grown: bool = True) -> Expr:
    layer = _Layer(facts, known, grown)
    formula = layer.read(expr)
    plain = _positive_first(layer.put(expr))
    if length(plain) > MOST or len(layer.names) > KEPT:
        return plain
    forms = (form for f in _folded(layer, formula) for form in _forms(f))
    try:
        made = [from_sympy(form, layer.names) for form in forms]
    except DeriveError:
        return plain
    if not grown:
        made = [_in_order(m, plain, layer) for m in made if not _grows(plain, m)]
    written = min(made, key=_ugliness, default=plain)
    return written if written.shape == plain.shape and length(written) < length(plain) else plain


def _grows(before: Expr, after: Expr) -> bool:
    """True for a product that became a sum, and for a sum that is over one bar."""
    after = after.arg if isinstance(after, Neg) else after
    if isinstance(before, (Product, Neg)) and isinstance(after, Sum):
        return True
    if not isinstance(before, Sum) or not isinstance(after, Quotient):
        return False
    top = after.top.factors if isinstance(after.top, Product) else (after.top,)
    return any(isinstance(factor, Sum) for factor in top)


def _in_order(expr: Expr, before: Expr, layer: _Layer) -> Expr:
    """Order terms, and factors of arrays, by what of them stood first."""
    if not isinstance(expr, (Sum, Product, Neg)):
        return expr
    leaves = list(dict.fromkeys(p for p in walk(before) if p in layer.letters))
    firm = [leaf for leaf in leaves if leaf.shape] or leaves

    def place(part: Expr) -> int:
        inside = set(walk(part))
        return next((k for k, leaf in enumerate(firm) if leaf in inside), len(firm))

    parts = tuple(_in_order(part, before, layer) for part in children(expr))
    if isinstance(expr, Product):
        still = [p for p in parts if not p.shape]
        return Product((*still, *sorted((p for p in parts if p.shape), key=place)))
    made = rebuild(expr, parts)
    return _positive_first(Sum(tuple(sorted(made.terms, key=place)))) if isinstance(
        made, Sum) else made


def _folded(layer: _Layer, formula: Any) -> list[Any]:
    """Return the formula, and the same with quantities for what they are, and the reverse."""
    found, known = [formula], layer.known
    layer.known = ()        # inside a definition nothing is recognised once more
    for symbol, rhs in known:
        ratio = layer.read(symbol) / layer.read(rhs)
        for form in (found[-1], sympy.expand(found[-1])) if ratio not in (0, 1) else ():
            terms = sympy.Add.make_args(form)
            best = sympy.Add(*(_turned(term, ratio) for term in terms))
            if best != form:
                found.append(best)
                break
    return found


def _turned(term: Any, ratio: Any) -> Any:
    """Return a term times a ratio that is 1 where fewer letters are left and none below is new."""
    below = sympy.fraction(term)[1].free_symbols
    for turn in (ratio, 1 / ratio):
        made = sympy.cancel(term * turn)
        if (sympy.count_ops(made) < sympy.count_ops(term)
                and sympy.fraction(made)[1].free_symbols <= below):
            return made
    return term


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
    known: Definitions
    grown: bool = True
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
            expr = _picked(_without_steps(expr))
        rule = READ.get(type(expr))
        if rule is not None:
            return rule(*map(self.read, children(expr)))
        if isinstance(expr, (Number, Fill)):
            return sympy.Rational(expr.value.numerator, expr.value.denominator)
        leaf = self.leaves[expr] = collected(expr, self.facts, self.known, self.grown)
        if isinstance(leaf, (*LAYER, Number)):
            return self.read(leaf)
        if leaf not in self.letters:
            order = "0" if not leaf.shape else "1"
            letter = self.letters[leaf] = sympy.Dummy(f"{order}{len(self.letters):03}", real=True)
            self.names[letter] = leaf
        return self.letters[leaf]


def _without_steps(product: Product) -> Product:
    """Leave out the step beside the function that is 0 where it is: 1[x > 0] relu(x) = relu(x)."""
    kept = {f.args for f in product.factors if isinstance(f, Apply) and f.op == "relu"}
    rest = tuple(f for f in product.factors
                 if not (isinstance(f, Apply) and f.op == "step" and f.args in kept))
    return Product(rest) if 1 < len(rest) < len(product.factors) else product


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
    if total.shape and dict(total.params).get("keepdims"):
        along, kept = _constant_along(rest, _axis(total))
        factor, rest = mul(factor, along), kept
    return (neg(factor) if sign else factor), [_over(total, rest)]


def _constant_along(expr: Expr, axis: Any) -> tuple[Expr, Expr]:
    """Split off the factors that have one entry along an axis, as a loss's share of each row."""
    factors = expr.factors if isinstance(expr, Product) else (expr,)
    same = [f for f in factors if len(f.shape) == len(expr.shape)
            and all(f.shape[a] == 1 for a in axis)]
    rest = mul(*(f for f in factors if f not in same))
    return (mul(*same), rest) if same and rest.shape == expr.shape else (Number(Fraction(1)), expr)


def _over(total: Apply, body: Expr) -> Apply:
    return Apply(total.op, (body,), total.params, total.shape)


def _known(total: Apply, facts: Sequence[Fact]) -> Expr | None:
    """Return what a declared fact says of a sum, whether its axes are kept or not."""
    for left, right in facts:
        same = isinstance(left, Apply) and left.op == total.op and left.args == total.args and (
            _axis(left) == _axis(total))
        right = number(right.value) if isinstance(right, Fill) else right
        if same and not right.shape:
            if not total.shape:
                return right
            return Fill(right.value, total.shape) if isinstance(right, Number) else None
    return None


def _axis(total: Apply) -> Any:
    return dict(total.params).get("axis")
