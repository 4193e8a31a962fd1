"""A question being solved: its systems, its numbers, and what has been worked out so far."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from derive.calculus.adjoint import Adjoint, adjoint, member
from derive.calculus.fusion import Fusion, find_fusions, with_named_losses
from derive.calculus.system import System, with_named_arguments
from derive.errors import DeriveError
from derive.expr.expand import expanded
from derive.expr.integers import IntLike, named
from derive.expr.nodes import Expr, Literal, Partial, Ref, Symbol
from derive.expr.positions import integers
from derive.numbers.hand import Hand, Stage
from derive.numbers.policy import Policy, literal
from derive.numbers.solve import solve
from derive.numbers.stores import Values
from derive.question.question import Conventions, Question, Request
from derive.solution.members import Making, making, making_adjoint, reads
from derive.solution.numeric import adjoint_values, derivative_value, given_literal, stores_of
from derive.syntax.write_text import write

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
    `passed` holds members in the middle of a long series, which are told nowhere.
    """

    question: Question
    full: bool = False
    worked: dict[Ref, Worked] = field(default_factory=dict)
    told: set[tuple[str, Hashable]] = field(default_factory=set)
    passed: set[Ref] = field(default_factory=set)

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
        return System(self.question.equations, self.question.families)

    @cached_property
    def named(self) -> System:
        """The same with names for the arguments of functions and for losses inside sums."""
        return with_named_losses(with_named_arguments(self.model))

    @cached_property
    def fusions(self) -> tuple[Fusion, ...]:
        facts = [(f.left, f.right) for f in self.question.facts if f.relation == "=="]
        return find_fusions(self.named, facts)

    @cached_property
    def values(self) -> Values:
        """All forward values in float64, arguments with engine-given names included."""
        return solve(self.named.equations, stores_of(self.question.given))

    @cached_property
    def _wanted(self) -> dict[Symbol, frozenset[str]]:
        """For every quantity that is differentiated, by what."""
        found: dict[Symbol, set[str]] = {}
        for part in self.question.parts:
            for request in part.requests:
                for top, bottom in self.instances(request):
                    if bottom is not None:
                        found.setdefault(top, set()).add(bottom.name)
        return {top: frozenset(names) for top, names in found.items()}

    @cached_property
    def tops(self) -> tuple[Symbol, ...]:
        """Everything that is differentiated."""
        return tuple(self._wanted)

    def adjoint(self, top: Symbol) -> Adjoint:
        """Return the sweep from *top* to all that any part asks for."""
        if top not in self._adjoints:
            wanted = frozenset(n for n in self._wanted[top] if self.depends(top, n))
            self._adjoints[top] = adjoint(self.named, top, wanted, self.fusions)
        return self._adjoints[top]

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
        """Return the single members a request stands for: ``h`` means every h[t] there is."""
        asked, below = request.top, request.bottom
        tops = self.members(asked)
        if below is None:
            return [(top, None) for top in tops]
        return [(top, bottom) for top in tops for bottom in self.members(below)
                if all(_at(top, asked, i) == _at(bottom, below, i) for i in request.shared)]

    def members(self, symbol: Symbol) -> list[Symbol]:
        """Return the members a symbol stands for; itself where its positions are fixed."""
        own = tuple(i for i in member(self.model, symbol.name).index)
        if not self.numeric or not symbol.index or symbol.index != own:
            return [symbol]
        defined = [e for e in self.question.equations if e.target.family == symbol.name]
        if not defined:
            return [replace(symbol, index=at) for at in self.question.given[symbol.name].members]
        given = self.question.given.get(symbol.name)
        inputs = set(given.members) if given else set()
        found = [p for p in self.values.positions(symbol.name) if p not in inputs]
        return [replace(symbol, index=at) for at in found]

    def is_new(self, kind: str, what: Hashable) -> bool:
        """True the first time that something is to be told."""
        before = len(self.told)
        self.told.add((kind, what))
        return len(self.told) > before

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
            found = given_literal(item, integers(ref.index))
            if found is not None:
                return found
        if self.policy.carry == "rounded":
            self.work_out(ref)
            return self.worked[ref].value
        return literal(self.float(ref), self.policy, False)

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


def _at(found: Symbol, typed: Symbol, index: str) -> tuple[IntLike, ...]:
    """Return where a member stands in an index that was typed."""
    return tuple(at for at, name in zip(found.index, typed.index, strict=True)
                 if name == named(index))
