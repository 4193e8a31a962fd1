"""The sum over paths of the unrolled graph, each factor under the derivative it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.calculus.adjoint import Adjoint
from derive.errors import DeriveError
from derive.expr.build import add, zero
from derive.expr.nodes import Expr, Literal, Partial, Sum, Symbol
from derive.question.question import Find, Part
from derive.solution.derivation import fused_once, introduced
from derive.solution.forward import identifier
from derive.solution.rules import say, title
from derive.solution.shapes_of_paths import as_rows, in_two, shape_words, with_named_end
from derive.solution.solver import Solver
from derive.solution.step import Line, Step
from derive.solution.ways import Edge, Path, product_of, some_paths

__all__ = ["explained", "path_numbers", "path_steps", "products_of"]


def path_steps(solver: Solver, part: Part, top: Symbol, bottoms: Sequence[Symbol], task: Find
               ) -> Iterator[Step]:
    """Yield one step per derivative: its paths as products, their values, the sum.

    Where they cannot be written out, that is an error, unless the recurrence is told as well.
    """
    for bottom in bottoms:
        if solver.depends(top, bottom.name):
            yield from _steps(solver, part, Partial(top, bottom), task)


def _steps(solver: Solver, part: Part, left: Partial, task: Find) -> Iterator[Step]:
    name = identifier(solver, part.label, left) + ".paths"
    try:
        ways = some_paths(solver.adjoint(left.top), left.bottom)
        found = list(_told(solver, part, left, ways, task))
    except DeriveError as error:
        if task.form != "both":
            raise DeriveError(f"part {part.label}: {error.message}",
                              remedy=error.remedy or "use form: recurrence") from error
        # the recurrence says it all the same
        if solver.numeric:
            yield Step(name, "no paths", intro=say("no paths", left), detail="normal")
        return
    yield from found


def _told(solver: Solver, part: Part, left: Partial, ways: Sequence[Sequence[Edge]], task: Find
          ) -> Iterator[Step]:
    name = identifier(solver, part.label, left) + ".paths"
    adjoint = solver.adjoint(left.top)
    if not ways:
        line = Line("result", left, "=", zero(left.shape))
        yield Step(name, "zero", (line,), answer=True, intro=say("zero", left.top, left.bottom))
        return
    if not solver.numeric:
        yield from explained(solver, part, adjoint, ways)
    yield _paths_step(solver, name, left, ways, task)
    if task.shapes:
        yield from as_rows(solver, name, left, products_of(solver, left, ways))


def explained(solver: Solver, part: Part, adjoint: Adjoint, ways: Sequence[Sequence[Edge]]
               ) -> Iterator[Step]:
    """Introduce the names that the engine gave, and prove what is differentiated as one."""
    edges = [edge for way in ways for edge in reversed(way)]
    for family in dict.fromkeys(s.name for edge in edges for s in (edge.source, edge.target)):
        yield from introduced(solver, part, family)
    for edge in edges:
        if edge.fused is not None:
            yield from fused_once(solver, part, adjoint, edge.fused)


def products_of(solver: Solver, left: Partial, ways: Sequence[Sequence[Edge]]) -> list[Path]:
    rows = solver.conventions.layout == "jacobian" and len(left.bottom.shape) == 1
    return [product_of(solver.adjoint(left.top), way, rows) for way in ways]


def _paths_step(solver: Solver, name: str, left: Partial, ways: Sequence[Sequence[Edge]],
                task: Find) -> Step:
    paths = products_of(solver, left, ways)
    if task.shapes and not solver.numeric:
        paths = with_named_end(solver, left, ways, paths)
    rows = solver.conventions.layout == "jacobian"
    lines = [*(in_two(left, ways, rows) if task.shapes else ()),
             Line("symbolic", left, "=", add(*(p.whole for p in paths)),
                  terms=tuple(p.factors for p in paths), shapes=task.shapes)]
    lines[1:] = [replace(line, left=None) for line in lines[1:]]
    if solver.numeric:
        lines += path_numbers(solver, left, paths)
    else:
        lines[-1] = replace(lines[-1], kind="result")
    why = say("paths one" if len(paths) == 1 else "paths", left.bottom, left.top)
    return Step(name, "paths", tuple(lines), title=title("paths") if solver.numeric else None,
                detail="normal" if solver.numeric else "brief", answer=True, intro=why,
                note=shape_words(left, paths) if task.shapes else None)


def path_numbers(solver: Solver, left: Partial, paths: Sequence[Path]) -> Iterator[Line]:
    """Yield the value of each path, then their sum."""
    values: list[Expr] = []
    exact = True
    for path in paths:
        stages = solver.hand.stages(path.whole)
        values.append(stages[-1].expr)
        exact = exact and all(s.exact for s in stages)
    if len(values) > 1:
        yield Line("arithmetic", None, "=" if exact else "≈", Sum(tuple(values)))
    last = solver.hand.stages(Sum(tuple(values)) if len(values) > 1 else values[0])[-1]
    assert isinstance(last.expr, Literal)
    yield Line("result", None, "=" if exact and last.exact else "≈", last.expr)
