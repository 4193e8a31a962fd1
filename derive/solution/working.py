"""Lines out of numbers: the symbolic line, numbers put in, layer after layer, the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derive.expr.nodes import Array, Expr, Literal
from derive.numbers.hand import Stage
from derive.solution.solver import Worked
from derive.solution.step import Line

__all__ = ["lines_of"]


def _same(expr: Expr) -> Expr:
    return expr


def lines_of(worked: Worked, write: Callable[[Expr], Expr] = _same) -> tuple[Line, ...]:
    """Return the lines of one member; *write* turns a right side into the layout of the sheet."""
    lines = [Line("symbolic", worked.member if k == 0 else None, "=", write(expr))
             for k, expr in enumerate(worked.symbolic)]
    stages = _distinct(worked.stages)
    last = len(stages) - 1
    for k, stage in enumerate(stages):
        if k == 0 and (last == 0 or stage.expr == worked.symbolic[-1]):
            if last == 0 and isinstance(worked.symbolic[-1], Literal):
                continue
            if last > 0:
                continue
        kind = "result" if k == last else "arithmetic" if k else "substituted"
        lines.append(Line(kind, None, "=" if stage.exact else "≈", write(stage.expr)))
    return tuple(lines)


def _distinct(stages: Sequence[Stage]) -> list[Stage]:
    """Leave out a stage that reads like the next: [1, 0] is one array of two numbers too."""
    return [stage for stage, after in zip(stages, [*stages[1:], None], strict=True)
            if after is None or not after.made
            or not all(isinstance(m.node, Array) and not m.rounded for m in after.made)]
