"""How a state depends on one many steps before: the formulas that a bound is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from derive.calculus.norm_bounds import Bound
from derive.calculus.one_step import OneStep
from derive.errors import DeriveError
from derive.expr.build import is_one, number, power
from derive.expr.equation import Domain
from derive.expr.integers import IntLike, named
from derive.expr.nodes import Dimension, Expr, MatrixProduct, Partial, Range, Reduce, Symbol
from derive.expr.walk import at, free_indices, put_range, refs
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
    is_forward: bool

    @property
    def where(self) -> Domain:
        """Where a single step lies: also for the last member that a general one stands for."""
        last = {n: r.hi for n, r in self.asked}
        return ((self.letter, put_range(self.positions, last)),)

    @property
    def local(self) -> Expr:
        return Partial(self.step.top, self.step.bottom)

    @property
    def whole(self) -> Partial:
        return Partial(self.top, self.bottom)

    @property
    def norm(self) -> Expr:
        return apply("norm", self.whole)

    @property
    def before_last(self) -> Symbol:
        """The state at a step on the way: h_k."""
        return self.step.top

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
    def product(self) -> Expr:
        """The derivatives of all steps multiplied, the last one first."""
        if not self.is_array:
            return Reduce("prod", self.letter, self.positions, self.local)
        return MatrixProduct(self.letter, self.positions, self.local, self.is_forward)

    @property
    def norms(self) -> Expr:
        """The product of the norms of all steps."""
        return Reduce("prod", self.letter, self.positions, apply("norm", self.local))

    @property
    def total(self) -> Expr:
        """The bound over all steps: a power where the bound of a step is the same for each."""
        return self._over_all(self.bound.value)

    @property
    def constant(self) -> Expr | None:
        """The derivative itself, of a number that is multiplied by the same one at every step."""
        linear = self.is_linear and not self.is_array
        return self._over_all(self.step.jacobian) if linear else None

    @property
    def radius(self) -> Expr:
        return apply("spectral_radius", self.step.jacobian)

    @property
    def below(self) -> Expr:
        """The bound from below of a linear recurrence: ||A^n|| >= rho(A^n) = rho(A)^n."""
        return self._over_all(self.radius)

    def _over_all(self, each: Expr) -> Expr:
        if self.letter in free_indices(each):
            return Reduce("prod", self.letter, self.positions, each)
        return each if is_one(each) else power(each, _number(self.count))


def _number(value: IntLike) -> Expr:
    return number(value) if isinstance(value, int) else Dimension(value)


def far(solver: Solver, top: Symbol, bottom: Symbol, step: OneStep, bound: Bound) -> Far:
    """Put the step at a letter of its own, and say how many of them lie between both members."""
    own = step.top.index[0]
    forward = step.bottom.index[0] - own == -1
    first, last = (bottom.index[0] + 1, top.index[0]) if forward else (
        top.index[0], bottom.index[0] - 1)
    count = last - first + 1
    if isinstance(count, int) and count < 1:
        raise DeriveError(f"`{write(top)}` does not come after `{write(bottom)}`")
    letter = _letter(solver)
    moved = {str(own): named(letter)}
    asked = tuple((n, Range((bottom.index[0] + 1,), r.his)) for n, r in
                  solver.question.indices.items() if n in free_indices(top))
    return Far(top, bottom, step.put(moved), _moved(bound, moved), letter, Range((first,), (last,)),
               count, asked, frozenset(solver.named.by_target), forward)


def _moved(bound: Bound, env: Mapping[str, IntLike]) -> Bound:
    return replace(bound, split=at(bound.split, env), value=at(bound.value, env))


def _letter(solver: Solver) -> str:
    taken = {*solver.question.indices, *solver.question.sizes, *solver.named.families}
    return next(c for c in LETTERS if c not in taken)
