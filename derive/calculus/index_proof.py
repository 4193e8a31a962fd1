"""The derivative of a loss by what stands inside its argument, in index notation, line by line.

For l(y) and y(x) the chain rule is dl/dx_i = sum_k dl/dy_k dy_k/dx_i, each factor SymPy's
derivative of one entry. Kronecker's delta picks its term, facts are cited where they are used, and
the result is read off in matrix form. The lines are the computation: the formula printed is the
one that the next is made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sympy

from derive.calculus.entries import fresh
from derive.calculus.facts import Fact, cited, own_facts
from derive.calculus.index_notation import Formula, Positions, Vocabulary, in_entries, letter
from derive.calculus.matrix_form import matrix_form
from derive.calculus.slopes import Part, collapse, inner_slope, outer_slope, parts, shortest
from derive.calculus.sums import normal, put
from derive.errors import DeriveError
from derive.expr.build import mul, sum_over
from derive.expr.integers import IntLike, named, names_in
from derive.expr.nodes import Entry, Expr, Partial, Range, Symbol
from derive.expr.walk import free_indices, walk

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
            top: Symbol | None = None) -> LocalProof:
    """Derive d outer / d x, for a scalar *outer* of the quantity *y*, where y = *inner* of *x*.

    *top* is the name of the scalar. Only the way through *y* counts, so there is no result where
    *outer* reads *x* too, or *inner* reads *y*; and none where no matrix form is found.
    """
    if outer.shape or _reads(outer, x) or _reads(inner, y) or inner.shape != y.shape:
        return LocalProof((), None)
    name = Symbol("l", (), ()) if top is None else top
    declared = tuple(facts)
    try:
        c = _composition(outer, inner, y, x, name, declared)
        stages = _stages(c, declared, tuple(own_facts(inner, y)))
        chain = tuple(_chain_lines(c))
        lines = (*_slope_lines(c), *chain, *_stage_lines(c, stages, chain[-1].rhs))
    except DeriveError:  # a function without a written form, a kink: the rules of the sweep serve
        return LocalProof((), None)
    return _with_result(c, lines, stages, declared)


def _with_result(c: _Composition, lines: tuple[ProofLine, ...], stages: list[_Stage],
                 declared: tuple[Fact, ...]) -> LocalProof:
    result = _result(c, stages[-1].formula)
    if result is not None and c.i:
        lines = (*lines, ProofLine(Partial(c.top, c.x), result, "matrix"))
    used = tuple(s.fact for s in stages if s.fact is not None and s.fact in declared)
    return LocalProof(lines, result, used)


def _reads(expr: Expr, symbol: Symbol) -> bool:
    """True where *expr* reads the family of *symbol*: another member might be the same."""
    return any(isinstance(p, Symbol) and p.name == symbol.name for p in walk(expr))


def _letters(count: int, choices: str, taken: set[str]) -> dict[Formula, str]:
    found: dict[Formula, str] = {}
    for _ in range(count):
        c = letter({*taken, *found.values()}, choices)
        found[fresh(c)] = c
    return found


@dataclass(frozen=True, slots=True)
class _Composition:
    """One chain rule: the positions k of y and i of x, and both slopes at them."""

    y: Symbol
    x: Symbol
    top: Symbol
    k: Positions
    i: Positions
    letters: dict[Formula, str]
    vocabulary: Vocabulary
    outer: Formula
    inner: Formula
    parts: tuple[Part, ...]

    @property
    def alone(self) -> bool:
        """True where y_k depends on x_k alone."""
        return bool(self.k) and len(self.parts) == 1 and (
            dict(self.parts[0].picks) == dict(zip(self.k, self.i, strict=False)))

    def at_one(self, formula: Formula) -> Formula:
        """Read a formula of y_k at the one k = i that counts."""
        return put(formula, dict(zip(self.k, self.i, strict=True))) if self.alone else formula

    def written(self, formula: Formula) -> Expr:
        return in_entries(formula, self.vocabulary, self.letters)

    def spelled(self, at: Positions) -> tuple[IntLike, ...]:
        return tuple(named(self.letters[p]) for p in at)

    def by_outer(self, at: Positions) -> Expr:
        """dl/dy_k"""
        return _entry_at(Partial(self.top, self.y), self.spelled(at))

    def by_inner(self, at: Positions) -> Expr:
        """dy_k/dx_i"""
        whole = Partial(self.y, self.x, (), self.spelled(at))
        return _entry_at(whole, self.spelled(self.i))

    def by_all(self) -> Expr:
        """dl/dx_i"""
        return _entry_at(Partial(self.top, self.x), self.spelled(self.i))

    def over_k(self, body: Expr) -> Expr:
        """sum_k, without a sum for a scalar y"""
        for k, size in zip(reversed(self.k), reversed(self.y.shape), strict=True):
            body = sum_over(self.letters[k], Range((0,), (size - 1,)), body)
        return body


def _entry_at(expr: Expr, at: tuple[IntLike, ...]) -> Expr:
    return Entry(expr, at) if at else expr


def _composition(outer: Expr, inner: Expr, y: Symbol, x: Symbol, top: Symbol,
                 facts: tuple[Fact, ...]) -> _Composition:
    vocabulary = Vocabulary.of(outer, inner, y, x, *(side for fact in facts for side in fact))
    taken = {name for expr in (outer, inner) for name in (*free_indices(expr), *_sizes(expr))}
    rows = _letters(len(y.shape), "kmqsuvwabcd", taken.union(vocabulary.symbols))
    columns = _letters(len(x.shape), "ijruvwabcd", {*taken, *vocabulary.symbols, *rows.values()})
    k, i = tuple(rows), tuple(columns)
    slope = inner_slope(inner, y, x, k, i)
    return _Composition(y, x, top, k, i, {**rows, **columns}, vocabulary,
                        outer_slope(outer, y, k), slope, tuple(parts(slope, k)))


def _sizes(expr: Expr) -> Iterator[str]:
    return (name for part in walk(expr) for size in part.shape for name in names_in(size))


def _slope_lines(c: _Composition) -> Iterator[ProofLine]:
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


def _chain_lines(c: _Composition) -> Iterator[ProofLine]:
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


def _stages(c: _Composition, declared: tuple[Fact, ...], own: tuple[Fact, ...]) -> list[_Stage]:
    """Collapse the deltas, cite facts one after the other, collect."""
    total = sympy.Add(*(collapse(c.outer, part, c.k, c.y.shape) for part in c.parts))
    found = [_Stage(total, "tidy" if c.alone or not c.k else "delta")]
    for start in dict.fromkeys((total, normal(total))):
        cites = list(_cites(start, declared, own))
        if cites:
            found += [_Stage(start, "tidy")] if start != total else []
            found += cites
            break
    last = shortest(found[-1].formula)
    return [*found, _Stage(last, "tidy")]


def _cites(total: Formula, declared: tuple[Fact, ...], own: tuple[Fact, ...]) -> Iterator[_Stage]:
    for fact in (*declared, *own):
        new, used = cited(total, (fact,))
        if used:
            total = new
            yield _Stage(total, "fact" if fact in declared else "own fact", fact)


def _stage_lines(c: _Composition, stages: list[_Stage], before: Expr) -> Iterator[ProofLine]:
    """One line per stage that looks different from the one before."""
    for stage in stages:
        written = c.written(stage.formula)
        if written != before:
            yield ProofLine(c.by_all(), written, stage.rule, stage.fact)
        before = written


def _result(c: _Composition, formula: Formula) -> Expr | None:
    try:
        return matrix_form(formula, c.i, c.vocabulary, c.x.shape)
    except DeriveError:
        return None
