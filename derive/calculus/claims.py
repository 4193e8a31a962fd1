"""Proving that a derivative is what is claimed: entry by entry, from SymPy's own derivatives.

From the top down, d top / d x is worked out for every quantity x on the way to the bottom, by one
chain rule each (`derive.calculus.index_proof`). Derivatives that the claim itself mentions stand as
symbols. The last formula and the entry of the claimed right side are then brought to one form
(`derive.calculus.agreement`); nothing is compared in numbers here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sympy

from derive.calculus.agreement import Agreement, agreement
from derive.calculus.composition import Composition, Letters, Way, way
from derive.calculus.entries import entry
from derive.calculus.entrywise import entrywise
from derive.calculus.facts import Fact, defining_fact, own_facts
from derive.calculus.index_proof import ProofLine, derived
from derive.calculus.matrix_form import matrix_form
from derive.calculus.places import Formula, Positions, aligned, position
from derive.calculus.routes import Stop, routes
from derive.calculus.slopes import Slope, slope_of
from derive.calculus.sums import fresh, put
from derive.calculus.system import System
from derive.calculus.window_sums import with_deltas
from derive.errors import DeriveError
from derive.expr.nodes import Expr, Partial, Symbol
from derive.expr.walk import refs

__all__ = ["Derived", "Proof", "Stage", "derive", "in_matrices", "prove"]

REORDERED = ("tidy", "delta", "split", "put in")   # rules of lines that a claim may say its way


@dataclass(frozen=True, slots=True)
class Stage:
    """One chain rule: d top / d x, entry by entry, and the equations it reads."""

    x: Symbol
    defined: tuple[tuple[Symbol, Expr], ...]
    lines: tuple[ProofLine, ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """d top_a / d bottom_i as a formula at the positions of `letters`, and how it came about."""

    top: Symbol
    bottom: Symbol
    stages: tuple[Stage, ...]
    formula: Formula
    letters: Letters


@dataclass
class _Descent:
    """d top / d x for every x met so far, from the top down."""

    top: Symbol
    stops: Mapping[Symbol, Stop]
    facts: tuple[Fact, ...]
    exprs: tuple[Expr, ...]
    reserved: frozenset[str]
    named: frozenset[Partial]
    found: dict[Symbol, tuple[Slope, Positions]] = field(default_factory=dict)
    told: set[Symbol] = field(default_factory=set)

    def stage(self, stop: Stop) -> tuple[Stage | None, Formula, Letters]:
        """Work out d top / d x; one that only the top reads is told where it is used."""
        x, top = stop.symbol, self.top
        letters = Letters.choose(top, x, self.exprs, self.reserved)
        symbol = Partial(top, x)
        if symbol in self.named and stop.rhs is not None:
            formula = entry(symbol, (*letters.rows, *letters.i))
            self.found[x] = (Slope(formula, formula, formula), letters.i)
            self.told.add(x)
            return None, formula, letters
        return self._worked_out(stop, letters)

    def _worked_out(self, stop: Stop, letters: Letters) -> tuple[Stage | None, Formula, Letters]:
        c, letters = self._composition(stop, letters)
        lines, formula, _ = derived(c, self.facts, lambda: self._own(c))
        if c.direct is not None and not c.ways:
            self.found[stop.symbol] = (c.direct, letters.i)
        else:
            self.found[stop.symbol] = (Slope(formula, formula, formula), letters.i)
            self.told.add(stop.symbol)
        return Stage(stop.symbol, tuple(self._defined(stop, c)), lines), formula, letters

    def _composition(self, stop: Stop, letters: Letters) -> tuple[Composition, Letters]:
        first: Slope | None = None
        ways: list[Way] = []
        for reader in stop.readers:
            rhs = self.stops[reader].rhs
            assert rhs is not None, "what reads another has an equation"
            if reader == self.top:
                first = slope_of(rhs, reader, stop.symbol, letters.rows, letters.i)
            else:
                made, letters = self._way(reader, rhs, stop.symbol, letters)
                ways.append(made)
        return Composition(self.top, stop.symbol, tuple(ways), first, letters), letters

    def _way(self, y: Symbol, rhs: Expr, x: Symbol, letters: Letters) -> tuple[Way, Letters]:
        spelled = letters.between(y)
        letters, k = letters.also(spelled), tuple(spelled)
        slope, at = self.found[y]
        outer = slope.map(lambda f: _moved(f, at, k))
        told = y in self.told
        self.told.add(y)
        return way(y, k, outer, lambda at: self._inner(y, rhs, x, at, letters.i), told), letters

    def _inner(self, y: Symbol, rhs: Expr, x: Symbol, k: Positions, i: Positions
               ) -> Slope:
        """A slope that the claim mentions stands as a symbol."""
        if Partial(y, x) in self.named:
            symbol = entry(Partial(y, x), (*k, *i))
            return Slope(symbol, symbol, symbol)
        return slope_of(rhs, y, x, k, i)

    def _own(self, c: Composition) -> Iterator[Fact]:
        for w in c.ways:
            rhs = self.stops[w.y].rhs
            assert rhs is not None, "what stands between has an equation"
            yield from own_facts(rhs, w.y)
        for stop in self.stops.values():
            found = stop.rhs is not None and defining_fact(stop.rhs, stop.symbol)
            if found:
                yield found

    def _defined(self, stop: Stop, c: Composition) -> Iterator[tuple[Symbol, Expr]]:
        """Yield the equations that a stage differentiates, the top's first."""
        tops = [self.top] if c.direct is not None or not all(w.told for w in c.ways) else []
        for symbol in (*tops, *(w.y for w in c.ways)):
            rhs = self.stops[symbol].rhs
            if rhs is not None:
                yield symbol, rhs


def _moved(formula: Formula, old: Positions, new: Positions) -> Formula:
    """Read a formula of x_i as one of y_k; both sets of letters may overlap."""
    between = [position(f"moved{m}") for m, _ in enumerate(old)]
    return put(put(formula, dict(zip(old, between, strict=True))),
               dict(zip(between, new, strict=True)))


def derive(system: System, top: Symbol, bottom: Symbol, facts: Sequence[Fact] = (),
           named: frozenset[Partial] = frozenset(), about: Sequence[Expr] = (),
           reserved: frozenset[str] = frozenset()) -> Derived:
    """Derive d top / d bottom entry by entry.

    named:    derivatives that are to stand as symbols.
    about:    other expressions whose letters are not to be used (the claim).
    reserved: letters that mean something else in the question.
    """
    halts = tuple(p.bottom for p in named if p.top == top and p.bottom != bottom)
    stops = routes(system, top, bottom, halts)
    exprs = (*(s.rhs for s in stops if s.rhs is not None), *(s.symbol for s in stops), *about,
             *(side for fact in facts for side in fact), *named)
    taken = system.sizes | reserved
    descent = _Descent(top, {s.symbol: s for s in stops}, tuple(facts), exprs, taken, named)
    letters = Letters.choose(top, bottom, exprs, taken)
    formula: Formula = sympy.S.Zero
    stages: list[Stage] = []
    for stop in (s for s in stops if s.symbol != top):
        stage, formula, letters = descent.stage(stop)
        if stage is not None and (stop.symbol in descent.told or stop.symbol == bottom):
            stages.append(stage)
    return Derived(top, bottom, tuple(stages), formula, letters)


@dataclass(frozen=True, slots=True)
class Proof:
    """What was derived (the claimed derivative last), the claimed entry, and why both are equal."""

    derived: tuple[Derived, ...]
    claimed: Expr
    agreement: Agreement

    @property
    def found(self) -> Expr:
        """The entry that was derived."""
        return self.last.letters.written(self.last.formula)

    @property
    def last(self) -> Derived:
        return self.derived[-1]


def prove(system: System, top: Symbol, bottom: Symbol, right: Expr, facts: Sequence[Fact],
          reserved: frozenset[str] = frozenset()) -> Proof | None:
    """Prove that d top / d bottom is *right*, or return None where that is not seen.

    Derivatives in *right* stand as symbols first; where that does not do, they are worked out.
    Positions are not named by letters that are *reserved*.
    """
    symbols = tuple(dict.fromkeys(r for r in refs(right) if isinstance(r, Partial)))
    found = derive(system, top, bottom, facts, frozenset(symbols), (right,), reserved)
    claimed = _entry(found, right)
    equal = agreement(found.formula, claimed, facts, system)
    if equal is not None or not symbols:
        return None if equal is None else _ending((found,), right, equal)
    try:
        known = tuple(derive(system, s.top, s.bottom, facts, about=(right,), reserved=reserved)
                      for s in symbols)
        found = derive(system, top, bottom, facts, about=(right,), reserved=reserved)
    except DeriveError:     # a recurrence: what the claim mentions has to stand as it is
        return None
    equal = agreement(found.formula, _with_known(claimed, known), facts, system)
    return None if equal is None else _ending((*known, found), right, equal)


def _ending(known: tuple[Derived, ...], right: Expr, equal: Agreement) -> Proof:
    """Let the last line of the derivation say it in the order of the claim's author."""
    *before, found = known
    theirs, claimed = _written(found, right)
    entry_of_claim = _entry(found, right)
    if _differs_in_order(found, entry_of_claim):
        *stages, last = found.stages
        last = replace(last, lines=_reordered(last, theirs))
        claimed = found.letters.written(with_deltas(entry_of_claim))
        found = replace(found, formula=entry_of_claim, stages=(*stages, last))
    return Proof((*before, found), claimed, equal)


def _differs_in_order(found: Derived, claimed: Formula) -> bool:
    """True where the claim is the last formula, but for the order and signs of its factors."""
    last = found.stages[-1].lines[-1] if found.stages else None
    return last is not None and last.rule in REORDERED and (
        (found.formula - claimed).expand() == 0)


def _reordered(stage: Stage, theirs: Expr) -> tuple[ProofLine, ...]:
    """Write the last formula of a chain rule as the author did; drop it if that was there."""
    *others, last = stage.lines
    told = [line.rhs for line in others if line.lhs == last.lhs]
    return tuple(others) if theirs in told[-1:] else (*others, replace(last, rhs=theirs))


def _entry(found: Derived, right: Expr) -> Formula:
    at = (*found.letters.rows, *found.letters.i)
    return entry(right, aligned(right.shape, at) if right.shape else ())


def _written(found: Derived, right: Expr) -> tuple[Expr, Expr]:
    """Write the claimed entry in its author's order; then as derived, where that is the same."""
    letters = found.letters
    own = (*letters.rows, *letters.i)
    at = dict(zip(letters.spell(own), own, strict=True))
    theirs = entrywise(right, tuple(at), lambda part, places: letters.written(
        with_deltas(entry(part, tuple(at.get(p, sympy.S.Zero) for p in places)))))
    as_derived = letters.written(with_deltas(_entry(found, right)))
    return theirs, as_derived if as_derived == letters.written(found.formula) else theirs


def _with_known(formula: Formula, known: Sequence[Derived]) -> Formula:
    """Put derivatives that were worked out in for their symbols."""
    table = {}
    for item in known:
        name = Partial(item.top, item.bottom).family
        own = (*item.letters.rows, *item.letters.i)
        cut = len(item.bottom.index)
        for atom in formula.atoms(sympy.Indexed):
            if str(atom.base.label) == name:
                table[atom] = _moved(fresh(item.formula), own, atom.indices[cut:])
        table[sympy.Symbol(name, real=True)] = item.formula
    return put(formula, table)


def in_matrices(found: Derived) -> Expr:
    """Return the derivative as one expression, for a scalar top."""
    shape = (*found.top.shape, *found.bottom.shape)
    return matrix_form(found.formula, (*found.letters.rows, *found.letters.i),
                       found.letters.vocabulary, shape)
