"""A question worked out anew, with values that somebody else found on the way.

Whoever has h_1 wrong and goes on as one should gets other numbers from there on. They are worked
out here from the equations of the model and of its sweeps, one member after the other, with what
was found put in wherever it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from derive.calculus.adjoint import adjoint
from derive.calculus.fusion import Fusion
from derive.calculus.system import System
from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, Partial, Ref, Symbol
from derive.expr.positions import inside, match
from derive.expr.walk import at, free_indices
from derive.marking.submission.mistakes.own_formulas import Said, by_formulas
from derive.marking.submission.mistakes.unnamed import with_own
from derive.numbers.reference import evaluate
from derive.solution.members import making
from derive.solution.trials import Trial

__all__ = ["UNJUDGED", "Redone", "Rounding", "Sweeps", "Working"]

# what evaluating something strange may raise: an entry that is not there, a shape, no value
UNJUDGED = (DeriveError, ArithmeticError, IndexError, KeyError, ValueError)

DEEPEST = 100       # members that wait for others
Rounding = Callable[[Any], Any]


@dataclass
class Sweeps:
    """The adjoint equations of a system, each sweep run once; *fused* or step by step."""

    system: System
    fusions: tuple[Fusion, ...] = ()
    _found: dict[tuple[Symbol, str], tuple[Equation, ...]] = field(default_factory=dict)

    def equations(self, ref: Partial) -> tuple[Equation, ...]:
        """Return the equations of a sweep; none where there is no way down."""
        key = ref.top, ref.bottom.name
        if key not in self._found:
            try:
                swept = adjoint(self.system, ref.top, frozenset({ref.bottom.name}), self.fusions)
                self._found[key] = swept.equations if swept.form != "component" else ()
            except DeriveError:
                self._found[key] = ()
        return self._found[key]


@dataclass(frozen=True)
class Working:
    """How somebody works: the equations of the model, and those of one sweep for every derivative.

    backward: None where the sweeps of the question are meant.
    """

    forward: Mapping[str, list[Equation]]
    backward: tuple[Equation, ...] | None = None


@dataclass
class Redone:
    """Values of a question with some of them replaced; `used` are those that were read.

    own:     what was found, by member; `without` is the member that is asked for.
    formulas: what was found with letters in it, dL/de_t = a_t (1 - a_t) dL/da_t; the last counts.
    rounded: how everything worked out on the way is rounded, where it is.
    unnamed: the symbols in `own` that stand for expressions without a name.
    """

    trial: Trial
    sweeps: Sweeps
    own: Mapping[Ref, Any] = field(default_factory=dict)
    without: Ref | None = None
    formulas: Sequence[Said] = ()
    working: Working | None = None
    rounded: Rounding | None = None
    unnamed: Mapping[Expr, Symbol] = field(default_factory=dict)
    used: dict[Ref, None] = field(default_factory=dict)
    applied: dict[Expr, None] = field(default_factory=dict)
    _known: dict[Ref, Any] = field(default_factory=dict)
    _waiting: set[Ref] = field(default_factory=set)

    @property
    def members(self) -> int:
        """How many had to be worked out."""
        return len(self._known)

    def value(self, expr: Expr) -> Any:
        """Return the value of an expression; DeriveError where it has none."""
        return self._evaluated(expr, {})

    def _evaluated(self, expr: Expr, env: Mapping[str, IntLike]) -> Any:
        if self._carried:
            expr, env = with_own(at(expr, env), self._carried), {}
        return np.asarray(evaluate(expr, self.look, env), dtype=float)

    @cached_property
    def _carried(self) -> Mapping[Expr, Symbol]:
        return {expr: symbol for expr, symbol in self.unnamed.items()
                if symbol in self.own and symbol != self.without}

    def look(self, ref: Ref) -> Any:
        if ref in self.own and ref != self.without:
            self.used[ref] = None
            return self.own[ref]
        if ref not in self._known:
            if ref in self._waiting or len(self._waiting) > DEEPEST:
                raise DeriveError("it is defined in a circle, or by too many steps")
            self._waiting.add(ref)
            found = self._made(ref)
            self._known[ref] = self.rounded(found) if self.rounded else found
            self._waiting.discard(ref)
        return self._known[ref]

    def _made(self, ref: Ref) -> Any:
        said = by_formulas(self.formulas, ref, self.trial.env, self._evaluated,
                           lambda: self._otherwise(ref)) if self.formulas else None
        if said is None:
            return self._otherwise(ref)
        value, applied = said
        self.applied.update(dict.fromkeys(applied))
        return value

    def _otherwise(self, ref: Ref) -> Any:
        """Return the value of a member of which no formula tells."""
        if isinstance(ref, Partial):
            return self._derivative(ref)
        equations = self.trial.oracle.equations
        forward = self.working.forward if self.working else equations
        if forward is equations and not (self.own or self.rounded or self.formulas):
            return self.trial.look(ref)
        found = making(ref, forward)
        return self.trial.look(ref) if found is None else self._evaluated(found.rhs, {})

    def _derivative(self, ref: Partial) -> Any:
        """Add up what the sweep says; a derivative it does not reach is the true one."""
        # the sums of a sweep run over letters that a member of none would share
        if ref.held or ref.direct or ref.component or free_indices(ref):
            return self.trial.look(ref)
        backward = self.working.backward if self.working else None
        equations = self.sweeps.equations(ref) if backward is None else backward
        if not equations:
            return self.trial.look(ref)
        total = None
        for equation in (e for e in equations if e.target.family == ref.family):
            env = match(equation.target, ref)
            if env is not None and inside(equation.domain, env):
                term = self._evaluated(equation.rhs, env)
                total = term if total is None else total + term
        return np.zeros(ref.shape) if total is None else total

