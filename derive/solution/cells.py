"""What a sheet says of the macros in its model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from derive.expr.equation import Domain
from derive.expr.nodes import Expr
from derive.question.question import Cell
from derive.solution.words import Sentence

__all__ = ["call", "folded", "sentences"]


def sentences(cells: Sequence[Cell]) -> Iterator[Sentence]:
    """Say once for each kind of macro which equations are its own, and who published it."""
    for (what, source), group in groupby(sorted(cells, key=_kind), key=_kind):
        members = list(group)
        parts = tuple(dict.fromkeys(e for cell in members for e in cell.outputs))
        from_paper = f", after {source}" if source else ""
        if parts and (source or any(len(cell.equations) > 1 for cell in members)):
            yield Sentence(f"The equations of {_listed(len(parts))} are those of {what}"
                           f"{from_paper}.", parts)


def _kind(cell: Cell) -> tuple[str, str]:
    return cell.what, cell.source


def _listed(count: int) -> str:
    return " and ".join(filter(None, [", ".join(["{}"] * (count - 1)), "{}"]))


def call(cell: Cell) -> Sentence:
    """Write a call as it reads, h_t, c_t = lstm(x_t, ..) for t = 1, .., T, with its options."""
    inner = ", ".join([*["{}"] * len(cell.inputs), *cell.settings])
    parts: tuple[Expr | Domain, ...] = (*cell.outputs, *cell.inputs)
    text = f"{', '.join(['{}'] * len(cell.outputs))} = {cell.name}({inner})"
    domain = cell.equations[-1].domain
    return Sentence(f"{text} for {{}}", (*parts, domain)) if domain else Sentence(text, parts)


def folded(cells: Sequence[Cell], chosen: str) -> tuple[Cell, ...]:
    """Return the calls that are shown as such, with their equations behind them."""
    return tuple(cell for cell in cells if cell.equations) if chosen == "folded" else ()
