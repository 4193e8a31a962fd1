r"""``bound``: the product of Jacobians of a recurrence, its norm step by step, and what follows.

dh_T/dh_0 = prod_k dh_k/dh_{k-1}, so its norm is at most prod_k ||dh_k/dh_{k-1}||, and each factor
is at most the largest slope of the function times the largest singular value of the weights
(Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, ICML 2013,
section 2.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.calculus.norm_bounds import Bounds
from derive.calculus.one_step import one_step
from derive.errors import DeriveError
from derive.expr.nodes import Partial
from derive.expr.walk import free_indices, refs
from derive.ops import apply
from derive.question.keys.bound import Bound
from derive.question.question import Part
from derive.solution.derivation import introduced
from derive.solution.forward import identifier
from derive.solution.rules import say, title
from derive.solution.solver import Solver
from derive.solution.step import Line, Step
from derive.solution.tasks.bound_numbers import number_steps, value_of
from derive.solution.tasks.bound_words import meaning, what_is_used
from derive.solution.tasks.far import Far, far
from derive.solution.tasks.task import Solving
from derive.solution.words import Sentence

__all__ = ["BOUND"]


def _steps(solver: Solver, part: Part, task: Bound) -> Iterator[Step]:
    try:
        found = _far(solver, task)
        if solver.is_new("one step", found.top.name):
            yield from _introduced(solver, part, found)
            yield _one_step(solver, part, found)
        yield _all_steps(solver, part, found)
        if found.is_linear and found.is_array:
            yield _from_below(solver, part, found)
        if solver.numeric:
            yield from number_steps(solver, part, found)
        yield from meaning(solver, part, found, *_sizes(solver, found))
    except DeriveError as error:
        raise DeriveError(f"part {part.label}: {error.message}", error.place, error.remedy
                          ) from error


def _far(solver: Solver, task: Bound) -> Far:
    request = task.request
    top, bottom = solver.instances(request)[-1]
    assert bottom is not None, "a bound is about a derivative"
    if not solver.depends(top, bottom.name):
        raise DeriveError(f"`{top.name}` does not depend on its earlier members")
    step = one_step(solver.adjoint(top), top.name)
    bounds = Bounds(solver.named.by_target)
    general = request.top if request.bottom == bottom else top
    return far(solver, general, bottom, step, bounds.ways(step.ways))


def _sizes(solver: Solver, found: Far) -> tuple[float | None, float | None]:
    """Return the bound of one step, and what decides about a linear recurrence, as numbers."""
    if not solver.numeric or found.letter in free_indices(found.bound.value):
        return None, None
    size = value_of(solver, found.bound.value)
    if not found.is_linear:
        return size, None
    return size, value_of(solver, found.radius) if found.is_array else size


def _introduced(solver: Solver, part: Part, found: Far) -> Iterator[Step]:
    """Introduce the names of arguments that stand in the Jacobian: psi'(z_k)."""
    for name in dict.fromkeys(ref.family for ref in refs(found.step.jacobian)):
        yield from introduced(solver, part, name)


def _one_step(solver: Solver, part: Part, found: Far) -> Step:
    """Return ||dh_k/dh_{k-1}|| = ||J|| <= the norms of its factors <= their bounds."""
    step, bound, where = found.step, found.bound, found.where
    local = found.local
    lines = [Line("symbolic", local, "=", step.jacobian, where)]
    lines.append(Line("symbolic", apply("norm", local), "=", apply("norm", step.jacobian), where))
    if bound.split not in (lines[-1].right, bound.value):
        relation = "<=" if bound.is_array else "="
        reason = None if not bound.is_array else say(
            "norms added" if len(step.ways) > 1 else "norms multiplied")
        lines.append(Line("symbolic", None, relation, bound.split, where, reason))
    if bound.value != lines[-1].right:
        lines.append(Line("simplified", None, "=" if bound.exact else "<=", bound.value, where,
                          None if bound.exact else what_is_used(bound)))
    name = identifier(solver, part.label, "one_step")
    return Step(name, "one step", tuple(lines), title=title("one step"), detail="normal")


def _all_steps(solver: Solver, part: Part, found: Far) -> Step:
    """Return ||dh_T/dh_0|| <= prod_k ||dh_k/dh_{k-1}|| <= the bound of one step to the T."""
    relation = "<=" if found.is_array else "="
    lines = [Line("symbolic", found.whole, "=", found.product, found.asked),
             Line("symbolic", apply("norm", found.whole), relation, found.norms, found.asked),
             Line("simplified", None, "=" if found.bound.exact else "<=", found.total, found.asked)]
    if found.constant is not None:      # the same number at every step: nothing is lost
        lines[1:] = [Line("simplified", None, "=", found.constant, found.asked)]
    lines = [*lines[:-1], replace(lines[-1], kind="result")]
    return Step(identifier(solver, part.label, found.whole), "all steps", tuple(lines),
                title=title("all steps"), intro=say("all steps", found.whole), answer=True)


def _from_below(solver: Solver, part: Part, found: Far) -> Step:
    """Return rho(A)^T <= ||A^T||: a recurrence without a function is bounded from below too."""
    line = Line("symbolic", apply("norm", found.whole), ">=", found.below, found.asked)
    name = identifier(solver, part.label, "from_below")
    return Step(name, "from below", (line,), intro=say("from below", found.radius),
                detail="normal")


def _asks(solver: Solver, task: Bound) -> Sentence:
    request = task.request
    assert request.bottom is not None
    return Sentence("How large can {} get?", (apply("norm", Partial(request.top, request.bottom)),))


BOUND = Solving(_steps, _asks)
