"""Derivatives: the chain rule as a course writes it, the recurrence, then the numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product

from derive.calculus.adjoint import Adjoint, families_down
from derive.calculus.recurrences import NotClosed
from derive.calculus.tidy import tidy
from derive.expr.build import zero
from derive.expr.nodes import Expr, Eye, Literal, Partial, Ref, Symbol
from derive.expr.positions import integers
from derive.expr.walk import refs, replace
from derive.numbers.policy import literal
from derive.question.question import Part
from derive.question.slopes import why_zero
from derive.solution.chain import expanded_layout, laid_out
from derive.solution.closed import Closing, closed_steps, closing_of, not_closed_step
from derive.solution.derivation import derivation_steps
from derive.solution.forward import at_times, identifier
from derive.solution.members import ancestors
from derive.solution.rules import say
from derive.solution.solver import Solver
from derive.solution.step import Line, Step
from derive.solution.windows import is_laid_out, matrices_of, window_lines
from derive.solution.working import lines_of

__all__ = ["derivative_steps"]


def derivative_steps(solver: Solver, part: Part, top: Symbol, bottoms: Sequence[Symbol],
                     close: bool = False) -> Iterator[Step]:
    """Yield the derivation of d top / d bottom for all *bottoms*, with numbers if there are any.

    Recurrences are solved where *close* asks for it, and where it can be done.
    """
    reached = [b for b in bottoms if _reaches(solver, top, b)]
    for bottom in bottoms:
        if bottom not in reached:
            yield _zero_step(solver, part, top, bottom)
    if not reached:
        return
    adjoint = solver.adjoint(top)
    closings, refused = _closings(adjoint, reached) if close else ({}, {})
    for family in families_down(adjoint, {b.name for b in reached}):
        yield from derivation_steps(solver, part, adjoint, family, reached,
                                    family not in closings)
    for family, closing in closings.items():
        yield from closed_steps(solver, part, closing, [b for b in reached if b.name == family])
    yield from _refusals(solver, part, adjoint, refused)
    if solver.numeric:
        yield from _numbers(solver, part, adjoint, reached)


def _refusals(solver: Solver, part: Part, adjoint: Adjoint, refused: Mapping[str, NotClosed]
              ) -> Iterator[Step]:
    """Say why there is no closed form, each reason once."""
    for family, error in refused.items():
        if solver.is_new("not closed", (adjoint.top, error.reason, error.parts)):
            yield not_closed_step(solver, part, adjoint.partial(adjoint.member(family)), error)


def _closings(adjoint: Adjoint, bottoms: Sequence[Symbol]
              ) -> tuple[dict[str, Closing], dict[str, NotClosed]]:
    """Return how each derivative is closed, the states first, and why others are not."""
    found: dict[str, Closing] = {}
    refused: dict[str, NotClosed] = {}
    for name in dict.fromkeys(b.name for b in bottoms):
        try:
            closing = closing_of(adjoint, name)
        except NotClosed as error:
            refused[name] = error
            continue
        if closing is not None:
            found[name] = closing
    return dict(sorted(found.items(), key=lambda item: item[1].through is not None)), refused


def _reaches(solver: Solver, top: Symbol, bottom: Symbol) -> bool:
    if not solver.depends(top, bottom.name):
        return False
    adjoint = solver.adjoint(top)
    if bottom.name not in adjoint.terms:
        return False
    single = solver.numeric and adjoint.form != "component"
    return not single or solver.making(adjoint.partial(bottom)) is not None


WHY_ZERO = {"no way": "zero", "jumps": "flat", "stops": "stopped"}


def _zero_step(solver: Solver, part: Part, top: Symbol, bottom: Symbol) -> Step:
    left = Partial(top, bottom)
    line = Line("result", left, "=", zero(left.shape))
    rule = WHY_ZERO[why_zero(top.name, bottom.name, solver.model.equations)]
    return Step(identifier(solver, part.label, left), rule, (line,), answer=True,
                intro=say(rule, top, bottom))


def _numbers(solver: Solver, part: Part, adjoint: Adjoint, bottoms: Sequence[Symbol]
             ) -> Iterator[Step]:
    """Yield the numbers, backwards from the top, and recall what an earlier part has found."""
    if adjoint.form == "component":
        yield from _component_numbers(solver, part, adjoint, bottoms)
        return
    wanted = [adjoint.partial(b) for b in bottoms]
    solver.wants(wanted)
    for known in wanted:
        if known in solver.worked:
            yield _recalled(solver, part, known)
    order = ancestors(wanted, lambda r: reversed(list(solver.parents(r))), solver.is_known)
    asked = frozenset(wanted)
    shown = [r for r in order if _is_worth_telling(solver, r, asked)]
    told = frozenset(shown)
    for ref in order:
        if ref not in told and solver.making(ref) is not None:
            solver.work_out(ref)
    yield from at_times(solver, shown, asked,
                        lambda ref: _step(solver, part, ref, ref in asked))


def _is_worth_telling(solver: Solver, ref: Ref, wanted: Collection[Ref]) -> bool:
    """A derivative that is a constant was told with its formula."""
    made = solver.making(ref)
    return made is not None and (ref in wanted or any(True for _ in refs(made.rhs)))


def _recalled(solver: Solver, part: Part, ref: Partial) -> Step:
    value = solver.literal(ref)
    lines = (tuple(matrices_of(ref, value)) if len(ref.shape) > 2 else
             (Line("result", ref, "=" if value.exact else "≈", laid_out(solver, value)),))
    return Step(identifier(solver, part.label, ref) + ".value", "numbers", lines, answer=True)


def _without_seed(solver: Solver, rhs: Expr) -> Expr:
    """Leave out dh_3/dh_3 = I as a factor."""
    seeds: dict[Expr, Expr] = {
        ref: Eye(ref.top.shape[0]) for ref in refs(rhs)
        if isinstance(ref, Partial) and ref.top == ref.bottom
        and (made := solver.making(ref)) is not None and isinstance(made.rhs, Eye)}
    return tidy(replace(rhs, seeds)) if seeds else rhs


def _step(solver: Solver, part: Part, ref: Ref, answer: bool) -> Step:
    made = solver.making(ref)
    assert made is not None, "only members with an equation are worked out"
    rhs = _without_seed(solver, made.rhs)
    worked = solver.work_out(ref, expanded_layout(solver, rhs))
    lines = (tuple(window_lines(solver, worked)) if is_laid_out(worked)
             else lines_of(worked, lambda e: laid_out(solver, e)))
    return Step(identifier(solver, part.label, ref) + ".value", "numbers", lines, answer=answer,
                time=tuple(i for i in ref.index if isinstance(i, int)))


def _exactly(solver: Solver, ref: Partial) -> Literal | None:
    """Return a derivative in fractions, where only fractions are needed for it."""
    for one in ancestors([ref], solver.parents, solver.is_known):
        if solver.making(one) is not None and not solver.work_out(one).value.exact:
            return None
    return solver.worked[ref].value if ref in solver.worked else None


def _component_numbers(solver: Solver, part: Part, adjoint: Adjoint, bottoms: Sequence[Symbol]
                       ) -> Iterator[Step]:
    """Give the derivative of each entry of an array as one array of numbers."""
    shape = integers(adjoint.top.shape)
    for bottom in bottoms:
        whole = solver.float(Partial(adjoint.top, bottom))
        lines = []
        for cell in product(*(range(n) for n in shape)):
            ref = Partial(adjoint.top, bottom, (), cell)
            value = _exactly(solver, ref) or literal(whole[cell], solver.policy, False)
            lines.append(Line("result", ref, "=" if value.exact else "≈", value))
        yield Step(identifier(solver, part.label, Partial(adjoint.top, bottom)) + ".value",
                   "components", tuple(lines), answer=True,
                   intro=say("components", adjoint.top) if bottom == bottoms[0] else None)
