"""``count``: how many numbers quantities hold, from their shapes, and how many together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from derive.expr.integers import IntLike, put, text
from derive.expr.nodes import Apply, Dimension, Expr, Product, Sum, Symbol
from derive.expr.walk import walk
from derive.ops.conv_entries import MANY
from derive.ops.whole_numbers import entries as number_of_entries
from derive.question.keys.count import Count
from derive.question.question import Part
from derive.solution.forward import identifier
from derive.solution.shapes import by, size
from derive.solution.solver import Solver
from derive.solution.step import Check, Line, Step
from derive.solution.tasks.task import Solving
from derive.solution.trials import Trial
from derive.solution.words import Claim, Sentence
from derive.syntax.write_text import write

__all__ = ["SOLVING"]

MOST_NAMED = 6      # quantities whose sum is written with all their names


def _steps(solver: Solver, part: Part, task: Count) -> Iterator[Step]:
    for symbol in task.counted:
        yield Step(identifier(solver, part.label, symbol) + ".count", "count",
                   tuple(_lines(symbol)), intro=_filters(solver, symbol),
                   answer=not task.together or len(task.counted) == 1)
    if task.together and len(task.counted) > 1:
        yield Step(identifier(solver, part.label, task.together) + ".count", "count",
                   _total_lines(task), answer=True)


def _number(symbol: Symbol) -> IntLike:
    return _product(symbol.shape)


def _lines(symbol: Symbol) -> Iterator[Line]:
    """#K = 3 * 4 * 2 * 2 = 48"""
    left: Expr | None = number_of_entries(symbol)
    entries = _number(symbol)
    if len(symbol.shape) > 1 and isinstance(entries, int):
        yield Line("symbolic", left, "=", Product(tuple(map(size, symbol.shape))))
        left = None
    yield Line("result", left, "=", size(entries))


def _filters(solver: Solver, symbol: Symbol) -> Sentence | None:
    """Say what the axes of a stack of filters mean."""
    readers = [node for e in solver.model.equations for node in walk(e.rhs)
               if isinstance(node, Apply) and node.op in ("conv1d", "conv2d")
               and node.args[1] == symbol and dict(node.params)["ahead"] in MANY]
    if not readers:
        return None
    filters, *each = symbol.shape
    one = Claim(by(tuple(each)), "=", size(_product(each)))
    return Sentence("{} holds {} filters of {} weights each.", (symbol, size(filters), one))


def _product(sizes: Sequence[IntLike]) -> IntLike:
    total: IntLike = 1
    for n in sizes:
        total = total * n
    return total


def _total_lines(task: Count) -> tuple[Line, ...]:
    whole = _whole(task)
    numbers = [_number(symbol) for symbol in task.counted]
    total: IntLike = 0
    for n in numbers:
        total = total + n
    added = Line("symbolic", whole, "=", Sum(tuple(map(size, numbers))))
    if not isinstance(total, int) and _same(total, numbers):
        return (Line("result", whole, "=", Dimension(total)),)
    return (added, Line("result", None, "=", size(total)))


def _same(total: IntLike, numbers: Sequence[IntLike]) -> bool:
    """True where nothing was put together: n m + n is the sum of n m and n as it stands."""
    return not isinstance(total, int) and len(total.terms) == len(numbers)


def _whole(task: Count) -> Expr:
    """Write #K + #b; of many quantities #parameters, as they were named one by one before."""
    if len(task.counted) > MOST_NAMED:
        return number_of_entries(*task.counted, together=task.together)
    return Sum(tuple(number_of_entries(s) for s in task.counted))


def _key(solver: Solver, task: Count) -> str:
    """Say what is counted too, where that is another one in another part."""
    tasks = {t.counted for part in solver.question.parts for t in part.tasks
             if isinstance(t, Count) and t.together == task.together}
    listed = ", ".join(map(write, task.counted))
    return task.together if len(tasks) == 1 else f"{task.together} | {listed}"


def _asks(solver: Solver, task: Count) -> Sentence:
    listed = ", ".join("{}" for _ in task.counted)
    if task.together == "parameters":
        return Sentence(f"How many parameters are there in {listed}?", task.counted)
    return Sentence(f"How many numbers are there in {listed}?", task.counted)


def _checks(solver: Solver, part: Part, task: Count, trials: Sequence[Trial]) -> Iterator[Check]:
    """Count the entries of the arrays that an independent evaluation reads."""
    for symbol in task.counted:
        right = all(_counted(trial, symbol) == put(_number(symbol), trial.env)
                    for trial in trials)
        yield Check("count", write(symbol), 0.0 if right else None, right,
                    "the entries of the array itself")


def _counted(trial: Trial, symbol: Symbol) -> int:
    return sum(int(np.size(trial.oracle.value(member))) for member, _ in trial.members(
        symbol, symbol))


def _values(solver: Solver, task: Count) -> Iterator[tuple[str, str, Any]]:
    total: IntLike = 0
    for symbol in task.counted:
        found = _number(symbol)
        total = total + found
        yield "counts", write(symbol), found if isinstance(found, int) else text(found)
    if task.together:
        yield "counts", _key(solver, task), total if isinstance(total, int) else text(total)


SOLVING = Solving(_steps, _asks, _checks, _values)
