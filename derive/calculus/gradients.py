"""Derivatives as quantities: what an equation that holds dL/dW needs is added to the system.

``W_new = W - eta*(dL/dW)`` reads the quantity (dL/dW). Its equations, and those of the derivatives
on the way to it, are those of the sweep from L, each derivative under a name of its own; after
that it is differentiated like any other quantity (second derivatives, a penalty on a gradient).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from derive.calculus.adjoint import Adjoint, adjoint
from derive.calculus.assembled import assembled
from derive.calculus.fusion import FactPair, find_fusions
from derive.calculus.general_top import (
    at_top,
    free_letter,
    general_adjoint,
    settled,
)
from derive.calculus.matrix_facts import matrix_facts
from derive.calculus.system import System, reach
from derive.errors import DeriveError
from derive.expr.build import zero
from derive.expr.equation import Domain, Equation, Family
from derive.expr.integers import named, names_in, put, text
from derive.expr.nodes import Expr, Partial, Range, Symbol
from derive.expr.walk import at, refs, transform
from derive.question.question import Gradient
from derive.syntax.derivative_names import derivative_symbol
from derive.syntax.write_text import write

__all__ = ["Extended", "with_gradients"]


@dataclass(frozen=True)
class Extended:
    """A system with the equations of derivatives in it.

    `sweeps` holds the sweep of each derivative that was asked for; `patterns` says of every new
    quantity which derivative it is, at which letters, and for which of those asked for. `steady`
    names, for each of those in steps, what the steps define: that is given while one is derived.
    """

    system: System
    sweeps: Mapping[str, Adjoint]
    patterns: Mapping[str, tuple[Partial, tuple[str, ...], str]]
    steady: Mapping[str, frozenset[str]] = field(default_factory=dict)


def with_gradients(system: System, gradients: Mapping[str, Gradient], facts: Sequence[FactPair],
                   ranges: Mapping[str, Range]) -> Extended:
    """Return the system with an equation for each of *gradients*, and for all they need."""
    work = _Work(system, gradients, facts, ranges)
    for name in gradients:
        work.derive(name)
    return Extended(work.system, work.sweeps, work.patterns, work.steady)


@dataclass
class _Work:
    system: System
    gradients: Mapping[str, Gradient]
    facts: Sequence[FactPair]
    ranges: Mapping[str, Range]
    sweeps: dict[str, Adjoint] = field(default_factory=dict)
    patterns: dict[str, tuple[Partial, tuple[str, ...], str]] = field(default_factory=dict)
    steady: dict[str, frozenset[str]] = field(default_factory=dict)
    busy: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)

    def derive(self, name: str) -> None:
        if name in self.done:
            return
        if name in self.busy:
            raise DeriveError(f"`{name.strip('()')}` is needed to work itself out")
        self.busy.append(name)
        wanted = self.gradients[name]
        model = self._ready(name, wanted)
        self._add(list(_equations_for(name, wanted, model, self)))
        self.busy.pop()
        self.done.add(name)

    def _ready(self, name: str, wanted: Gradient) -> System:
        """Return the equations that are differentiated, those of all derivatives in them included.

        Where steps from one position to the next read this very derivative (w[k+1] is made of
        dL[k]/dw[k]), what they define is taken as it is: the steps are no part of the loss at its
        own position.
        """
        held = {self.gradients[n].bottom.name for n in self._circle(wanted)}
        model = System(tuple(e for e in self.system.equations if e.target.family not in held),
                       self.system.families, self.system.helpers)
        self.steady[name] = frozenset(held)
        for other in sorted(self._open(model, wanted)):
            self.derive(other)
        kept = {e.target.family for e in model.equations}
        more = tuple(e for e in self.system.equations if e.target.family not in kept | held)
        return System((*model.equations, *more), {**model.families, **self.system.families},
                      self.system.helpers)

    def _circle(self, wanted: Gradient) -> set[str]:
        """Return all derivatives that need each other, with *wanted* among them."""
        reads = {n: {m for m in self.system.above(g.top.name) if m in self.gradients}
                 for n, g in self.gradients.items()}
        mine = next(n for n, g in self.gradients.items() if g is wanted)
        after = {m for first in reads[mine] for m in reach(first, reads)}
        return {n for n in after if mine in reach(n, reads)} if mine in after else set()

    def _open(self, model: System, wanted: Gradient) -> set[str]:
        return {n for n in model.above(wanted.top.name) if n in self.gradients} - self.done

    def _add(self, found: Sequence[tuple[Equation, Family]]) -> None:
        new = [(e, f) for e, f in found if f.name not in self.system.by_target]
        families = {**self.system.families, **{f.name: f for _, f in new}}
        helpers = dict.fromkeys((*self.system.helpers, *(f.name for _, f in new)))
        self.system = System((*self.system.equations, *(e for e, _ in new)), families,
                             tuple(helpers))


def _equations_for(name: str, wanted: Gradient, model: System, work: _Work
                   ) -> Iterator[tuple[Equation, Family]]:
    """Yield the equations that a derivative needs, its own last."""
    meant = Partial(wanted.top, wanted.bottom)
    family = Family(name, wanted.letters, meant.shape)
    work.patterns[name] = meant, wanted.letters, name
    ranges = {**work.ranges, **_positions(model, wanted.top)}
    domain = tuple((n, ranges[n]) for n in wanted.letters)
    target = Symbol(name, tuple(map(named, wanted.letters)), meant.shape)
    if wanted.bottom.name not in model.above(wanted.top.name):
        yield Equation(target, domain, zero(meant.shape)), family
        return
    swept = _swept(wanted, model, work)
    if swept.form == "component":
        raise DeriveError(f"`{write(meant)}` has an entry for each pair of entries, and cannot "
                          "stand in an equation",
                          remedy="differentiate a number, such as the sum of its entries")
    work.sweeps[name] = swept
    short = assembled(swept, wanted.bottom.name, matrix_facts(work.facts)) if not (
        wanted.bottom.index) else None
    if short is not None:
        yield Equation(target, domain, short), family
        return
    found = list(_named_equations(name, swept, work))
    needed = _needed(name, found)
    yield from ((e, f) for e, f in found if f.name in needed)
    if name not in needed:
        own = derivative_symbol(swept.partial(swept.member(wanted.bottom.name)), work.ranges)[0]
        places = dict(zip((str(p) for p in own.index), wanted.bottom.index, strict=False))
        whole = at(own, places)
        if not any(f.name == own.name for _, f in found) or len(own.index) != len(
                wanted.bottom.index):
            raise DeriveError(f"`{write(meant)}` cannot stand in an equation: its positions on top "
                              "and below are not one and the same",
                              remedy="ask for it by `find`")
        yield from ((e, f) for e, f in found if f.name in _needed(own.name, found))
        yield Equation(target, domain, whole), family


def _needed(name: str, found: Iterable[tuple[Equation, Family]]) -> set[str]:
    """Return what a family reads, directly or not, itself included; nothing where it is not there.
    """
    reads: dict[str, set[str]] = {}
    for equation, family in found:
        reads.setdefault(family.name, set()).update(r.family for r in refs(equation.rhs))
    kept, todo = set(), [name]
    while todo:
        one = todo.pop()
        if one in reads and one not in kept:
            kept.add(one)
            todo += reads[one]
    return kept


def _swept(wanted: Gradient, model: System, work: _Work) -> Adjoint:
    fusions = find_fusions(model, work.facts, model.used.union(work.ranges))
    by = frozenset({wanted.bottom.name})
    on_top = [n for p in wanted.top.index for n in sorted(names_in(p)) if n in work.ranges]
    if not on_top:
        return adjoint(model, wanted.top, by, fusions)
    letters: dict[str, str] = {}
    for name in on_top:
        letters[name] = free_letter(model, {*work.ranges, *letters.values()})
    ranges = {**work.ranges, **_positions(model, wanted.top)}
    return general_adjoint(model, wanted.top, by, fusions, ranges, letters)


def _positions(model: System, top: Symbol) -> dict[str, Range]:
    """Return where members of the top are, for each letter among its positions."""
    found: dict[str, Range] = {}
    for slot, position in enumerate(top.index):
        ends = [(put(e.target.index[slot], {n: r.lo for n, r in e.domain}),
                 put(e.target.index[slot], {n: r.hi for n, r in e.domain}))
                for e in model.by_target.get(top.name, ())]
        lows = [lo for lo, _ in ends if isinstance(lo, int)]
        highs = [hi for _, hi in ends if isinstance(hi, int)]
        if len(ends) == 1:
            found[text(position)] = Range(ends[0][:1], ends[0][1:])
        elif ends and len(lows) == len(highs) == len(ends):
            found[text(position)] = Range((min(lows),), (max(highs),))
    return found


def _named_equations(name: str, swept: Adjoint, work: _Work
                     ) -> Iterator[tuple[Equation, Family]]:
    """Yield the equations of a sweep with every derivative called by its name."""
    ranges = {**work.ranges, **_positions(swept.model, swept.top)}
    letters = {*ranges, *(n for f in swept.model.families.values() for n in f.indices)}
    on_top = [n for p in swept.top.index for n in sorted(names_in(p)) if n in letters]
    for family, pieces in swept.pieces.items():
        for piece in pieces:
            equation = swept.equation(family, piece)
            point = at_top(swept, piece)
            rhs = settled(swept, equation.rhs, point) if swept.cases is not None else equation.rhs
            target, pattern, own = derivative_symbol(at(_partial(equation), point), letters)
            work.patterns.setdefault(target.name, (pattern, own, name))
            domain: Domain = tuple((n, ranges[n]) for n in on_top)
            if not point:
                domain = (*domain, *(d for d in piece.domain if d[0] not in on_top))
            yield (Equation(target, domain, _in_names(rhs, letters)),
                   Family(target.name, own, target.shape))


def _partial(equation: Equation) -> Partial:
    assert isinstance(equation.target, Partial), "a sweep defines derivatives"
    return replace(equation.target)


def _in_names(expr: Expr, letters: Iterable[str]) -> Expr:
    """Write every derivative in an expression as the quantity that it is."""
    return transform(expr, lambda e: derivative_symbol(e, letters)[0] if isinstance(
        e, Partial) else None)
