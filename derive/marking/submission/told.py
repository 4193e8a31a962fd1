"""Where the solution tells how something is done, and what it says of it in general."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from derive.errors import DeriveError
from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, Ref
from derive.expr.positions import inside, match
from derive.expr.walk import at, refs
from derive.question.question import Question
from derive.solution.solve import solve_question
from derive.solution.step import Line, SolvedQuestion, Step, deep
from derive.syntax.write_text import say_range, write

__all__ = ["Told"]


class Told:
    """The solution of a question, asked by what a claim is about; solved when first needed."""

    def __init__(self, question: Question) -> None:
        self.question = question

    @cached_property
    def solved(self) -> SolvedQuestion | None:
        """The solution; None where there is none, which must not keep anybody from marking."""
        try:
            return solve_question(self.question)
        except DeriveError:
            return None

    @cached_property
    def _begun(self) -> tuple[tuple[Ref, str], ...]:
        """What the steps are about: the left side that each begins with, and its id."""
        steps = deep([s for p in self.solved.parts for s in p.steps]) if self.solved else iter(())
        return tuple((left, step.id) for step in steps for left in _about(step))

    def step(self, subject: Expr | None, claimed: Expr | None) -> str | None:
        """Return the id of the step that tells how *subject* is found.

        A formula is told by the first step about it, numbers by the last one; where no step is
        about this very member, by the one about all of them.
        """
        if not isinstance(subject, Ref):
            return None
        own = [name for left, name in self._begun if left == subject]
        if own:
            general = claimed is None or any(True for _ in refs(claimed))
            return own[0] if general else own[-1]
        return next((name for left, name in self._begun if _env(left, subject) is not None), None)

    def formula(self, subject: Expr | None) -> str | None:
        """Return what the solution says of *subject* as a formula, in the syntax of questions."""
        if not isinstance(subject, Ref) or self.solved is None:
            return None
        lines = next((lines for lines in self.solved.formulas.values()
                      if _env(lines[0].left, subject) is not None), ())
        found = [(line, _env(line.left or lines[0].left, subject) or {}) for line in lines]
        here = [(line, env) for line, env in found if _is_known_to_hold(line, env)]
        return "; ".join(_said(line, env) for line, env in here or found) or None


def _about(step: Step) -> Iterator[Ref]:
    yield from (line.left for line in step.lines[:1] if isinstance(line.left, Ref))


def _env(left: Expr | None, subject: Ref) -> dict[str, IntLike] | None:
    """Return the positions at which a left side is *subject*; None where it never is."""
    if type(left) is not type(subject) or not isinstance(left, Ref):
        return None
    if left.family != subject.family or len(left.index) != len(subject.index):
        return None
    env = match(left, subject)
    return env if env is not None and at(left, env) == subject else None


def _is_known_to_hold(line: Line, env: dict[str, IntLike]) -> bool:
    known = all(isinstance(env.get(name), int) for name, _ in line.where)
    return bool(line.where) and known and inside(line.where, env)


def _said(line: Line, env: dict[str, IntLike]) -> str:
    """Return a line's right side at its positions; with the range where those are not numbers."""
    ranges = () if _is_known_to_hold(line, env) else tuple(
        f"{name} in {say_range(bounds)}" for name, bounds in line.where
        if not isinstance(env.get(name), int))
    where = f" for {', '.join(ranges)}" if ranges else ""
    return write(at(line.right, env)) + where
