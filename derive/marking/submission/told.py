"""Where the solution tells how something is done, and what it says of it in general."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

from derive.errors import DeriveError
from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, Partial, Ref, Symbol
from derive.expr.positions import inside, match
from derive.expr.walk import at, refs
from derive.question.keys.holding import Held
from derive.question.question import Find, Part, Question, Request
from derive.solution.solve import solve_question
from derive.solution.step import Line, SolvedQuestion, Step, deep
from derive.syntax.write_text import say_range, write

__all__ = ["Told"]


class Told:
    """The solution of a question, asked by what a claim is about; solved when first needed."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self._extra: dict[Partial, tuple[Line, ...]] = {}

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
        about this very member, by the one about all of them, by the one about the whole whose part
        it is, or by the first one that uses it.
        """
        if not isinstance(subject, Ref):
            return None
        own = [name for left, name in self._begun if left == subject]
        if own:
            general = claimed is None or any(True for _ in refs(claimed))
            return own[0] if general else own[-1]
        alike = (name for left, name in self._begun if _env(left, subject) is not None)
        return next(alike, None) or self._whole(subject) or self._used.get(subject.family)

    def _whole(self, subject: Ref) -> str | None:
        """Return the step about dL/dh_1 for dL_1/dh_1, the share of one term."""
        whole = _of_the_whole(subject)
        return None if whole is None else self.step(whole, None)

    @cached_property
    def _used(self) -> dict[str, str]:
        """The first step in which each quantity stands on a right side."""
        steps = deep([s for p in self.solved.parts for s in p.steps]) if self.solved else iter(())
        found: dict[str, str] = {}
        for step in steps:
            for ref in (r for line in step.lines for r in refs(line.right)):
                found.setdefault(ref.family, step.id)
        return found

    def right(self, subject: Ref) -> Expr | None:
        """Return the formula that the solution ends with; None where there is one for each case."""
        for lines in self.solved.formulas.values() if self.solved is not None else ():
            env = _env(lines[0].left, subject)
            if env is not None and len(lines) == 1 and not lines[0].where:
                return at(lines[0].right, env)
        return None

    def lines(self, subject: Ref) -> Iterator[Expr]:
        """Yield what the solution says *subject* is, and the steps about it on the way to that."""
        if self.solved is None:
            return
        steps = [step.lines for step in deep([s for p in self.solved.parts for s in p.steps])]
        every = [*self.solved.formulas.values(), *steps]
        if not any(_env(line.left, subject) is not None for lines in every for line in lines):
            every = [self._asked(subject)]
        for lines in every:
            env = None
            for line in lines:
                env = _env(line.left, subject) if line.left is not None else env
                if env is not None and line.relation == "=":
                    yield at(line.right, env)

    def formula(self, subject: Expr | None) -> str | None:
        """Return what the solution says of *subject* as a formula, in the syntax of questions."""
        if not isinstance(subject, Ref) or self.solved is None:
            return None
        lines = _lines_about(self.solved, subject) or self._asked(subject)
        found = [(line, _env(line.left or lines[0].left, subject) or {}) for line in lines]
        here = [(line, env) for line, env in found if _is_known_to_hold(line, env)]
        return "; ".join(_said(line, env) for line, env in here or found) or None


    def _asked(self, subject: Ref) -> tuple[Line, ...]:
        """Return the lines about a derivative that no part asks for, solved for once."""
        if not isinstance(subject, Partial) or subject.component or subject.direct:
            return ()
        if subject not in self._extra:
            self._extra[subject] = ()
            asked = Request(subject.top, subject.bottom)
            task = Held(asked=(asked,), held=subject.held) if subject.held else Find(
                requests=(asked,))
            with suppress(DeriveError, ArithmeticError, LookupError, ValueError):
                alone = replace(self.question, parts=(Part("asked", (task,)),))
                self._extra[subject] = _lines_about(solve_question(alone), subject)
        return self._extra[subject]


def _lines_about(solved: SolvedQuestion, subject: Ref) -> tuple[Line, ...]:
    return next((tuple(lines) for lines in solved.formulas.values()
                 if _env(lines[0].left, subject) is not None), ())


def _of_the_whole(subject: Ref) -> Ref | None:
    """Return L of its term L_[1], and of a derivative of that; None for anything else."""
    symbol = subject.top if isinstance(subject, Partial) else subject
    if not isinstance(symbol, Symbol) or not symbol.name.endswith("_") or not symbol.index:
        return None
    whole = replace(symbol, name=symbol.name[:-1], index=())
    return replace(subject, top=whole) if isinstance(subject, Partial) else whole


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
