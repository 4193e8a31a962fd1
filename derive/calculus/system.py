"""A system of equations that keep their index: what depends on what, and names for inner parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from derive.expr.equation import Domain, Equation, Family
from derive.expr.integers import IntLike, named, names_in, put
from derive.expr.nodes import Apply, Expr, Neg, Product, Quotient, Reduce, Ref, Sum, Symbol
from derive.expr.shapes import Shape
from derive.expr.walk import children, free_indices, rebuild, refs, walk
from derive.ops import ELEMENTWISE, OPS

__all__ = ["System", "reach", "with_named_arguments"]


@dataclass(frozen=True)
class System:
    """Equations over families of quantities.

    `equations` may hold several pieces for one family, on ranges that do not meet. `helpers` are
    families that the engine named itself (the argument of a softmax), with their equations.
    """

    equations: tuple[Equation, ...]
    families: Mapping[str, Family]
    helpers: tuple[str, ...] = ()

    @cached_property
    def by_target(self) -> dict[str, list[Equation]]:
        found: dict[str, list[Equation]] = {}
        for equation in self.equations:
            found.setdefault(equation.target.family, []).append(equation)
        return found

    @cached_property
    def reads(self) -> dict[str, set[str]]:
        """For each defined family, the families its equations read."""
        return {name: {ref.family for e in equations for ref in refs(e.rhs)}
                for name, equations in self.by_target.items()}

    @cached_property
    def sizes(self) -> frozenset[str]:
        """The names of sizes and lengths, which no letter for a position may shadow."""
        counts = {n for f in self.families.values() for s in f.shape for n in names_in(s)}
        ends = {n for e in self.equations for _, r in e.domain for b in (*r.los, *r.his)
                for n in names_in(b)}
        used = {n for e in self.equations for n in free_indices(e.rhs) - {i for i, _ in e.domain}}
        return frozenset(counts | ends | used)

    @cached_property
    def letters(self) -> frozenset[str]:
        """Every index, bound ones included."""
        bound = {n.index for e in self.equations for n in walk(e.rhs) if isinstance(n, Reduce)}
        return frozenset(bound | {n for e in self.equations for n, _ in e.domain} | {
            n for f in self.families.values() for n in f.indices})

    @cached_property
    def used(self) -> frozenset[str]:
        """What quantities, sizes and indices are called: no letter for a position may be that."""
        return self.letters | self.names

    @cached_property
    def names(self) -> frozenset[str]:
        """What quantities and sizes are called."""
        return self.sizes.union(self.families)

    def put(self, env: Mapping[str, IntLike]) -> System:
        """Put numbers in for sizes and lengths."""
        families = {n: replace(f, shape=tuple(put(s, env) for s in f.shape))
                    for n, f in self.families.items()}
        return System(tuple(e.put(env) for e in self.equations), families, self.helpers)

    def above(self, family: str) -> set[str]:
        """Return all that *family* depends on, itself included."""
        return reach(family, self.reads)

    def below(self, family: str) -> set[str]:
        """Return all that depends on *family*, itself included."""
        readers: dict[str, set[str]] = {}
        for name, read in self.reads.items():
            for other in read:
                readers.setdefault(other, set()).add(name)
        return reach(family, readers)


def reach(start: str, edges: Mapping[str, set[str]]) -> set[str]:
    """Return all that edges lead to, the start included."""
    found, todo = {start}, [start]
    while todo:
        for name in edges.get(todo.pop(), ()):
            if name not in found:
                found.add(name)
                todo.append(name)
    return found


def with_named_arguments(system: System) -> System:
    """Give the inner argument of a nonlinear function a name, as in o_t = V h_t + c.

    A person who writes softmax(V h + c) names V h + c before differentiating; then every local
    derivative is one of a single function.
    """
    naming = _Naming(dict(system.families))
    equations: list[Equation] = []
    for equation in system.equations:
        extra: list[Equation] = []
        rhs = _name_inside(equation.rhs, equation.domain, equation.target.family, naming, extra)
        equations += [*extra, replace(equation, rhs=rhs)]
    return System(tuple(equations), naming.families, tuple(naming.added))


# what needs no name for its argument: it is linear, or no derivative goes through
LINEAR = ("sum", "mean", "identity", "expand", "gather", "where", "trace", "diagonal", "kron",
          "kron_left", "kron_right", "stop_gradient")
# tables write these of whole expressions: log det(A X B)
OF_MATRICES = ("inv", "det", "logdet", "matrix_power", "norm",
               "frobenius")


@dataclass
class _Naming:
    """Names given so far; pieces of one family share the names of their arguments."""

    families: dict[str, Family]
    added: list[str] = field(default_factory=list)
    taken: dict[tuple[str, int, tuple[str, ...]], str] = field(default_factory=dict)

    def fresh(self, op: str) -> str:
        """Return a free name; o1 and o_1 print alike."""
        letters = "ozsaqu" if op in ("softmax", "log_softmax") else "zaosqu"
        numbered = tuple(f"{letters[0]}{k}" for k in range(1, len(self.families) + 2))
        printed = {name.replace("_", "") for name in self.families}
        names: tuple[str, ...] = (*letters, *numbered)
        return next(name for name in names if name not in printed)

    def name(self, key: tuple[str, int, tuple[str, ...]], op: str, shape: Shape) -> str:
        if key not in self.taken:
            found = self.taken[key] = self.fresh(op)
            self.added.append(found)
            self.families[found] = Family(found, key[2], shape)
        return self.taken[key]


def _name_inside(expr: Expr, domain: Domain, owner: str, naming: _Naming,
                 extra: list[Equation]) -> Expr:
    """Name the arguments inside *expr*; *domain* holds the indices that are free or bound there."""
    if isinstance(expr, Reduce):
        domain = (*domain, (expr.index, expr.range))
    parts = tuple(_name_inside(part, domain, owner, naming, extra) for part in children(expr))
    expr = rebuild(expr, parts)
    if not isinstance(expr, Apply) or expr.op in (*LINEAR, *OF_MATRICES) or OPS[expr.op].flat:
        return expr
    return replace(expr, args=tuple(
        _named(arg, expr.op, domain, owner, naming, extra) for arg in expr.args))


SHORT = (Sum, Neg, Product, Quotient)


def _is_short(arg: Expr) -> bool:
    """True for 1 - p, -z, z/4: one quantity and numbers, which nobody gives a name."""
    inner = [part for part in walk(arg) if children(part)]
    return all(isinstance(part, SHORT) for part in inner) and len(list(refs(arg))) == 1


def _is_ratio(arg: Expr) -> bool:
    """True for p/q, whose logarithm people differentiate as it stands."""
    inner = [part for part in walk(arg) if children(part)]
    return isinstance(arg, (Quotient, Product)) and all(isinstance(p, SHORT) for p in inner)


def _named(arg: Expr, op: str, domain: Domain, owner: str, naming: _Naming,
           extra: list[Equation]) -> Expr:
    if isinstance(arg, Ref) or not any(True for _ in refs(arg)):
        return arg
    if (op in ELEMENTWISE and _is_short(arg)) or (op == "log" and _is_ratio(arg)):
        return arg
    used = free_indices(arg)
    own = tuple((n, r) for n, r in domain if n in used)
    indices = tuple(n for n, _ in own)
    name = naming.name((owner, len(extra), indices), op, arg.shape)
    symbol = Symbol(name, tuple(named(n) for n in indices), arg.shape)
    extra.append(Equation(symbol, own, arg))
    return symbol
