"""The derivative of a loss by what stands inside its argument, in index notation, line by line.

For l(y) and y(x) the chain rule is dl/dx_i = sum_k dl/dy_k dy_k/dx_i, each factor SymPy's
derivative of one entry. Kronecker's delta picks its term, facts are cited where they are used, and
the result is read off in matrix form. The lines are the computation: the formula printed is the
one that the next is made from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain

import sympy

from derive.calculus.composition import Composition, Letters, Way, composition
from derive.calculus.facts import Fact, cited, own_facts
from derive.calculus.matrix_form import matrix_form
from derive.calculus.places import Formula, Positions
from derive.calculus.slopes import Part, Slope, collapse, shortest, split_sum
from derive.calculus.sums import normal, put
from derive.errors import DeriveError
from derive.expr.build import add, mul
from derive.expr.nodes import Expr, Partial, Symbol
from derive.expr.shapes import Shape
from derive.expr.walk import walk

__all__ = ["PATIENT", "LocalProof", "ProofLine", "compose", "derived"]

REASONS = {
    "outer": "the derivative of the loss by one entry",
    "inner": "the derivative of one entry by one entry",
    "term by term": "differentiated term by term",
    "collected": "the delta picks one term",
    "in output": "written in the quantity itself",
    "alone": "each entry depends on its own argument alone",
    "same": "the case of equal positions",
    "other": "the case of different positions",
    "chain": "the chain rule, over all entries",
    "chain of ways": "the chain rule, over all ways",
    "chain of one": "the chain rule",
    "put in": "both derivatives put in",
    "split": "the sum splits, one part for each term of the derivative",
    "delta": "the delta picks one term; factors without the summation index go before the sum",
    "tidy": "collected",
    "fact": "by the fact stated",
    "own fact": "because the entries of the inner function have this sum",
    "matrix": "for all entries at once",
}
PATIENT = frozenset(("term by term", "collected", "split"))   # what a brief derivation leaves out


@dataclass(frozen=True, slots=True)
class ProofLine:
    """``lhs = rhs``; lines that follow one another with the same lhs continue it.

    `rule` is a key of `REASONS`; `fact` is the equation cited, declared or found; `why` says more
    of a slope: the rule of differentiation, "picked" by a delta, written "in output".
    """

    lhs: Expr
    rhs: Expr
    rule: str
    fact: Fact | None = None
    why: str = ""

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
        lines, formula, used = derived(c, declared, lambda: own_facts(inner, y))
    except DeriveError:  # a function without a written form, a kink: the rules of the sweep serve
        return LocalProof((), None)
    return _with_result(c, lines, formula, used)


def derived(c: Composition, declared: tuple[Fact, ...], own: Callable[[], Iterator[Fact]]
            ) -> tuple[tuple[ProofLine, ...], Formula, tuple[Fact, ...]]:
    """Return the lines of one chain rule, what it comes to, and the declared facts it rests on.

    *own* finds facts about the quantities between, which follow from their equations.
    """
    lines = [*_slope_lines(c), *_chain_lines(c)]
    stages = _stages(c, declared, own)
    before = next((line.rhs for line in reversed(lines) if line.lhs == c.by_all()
                   and line.rule not in ("same", "other")), None)
    lines += _stage_lines(c, stages, before)
    used = tuple(s.fact for s in stages if s.fact is not None and s.fact in declared)
    return tuple(lines), stages[-1].formula, used


def _with_result(c: Composition, lines: tuple[ProofLine, ...], formula: Formula,
                 used: tuple[Fact, ...]) -> LocalProof:
    result = _result(c, formula)
    if result is not None and c.i:
        lines = (*lines, ProofLine(Partial(c.top, c.x), result, "matrix"))
    return LocalProof(lines, result, used)


def _reads(expr: Expr, symbol: Symbol) -> bool:
    """True where *expr* reads the family of *symbol*: another member might be the same."""
    return any(isinstance(p, Symbol) and p.name == symbol.name for p in walk(expr))


def _slope_lines(c: Composition) -> Iterator[ProofLine]:
    """d top/dy_k where it is told here, and dy_k/dx_i for each way; then the direct slope."""
    for w in c.ways:
        if not w.told:
            at = c.i if w.alone(c.i) else w.k
            slope = w.outer.map(partial(w.at_one, i=c.i))
            yield from staged(c.letters, c.by_outer(w, at), slope, "outer")
        yield from _inner_lines(c, w)
    if c.direct is not None and not c.ways:
        yield from staged(c.letters, c.by_all(), c.direct, "inner")
        yield from cases(c.letters, c.direct.final, c.letters.rows, c.i, c.by_all)


def _inner_lines(c: Composition, w: Way) -> Iterator[ProofLine]:
    """dy_k/dx_i, also case by case where a delta stands in it."""
    if w.alone(c.i):
        slope = w.inner.map(partial(w.at_one, i=c.i))
        yield from staged(c.letters, c.by_inner(w, c.i), slope, "alone")
        return
    yield from staged(c.letters, c.by_inner(w, w.k), w.inner, "inner")
    yield from cases(c.letters, w.inner.final, c.i, w.k, partial(c.by_inner, w))


def staged(letters: Letters, lhs: Expr, slope: Slope, rule: str) -> Iterator[ProofLine]:
    """Yield a slope as SymPy comes to it: term by term, the deltas summed away, in the output."""
    last = letters.written(slope.final)
    before = [(slope.first, slope.how, "term by term")]
    before += [(slope.plain, "picked", "collected")] if slope.summed else []
    told: Expr | None = None
    for formula, why, name in before:
        written = letters.written(formula)
        if written not in (told, last):
            yield ProofLine(lhs, written, name, why=why)
            told = written
    why = "" if told is None else "picked" if slope.plain == slope.final else "in output"
    yield ProofLine(lhs, last, rule, why=why if slope.summed or why == "in output" else "")


def cases(letters: Letters, slope: Formula, k: Positions, i: Positions,
          lhs: Callable[[Positions], Expr]) -> Iterator[ProofLine]:
    """Yield a slope with Kronecker's delta for i = k (at k) and for i != k."""
    delta = sympy.KroneckerDelta(*k, *i) if len(k) == 1 == len(i) else None
    if delta is not None and slope.has(delta):
        equal = shortest(put(slope, {i[0]: k[0]}))
        yield ProofLine(lhs(k), letters.written(equal), "same")
        apart = shortest(put(slope, {delta: sympy.S.Zero}))
        yield ProofLine(lhs(i), letters.written(apart), "other")


def _chain_lines(c: Composition) -> Iterator[ProofLine]:
    """The chain rule with symbols, then with the slopes put in."""
    if not c.ways:
        return
    lhs = c.by_all()
    many = len(c.ways) + (c.direct is not None) > 1
    rule = "chain of ways" if many else "chain" if c.summed else "chain of one"
    symbols, slopes = zip(*(_term(c, w) for w in c.ways), strict=True)
    own = () if c.direct is None else (c.letters.written(c.direct.final),)
    yield ProofLine(lhs, add(*own, *symbols), rule)
    yield ProofLine(lhs, add(*own, *slopes), "put in")


def _term(c: Composition, w: Way) -> tuple[Expr, Expr]:
    """Return sum_k d top/dy_k dy_k/dx_i, in symbols and with the slopes."""
    write = c.letters.written
    if w.alone(c.i) or not w.k or w.fixed:
        at = c.i if w.alone(c.i) else w.k
        inner, outer = (write(w.at_one(f, c.i)) for f in (w.inner.final, w.outer.final))
        return mul(c.by_outer(w, at), c.by_inner(w, at)), mul(outer, inner)
    symbols = mul(c.by_outer(w, w.k), c.by_inner(w, w.k))
    return c.over_k(w, symbols), c.over_k(w, mul(write(w.outer.final), write(w.inner.final)))


@dataclass(frozen=True, slots=True)
class _Stage:
    """A formula of d top/dx_i, the rule that made it from the one before, and the fact used."""

    formula: Formula
    rule: str
    fact: Fact | None = None


def _stages(c: Composition, declared: tuple[Fact, ...], own: Callable[[], Iterator[Fact]]
            ) -> list[_Stage]:
    """Split the sums, collapse the deltas, cite facts one after the other, collect."""
    pieces = [(w, part) for w in c.ways for part in w.parts]
    first = sympy.Add(*(w.outer.final * w.inner.final for w in c.ways if w.fixed),
                      c.direct.final if c.direct is not None else sympy.S.Zero)
    total = sympy.Add(first, *(collapse(w.outer.final, part, w.k, w.y.shape) for w, part in pieces))
    if any(s.has(sympy.KroneckerDelta) for s in total.atoms(sympy.Sum)):
        total = shortest(normal(total))
    picked = any(part.picks and not w.alone(c.i) for w, part in pieces)
    found = [_Stage(_split(first, pieces), "split")] if picked and len(pieces) > 1 else []
    found += [_Stage(total, "delta" if picked else "tidy")]
    for start in dict.fromkeys((total, normal(total))):
        cites = list(_cites(start, declared, own()))
        if cites:
            found += [_Stage(start, "tidy")] if start != total else []
            found += cites
            break
    last = shortest(found[-1].formula)
    return [*found, _Stage(last, "tidy")]


def _split(first: Formula, pieces: list[tuple[Way, Part]]) -> Formula:
    """Return one sum for each part of a slope, its deltas still under the sum."""
    return sympy.Add(first, *(split_sum(w.outer.final, part, w.k, w.y.shape) for w, part in pieces))


def _cites(total: Formula, declared: tuple[Fact, ...], own: Iterator[Fact]) -> Iterator[_Stage]:
    """Facts are about sums: the inner function's own are not worked out where none is left."""
    for fact in chain(declared, own):
        if not total.has(sympy.Sum):
            return
        new, used = cited(total, (fact,))
        if used:
            total = new
            yield _Stage(total, "fact" if fact in declared else "own fact", fact)


def _stage_lines(c: Composition, stages: list[_Stage], before: Expr | None
                 ) -> Iterator[ProofLine]:
    """One line per stage that looks different from the one before."""
    for stage in stages:
        written = c.letters.written(stage.formula)
        if written != before:
            yield ProofLine(c.by_all(), written, stage.rule, stage.fact)
        before = written


def _result(c: Composition, formula: Formula) -> Expr | None:
    try:
        return matrix_form(formula, c.i, c.letters.vocabulary, c.x.shape)
    except DeriveError:
        return None
