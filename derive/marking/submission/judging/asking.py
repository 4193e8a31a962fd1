"""What a question asks for, and what its equations make of one another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from derive.expr.integers import names_in
from derive.expr.nodes import Apply, Entry, Expr, Number, Partial, Ref, Sum, Symbol, Transpose
from derive.expr.positions import match
from derive.expr.walk import at, refs
from derive.marking.submission.members import symbol_at
from derive.marking.submission.reading.loss import loss_of
from derive.question.keys.solve import Solve
from derive.question.keys.table import Tabulate
from derive.question.question import Fact, Part
from derive.solution.claimable import claimable
from derive.solution.solver import Solver
from derive.syntax.write_text import write


@dataclass
class Asking:
    """The parts and equations of a question, asked about; what is worked out once is kept."""

    solver: Solver

    @cached_property
    def asked(self) -> tuple[Ref, ...]:
        """Everything the parts ask for, member by member where there are numbers."""
        parts = self.solver.question.parts
        return tuple(dict.fromkeys(ref for part in parts for ref in self.of_part(part)))

    def of_part(self, part: Part) -> Iterator[Ref]:
        """Yield what a part asks for, member by member; what is held is held."""
        yield from claimable(self.solver, part)

    def other_senses(self, subject: Expr) -> Iterator[Expr]:
        """Yield what else a derivative may mean: with what its part holds, or that of one equation.

        Where the total derivative is asked for, it is the total one.
        """
        if isinstance(subject, (Entry, Transpose)):
            yield from (replace(subject, arg=arg) for arg in self.other_senses(subject.arg))
        if not isinstance(subject, Partial) or subject.held:
            return
        alike = [r for r in self.families if r.top.name == subject.top.name
                 and r.bottom.name == subject.bottom.name]
        for held in (r.held for r in alike if r.held):
            yield replace(subject, held=held)
            yield replace(subject, held=tuple(replace(symbol, index=()) for symbol in held))
        if not alike and subject.top.name in self.solver.named.by_target:
            yield replace(subject, direct=True)

    @cached_property
    def loss(self) -> Symbol | None:
        """What the deltas of a student are the derivatives of."""
        return loss_of(self.solver)

    @cached_property
    def is_recurrent(self) -> bool:
        """True where a member is made from another one: h[t] from h[t-1]."""
        return any(ref.index and e.target.index and ref.index != e.target.index
                   for e in self.solver.question.equations for ref in refs(e.rhs)
                   if isinstance(ref, Symbol) and isinstance(e.target, Symbol))

    @cached_property
    def output(self) -> Symbol | None:
        """What the model gives for each row: the only series that nothing else is made from."""
        equations = self.solver.question.equations
        used = {ref.family for e in equations for ref in refs(e.rhs)}
        found = [e.target for e in equations if isinstance(e.target, Symbol)
                 and e.target.name not in used and isinstance(e.rhs, Apply)]
        only = found[0] if len(found) == 1 else None
        return only if only is not None and len(only.index) == 1 and (
            names_in(only.index[0])) else None

    def is_sought(self, subject: Expr) -> bool:
        """True for what a part is solved for: it is no one value.

        What is eliminated may leave 0 = -2, which says that there is nothing.
        """
        if self._sought and isinstance(subject, Number):
            return True
        return any(ref.name in self._sought for ref in refs(subject) if isinstance(ref, Symbol))

    @cached_property
    def _sought(self) -> frozenset[str]:
        return frozenset(symbol.name for part in self.solver.question.parts for task in part.tasks
                         if isinstance(task, Solve) for symbol in task.unknowns)

    def is_asked_for(self, subject: Expr, expr: Expr) -> bool:
        """True for what the question wants to hold, or asks for which members it does."""
        return (subject, write(expr)) in self._conditions

    @cached_property
    def _conditions(self) -> frozenset[tuple[Expr, str]]:
        tasks = [task for part in self.solver.question.parts for task in part.tasks]
        found = (fact for task in tasks for fact in (
            task.conditions if isinstance(task, Solve) else
            task.columns if isinstance(task, Tabulate) else ()) if isinstance(fact, Fact))
        return frozenset((fact.left, write(fact.right)) for fact in found)

    @cached_property
    def renewed(self) -> dict[Expr, Symbol]:
        """What becomes of a quantity in a step of descent: the w_new of w - eta*g, by w."""
        found: dict[Expr, list[Symbol]] = {}
        for equation in self.solver.model.equations:
            old = equation.rhs.terms[0] if isinstance(equation.rhs, Sum) else None
            if isinstance(old, Symbol) and isinstance(equation.target, Symbol) and (
                    old.shape == equation.target.shape and old != equation.target):
                found.setdefault(old, []).append(equation.target)
        return {old: new[0] for old, new in found.items() if len(new) == 1}

    @cached_property
    def families(self) -> tuple[Partial, ...]:
        return tuple(r for r in self.asked if isinstance(r, Partial))

    def in_equations(self, ref: Ref) -> Iterator[Symbol]:
        """Yield a derivative as equations read it: the g of w - eta*g."""
        for name, g in self.solver.question.gradients.items():
            if not isinstance(ref, Partial) or ref.held or ref.component or (
                    ref.top.name, ref.bottom.name) != (g.top.name, g.bottom.name):
                continue
            env = {**(match(g.top, ref.top, g.letters) or {}),
                   **(match(g.bottom, ref.bottom, g.letters) or {})}
            if all(n in env for n in g.letters) and at(Partial(g.top, g.bottom), env) == ref:
                yield Symbol(name, tuple(env[n] for n in g.letters), ref.shape)

    def terms_of(self, slope: Partial) -> Iterator[Symbol]:
        """Yield the losses at the step of what stands below that a part differentiates: L_t."""
        for top in dict.fromkeys(ref.top for ref in self.families):
            if not top.shape and top.name != slope.top.name and len(top.index) == len(
                    slope.bottom.index):
                yield replace(top, index=slope.bottom.index)

    def inside(self, symbol: Symbol) -> Iterator[Symbol]:
        """Yield what a quantity is a function of, entry by entry or as a softmax: z of h = f(z)."""
        for equation in self.solver.named.by_target.get(symbol.name, ()):
            env = match(equation.target, symbol)
            args = equation.rhs.args if isinstance(equation.rhs, Apply) else ()
            if env is not None and len(args) == 1 and isinstance(args[0], Symbol) and (
                    args[0].shape == symbol.shape):
                yield symbol_at(args[0], env)
