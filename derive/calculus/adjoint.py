"""The reverse sweep on equations: one named adjoint per quantity, with every index kept.

For a quantity ``top`` the sweep gives, for every quantity v on the way to it, the equations of
``d top / d v[s]`` for all s at once: each equation that reads v contributes one term, moved from
its own index to v's, on the range where it reads v. T and t stay symbols; nothing is inlined. (The
reverse accumulation of Griewank and Walther, Evaluating Derivatives, 2nd ed., sec. 3.2, on
recurrences instead of on single instructions.)
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from derive.calculus.contributions import ONE, Contribution, Term, collect
from derive.calculus.fusion import Fusion, alone
from derive.calculus.pieces import Piece, pieces_of
from derive.calculus.support import narrowed
from derive.calculus.system import System
from derive.errors import DeriveError
from derive.expr.build import add, outer
from derive.expr.equation import Equation
from derive.expr.integers import IntLike, named, names_in
from derive.expr.nodes import Entry, Expr, Eye, Partial, Range, Symbol
from derive.expr.walk import at

__all__ = ["Adjoint", "adjoint", "families_down"]


@dataclass(frozen=True)
class Adjoint:
    """All derivatives of `top` that lead to the wanted quantities.

    `terms` lists for each family, in the order a person would add them, what flows into
    its adjoint. `form` says how arrays on top are treated: "scalar", "jacobian" (matrices), or
    "component" (one entry of the top at a time). `cases` are the cases of each adjoint where they
    are known already.
    """

    top: Symbol
    form: str
    model: System
    terms: Mapping[str, tuple[Term, ...]]
    component: tuple[IntLike, ...] = ()
    cases: Mapping[str, tuple[Piece, ...]] | None = None

    def partial(self, bottom: Symbol) -> Partial:
        """Return the symbol d top / d bottom."""
        return Partial(self.top, bottom, (), self.component)

    def member(self, family: str) -> Symbol:
        """Return the member of a family with its own index names."""
        return member(self.model, family)

    def contributions(self, family: str) -> tuple[Contribution, ...]:
        """Return what the equations contribute to the adjoint of a family, the seed left out."""
        return tuple(t for t in self.terms.get(family, ()) if isinstance(t, Contribution))

    @cached_property
    def pieces(self) -> dict[str, tuple[Piece, ...]]:
        """The cases of each adjoint: on which range which terms are added."""
        if self.cases is not None:
            return dict(self.cases)
        return {name: pieces_of(found, self.model.families[name].indices)
                for name, found in self.terms.items()}

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """One equation for each contribution; those of one target are to be added up."""
        return tuple(Equation(self.partial(self.member(name)), c.domain, c.expr)
                     for name, found in self.terms.items() for c in found)

    def equation(self, family: str, piece: Piece) -> Equation:
        """Return the adjoint equation of one case, all its terms added."""
        rhs = add(*(c.expr for c in piece.terms))
        return Equation(self.partial(self.member(family)), piece.domain, rhs)

    def put(self, env: Mapping[str, IntLike]) -> Adjoint:
        """Put numbers in for sizes and lengths; the cases are worked out again."""
        moved = {name: tuple(c.put(env) for c in found)
                 for name, found in self.terms.items()}
        return replace(self, top=at(self.top, env), terms=moved, model=self.model.put(env),
                       cases=None)


def member(system: System, family: str) -> Symbol:
    item = system.families[family]
    return Symbol(family, tuple(named(n) for n in item.indices), item.shape)


def adjoint(model: System, top: Symbol, wanted: frozenset[str],
            fusions: tuple[Fusion, ...] = ()) -> Adjoint:
    """Run the sweep for *top* down to the families in *wanted*.

    *fusions* are pairs of equations (a loss of a softmax) that are differentiated as one.
    Raises `DeriveError` where an operation on the way has no derivative.
    """
    if not wanted:
        return Adjoint(top, "scalar", model, {})    # every derivative is zero
    active = model.above(top.name) & frozenset().union(*(model.below(w) for w in wanted))
    if wanted and top.name not in active:
        raise DeriveError(f"`{top.name}` does not depend on {_listed(wanted)}")
    active |= {top.name}
    fusions = alone([f for f in fusions if f.inner not in wanted and {
        f.outer, f.argument.name} <= active], model, active)
    form, component, raw = _collected(model, top, active, fusions)
    seed = _seed(model, top, form, component)
    terms = narrowed(model, top.name, seed, raw, form == "component" or top.name in wanted)
    # people begin with what happens at the same time step
    ordered = {name: tuple(sorted(found, key=lambda term: term.distance))
               for name, found in terms.items()}
    return Adjoint(top, form, model, ordered, component)


def _collected(model: System, top: Symbol, active: set[str] | frozenset[str],
               fusions: tuple[Fusion, ...]
               ) -> tuple[str, tuple[IntLike, ...], dict[str, list[Contribution]]]:
    """Collect what flows into each adjoint, in the form in which that can be written.

    Where a way leads through matrices there is no product of Jacobians, and one entry of the top
    is taken at a time.
    """
    form = _form(model, top, active)
    if form == "jacobian":
        with suppress(DeriveError):
            return form, (), collect(model, top, active, form, (), fusions)
        form = "component"
    component = _component(model, top) if form == "component" else ()
    return form, component, collect(model, top, active, form, component, fusions)


def _listed(names: frozenset[str]) -> str:
    return " or ".join(f"`{n}`" for n in sorted(names))


def _form(model: System, top: Symbol, active: frozenset[str] | set[str]) -> str:
    if not top.shape:
        return "scalar"
    flat = len(top.shape) == 1 and all(len(model.families[n].shape) <= 1 for n in active)
    return "jacobian" if flat else "component"


def _component(model: System, top: Symbol) -> tuple[IntLike, ...]:
    """Name the position of one entry of the top, by letters that the model does not use."""
    taken = {n for f in model.families.values() for n in f.indices} | set(model.families)
    taken |= model.sizes | {n for position in top.index for n in names_in(position)}
    return tuple(named(n) for n in "kjmpq" if n not in taken)[:len(top.shape)]


def _seed(model: System, top: Symbol, form: str, component: tuple[IntLike, ...]) -> Term:
    """Return d top / d top: 1, the identity, or a unit array, at the top's own position."""
    family = model.families[top.name]
    domain = tuple((n, _point(p)) for n, p in zip(family.indices, top.index, strict=True))
    seeds: dict[str, Expr] = {"scalar": ONE}
    if form == "jacobian":
        seeds["jacobian"] = Eye(top.shape[0])
    if form == "component":
        seeds["component"] = _unit(top, component)
    return Term(seeds[form], domain)


def _unit(top: Symbol, component: tuple[IntLike, ...]) -> Expr:
    if len(top.shape) == 1:
        return Entry(Eye(top.shape[0]), component)
    if len(top.shape) != 2:
        raise DeriveError("derivatives of arrays with more than two axes are not supported yet")
    first, second = (Entry(Eye(n), (c,)) for n, c in zip(top.shape, component, strict=True))
    return outer(first, second)


def _point(position: IntLike) -> Range:
    return Range((position,), (position,))


def families_down(adjoint: Adjoint, wanted: set[str]) -> list[str]:
    """Return the families whose derivatives are needed, from the top down to what is wanted.

    Only what happens at one position orders them: dL/dh_t stands before dL/dz_t although dL/dh_t
    needs dL/dz_{t+1}.
    """
    needed, todo = set(wanted), list(wanted)
    while todo:
        for item in adjoint.contributions(todo.pop()):
            name = item.source.name
            if name in adjoint.terms and name not in needed:
                needed.add(name)
                todo.append(name)
    near = {name: {c.source.name for c in adjoint.contributions(name)
                   if c.distance == 0 and c.source.name in needed} - {name}
            for name in adjoint.terms if name in needed}
    ready = TopologicalSorter(near)
    try:
        return list(ready.static_order())
    except CycleError:
        return [name for name in adjoint.terms if name in needed]
