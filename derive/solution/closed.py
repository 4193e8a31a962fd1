"""Closed forms: an adjoint recurrence gone back step by step, then solved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from derive.calculus.adjoint import Adjoint
from derive.calculus.closed import Recurrence, recurrence_of
from derive.calculus.general_top import free_letter
from derive.calculus.ranges import at_most, is_empty, ranges_of
from derive.calculus.recurrences import (
    NotClosed,
    between,
    circle_of,
    nearest_circle,
    put_in,
    resolved,
)
from derive.calculus.tidy import tidy
from derive.errors import DeriveError
from derive.expr.build import add, zero
from derive.expr.equation import Domain
from derive.expr.integers import IntLike, coefficient, constant_part, named, names_in
from derive.expr.nodes import Dimension, Expr, MatrixProduct, Partial, Power, Range, Reduce, Symbol
from derive.expr.walk import at, free_indices, refs, transform, walk
from derive.expr.walk import replace as swap
from derive.question.question import Part
from derive.solution.chain import laid_out, settled
from derive.solution.forward import identifier
from derive.solution.rules import RULES, say, say_lists, title
from derive.solution.solver import Solver
from derive.solution.step import Line, Step
from derive.solution.words import Claim, Sentence
from derive.syntax.write_text import write

__all__ = ["Closing", "closed_steps", "closing_of", "not_closed_step", "order_of"]


@dataclass(frozen=True)
class Closing:
    """How the derivative by a family is to be closed: the recurrence that it rests on.

    `through` is the derivative in terms of the state's, with the range where it holds so; None
    for the state itself.
    """

    recurrence: Recurrence
    through: tuple[Expr, Domain] | None = None


def closing_of(adjoint: Adjoint, family: str) -> Closing | None:
    """Return how a derivative is closed; None where no recurrence is on its way.

    Raises `NotClosed` where there is no closed form.
    """
    circle = nearest_circle(adjoint, family)
    if not circle:
        return None
    recurrence = recurrence_of(adjoint, next(iter(circle)))
    assert recurrence is not None, "a circle is a recurrence"
    state = recurrence.state
    if family == state.name:
        return Closing(recurrence)
    flows = put_in(adjoint, family, state.name, between(adjoint, family, state.name))
    domains = {flow.domain for flow in flows}
    others = {flow.source.name for flow in flows if flow.source is not None} - {state.name}
    if any(circle_of(adjoint, name) for name in others):
        raise NotClosed("several", adjoint.member(family))
    if len(domains) != 1:
        raise NotClosed("cases", adjoint.member(family))
    return Closing(recurrence, (add(*(flow.expr for flow in flows)), domains.pop()))


def not_closed_step(solver: Solver, part: Part, left: Partial, error: NotClosed) -> Step:
    """Say by name why there is no closed form; the recurrence is the answer then."""
    return Step(identifier(solver, part.label, left) + ".not_closed", "not closed",
                intro=say_lists(REASONS[error.reason], error.parts))


REASONS = {
    "coupled": "not closed coupled", "order": "not closed order", "several": "not closed several",
    "two indices": "not closed two indices", "matrices": "not closed matrices",
    "whole past": "not closed whole past", "cases": "not closed cases",
}


def closed_steps(solver: Solver, part: Part, closing: Closing, bottoms: Sequence[Symbol]
                 ) -> Iterator[Step]:
    """Yield the way back, the closed form of the state, and what is asked in terms of it."""
    r = closing.recurrence
    key = (r.a(r.end).family, r.circle)
    answer = list(_answers(solver, part, closing, bottoms))
    if _needs_product(closing, answer):
        if solver.is_new("way back", key):
            yield _way_back(solver, part, r)
        if solver.is_new("closed", key) and closing.through is not None:
            yield _solution_step(solver, part, r, ())
    yield from answer


def _answers(solver: Solver, part: Part, closing: Closing, bottoms: Sequence[Symbol]
             ) -> Iterator[Step]:
    if closing.through is None:
        yield _solution_step(solver, part, closing.recurrence, bottoms)
    else:
        yield from (_through_step(solver, part, closing, bottom) for bottom in bottoms)


def _needs_product(closing: Closing, steps: Sequence[Step]) -> bool:
    """True unless what is asked for is so near to the top that no product is left in it."""
    over_all = closing.through is not None and not closing.through[1]
    found = (n for step in steps for line in step.lines for n in walk(line.right))
    return over_all or any(
        isinstance(n, (MatrixProduct, Reduce))
        or (isinstance(n, Power) and isinstance(n.exponent, Dimension)) for n in found)


def _way_back(solver: Solver, part: Part, r: Recurrence) -> Step:
    """Return the recurrence in the state alone, its base case, and two steps back."""
    i = named(r.letter)
    lines = [*(_alone(solver, r) if len(r.circle) > 1 else ()), *_steps_back(solver, r)]
    names = [r.adjoint.partial(r.adjoint.member(n)) for n in sorted(r.circle)
             if n != r.state.name]
    intro = say_lists("put in", names, [r.a(i)]) if names else None
    return Step(identifier(solver, part.label, r.a(i)) + ".way_back", "way back", tuple(lines),
                intro=intro, detail="normal", title=title("way back"))


def _alone(solver: Solver, r: Recurrence) -> Iterator[Line]:
    """Yield the base case and the recurrence for the state alone."""
    i = named(r.letter)
    inner = Range((r.first,), (r.last - 1,)) if r.step == 1 else Range((r.first + 1,), (r.last,))
    if r.written is not None:
        yield _one_step(r, "symbolic")
    yield Line("symbolic", r.a(r.end), "=", _written(solver, r, r.source(r.end)))
    before = r.times(i + r.step, r.a(i + r.step))
    for bounds, all_there in _split(inner, r.threshold, r.step):
        whole = add(r.source(i), before) if all_there else before
        yield Line("symbolic", r.a(i), "=", _written(solver, r, whole), ((r.letter, bounds),))


def _one_step(r: Recurrence, kind: str) -> Line:
    """Return what the derivative of one state by the next is."""
    assert r.written is not None
    bounds = (r.first + 1, r.last) if r.step == 1 else (r.first, r.last - 1)
    return Line(kind, r.written[0], "=", r.written[1], ((r.bound, Range(*((b,) for b in bounds))),))


def _split(bounds: Range, edge: IntLike | None, step: int) -> Iterator[tuple[Range, bool]]:
    """Yield where sources are added at every step, then where they are not (any more)."""
    if edge is None:
        yield bounds, False
        return
    inside = Range((edge,), bounds.his) if step == 1 else Range(bounds.los, (edge,))
    outside = Range(bounds.los, (edge - 1,)) if step == 1 else Range((edge + 1,), bounds.his)
    for part, there in ((inside, True), (outside, False)):
        if not is_empty(part):
            yield part, there


def _steps_back(solver: Solver, r: Recurrence) -> Iterator[Line]:
    """Yield the adjoint one and two steps away from the base case."""
    seed = r.source(r.end)
    begin = r.a(r.end) if any(True for _ in refs(seed)) else seed
    terms: list[Expr] = [begin]
    for back in (1, 2):
        here = r.end - r.step * back
        if not _is_there(here, r):
            return
        added = [r.source(here)] if _has_source(here, r) else []
        once = add(*added, r.times(here + r.step, r.a(here + r.step) if back > 1 else begin))
        terms = [*added, *(r.times(here + r.step, term) for term in terms)]
        where = _long_enough(here, r)
        if any(_never(solver, n, bounds) for n, bounds in where):
            return
        if once != r.a(here):
            yield Line("symbolic", r.a(here), "=", _written(solver, r, once), where)
        if back > 1 and add(*terms) != once:
            yield Line("simplified", None, "=", _written(solver, r, add(*terms)), where)


def _long_enough(i: IntLike, r: Recurrence) -> Domain:
    """Return how long the model has to be for a step to be as it stands: T >= 2."""
    bounds = Range((r.first,), (r.last,))
    if r.threshold is not None:
        bounds = Range((r.threshold,), bounds.his) if r.step == 1 else Range(
            bounds.los, (r.threshold,))
    return _far_enough(i, bounds)


def _far_enough(i: IntLike, bounds: Range) -> Domain:
    """Return from where on a position lies within bounds: T - 2 >= 0 for T >= 2."""
    for gap in (i - bounds.lo, bounds.hi - i):
        names = sorted(names_in(gap))
        if len(names) == 1 and coefficient(gap, names[0]) == 1 and constant_part(gap) <= -2:
            return ((names[0], Range((-constant_part(gap),), ())),)
    return ()   # lengths of at least 1 are understood


def _never(solver: Solver, letter: str, bounds: Range) -> bool:
    """True where the range of an index ends before it could come that far: t = 1..1."""
    declared = solver.question.indices.get(letter)
    return declared is not None and any(
        is_empty(Range(bounds.los, (hi,))) for hi in declared.his)


def _is_there(i: IntLike, r: Recurrence) -> bool:
    """True unless a number says that the position is outside."""
    gap = i - r.first if r.step == 1 else r.last - i
    return not isinstance(gap, int) or gap >= 0


def _has_source(i: IntLike, r: Recurrence) -> bool:
    if r.threshold is None:
        return False
    gap = i - r.threshold if r.step == 1 else r.threshold - i
    return not isinstance(gap, int) or gap >= 0


def _written(solver: Solver, r: Recurrence, expr: Expr) -> Expr:
    return laid_out(solver, settled(r.adjoint, expr, {}))


def _solution_step(solver: Solver, part: Part, r: Recurrence, asked: Sequence[Symbol]) -> Step:
    lines = [line for bottom in asked or (r.state,) for line in _solved(solver, r, bottom)]
    solver.keep(lines)
    if r.written is not None and asked:
        lines.append(_one_step(r, "result"))
    left = r.adjoint.partial((asked or (r.state,))[0])
    return Step(identifier(solver, part.label, left) + ".closed", "closed", tuple(lines),
                title=title("closed"), note=order_of(lines), answer=bool(asked),
                detail="brief" if asked else "normal")


def _solved(solver: Solver, r: Recurrence, bottom: Symbol) -> Iterator[Line]:
    """Yield the closed form of the state's adjoint where it is asked for, case by case."""
    whole = Range((r.first,), (r.last,))
    left, place = r.adjoint.partial(bottom), bottom.index[0]
    letter = _running(solver, r.adjoint, bottom)
    if not letter and at_most(r.last + 1, place) and r.step == 1:
        yield Line("result", left, "=", zero(left.shape))
        return
    if not letter:
        _refuse_open(solver, r, bottom)
        found = r.solution(place, whole)
        yield from _put_in(solver, r, left, found, _long_enough(place, r))
        return
    for bounds, _ in _split(whole, r.threshold, r.step):
        where = _where(solver, letter, place, bounds)
        if where is not None:
            found = at(r.solution(named(r.letter), bounds), {r.letter: place})
            yield from _put_in(solver, r, left, found, where)
    yield from _zero_beyond(solver, r, left, letter, place)


def _put_in(solver: Solver, r: Recurrence, left: Partial, found: Expr, where: Domain
            ) -> Iterator[Line]:
    """Yield a closed form, then the same with the derivatives known outright put in."""
    found = _apart(solver, found, free_indices(left))
    known = _apart(solver, resolved(r.adjoint, found, solver.is_named), free_indices(left))
    yield Line("result" if known == found else "symbolic", left, "=",
               _written(solver, r, found), where)
    if known != found:
        yield Line("result", None, "=", _written(solver, r, known), where)


def _refuse_open(solver: Solver, r: Recurrence, bottom: Symbol) -> None:
    """Raise where nothing says whether a member comes before the top: de[t]/dh[T]."""
    gap = r.last - bottom.index[0]
    signs = {(coefficient(gap, n) or 0) > 0 for n in names_in(gap)}
    if r.step == 1 and len(signs) > 1 and not at_most(
            bottom.index[0], r.last, (), solver.question.indices):
        raise DeriveError(f"`{write(r.adjoint.partial(bottom))}`: whether {write(bottom)} comes "
                          f"before {write(r.adjoint.top)} is open",
                          remedy="ask for a member by an index of its own, as in i: 1..t")


def _apart(solver: Solver, expr: Expr, free: AbstractSet[str]) -> Expr:
    """Give sums other letters where the left side has theirs: sum over t inside of dL/dh_t."""
    def change(node: Expr) -> Expr | None:
        if not isinstance(node, (Reduce, MatrixProduct)) or node.index not in free:
            return None
        bound = {n.index for n in walk(expr) if isinstance(n, (Reduce, MatrixProduct))}
        letter = free_letter(solver.named, free | bound | free_indices(expr))
        body = at(node.body, {node.index: named(letter)})
        return replace(node, index=letter, body=transform(body, change))

    return transform(expr, change)


def _running(solver: Solver, adjoint: Adjoint, bottom: Symbol) -> str:
    """Return the letter that runs in the position asked for; none where it is fixed."""
    fixed = {n for p in adjoint.top.index for n in names_in(p)} | set(solver.question.sizes)
    own = set(solver.question.indices) | set(adjoint.model.families[bottom.name].indices)
    return next(iter(sorted((names_in(bottom.index[0]) & own) - fixed)), "")


def _where(solver: Solver, letter: str, place: IntLike, bounds: Range) -> Domain | None:
    """Return where a case holds in the letter asked for; None where that is nowhere."""
    found = dict(ranges_of([letter], [(place, bounds)], {}))[letter]
    declared = solver.question.indices.get(letter)
    if declared is not None and len(declared.los) == len(declared.his) == 1:
        lo = declared.lo if at_most(found.lo, declared.lo) else found.lo
        hi = declared.hi if at_most(declared.hi, found.hi) else found.hi
        found = Range((lo,), (hi,))
    return None if is_empty(found) else ((letter, found),)


def _zero_beyond(solver: Solver, r: Recurrence, left: Partial, letter: str, place: IntLike
                 ) -> Iterator[Line]:
    """Yield that what comes after a general top has no part in it, where it is asked for."""
    declared = solver.question.indices.get(letter)
    if declared is None or r.adjoint.cases is None or place != named(letter) or r.step != 1:
        return
    if not at_most(declared.hi, r.last):
        beyond = ((letter, Range((r.last + 1,), declared.his)),)
        yield Line("result", left, "=", zero(left.shape), beyond)


def _through_step(solver: Solver, part: Part, closing: Closing, bottom: Symbol) -> Step:
    """Return what is asked by the derivative of the state, and, where it is indexed, all of it."""
    assert closing.through is not None
    r, (expr, domain) = closing.recurrence, closing.through
    left = r.adjoint.partial(bottom)
    if domain:
        lines = list(_indexed(solver, r, left, expr, domain[0]))
    else:
        lines = [Line("result", left, "=", _written(solver, r, expr))]
    solver.keep(lines)
    return Step(identifier(solver, part.label, left) + ".closed", "closed", tuple(lines),
                intro=say("in terms of", r.a(named(r.letter))), note=order_of(lines),
                answer=True)


def _indexed(solver: Solver, r: Recurrence, left: Partial, expr: Expr,
             domain: tuple[str, Range]) -> Iterator[Line]:
    """Yield a derivative by a series: by that of the state, then with its closed form put in."""
    (own, bounds), place = domain, left.bottom.index[0]
    letter = _running(solver, r.adjoint, left.bottom)
    where = _where(solver, letter, place, bounds) if letter else _far_enough(place, bounds)
    here = at(expr, {own: place})
    whole = Range((r.first,), (r.last,))
    known = at(_with_solution(r, expr, bounds), {own: place}) if letter else _with_solution(
        r, here, whole)
    yield Line("symbolic", left, "=", _written(solver, r, here), where or ())
    for line in _put_in(solver, r, left, known, where or ()):
        yield replace(line, left=None)


def _with_solution(r: Recurrence, expr: Expr, known: Range) -> Expr:
    """Put the closed form of the state's adjoint in."""
    table: dict[Expr, Expr] = {
        ref: r.solution(ref.bottom.index[0], known) for ref in refs(expr)
        if isinstance(ref, Partial) and not ref.direct and ref.bottom.name == r.state.name}
    return tidy(swap(expr, table))


def order_of(lines: Sequence[Line]) -> Sentence | None:
    """Say in which order the factors of a product stand, and what an empty one is."""
    found = [n for line in lines for n in walk(line.right) if isinstance(n, MatrixProduct)
             or (isinstance(n, Reduce) and n.kind == "prod")]
    found = [n for n in found if n.index in free_indices(n.body)]
    empty = [n for n in found if not _has_factors(n.range)]
    if not found:
        return None
    product = next(iter(empty), found[0])
    where, parts = _when_empty(product.range)
    if isinstance(product, MatrixProduct):
        lo, hi = product.range.lo, product.range.hi
        first, last = (hi, lo) if product.falling else (lo, hi)
        k = Dimension(named(product.index))
        ends = (Claim(k, "=", Dimension(first)), Claim(k, "=", Dimension(last)))
        if not empty:
            return Sentence(RULES["order alone"].why, (k, *ends))
        return Sentence(RULES["order"].why.replace("()", where), (k, *ends, *parts))
    rule = "empty ones" if product.shape else "empty one"
    return Sentence(RULES[rule].why.replace("()", where), parts) if empty else None


def _has_factors(bounds: Range) -> bool:
    count = bounds.hi - bounds.lo + 1
    return isinstance(count, int) and count > 0


def _when_empty(bounds: Range) -> tuple[str, tuple[Claim, ...]]:
    """Return where in a sentence it is said when a product is empty, and what: i = t."""
    lo, hi = bounds.lo, bounds.hi
    if isinstance(lo, int) or isinstance(hi, int):
        return "", ()
    back = constant_part(lo - 1) == 0 or constant_part(hi) == 0
    return " ({})", (Claim(*((Dimension(lo - 1), "=", Dimension(hi)) if back else
                             (Dimension(lo), "=", Dimension(hi + 1)))),)
