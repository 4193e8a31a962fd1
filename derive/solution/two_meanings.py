"""A derivative that a step uses, asked for by itself: through other steps too, it is another one.

In w[k+1] = w[k] - eta*grad(L[k], w[k]) the steps of other parameters are given. Where theta[k] has
been made from w[k] by a step of its own (two players in turn), the derivative through all ways is
not that of the step, and one symbol cannot stand for both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from derive.errors import DeriveError
from derive.expr.integers import text
from derive.expr.nodes import Partial, Symbol
from derive.expr.walk import at
from derive.question.question import Gradient
from derive.solution.solver import Solver
from derive.solution.trials import Trial
from derive.syntax.write_text import write

__all__ = ["refuse_two_meanings"]

NAMES = ("g", "dw", "slope", "gradient")


def refuse_two_meanings(solver: Solver, trials: Sequence[Trial]) -> None:
    """Refuse a question that asks for both under one name; the remedy is a name for the step's."""
    asked = {top.name for top in solver.tops}
    for name, held in solver.extended.steady.items():
        wanted = solver.question.gradients[name]
        others = tuple(Symbol(n, (), ()) for n in sorted(held - {wanted.bottom.name}))
        if wanted.top.name in asked and others and any(
                _differs(trial, name, wanted, others) for trial in trials):
            raise _refusal(solver, wanted, others)


def _refusal(solver: Solver, wanted: Gradient, others: Sequence[Symbol]) -> DeriveError:
    given = " and ".join(f"`{s.name}`" for s in others)
    free = next((n for n in NAMES if n not in solver.named.families), "its_gradient")
    name = f"{free}[{', '.join(map(text, wanted.bottom.index))}]"
    return DeriveError(
        f"`{write(Partial(wanted.top, wanted.bottom))}` has two meanings here: in the step {given} "
        "are given, but asked for by itself it goes through their steps too",
        remedy=f"name it, {name} = grad({write(wanted.top)}, {write(wanted.bottom)}), "
               f"and ask for {free}")


def _differs(trial: Trial, name: str, wanted: Gradient, others: tuple[Symbol, ...]) -> bool:
    holding = trial.oracle.holding(others)
    for place in trial.forward.positions(name):
        env = {**trial.env, **dict(zip(wanted.letters, place, strict=True))}
        pair = at(wanted.top, env), at(wanted.bottom, env)
        if not np.allclose(trial.oracle.total(*pair), holding.total(*pair), rtol=1e-9, atol=1e-12):
            return True
    return False
