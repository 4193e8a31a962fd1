"""How a state depends on one many steps before: the formulas that a bound is made of."""

from __future__ import annotations

from dataclasses import dataclass

from derive.calculus.norm_bounds import Bound
from derive.calculus.one_step import OneStep
from derive.errors import DeriveError
from derive.expr.build import power
from derive.expr.equation import Domain
from derive.expr.integers import IntLike, named
from derive.expr.nodes import Dimension, Expr, MatrixProduct, Partial, Range, Reduce, Symbol
from derive.expr.walk import free_indices, refs
from derive.ops import apply
from derive.solution.solver import Solver
from derive.syntax.write_text import write

__all__ = ["Far", "far"]

LETTERS = "ksijq"


@dataclass(frozen=True)
class Far:
    """d top / d bottom over `count` steps, each one like `step` at the position `letter`.

    asked: for which positions the statement about the whole is made, where `top` is general.
    """

    top: Symbol
    bottom: Symbol
    step: OneStep
    bound: Bound
    letter: str
    positions: Range
    count: IntLike
    asked: Domain
    changing: frozenset[str]

    @property
    def where(self) -> Domain:
        return ((self.letter, self.positions),)

    @property
    def local(self) -> Expr:
        return Partial(self.step.top, self.step.bottom)

    @property
    def whole(self) -> Partial:
        return Partial(self.top, self.bottom)

    @property
    def is_array(self) -> bool:
        return bool(self.top.shape)

    @property
    def is_linear(self) -> bool:
        """True where each step has the same Jacobian, whatever the state."""
        found = self.step.jacobian
        return self.letter not in free_indices(found) and not any(
            ref.family in self.changing for ref in refs(found))

    @property
    def times(self) -> Expr:
        return Dimension(self.count)

    @property
    def product(self) -> Expr:
        """The Jacobians of all steps multiplied, the last one first."""
        if not self.is_array:
            return Reduce("prod", self.letter, self.positions, self.local)
        return MatrixProduct(self.letter, self.positions, self.local, self.forward)

    @property
    def forward(self) -> bool:
        return write(self.step.bottom.index_text) < ""
