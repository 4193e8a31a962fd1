"""What a sheet says of the macros in its model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from derive.expr.equation import Equation
from derive.expr.nodes import Expr
from derive.question.question import Cell
from derive.solution.words import Sentence

__all__ = ["calls", "sentences"]


def sentences(cells: Sequence[Cell]) -> Iterator[Sentence]:
    """Say once for each kind of macro which equations are its own, and who published it."""
    for (what, source), group in groupby(sorted(cells, key=_kind), key=_kind):
        members = list(group)
        parts = tuple(dict.fromkeys(e for cell in members for e in cell.outputs))
        from_paper = f", after {source}" if source else ""
        if parts:
            yield Sentence(f"The equations of {_listed(len(parts))} are those of {what}"
                           f"{from_paper}.", parts)


def _kind(cell: Cell) -> tuple[str, str]:
    return cell.what, cell.source


def _listed(count: int) -> str:
    return " and ".join(filter(None, [", ".join(["{}"] * (count - 1)), "{}"]))


def calls(cells: Sequence[Cell]) -> tuple[tuple[Sentence, tuple[Equation, ...]], ...]:
    """Return each call as it reads, h_t = LSTM(x_t, ..), with the equations it stands for."""
    return tuple((_call(cell), cell.equations) for cell in cells if cell.equations)


def _call(cell: Cell) -> Sentence:
    """Write a call with its arguments and the options that were chosen."""
    inner = ", ".join([*["{}"] * len(cell.inputs), *cell.settings])
    left = ", ".join(["{}"] * len(cell.outputs))
    parts: tuple[Expr, ...] = (*cell.outputs, *cell.inputs)
    return Sentence(f"{left} = {cell.name}({inner})", parts)
