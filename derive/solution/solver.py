"""A question being solved: its systems, its numbers, and what has been worked out so far."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from derive.calculus.adjoint import Adjoint, adjoint, member
from derive.calculus.assembled import assembled
from derive.calculus.fusion import Fusion, find_fusions, with_named_losses
from derive.calculus.general_top import free_letter, general_adjoint
from derive.calculus.gradients import Extended, with_gradients
from derive.calculus.matrix_facts import MatrixFacts, matrix_facts
from derive.calculus.system import System, with_named_arguments
from derive.calculus.table_form import with_quantities
from derive.errors import DeriveError
from derive.expr.equation import Equation, Family
from derive.expr.expand import expanded
from derive.expr.integers import IntLike, named, names_in
from derive.expr.nodes import Expr, Literal, Partial, Ref, Symbol
from derive.expr.positions import inside, integers, match
from derive.expr.walk import at, put_range
from derive.numbers.hand import Hand, Stage
from derive.numbers.policy import Policy, literal
from derive.numbers.solve import solve
from derive.numbers.stores import Values
from derive.question.question import Conventions, Given, Question, Request
from derive.solution.aliases import Alias
from derive.solution.members import Making, making, making_adjoint, reads
from derive.solution.numeric import adjoint_values, derivative_value, given_literal, stores_of
from derive.solution.step import Line
from derive.syntax.write_text import write

if TYPE_CHECKING:
    from derive.solution.differentials import Moved

__all__ = ["Solver", "Worked"]

MOST_WANTED = 6


@dataclass(frozen=True, slots=True)
class Worked:
    """How one member was worked out: the symbolic right sides, then the numeric stages."""

    member: Ref
    symbolic: tuple[Expr, ...]
    stages: tuple[Stage, ...]
    value: Literal


@dataclass
class Solver:
    """Everything that parts of a question share while they are solved.

    `full` asks for every local derivative entry by entry as well; `worked` remembers every member
    that has been worked out by hand, `told` what has been derived on the sheet already;
    `differentials` are those on the sheet;
    `passed` holds members in the middle of a long series, which are told nowhere; `closed` holds
    closed forms by key, `aliases` the names that parts have given to their results, `rounded` what
    values become if every line is rounded to so many digits.
    """

    question: Question
    full: bool = False
    worked: dict[Ref, Worked] = field(default_factory=dict)
    told: set[tuple[str, Hashable]] = field(default_factory=set)
    step_of: dict[Ref, str] = field(default_factory=dict)   # the id of the step of a value
    passed: set[Ref] = field(default_factory=set)

    differentials: list[Moved] = field(default_factory=list)
    printed: dict[str, str] = field(default_factory=dict)   # differentials, by name
    closed: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    rounded: dict[tuple[Expr, int], Any] = field(default_factory=dict)
    _literals: dict[Ref, Literal | None] = field(default_factory=dict)

    @property
    def conventions(self) -> Conventions:
        return self.question.conventions

    @cached_property
    def policy(self) -> Policy:
        c = self.conventions
        return Policy(c.digits, c.mode, c.carry, c.ties)

    @cached_property
    def numeric(self) -> bool:
        """True where every quantity that no equation defines has numbers."""
        defined = set(self.model.by_target)
        return not self.question.sizes and not self.question.functions and all(
            n in defined or n in self.question.given for n in self.question.families)

    @cached_property
    def model(self) -> System:
        """The equations as their author wrote them."""
        derivatives = {name: Family(name, g.letters, g.top.shape + g.bottom.shape)
                       for name, g in self.question.gradients.items()}
        return System(self.question.equations, {**self.question.families, **derivatives})

    @cached_property
    def named(self) -> System:
        """The same with names for the arguments of functions and for losses inside sums."""
        return self.extended.system

    @cached_property
    def extended(self) -> Extended:
        """That system, with how the derivatives that stand in equations were found."""
        return self._with_gradients(with_named_losses(with_named_arguments(self.model)))

    @cached_property
    def plain(self) -> System:
        """The same without those for losses."""
        return self._with_gradients(with_named_arguments(self.model)).system

    def _with_gradients(self, system: System) -> Extended:
        """Add the equations of derivatives that stand in equations, or are differentiated."""
        return with_gradients(system, self.question.gradients, self.facts,
                              self.question.indices)

    @cached_property
    def steady(self) -> Mapping[str, frozenset[str]]:
        """Return, for the tops of derivatives in steps, what is given while they are derived."""
        found: dict[str, frozenset[str]] = {}
        for name, held in self.extended.steady.items():
            top = self.question.gradients[name].top.name
            found[top] = found.get(top, frozenset()) | held
        return {top: held for top, held in found.items()
                if top not in {t.name for t in self.tops}}

    @cached_property
    def facts(self) -> list[tuple[Expr, Expr]]:
        return [(f.left, f.right) for f in self.question.facts if f.relation == "=="]

    @cached_property
    def matrix_facts(self) -> MatrixFacts:
        """What is declared of matrices, and what follows for quantities of the model."""
        return with_quantities(matrix_facts(self.facts), self.model.equations)

    def formula(self, adjoint: Adjoint, family: str) -> Expr | None:
        """Return a derivative as one formula in the form of reference tables, if it is short."""
        key = adjoint.partial(adjoint.member(family))
        if key not in self._formulas:
            self._formulas[key] = assembled(adjoint, family, self.matrix_facts, {
                *self.question.expressions, *self.named.helpers})
        return self._formulas[key]

    @cached_property
    def _formulas(self) -> dict[Expr, Expr | None]:
        return {}

    def introduce(self, equation: Equation) -> None:
        """Give a result a name of its own, which later steps may differentiate."""
        target = equation.target
        assert isinstance(target, Symbol), "a name is a quantity"
        family = Family(target.name, tuple(n for n, _ in equation.domain), target.shape)
        self.named, self.plain = (
            System((*s.equations, equation), {**s.families, target.name: family},
                   (*s.helpers, target.name)) for s in (self.named, self.plain))
        self.__dict__.pop("values", None)

    @property
    def taken(self) -> frozenset[str]:
        """Names, sizes and indices of the question: no entry is called by one of their letters."""
        question = self.question
        return self.named.used.union(question.families, question.sizes, question.indices)

    @cached_property
    def fusions(self) -> tuple[Fusion, ...]:
        return find_fusions(self.named, self.facts, self.taken)

    @cached_property
    def values(self) -> Values:
        """All forward values in float64, arguments with engine-given names included."""
        return solve(self.named.equations, stores_of(self.question.given))

    @cached_property
    def wanted(self) -> dict[Symbol, frozenset[str]]:
        """For every quantity that is differentiated, by what."""
        found: dict[Symbol, set[str]] = {}
        for part in self.question.parts:
            for request in part.sweeps:
                for top, bottom in self.instances(request):
                    if bottom is not None:
                        found.setdefault(top, set()).add(bottom.name)
        return {top: frozenset(names) for top, names in found.items()}

    @cached_property
    def tops(self) -> tuple[Symbol, ...]:
        """Everything that is differentiated."""
        return tuple(self.wanted)

    def adjoint(self, top: Symbol) -> Adjoint:
        """Return the sweep from *top* to all that any part asks for."""
        if top not in self._adjoints:
            wanted = frozenset(n for n in self.wanted[top] if self.depends(top, n))
            self._adjoints[top] = self._swept(top, wanted)
        return self._adjoints[top]

    def _swept(self, top: Symbol, wanted: frozenset[str]) -> Adjoint:
        letters, ranges = self._letters(top), self.question.indices
        own = self.named.families[top.name].indices
        if letters:
            return general_adjoint(self.named, top, wanted, self.fusions, ranges, letters)
        if len(own) == 1 and isinstance(top.index[0], int) and own[0] in ranges and any(
                map(names_in, ranges[own[0]].his)):
            # e[5] where t ends at T: what comes after it has no part in it, as for e[t]
            letter = free_letter(self.named, {*ranges, *self.question.sizes, "i", "j"})
            general = replace(top, index=(named(letter),))
            found = general_adjoint(self.named, general, wanted, self.fusions,
                                    {**ranges, letter: ranges[own[0]]}, {})
            return found.put({letter: top.index[0]})
        return adjoint(self.named, top, wanted, self.fusions)

    def _letters(self, top: Symbol) -> dict[str, str]:
        """Return other letters for the model's indices where theirs stand on top, as in J[t].

        The first is the one typed below, dJ[t]/dh[i], then an index declared to end at it.
        """
        indices = self.question.indices
        fixed = [n for p in top.index for n in sorted(names_in(p)) if n in indices]
        found: dict[str, str] = {}
        for name in fixed:
            typed = [n for r in self._requests if r.top == top and r.bottom is not None
                     for p in r.bottom.index for n in sorted(names_in(p)) if n not in fixed]
            ending = [n for n, r in indices.items() if r.his == (named(name),)]
            taken = self.named.used.union(found.values(), self.question.families,
                                          self.question.sizes)
            free = [n for n in (*typed, *ending) if n not in taken]
            found[name] = next(iter(free), "") or free_letter(self.named, taken | set(indices))
        return found

    @cached_property
    def _requests(self) -> list[Request]:
        return [request for part in self.question.parts for request in part.requests]

    def depends(self, top: Symbol, bottom: str) -> bool:
        """True where a family is the top's own, or equations lead from it to the top."""
        return bottom in self.named.above(top.name)

    @cached_property
    def _adjoints(self) -> dict[Symbol, Adjoint]:
        return {}

    @cached_property
    def _gradients(self) -> dict[Symbol, Values]:
        return {}

    def gradients(self, top: Symbol) -> Values:
        """Return all derivatives of *top* in float64."""
        if top not in self._gradients:
            self._gradients[top] = adjoint_values(self.adjoint(top), self.values)
        return self._gradients[top]

    def instances(self, request: Request) -> list[tuple[Symbol, Symbol | None]]:
        """Return the single members a request stands for: ``h`` means every h[t] there is.

        A letter that stands on top and below means one position: ``dJ[t]/do[t]``.
        """
        tops = self.members(request.top)
        if request.bottom is None:
            return [(top, None) for top in tops]
        found: list[tuple[Symbol, Symbol | None]] = []
        for top in tops:
            env = match(request.top, top, self.question.indices) or {}
            found += [(top, bottom) for bottom in self.members(at(request.bottom, env), env)]
        return found

    def members(self, symbol: Symbol, env: Mapping[str, IntLike] | None = None) -> list[Symbol]:
        """Return the members a symbol stands for; itself where its positions are fixed.

        *env* holds the positions that are fixed already.
        """
        if not self.numeric or not any(names_in(i) for i in symbol.index):
            exists = not env or not self.numeric or symbol.index in self.values.positions(
                symbol.name)
            return [symbol] if exists else []
        every = [replace(symbol, index=place) for place in self._positions(symbol)]
        return [m for m in every if (found := match(symbol, m)) is not None
                and self._in_range(symbol, {**found, **(env or {})})]

    def _positions(self, symbol: Symbol) -> list[tuple[int, ...]]:
        """Return the positions that a series stands for; a given start only where it is named."""
        given = self.question.given.get(symbol.name)
        if symbol.name not in self.named.by_target:
            return list(given.members) if given else []
        letters = {n for i in symbol.index for n in names_in(i)} & set(self.question.indices)
        general = letters <= set(self.named.families[symbol.name].indices)
        inputs = set(given.members) if given and general else set()
        return [p for p in self.values.positions(symbol.name) if p not in inputs]

    def _in_range(self, symbol: Symbol, env: Mapping[str, IntLike]) -> bool:
        """True where letters that are not the series' own lie in the ranges declared for them."""
        if symbol.index == member(self.named, symbol.name).index:
            return True
        return inside([(n, put_range(r, env)) for n, r in self.question.indices.items()
                       if n in env], env)

    def is_new(self, kind: str, what: Hashable) -> bool:
        """True the first time that something is to be told."""
        before = len(self.told)
        self.told.add((kind, what))
        return len(self.told) > before

    def is_named(self, ref: Ref) -> bool:
        """True for a derivative that a part has given a name."""
        return any(alias.of(ref) is not None for alias in self.aliases.values())

    def meant(self, ref: Ref) -> Ref:
        """Return the derivative that a name stands for; anything else stays as it is."""
        found = self.aliases.get(ref.name) if isinstance(ref, Symbol) else None
        return found.meaning(ref) if found and isinstance(ref, Symbol) else ref

    def keep(self, lines: Sequence[Line]) -> None:
        """Remember closed forms by what they are the value of, one line for each case."""
        found: dict[str, tuple[Line, ...]] = {}
        left: Expr | None = None
        for line in lines:
            left = line.left if line.left is not None else left
            if line.kind == "result" and left is not None:
                whole = replace(line, left=left)
                found[write(left)] = (*found.get(write(left), ()), whole)
        self.closed |= found

    # numbers by hand

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Forget afterwards what was worked out meanwhile: it was not told on the sheet."""
        before = dict(self.worked)
        yield
        self.worked.clear()
        self.worked.update(before)

    @cached_property
    def hand(self) -> Hand:
        return Hand(self.policy, self.literal)

    def literal(self, ref: Ref) -> Literal:
        """Return a member's numbers as the page carries them."""
        if ref in self.worked:
            return self.worked[ref].value
        item = self.question.given.get(ref.family)
        if isinstance(ref, Symbol) and item is not None:
            found = self._given_literal(item, ref)
            if found is not None:
                return found
        if isinstance(ref, Partial) and self._is_unreached(ref):
            zeros = np.full(integers(ref.shape), Fraction(0), dtype=object)
            return literal(zeros, self.policy, True)
        if self.policy.carry == "rounded":
            self.work_out(ref)
            return self.worked[ref].value
        return literal(self.float(ref), self.policy, False)

    def _is_unreached(self, ref: Partial) -> bool:
        """True where no way leads from a member to the top, as from z[1] to x[0] @ z[2]."""
        return (self.depends(ref.top, ref.bottom.name) and self.making(ref) is None
                and not np.any(self.float(ref)))

    def _given_literal(self, item: Given, ref: Symbol) -> Literal | None:
        """Make the numbers of a matrix ready for the page once: every time step reads them."""
        if ref not in self._literals:
            self._literals[ref] = given_literal(item, integers(ref.index))
        return self._literals[ref]

    def float(self, ref: Ref) -> Any:
        """Return a member's value in float64."""
        if isinstance(ref, Partial):
            top, bottom = ref.top, ref.bottom
            if not self.depends(top, bottom.name):
                return np.zeros(integers(ref.shape))
            whole = derivative_value(self.adjoint(top), self.gradients(top), bottom)
            return np.asarray(whole[integers(ref.component)])
        return np.asarray(self.values[ref])

    def is_known(self, ref: Ref) -> bool:
        """True where nothing needs to be worked out: given, worked out before, or passed over."""
        return ref in self.worked or ref in self.passed or (
            isinstance(ref, Symbol) and self.making(ref) is None)

    def wants(self, refs: Sequence[Ref]) -> None:
        """Tell a few members that are asked for even where a long series passed over them."""
        if len(refs) <= MOST_WANTED:
            self.passed.difference_update(refs)

    def making(self, ref: Ref) -> Making | None:
        if isinstance(ref, Partial):
            return making_adjoint(ref, self.adjoint(ref.top))
        return making(ref, self.model.by_target) or making(ref, self.named.by_target)

    def parents(self, ref: Ref) -> Iterable[Ref]:
        found = self.making(ref)
        return () if found is None else dict.fromkeys(reads(found.equation.rhs, found.env))

    def work_out(self, ref: Ref, rhs: Expr | None = None) -> Worked:
        """Work a member out by hand; *rhs* may be its right side written in another way."""
        found = self.making(ref)
        if rhs is None:
            rhs = found.rhs if found else None
        if rhs is None:
            raise DeriveError(f"{ref} has no value")
        written = expanded(rhs)
        symbolic = (rhs,) if written == rhs else (rhs, written)
        stages = self._stages(ref, written)
        last = stages[-1].expr
        assert isinstance(last, Literal)
        worked = Worked(ref, symbolic, stages, last)
        self.worked[ref] = worked
        return worked

    def _stages(self, ref: Ref, written: Expr) -> tuple[Stage, ...]:
        try:
            return tuple(self.hand.stages(written))
        except DeriveError as error:
            rounded = ("carry: rounded may have rounded a small number to 0: more digits, or "
                       "carry: exact") if self.policy.carry == "rounded" else ""
            raise DeriveError(f"`{write(ref)}`: {error}", remedy=rounded) from error
