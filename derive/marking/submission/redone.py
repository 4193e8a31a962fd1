"""A question worked out anew, with values that somebody else found on the way.

Whoever has h_1 wrong and goes on as one should gets other numbers from there on. They are worked
out here from the equations of the model and of its sweeps, one member after the other, with what
was found put in wherever it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from derive.calculus.adjoint import adjoint
from derive.calculus.fusion import Fusion
from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.nodes import Expr, Partial, Ref, Symbol
from derive.expr.positions import inside, match
from derive.numbers.reference import evaluate
from derive.solution.members import making
from derive.solution.solver import Solver
from derive.solution.trials import Trial

__all__ = ["Redone", "Sweeps"]

DEEPEST = 400       # members that wait for others


@dataclass
class Sweeps:
    """The adjoint equations of a question, each sweep run once; *fused* or step by step."""

    solver: Solver
    fusions: tuple[Fusion, ...] = ()
    _found: dict[tuple[Symbol, str], Sequence[Equation]] = field(default_factory=dict)

    def equations(self, ref: Partial) -> Sequence[Equation]:
        """Return the equations of a sweep; none where there is no way down."""
        key = ref.top, ref.bottom.name
        if key not in self._found:
            system = self.solver.named
            try:
                swept = adjoint(system, ref.top, frozenset({ref.bottom.name}), self.fusions)
                self._found[key] = swept.equations if swept.form != "component" else ()
            except DeriveError:
                self._found[key] = ()
        return self._found[key]


@dataclass
class Redone:
    """Values of a question with some of them replaced; `used` are those that were read.

    own:     what was found, by member; `without` is the member that is asked for.
    """

    trial: Trial
    sweeps: Sweeps
    own: Mapping[Ref, Any]
    without: Ref | None = None
    used: dict[Ref, None] = field(default_factory=dict)
    _known: dict[Ref, Any] = field(default_factory=dict)
    _depth: int = 0

    def value(self, expr: Expr) -> Any:
        """Return the value of an expression; DeriveError where it has none."""
        return np.asarray(evaluate(expr, self.look), dtype=float)

    def look(self, ref: Ref) -> Any:
        if ref in self.own and ref != self.without:
            self.used[ref] = None
            return self.own[ref]
        if ref not in self._known:
            if self._depth > DEEPEST:
                raise DeriveError("too many steps to be worked out anew")
            self._depth += 1
            self._known[ref] = self._made(ref)
            self._depth -= 1
        return self._known[ref]

    def _made(self, ref: Ref) -> Any:
        if isinstance(ref, Partial):
            return self._derivative(ref)
        found = making(ref, self.trial.oracle.equations)
        if found is None:
            return self.trial.look(ref)
        return np.asarray(evaluate(found.rhs, self.look))

    def _derivative(self, ref: Partial) -> Any:
        """Add up what the sweep says; a derivative it does not reach is the true one."""
        if ref.held or ref.direct or ref.component:
            return self.trial.look(ref)
        equations = self.sweeps.equations(ref)
        if not equations:
            return self.trial.look(ref)
        total = None
        for equation in (e for e in equations if e.target.family == ref.family):
            env = match(equation.target, ref)
            if env is None or not inside(equation.domain, env):
                continue
            term = np.asarray(evaluate(equation.rhs, self.look, env))
            total = term if total is None else total + term
        return np.zeros(ref.shape) if total is None else total
