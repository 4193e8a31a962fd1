"""Numbers on which a solution is judged: its own, or random ones where it has symbols.

A symbolic question is tried at lengths 1 to 4 with small, different sizes and random numbers that
obey the declared facts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import gcd, prod
from typing import Any

import numpy as np

from derive.calculus.adjoint import Adjoint, member
from derive.errors import DeriveError
from derive.expr.equation import Family
from derive.expr.integers import IntLike, constant_part, named, names_in, put, text
from derive.expr.nodes import Constant, Expr, Partial, Range, Ref, Symbol
from derive.expr.positions import inside, integers, match
from derive.expr.walk import at, places, put_range, refs, walk
from derive.numbers.reference import evaluate
from derive.numbers.solve import solve
from derive.numbers.stores import Store, Values
from derive.question.question import Fact, Given
from derive.solution.derivatives import Derivatives
from derive.solution.draw import Random, Shares, Source, draw
from derive.solution.measured import is_too_large, zeros
from derive.solution.members import reads
from derive.solution.numeric import adjoint_values, derivative_value, stores_of
from derive.solution.oracle import Oracle
from derive.solution.solver import Solver
from derive.solution.step import Line

__all__ = ["LONGEST", "Trial", "defined_trial", "drawn_trial", "farthest", "sizes_at", "trials_of",
           "with_room"]

LENGTHS = (1, 2, 3, 4)
SIZES = (2, 3, 4, 2, 3)
ORDERS = (SIZES, SIZES[2::-1], (3,))
LONGEST = 30
TRIED = 5
MOST_ENLARGED = 40
DRAWN = 20          # numbers that are tried where the first ones do not do
AGAIN = 1000        # how far their seeds are apart


@dataclass
class Trial:
    """One set of numbers: sizes, the oracle on it, and the sweeps evaluated on it."""

    solver: Solver
    env: Mapping[str, IntLike]
    families: Mapping[str, Family]
    oracle: Oracle
    forward: Values
    ranges: Mapping[str, Range]
    sweeps: dict[tuple[Symbol, Symbol], tuple[Adjoint, Values]] = field(default_factory=dict)

    def swept(self, top: Symbol, bottom: Symbol) -> Any:
        """Return the derivative that the sweep gives."""
        if self.solver.numeric:
            adjoint, values = self.solver.adjoint(top), self.solver.gradients(top)
        else:
            adjoint, values = self._sweep(top, bottom.name)
        return np.asarray(derivative_value(adjoint, values, bottom))

    def _sweep(self, top: Symbol, bottom: str) -> tuple[Adjoint, Values]:
        """Return the sweep whose top is here at *top*: dh[t]/dW and dh[T]/dU are two of them."""
        found = [general for general in self.solver.tops if general.name == top.name
                 and self._put(general, top).top == top]
        if not found:
            raise DeriveError(f"no sweep for {top}")
        reaching = [g for g in found if bottom in self.solver.adjoint(g).terms]
        general = next(iter(reaching), found[0])
        if (general, top) not in self.sweeps:
            moved = self._put(general, top)
            self.sweeps[general, top] = moved, adjoint_values(moved, self.forward)
        return self.sweeps[general, top]

    def _put(self, general: Symbol, top: Symbol) -> Adjoint:
        here = match(at(general, self.env), top, self.solver.question.indices)
        return self.solver.adjoint(general).put({**self.env, **(here or {})})

    def members(self, top: Symbol, bottom: Symbol) -> Iterator[tuple[Symbol, Symbol]]:
        """Return the members that a derivative with symbolic positions stands for."""
        for one in self._members(top):
            for other in self._members(bottom):
                yield one, other

    def _members(self, symbol: Symbol) -> list[Symbol]:
        fixed = at(symbol, self.env)
        if all(isinstance(i, int) for i in fixed.index):
            return [fixed] if self.exists(fixed, {}) else []    # h[T-2] needs T >= 2
        if symbol.name not in self.forward.stores:
            return []   # a series that no equation reads at this length
        return [replace(fixed, index=p) for p in self.forward.positions(symbol.name)]

    # lines

    def positions(self, free: Sequence[str], line: Line, left: Expr
                  ) -> Iterator[dict[str, IntLike]]:
        """Yield index values at which a line can be tried: where it holds, a few of them."""
        letters = [n for n in free if n not in self.env]
        spans = []
        where = dict(line.where)
        for letter in letters:
            bounds = where.get(letter)
            spans.append(self._span(letter, bounds, line, left))
        count = 0
        for cell in _spread_out(spans):
            env = {**self.env, **dict(zip(letters, cell, strict=True))}
            if line.where and not inside(line.where, env):
                continue
            if line.apart and len({env[n] for n in line.apart}) < len(line.apart):
                continue
            if self.exists(left, env) and self.exists(line.right, env):
                yield env
                count += 1
            if count >= TRIED ** min(len(line.where) + 1, 2):
                return

    def _span(self, letter: str, bounds: Range | None, line: Line, left: Expr) -> Sequence[int]:
        if bounds is not None and bounds.his:
            moved = put_range(bounds, self.env)
            ends = [b for b in (*moved.los, *moved.his) if isinstance(b, int)]
            return self._some(range(min(ends), max(ends) + 1)) if ends else self._any()
        sizes = _entry_sizes(left, letter) or _entry_sizes(line.right, letter)
        if sizes:
            return range(min(integers(sizes, self.env)))
        declared = self.ranges.get(letter)
        if declared is not None:
            lo, hi = declared.lo, declared.hi
            if isinstance(lo, int) and isinstance(hi, int):
                if letter in _letters_on_top(left):
                    return self._some(range(lo, hi + 1))    # dJ[t]/dW is asked for where t runs
                # h_0 and t + 1 = T + 1 lie outside the range; whether they exist is seen below
                return [*self._some(range(lo, hi + 1)), lo - 1, hi + 1]
        return self._any()

    def _some(self, span: range) -> Sequence[int]:
        few = list(span)
        return few if len(few) <= 2 * TRIED else [*few[:2], *few[len(few) // 2:][:1], *few[-2:]]

    def _any(self) -> Sequence[int]:
        return range(-1, 6)

    def exists(self, expr: Expr, env: Mapping[str, IntLike]) -> bool:
        """True where everything that an expression reads has a value."""
        try:
            return all(self._there(r) for r in reads(expr, env))
        except DeriveError:
            return False

    def _there(self, ref: Ref) -> bool:
        ref = self.solver.meant(ref)
        if isinstance(ref, Partial):
            # a state that is given has no equation whose derivative could be meant
            made = not ref.direct or self.oracle.making(ref.top) is not None
            return made and self._there(ref.top) and self._there(ref.bottom)
        store = self.forward.stores.get(ref.family)
        if store is None or not all(isinstance(i, int) for i in ref.index):
            return False
        slot = store.slot(integers(ref.index))
        return slot is not None and bool(store.known[slot])

    def difference(self, left: Expr, right: Expr, env: Mapping[str, IntLike]) -> float:
        """Return how far both sides are apart."""
        from derive.solution.checks import relative

        one, other = self.both(left, right, env)
        return relative(other, one)

    def both(self, left: Expr, right: Expr, env: Mapping[str, IntLike]) -> tuple[Any, Any]:
        """Return the values of both sides."""
        left_value, right_value = (np.asarray(evaluate(side, self.look, env), dtype=float)
                                   for side in (left, right))
        return left_value, right_value

    def misshapen(self, expr: Expr, env: Mapping[str, IntLike]) -> float:
        """Return 0 where the value has the shape that is stated, infinity otherwise."""
        found = np.shape(evaluate(expr, self.look, env))
        return 0.0 if found == integers(expr.shape, env) else np.inf

    def look(self, ref: Ref) -> Any:
        """Return the value of a member, or of a derivative by the complex step."""
        ref = self.solver.meant(ref)
        if not isinstance(ref, Partial):
            return self.oracle.value(ref)
        return self.derivatives.partial(ref)

    @cached_property
    def derivatives(self) -> Derivatives:
        tops = frozenset(at(top, self.env) for top in self.solver.tops)
        return Derivatives(self.oracle, tops, self.solver.steady)


def _spread_out(spans: Sequence[Sequence[int]]) -> Iterator[tuple[int, ...]]:
    """Yield every combination; the first few lie all over, as only a few are tried."""
    count = prod(map(len, spans))
    step = next((s for s in range(max(count * 5 // 8, 1), count) if gcd(s, count) == 1), 1)
    for number in range(count):
        rest, cell = number * step % count, []
        for span in reversed(spans):
            rest, place = divmod(rest, len(span))
            cell.append(span[place])
        yield tuple(cell[::-1])


def _letters_on_top(expr: Expr) -> set[str]:
    return {n for ref in refs(expr) if isinstance(ref, Partial) and not ref.direct
            for i in ref.top.index for n in names_in(i)}


def _entry_sizes(expr: Expr, letter: str) -> list[IntLike]:
    """Return the sizes of the axes that a letter runs along in index notation."""
    return [size for part in walk(expr) for place, size in places(part) if place == named(letter)]


def trials_of(solver: Solver) -> tuple[Trial, ...]:
    """Return the numbers to judge on: the question's own, or four random sets."""
    if solver.numeric:
        given = _by_member(solver.question.given, solver.question.families)
        oracle = Oracle(solver.named.by_target, given)
        return (Trial(solver, {}, solver.named.families, oracle, solver.values,
                      solver.question.indices),)
    if is_too_large(solver):
        return (_of_zeros(solver),)
    return tuple(_somewhere(solver, length) for length in (*LENGTHS, *_longer(solver)))


def _of_zeros(solver: Solver) -> Trial:
    """Return a trial whose arrays take no room: only their sizes are asked for."""
    families = solver.named.families
    arrays = {name: zeros(integers(family.shape)) for name, family in families.items()}
    values: dict[Ref, Any] = {Symbol(n, (), families[n].shape): a for n, a in arrays.items()}
    stores = {name: Store(array, (), np.array(True)) for name, array in arrays.items()}
    oracle = Oracle(solver.named.by_target, values, dict(values))
    return Trial(solver, {}, families, oracle, Values(stores), {})


def _somewhere(solver: Solver, length: int) -> Trial:
    """Return a trial; where A^T A is singular, because A has too few rows, with other sizes.

    Where A A^T has an inverse too, all sizes are the same.
    """
    first: Trial | DeriveError | None = None
    for sizes in ORDERS if solver.question.sizes else ORDERS[:1]:
        try:
            trial = defined_trial(solver, sizes_at(solver, length, sizes), length)
        except DeriveError as error:
            first = first or error
            continue
        if solver.question.indices or _has_slopes(trial):
            return trial
        first = trial
    if isinstance(first, Trial):
        return first
    raise first or DeriveError("no sizes were found at which the model has a value")


def _has_slopes(trial: Trial) -> bool:
    """True where the derivatives have values too: that of det(A A^T) needs an inverse."""
    try:
        for top, bottoms in trial.solver.wanted.items():
            for bottom in bottoms:
                if trial.solver.depends(top, bottom):
                    trial.swept(top, member(trial.solver.named, bottom))
    except DeriveError:
        return False
    return True


def defined_trial(solver: Solver, env: Mapping[str, IntLike], seed: int,
                  known: Mapping[str, Given] | None = None) -> Trial:
    """Return a trial at which the model has a value, as log q has at positive q alone.

    Numbers of both signs come first, then shares: numbers between 0 and 1.
    """
    first: DeriveError | None = None
    for source in (kind(seed + again * AGAIN) for again in range(DRAWN) for kind in (
            Random, Shares)):
        try:
            with np.errstate(invalid="ignore", divide="ignore"):
                trial = drawn_trial(solver, env, source, known=known)
        except DeriveError as error:
            first = first or error
            continue
        if all(_has_values(store.array[store.known], masked=name in _masked(solver))
               for name, store in trial.forward.stores.items()):
            return trial
    raise first or DeriveError("no numbers were found at which the model has a value",
                               remedy="declare where it has one, as in assume: x > 0")


def _has_values(values: Any, masked: bool) -> bool:
    """True where numbers are finite; what is masked may be -infinity."""
    if values.dtype.kind not in "fc":
        return True
    return bool(np.all(np.isfinite(values) | (np.isneginf(values.real) & masked)))


def _masked(solver: Solver) -> set[str]:
    """Return the quantities in whose equations infinity is written."""
    return {e.target.family for e in solver.named.equations
            if any(isinstance(node, Constant) and node.name == "inf" for node in walk(e.rhs))}


def _longer(solver: Solver) -> Iterator[int]:
    """Yield a length at which the members exist that are asked for by a number: h[5], h[T-6]."""
    far = farthest(solver)
    if max(LENGTHS) < far <= LONGEST:
        yield far


def farthest(solver: Solver) -> int:
    """Return the least length at which everything exists that is asked for by a number."""
    asked = [p for part in solver.question.parts for r in part.sweeps
             for s in (r.top, r.bottom) if s is not None for p in s.index]
    return max((abs(constant_part(p)) for p in asked), default=0) + 1


def _by_member(given: Mapping[str, Given], families: Mapping[str, Family]) -> dict[Ref, Any]:
    return {Symbol(name, position, families[name].shape): array
            for name, item in given.items() for position, array in item.members.items()}


def drawn_trial(solver: Solver, env: Mapping[str, IntLike], source: Source,
                more: Sequence[Fact] = (), known: Mapping[str, Given] | None = None) -> Trial:
    """Return a trial at given sizes; *more* and *known* as in `draw`."""
    system = solver.named.put(env)
    given = draw(solver, system.equations, system.families, env, source, more, known)
    forward = solve(system.equations, stores_of(given), env)
    ranges = {n: put_range(r, env) for n, r in solver.question.indices.items()}
    oracle = Oracle(system.by_target, _by_member(given, system.families))
    _see(solver.question.facts, oracle, env)
    return Trial(solver, env, system.families, oracle, forward, ranges)


def _see(facts: Sequence[Fact], oracle: Oracle, env: Mapping[str, IntLike]) -> None:
    """Refuse numbers for which an inequality such as b - A x > 0 does not hold."""
    for fact in facts:
        if fact.relation == "==" or isinstance(fact.left, Symbol):
            continue
        left, right = (evaluate(at(side, env), oracle.value) for side in (fact.left, fact.right))
        if not np.all(HOLDS[fact.relation](np.asarray(left), np.asarray(right))):
            raise DeriveError(f"no numbers were found for which `{fact.typed}` holds")


HOLDS: dict[str, Callable[[Any, Any], Any]] = {
    ">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal,
    "!=": np.not_equal}


def sizes_at(solver: Solver, length: int, some: Sequence[int] = SIZES) -> dict[str, IntLike]:
    """Return small sizes, *some* in turn; all lengths are *length*."""
    bounds = {n for r in solver.question.indices.values() for b in (*r.los, *r.his)
              for n in names_in(b)}
    sizes = iter(tuple(some) * 10)
    found: dict[str, IntLike] = {n: length if n in bounds else next(sizes)
                                 for n in solver.question.sizes}
    return with_room(solver, found, bounds)


def with_room(solver: Solver, env: dict[str, IntLike], fixed: Collection[str] = ()
              ) -> dict[str, IntLike]:
    """Enlarge sizes until none that is made of them (H - h + 1) is less than 1."""
    sizes = [n for f in solver.named.families.values() for n in f.shape]
    for _ in range(MOST_ENLARGED):
        small = next((n for n in sizes if isinstance(v := put(n, env), int) and v < 1), None)
        if small is None:
            return env
        growing = [n for n in sorted(names_in(small)) if n not in fixed and n in env
                   and isinstance(more := put(small, {**env, n: env[n] + LONGEST}), int)
                   and more > put(small, env)]  # type: ignore[operator]
        if not growing:
            break
        env = {**env, growing[0]: env[growing[0]] + 1}
    raise DeriveError(f"the size {text(small or 0)} cannot be made positive")
