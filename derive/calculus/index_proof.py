"""The derivative of a loss by what stands inside its argument, in index notation, line by line.

For l(y) and y(x) the chain rule is dl/dx_i = sum_k dl/dy_k dy_k/dx_i, each factor SymPy's
derivative of one entry. Kronecker's delta picks its term, facts are cited where they are used, and
the result is read off in matrix form. The lines are the computation: the formula printed is the
one that the next is made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import sympy

from derive.calculus.composition import Composition, composition
from derive.calculus.facts import Fact, cited, own_facts
from derive.calculus.matrix_form import matrix_form
from derive.calculus.places import Formula
from derive.calculus.slopes import collapse, shortest
from derive.calculus.sums import normal, put
from derive.errors import DeriveError
from derive.expr.build import mul
from derive.expr.nodes import Expr, Partial, Symbol
from derive.expr.shapes import Shape
from derive.expr.walk import walk

__all__ = ["LocalProof", "ProofLine", "compose"]

REASONS = {
    "outer": "the derivative of the loss by one entry",
    "inner": "the derivative of one entry by one entry",
    "alone": "each entry depends on its own argument alone",
    "same": "the case of equal positions",
    "other": "the case of different positions",
    "chain": "the chain rule, over all entries",
    "chain of one": "the chain rule",
    "put in": "both derivatives put in",
    "delta": "the delta picks one term; factors without the summation index go before the sum",
    "tidy": "collected",
    "fact": "by the fact stated",
    "own fact": "because the entries of the inner function have this sum",
    "matrix": "for all entries at once",
}


@dataclass(frozen=True, slots=True)
class ProofLine:
    """``lhs = rhs``; lines that follow one another with the same lhs continue it.

    `rule` is a key of `REASONS`; `fact` is the equation cited, declared or found.
    """

    lhs: Expr
    rhs: Expr
    rule: str
    fact: Fact | None = None

    @property
    def reason(self) -> str:
        return REASONS[self.rule]


@dataclass(frozen=True, slots=True)
class LocalProof:
    """The lines, and dl/dx in matrix form, or None; `facts` are the declared ones it rests on."""

    lines: tuple[ProofLine, ...]
    result: Expr | None
    facts: tuple[Fact, ...] = ()


def compose(outer: Expr, inner: Expr, y: Symbol, x: Symbol, facts: Iterable[Fact] = (),
            top: Symbol | None = None, reserved: frozenset[str] = frozenset()) -> LocalProof:
    """Derive d outer / d x, for a scalar *outer* of the quantity *y*, where y = *inner* of *x*.

    *top* is the name of the scalar. Only the way through *y* counts, so there is no result where
    *outer* reads *x* too, or *inner* reads *y*; and none where no matrix form is found. Positions
    are not named by letters that are *reserved*.
    """
    if outer.shape or _reads(outer, x) or _reads(inner, y) or inner.shape != y.shape:
        return LocalProof((), None)
    name = Symbol("l", (), ()) if top is None else top
    declared = tuple(facts)
    everything = (outer, inner, y, x, *(side for fact in declared for side in fact))
    shapes = tuple(part.shape for expr in everything for part in walk(expr))
    return _compose(outer, inner, y, x, declared, name, reserved, shapes)


@lru_cache(maxsize=256)
def _compose(outer: Expr, inner: Expr, y: Symbol, x: Symbol, declared: tuple[Fact, ...],
             name: Symbol, reserved: frozenset[str], shapes: tuple[Shape, ...]) -> LocalProof:
    """Equal names may have other shapes in another question, so the shapes are part of the key."""
    try:
        c = composition(outer, inner, y, x, name, declared, reserved)
        stages = _stages(c, declared, inner)
        rule = tuple(_chain_lines(c))
        lines = (*_slope_lines(c), *rule, *_stage_lines(c, stages, rule[-1].rhs))
    except DeriveError:  # a function without a written form, a kink: the rules of the sweep serve
        return LocalProof((), None)
    return _with_result(c, lines, stages, declared)


def _with_result(c: Composition, lines: tuple[ProofLine, ...], stages: list[_Stage],
                 declared: tuple[Fact, ...]) -> LocalProof:
    result = _result(c, stages[-1].formula)
    if result is not None and c.i:
        lines = (*lines, ProofLine(Partial(c.top, c.x), result, "matrix"))
    used = tuple(s.fact for s in stages if s.fact is not None and s.fact in declared)
    return LocalProof(lines, result, used)


def _reads(expr: Expr, symbol: Symbol) -> bool:
    """True where *expr* reads the family of *symbol*: another member might be the same."""
    return any(isinstance(p, Symbol) and p.name == symbol.name for p in walk(expr))


def _slope_lines(c: Composition) -> Iterator[ProofLine]:
    """dl/dy_k and dy_k/dx_i, the latter also case by case where a delta stands in it."""
    if c.alone:
        yield ProofLine(c.by_outer(c.i), c.written(c.at_one(c.outer)), "outer")
        yield ProofLine(c.by_inner(c.i), c.written(c.at_one(c.parts[0].factor)), "alone")
        return
    yield ProofLine(c.by_outer(c.k), c.written(c.outer), "outer")
    yield ProofLine(c.by_inner(c.k), c.written(c.inner), "inner")
    if len(c.k) == 1 == len(c.i) and c.inner.has(sympy.KroneckerDelta(*c.k, *c.i)):
        same = shortest(put(c.inner, {c.k[0]: c.i[0]}))
        yield ProofLine(c.by_inner(c.i), c.written(same), "same")
        other = shortest(put(c.inner, {sympy.KroneckerDelta(*c.k, *c.i): sympy.S.Zero}))
        yield ProofLine(c.by_inner(c.k), c.written(other), "other")


def _chain_lines(c: Composition) -> Iterator[ProofLine]:
    lhs = c.by_all()
    if c.alone or not c.k:
        at = c.i if c.alone else ()
        inner = c.at_one(c.parts[0].factor) if c.alone else c.inner
        yield ProofLine(lhs, mul(c.by_outer(at), c.by_inner(at)), "chain of one")
        yield ProofLine(lhs, mul(c.written(c.at_one(c.outer)), c.written(inner)), "put in")
        return
    yield ProofLine(lhs, c.over_k(mul(c.by_outer(c.k), c.by_inner(c.k))), "chain")
    yield ProofLine(lhs, c.over_k(mul(c.written(c.outer), c.written(c.inner))), "put in")


@dataclass(frozen=True, slots=True)
class _Stage:
    """A formula of dl/dx_i, the rule that made it from the one before, and the fact used."""

    formula: Formula
    rule: str
    fact: Fact | None = None


def _stages(c: Composition, declared: tuple[Fact, ...], inner: Expr) -> list[_Stage]:
    """Collapse the deltas, cite facts one after the other, collect."""
    total = sympy.Add(*(collapse(c.outer, part, c.k, c.y.shape) for part in c.parts))
    found = [_Stage(total, "tidy" if c.alone or not c.k else "delta")]
    for start in dict.fromkeys((total, normal(total))):
        cites = list(_cites(start, declared, own_facts(inner, c.y)))
        if cites:
            found += [_Stage(start, "tidy")] if start != total else []
            found += cites
            break
    last = shortest(found[-1].formula)
    return [*found, _Stage(last, "tidy")]


def _cites(total: Formula, declared: tuple[Fact, ...], own: Iterator[Fact]) -> Iterator[_Stage]:
    """Facts are about sums: the inner function's own are not worked out where none is left."""
    for fact in chain(declared, own):
        if not total.has(sympy.Sum):
            return
        new, used = cited(total, (fact,))
        if used:
            total = new
            yield _Stage(total, "fact" if fact in declared else "own fact", fact)


def _stage_lines(c: Composition, stages: list[_Stage], before: Expr) -> Iterator[ProofLine]:
    """One line per stage that looks different from the one before."""
    for stage in stages:
        written = c.written(stage.formula)
        if written != before:
            yield ProofLine(c.by_all(), written, stage.rule, stage.fact)
        before = written


def _result(c: Composition, formula: Formula) -> Expr | None:
    try:
        return matrix_form(formula, c.i, c.vocabulary, c.x.shape)
    except DeriveError:
        return None
