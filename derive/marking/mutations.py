"""A formula with one mistake in it: each row of `MUTATIONS` spoils one kind of node.

A mistake is local: a term left out, a sign turned, a function forgotten, a neighbour taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from derive.errors import ShapeError
from derive.expr.integers import IntLike
from derive.expr.nodes import (
    Apply,
    Dimension,
    Expr,
    MatMul,
    Neg,
    Number,
    Outer,
    Power,
    Product,
    Quotient,
    Range,
    Reduce,
    Ref,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.walk import children, rebuild
from derive.syntax.write_text import write

__all__ = ["MUTATIONS", "Mutation", "mutants", "other_slope"]

MOST = 400              # mutants of one formula
PRIME = "'"
ONE, TWO = Number(Fraction(1)), Number(Fraction(2))
LONGEST = 60            # characters of a term that a sentence quotes


@dataclass(frozen=True)
class Mutation:
    """A slip's name, the words for it, and the ways to make it at one node."""

    name: str
    spoil: Callable[[Any], Iterator[tuple[Expr, str]]]


def mutants(expr: Expr) -> Iterator[tuple[str, str, Expr]]:
    """Yield (name, words, formula) for every single mistake, in the order of the table."""
    for mutation in MUTATIONS:
        for made, words in _somewhere(expr, mutation.spoil):
            yield mutation.name, words, made


def _somewhere(expr: Expr, spoil: Callable[[Any], Iterator[tuple[Expr, str]]]
               ) -> Iterator[tuple[Expr, str]]:
    """Yield the whole with one node spoilt; what no longer fits together is left out."""
    yield from spoil(expr)
    parts = children(expr)
    for place, part in enumerate(parts):
        for made, words in _somewhere(part, spoil):
            try:
                yield rebuild(expr, (*parts[:place], made, *parts[place + 1:])), words
            except ShapeError:
                continue


def _quoted(expr: Expr) -> str:
    text = write(expr)
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."


def _terms(expr: Expr) -> Iterator[tuple[Expr, str]]:
    """a + b -> a: a term left out."""
    if isinstance(expr, Sum):
        for place, term in enumerate(expr.terms):
            left = (*expr.terms[:place], *expr.terms[place + 1:])
            made = left[0] if len(left) == 1 else Sum(left)
            if made.shape == expr.shape:
                yield made, f"the term {_quoted(_bare(term))} is missing"


def _bare(term: Expr) -> Expr:
    return term.arg if isinstance(term, Neg) else term


def _positions(expr: Expr) -> Iterator[tuple[Expr, str]]:
    """sum over t -> without the first or the last t."""
    if not isinstance(expr, Reduce) or expr.kind == "prod":
        return
    lo, hi = expr.range.lo, expr.range.hi
    cut: tuple[tuple[Range, IntLike], ...] = (
        (Range((lo + 1,), expr.range.his), lo), (Range(expr.range.los, (hi - 1,)), hi))
    for bounds, gone in cut:
        scale = _share(expr)
        made: Expr = Reduce("sum", expr.index, bounds, expr.body)
        yield (Quotient(made, scale) if scale is not None else made,
               f"the term at {expr.index} = {_position(gone)} is missing")
    for only, where in ((lo, "first"), (hi, "last")):
        yield (replace(expr, range=Range((only,), (only,)), kind="sum"),
               f"only the {where} term is there, at {expr.index} = {_position(only)}")


def _position(value: IntLike) -> str:
    return str(value)


def _share(expr: Reduce) -> Expr | None:
    count = expr.range.hi - expr.range.lo + 1
    return Dimension(count) if expr.kind == "mean" else None


def _one_term(expr: Expr) -> Iterator[tuple[Expr, str]]:
    """a + b + c -> a: only one term is there."""
    if isinstance(expr, Sum) and len(expr.terms) > 2:
        for term in expr.terms:
            if term.shape == expr.shape:
                yield term, f"only the term {_quoted(_bare(term))} is there"


def _signs(expr: Expr) -> Iterator[tuple[Expr, str]]:
    """a + b -> a - b: the sign of one term."""
    if isinstance(expr, Sum):
        for place, term in enumerate(expr.terms):
            turned = term.arg if isinstance(term, Neg) else Neg(term)
            yield (Sum((*expr.terms[:place], turned, *expr.terms[place + 1:])),
                   f"the sign of {_quoted(_bare(term))} is wrong")


def _factors(expr: Expr) -> Iterator[tuple[Expr, str]]:
    """a b c -> a b: a factor forgotten, such as the derivative of the activation."""
    if isinstance(expr, Product):
        for place, factor in enumerate(expr.factors):
            left = (*expr.factors[:place], *expr.factors[place + 1:])
            made = left[0] if len(left) == 1 else Product(left)
            if made.shape == expr.shape:
                yield made, f"the factor {_quoted(factor)} is missing"
    if isinstance(expr, MatMul):
        for made, gone in ((expr.left, expr.right), (expr.right, expr.left)):
            if made.shape == expr.shape:
                yield made, f"the factor {_quoted(gone)} is missing"
    if isinstance(expr, Quotient) and expr.top.shape == expr.shape:
        yield expr.top, f"the division by {_quoted(expr.bottom)} is missing"


def _functions(expr: Expr) -> Iterator[tuple[Expr, str]]:
    """tanh(z) -> z: a function forgotten."""
    if isinstance(expr, Apply) and len(expr.args) == 1 and expr.args[0].shape == expr.shape:
        yield expr.args[0], f"{_called(expr)} was not applied"


def _called(expr: Apply) -> str:
    """Return the name of a function: tanh, or psi' where its name is the author's own."""
    own = dict(expr.params)
    return f"{own['called']}{own.get('order', 0) * PRIME}" if "called" in own else (
        expr.op.replace("_", " "))


def _kinds(expr: Expr) -> Iterator[tuple[Expr, str]]:
    """mean over t -> sum over t."""
    if isinstance(expr, Reduce) and expr.kind in ("sum", "mean"):
        other = "mean" if expr.kind == "sum" else "sum"
        yield replace(expr, kind=other), f"it is the {other} over {expr.index}, not the {expr.kind}"
    if isinstance(expr, Apply) and expr.op in ("sum", "mean"):
        other = "mean" if expr.op == "sum" else "sum"
        yield replace(expr, op=other), f"it is the {other} over the entries, not the {expr.op}"


def _transposes(expr: Expr) -> Iterator[tuple[Expr, str]]:
    """W.T -> W: a square factor not transposed, or transposed; u v.T -> v u.T."""
    if isinstance(expr, Transpose) and isinstance(expr.arg, Ref) and expr.arg.shape == expr.shape:
        yield expr.arg, f"{_quoted(expr.arg)} should be transposed"
    if isinstance(expr, MatMul):
        for place, side in enumerate((expr.left, expr.right)):
            if isinstance(side, Ref) and len(side.shape) == 2 and side.shape[0] == side.shape[1]:
                sides = [expr.left, expr.right]
                sides[place] = Transpose(side)
                yield MatMul(*sides), f"{_quoted(side)} should not be transposed"
    if isinstance(expr, Outer) and expr.left.shape == expr.right.shape:
        yield Outer(expr.right, expr.left), "the factors of the outer product are swapped"


def _order(expr: Expr) -> Iterator[tuple[Expr, str]]:
    """A B -> B A: factors of a product swapped."""
    if isinstance(expr, MatMul) and len(expr.left.shape) == len(expr.right.shape) == 2:
        try:
            swapped = MatMul(expr.right, expr.left)
        except ShapeError:
            return
        if swapped.shape == expr.shape:
            yield swapped, f"the order of {_quoted(expr.left)} and {_quoted(expr.right)} is swapped"


def _powers(expr: Expr) -> Iterator[tuple[Expr, str]]:
    """h**2 -> h: a power forgotten."""
    if isinstance(expr, Power) and isinstance(expr.exponent, Number):
        yield expr.base, f"the exponent of {_quoted(expr)} is missing"


def _steps(expr: Expr) -> Iterator[tuple[Expr, str]]:
    """h[t-1] -> h[t]: the value of another step was used."""
    if isinstance(expr, Symbol) and len(expr.index) == 1:
        for shift in (1, -1):
            other = replace(expr, index=(expr.index[0] + shift,))
            yield other, f"{_quoted(other)} was used in the place of {_quoted(expr)}"


# the first that fits is named: what people do most often stands first
def other_slope(expr: Expr) -> Iterator[tuple[Expr, str]]:
    """1 - y^2 -> y (1 - y): the slope of a sigmoid for that of tanh, or the other way round."""
    if isinstance(expr, Sum) and len(expr.terms) == 2 and expr.terms[0] == ONE:
        last = expr.terms[1]
        square = last.arg if isinstance(last, Neg) else None
        if isinstance(square, Power) and square.exponent == TWO:
            made = Product((square.base, Sum((ONE, Neg(square.base)))))
            yield made, f"{_quoted(made)} stands for {_quoted(expr)}"
    for place, factor in enumerate(expr.factors if isinstance(expr, Product) else ()):
        assert isinstance(expr, Product), "what has factors"
        rest = Sum((ONE, Neg(factor)))
        if rest in expr.factors:
            slope = Sum((ONE, Neg(Power(factor, TWO))))
            others = (slope if f == rest else f for k, f in enumerate(expr.factors) if k != place)
            both = f"{_quoted(Product((factor, rest)))}"
            yield _product(tuple(others)), f"{_quoted(slope)} stands for {both}"


def _product(factors: tuple[Expr, ...]) -> Expr:
    return factors[0] if len(factors) == 1 else Product(factors)


MUTATIONS: tuple[Mutation, ...] = (
    Mutation("missing term", _terms),
    Mutation("missing step", _positions),
    Mutation("missing factor", _factors),
    Mutation("missing function", _functions),
    Mutation("sign of a term", _signs),
    Mutation("only one term", _one_term),
    Mutation("sum or mean", _kinds),
    Mutation("transpose of a factor", _transposes),
    Mutation("order of factors", _order),
    Mutation("missing exponent", _powers),
    Mutation("another step", _steps),
    Mutation("derivative of another function", other_slope),
)
