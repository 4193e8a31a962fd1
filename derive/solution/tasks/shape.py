"""``shape``: the shape of a quantity, from the shapes of what it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from derive.expr.integers import IntLike, put, text
from derive.expr.nodes import Apply, Expr, MatMul, Neg, Partial, Ref, Sum, Symbol
from derive.expr.positions import integers
from derive.expr.shapes import Shape
from derive.ops import ELEMENTWISE
from derive.ops.whole_numbers import shape_of
from derive.question.keys.shape import Shaped
from derive.question.question import Part
from derive.solution.forward import identifier
from derive.solution.measured import is_too_large, measured
from derive.solution.shapes import by, shape_sentence, size
from derive.solution.solver import Solver
from derive.solution.step import Check, Line, Step
from derive.solution.tasks.task import Solving
from derive.solution.trials import Trial
from derive.solution.words import Claim, Sentence
from derive.syntax.write_text import write

__all__ = ["SOLVING"]


def _steps(solver: Solver, part: Part, task: Shaped) -> Iterator[Step]:
    for subject in task.subjects:
        line = Line("result", shape_of(subject), "=", by(subject.shape))
        yield Step(identifier(solver, part.label, subject) + ".shape", "shape",
                   (line,) if subject.shape else (), intro=_why(solver, subject), answer=True,
                   said=not subject.shape)


def _why(solver: Solver, subject: Ref) -> Sentence | None:
    if isinstance(subject, Partial):
        return _derivative(subject)
    assert isinstance(subject, Symbol)
    if not subject.shape:
        return Sentence("{} is a number, it has no axes.", (subject,))
    found = solver.model.by_target.get(subject.name, ())
    return next((words for e in found if (words := _from_parts(subject, _core(e.rhs)))), None)


def _derivative(subject: Partial) -> Sentence:
    """The axes of the top come first, then those of the bottom."""
    top, bottom = subject.top, subject.bottom
    if not top.shape:
        return Sentence("The derivative of a number has the shape of {}.", (bottom,))
    return Sentence("Each entry of {} is differentiated by each entry of {}: the axes of {} come "
                    "first, then those of {}.", (top, bottom, top, bottom))


def _core(expr: Expr) -> Expr:
    """Go to what decides the shape: through functions of one number, and terms added on."""
    if isinstance(expr, Sum):
        whole = [term for term in expr.terms if term.shape == expr.shape]
        return _core(whole[0]) if whole else expr
    if isinstance(expr, Neg):
        return _core(expr.arg)
    kept = isinstance(expr, Apply) and (expr.op in ELEMENTWISE or expr.op == "softmax")
    if kept and isinstance(expr, Apply) and not isinstance(expr.args[0], Symbol):
        return _core(expr.args[0])
    return expr


def _from_parts(subject: Symbol, core: Expr) -> Sentence | None:
    if isinstance(core, MatMul):
        return _of_product(core)
    if isinstance(core, Apply) and core.op in ("flatten", "reshape"):
        entries = Claim(by(core.args[0].shape), "=", size(_count(core.shape)))
        return Sentence("{} has {} entries, which are laid out row by row.",
                        (core.args[0], entries))
    if isinstance(core, Apply) and core.op in ELEMENTWISE:
        return Sentence("Every entry of {} gives one of {}.", (core.args[0], subject))
    return shape_sentence(subject, core)


def _count(shape: Shape) -> IntLike:
    total: IntLike = 1
    for n in shape:
        total = total * n
    return total


def _of_product(core: MatMul) -> Sentence | None:
    """A matrix product: the sizes that meet are summed over and drop out."""
    left, right = core.left, core.right
    if not (left.shape and right.shape):
        return None
    inner = size(left.shape[-1])
    return Sentence("{} is {} and {} is {}: the sum runs over the {} that they share, the other "
                    "sizes stay.", (left, by(left.shape), right, by(right.shape), inner))


def _asks(solver: Solver, task: Shaped) -> Sentence:
    listed = ", ".join("{}" for _ in task.subjects)
    return Sentence(f"Give the shape of {listed}.", task.subjects)


def _checks(solver: Solver, part: Part, task: Shaped, trials: Sequence[Trial]) -> Iterator[Check]:
    """Compare with the arrays that an independent evaluation makes, or with their sizes alone."""
    if is_too_large(solver):
        for subject in task.subjects:
            right = measured(solver, subject) == integers(subject.shape)
            yield Check("shape", write(subject), 0.0 if right else None, right,
                        "the places of every window counted one by one")
        return
    for subject in task.subjects:
        right = all(_measured(trial, subject) == integers(
            tuple(put(n, trial.env) for n in subject.shape)) for trial in trials)
        yield Check("shape", write(subject), 0.0 if right else None, right,
                    "the array of an independent evaluation")


def _measured(trial: Trial, subject: Ref) -> tuple[int, ...]:
    if isinstance(subject, Partial):
        return _measured(trial, subject.top) + _measured(trial, subject.bottom)
    assert isinstance(subject, Symbol)
    member, _ = next(trial.members(subject, subject))
    return tuple(np.shape(trial.oracle.value(member)))


def _values(solver: Solver, task: Shaped) -> Iterator[tuple[str, str, Any]]:
    for subject in task.subjects:
        yield "shapes", write(subject), [n if isinstance(n, int) else text(n)
                                         for n in subject.shape]


SOLVING = Solving(_steps, _asks, _checks, _values)
