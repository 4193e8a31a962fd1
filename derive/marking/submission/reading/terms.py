"""Names for the terms of a loss, which people call L_1 and L_2, where the question has none."""

from __future__ import annotations

from fractions import Fraction

from derive.expr.equation import Equation, Family
from derive.expr.integers import named
from derive.expr.nodes import (
    Apply,
    Dimension,
    Expr,
    Neg,
    Number,
    Product,
    Quotient,
    Reduce,
    Sum,
    Symbol,
)
from derive.expr.walk import refs, walk
from derive.ops import apply
from derive.solution.solver import Solver

__all__ = ["introduce_terms"]

EXAMPLES = "ell"    # what a loss is for each example of a batch


def introduce_terms(solver: Solver) -> dict[str, Family]:
    """Give the terms of a sum a name, and return the names by what is summed.

    Over an index the terms of L are L_, which prints without its underscore, so that its members
    are L_1, L_2. Over the examples of a batch they are the entries of a vector.
    """
    found: dict[str, Family] = {}
    for equation in solver.model.equations:
        whole = equation.target
        if not isinstance(whole, Symbol) or whole.shape or whole.index:
            continue
        made = _over_an_index(whole, equation.rhs) or _over_examples(solver, equation.rhs)
        if made is None or made.target.family in solver.named.families:
            continue
        solver.introduce(made)
        found[whole.name] = Family(made.target.family, tuple(n for n, _ in made.domain),
                                   made.target.shape)
    return found


def _over_an_index(whole: Symbol, rhs: Expr) -> Equation | None:
    sums = [n for n in walk(rhs) if isinstance(n, Reduce) and n.kind != "prod"]
    if len(sums) != 1 or isinstance(sums[0].body, Symbol):
        return None
    (only,) = sums
    term = Symbol(whole.name + "_", (named(only.index),), ())
    return Equation(term, ((only.index, only.range),), only.body)


def _over_examples(solver: Solver, rhs: Expr) -> Equation | None:
    """Return the vector whose mean or sum a loss is; a penalty beside it is no part of it."""
    made = solver.model.by_target
    terms = rhs.terms if isinstance(rhs, Sum) else (rhs,)
    found = [each for term in terms if any(r.family in made for r in refs(term))
             and (each := _each(term)) is not None]
    if len(found) != 1 or isinstance(found[0], Symbol):
        return None
    return Equation(Symbol(EXAMPLES, (), found[0].shape), (), found[0])


def _without_share(scale: Expr, each: Expr) -> tuple[Expr, ...]:
    """Return what is left of a factor without the 1/N of a mean."""
    if not isinstance(scale, Quotient) or not isinstance(scale.bottom, (Number, Dimension)) or (
            each.shape[0] != scale.bottom.value):
        return (scale,)
    return () if scale.top == Number(Fraction(1)) else (scale.top,)


def _each(term: Expr) -> Expr | None:
    """Return y log p of -mean(y log p) with its sign, and of a matrix what each row adds."""
    if isinstance(term, Neg):
        inner = _each(term.arg)
        return None if inner is None else Neg(inner)
    if isinstance(term, Quotient) and isinstance(term.bottom, (Number, Dimension)):
        inner = _each(term.top)
        mean = inner is not None and inner.shape[0] == term.bottom.value
        return inner if inner is None or mean else Quotient(inner, term.bottom)
    if isinstance(term, Product):
        *scales, last = term.factors
        inner = _each(last)
        if inner is None or any(s.shape for s in scales):
            return None
        kept = [one for s in scales for one in _without_share(s, inner)]
        return Product((*kept, inner)) if kept else inner
    if not isinstance(term, Apply) or term.op not in ("mean", "sum") or term.shape:
        return None
    (arg,) = term.args
    if len(arg.shape) == 2 and term.op == "sum":
        return apply("sum", arg, axis=1)
    return arg if len(arg.shape) == 1 else None
