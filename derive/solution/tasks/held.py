"""Derivatives with other quantities kept fixed: the ways that are left, and their product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.build import add, zero
from derive.expr.nodes import Diag, Expr, Partial, Symbol
from derive.expr.positions import match
from derive.expr.walk import at, refs
from derive.numbers.reference import evaluate
from derive.question.keys.holding import Held
from derive.question.question import Part, Request
from derive.solution.forward import identifier, value_steps
from derive.solution.paths import explained, path_numbers, products_of
from derive.solution.rules import say, say_lists
from derive.solution.shapes_of_paths import shape_words
from derive.solution.solver import Solver
from derive.solution.step import Line, Step
from derive.solution.tasks.task import Solving
from derive.solution.ways import Edge, Path, some_paths
from derive.solution.words import Sentence

__all__ = ["SOLVING"]

COUNTS = ("", "one path", "two paths", "three paths", "four paths")


@dataclass(frozen=True)
class _Left:
    """What is left of a derivative: its symbol, with what is held, and the ways to the top."""

    symbol: Partial
    ways: Sequence[Sequence[Edge]]
    paths: Sequence[Path]

    @property
    def whole(self) -> Expr:
        return add(*(p.whole for p in self.paths)) if self.paths else zero(self.symbol.shape)


def _steps(solver: Solver, part: Part, task: Held) -> Iterator[Step]:
    for found in _found(solver, task, part.label):
        if found.ways:
            yield from explained(solver, part, solver.adjoint(found.symbol.top), found.ways)
        if solver.numeric:
            yield from _values(solver, part, found)
        yield _step(solver, part, found, task)


def _values(solver: Solver, part: Part, found: _Left) -> Iterator[Step]:
    """Work out what the product reads and was not worked out before."""
    read = [r for r in dict.fromkeys(refs(found.whole)) if isinstance(r, Symbol)]
    for step in value_steps(solver, part, [r for r in read if not solver.is_known(r)]):
        yield replace(step, answer=False)


def _found(solver: Solver, task: Held, label: str = "") -> Iterator[_Left]:
    for request in task.asked:
        for top, bottom in solver.instances(request):
            assert bottom is not None, "only derivatives are taken with something held"
            held = tuple(at(h, _positions(request, top, bottom)) for h in task.held)
            try:
                yield _left(solver, Partial(top, bottom, held))
            except DeriveError as error:
                raise DeriveError(f"part {label}: {error.message}",
                                  remedy="hold more, or ask for the whole derivative") from error


def _positions(request: Request, top: Symbol, bottom: Symbol) -> dict[str, Any]:
    """Return the positions that the letters of a request stand for."""
    assert request.bottom is not None, "only derivatives are taken with something held"
    return {**(match(request.top, top) or {}), **(match(request.bottom, bottom) or {})}


def _left(solver: Solver, symbol: Partial) -> _Left:
    if not solver.depends(symbol.top, symbol.bottom.name):
        return _Left(symbol, (), ())
    ways = some_paths(solver.adjoint(symbol.top), symbol.bottom, symbol.held)
    return _Left(symbol, ways, products_of(solver, symbol, ways))


def _step(solver: Solver, part: Part, found: _Left, task: Held) -> Step:
    left, paths = found.symbol, found.paths
    if not paths:
        line = Line("result", left, "=", zero(left.shape))
        return Step(identifier(solver, part.label, left), "held off", (line,), answer=True,
                    intro=say_lists("held off", left.held, [left.bottom], [left.top]))
    lines = [Line("symbolic", left, "=", found.whole, terms=_labelled(found, task),
                  shapes=task.shapes)]
    if solver.numeric:
        lines += path_numbers(solver, left, paths)
    else:
        lines[-1] = replace(lines[-1], kind="result")
    count = COUNTS[len(paths)] if len(paths) < len(COUNTS) else f"{len(paths)} paths"
    return Step(identifier(solver, part.label, left), "held", tuple(lines), answer=True,
                intro=say_lists("held", left.held, [left.bottom], [left.top], [count]),
                note=_note(found, task))


def _labelled(found: _Left, task: Held) -> tuple[tuple[tuple[Expr, Expr], ...], ...]:
    """Return the factors with what they are; a single one is said by the left side already."""
    terms = tuple(p.factors for p in found.paths)
    return terms if task.shapes or len(terms) > 1 or len(terms[0]) > 1 else ()


def _note(found: _Left, task: Held) -> Sentence | None:
    if task.shapes:
        return shape_words(found.symbol, found.paths)
    return say("diagonal", found.whole.arg) if isinstance(found.whole, Diag) else None


def _asks(solver: Solver, task: Held) -> Sentence:
    wanted = tuple(Partial(r.top, r.bottom, task.held) for r in task.asked if r.bottom is not None)
    return Sentence(f"Find {', '.join('{}' for _ in wanted)}.", wanted)


def _results(solver: Solver, task: Held) -> Iterable[tuple[Expr, Any]]:
    for found in _found(solver, task):
        value = np.asarray(evaluate(found.whole, solver.float)) if solver.numeric else None
        yield found.symbol, value


SOLVING = Solving(_steps, _asks, results=_results)
