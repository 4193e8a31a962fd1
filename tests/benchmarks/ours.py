"""What is measured of the engine: deriving without numbers, numbers alone, the whole sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from derive.calculus.adjoint import Adjoint
from derive.expr.nodes import Expr, Partial, Symbol
from derive.formats import module
from derive.numbers.solve import solve
from derive.question.question import Question
from derive.solution.backward import derivative_steps
from derive.solution.numeric import adjoint_values, stores_of
from derive.solution.solve import solve_question
from derive.solution.solver import Solver
from derive.solution.step import Step, deep
from derive.syntax.write_latex import write
from tests.benchmarks.models import WEIGHTS

__all__ = ["Numeric", "derive", "render"]

LOSS = Symbol("L", (), ())


def derive(question: Question) -> list[str]:
    """Derive all gradients from a question without numbers; print every line of every step.

    That is: the system, names for arguments, the loss and its softmax in index notation, the
    reverse sweep, the steps, their LaTeX.
    """
    solver, part = Solver(question), question.parts[0]
    bottoms = [r.bottom for r in part.requests if r.bottom is not None]
    steps = list(derivative_steps(solver, part, LOSS, bottoms))
    return [write(expr) for step in deep(steps) for expr in _expressions(step)]


def _expressions(step: Step) -> Iterator[Expr]:
    for line in step.lines:
        yield from (e for e in (line.left, line.right) if e is not None)


class Numeric:
    """A question that has been derived: what is left is to put numbers in."""

    def __init__(self, question: Question) -> None:
        self.solver = Solver(question)
        self.given = stores_of(question.given)
        self.adjoint: Adjoint = self.solver.adjoint(LOSS)

    def run(self, weights: Sequence[str] = WEIGHTS) -> dict[str, Any]:
        """Return all gradients, from a forward and a backward pass in float64."""
        forward = solve(self.solver.named.equations, self.given)
        found = adjoint_values(self.adjoint, forward)
        return {name: found[Partial(LOSS, self.adjoint.member(name))] for name in weights}


def render(question: Question) -> str:
    """Solve, check every line and write the LaTeX sheet: all but reading the file."""
    return str(module("latex").write(solve_question(question), detail="normal", parts=(),
                                     templates=None))
