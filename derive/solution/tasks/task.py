"""What there is to know about solving a kind of task."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from derive.expr.nodes import Expr
from derive.question.question import Part
from derive.solution.solver import Solver
from derive.solution.step import Check, Step
from derive.solution.trials import Trial
from derive.solution.words import Sentence

__all__ = ["Solving"]


def _no_checks(solver: Solver, part: Part, task: Any, trials: Sequence[Trial]) -> Iterator[Check]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Solving:
    """How one kind of task is solved; each function gets the task itself.

    steps:   ``steps(solver, part, task)``: the steps that answer it. Their lines are checked like
             all lines.
    asks:    ``asks(solver, task)``: what is asked, in words, for a part without `ask`.
    checks:  ``checks(solver, part, task, trials)``: independent checks of what no line says.
    values:  ``values(solver, task)``: (table, key, value) for what stands in the JSON under a
             table of its own, such as "shapes".
    results: ``results(solver, task)``: each result that is no plain derivative with its value, or
             None in symbols.
    poses:   ``poses(solver, part, task)``: what stands under a question that is put and not
             solved, such as the options to choose from.
    """

    steps: Callable[[Solver, Part, Any], Iterable[Step]]
    asks: Callable[[Solver, Any], Sentence]
    checks: Callable[[Solver, Part, Any, Sequence[Trial]], Iterator[Check]] = _no_checks
    values: Callable[[Solver, Any], Iterable[tuple[str, str, Any]]] = lambda solver, task: ()
    results: Callable[[Solver, Any], Iterable[tuple[Expr, Any]]] = lambda solver, task: ()
    poses: Callable[[Solver, Part, Any], Iterable[Step]] = lambda solver, part, task: ()
