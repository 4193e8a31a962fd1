"""A plot in characters, for what shows text only."""

from __future__ import annotations

from collections.abc import Callable

from derive.formats.figures.drawing import Content
from derive.formats.figures.plot import axes_of
from derive.formats.figures.scales import Axis
from derive.solution.exhibits import Plot

__all__ = ["plot_in_characters"]

WIDTH, HEIGHT = 61, 17
SIGNS = "*o+x#%"
Say = Callable[[Content], str]


class Canvas:
    """Characters in rows; what is written later stands over what was written before."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], str] = {}

    def put(self, row: int, column: int, text: str) -> None:
        for k, character in enumerate(text):
            self.cells[row, column + k] = character

    def text(self) -> str:
        rows = max((row for row, _ in self.cells), default=-1) + 1
        lines = []
        for row in range(rows):
            used = [column for at, column in self.cells if at == row]
            columns = range(max(used, default=-1) + 1)
            lines.append("".join(self.cells.get((row, column), " ") for column in columns).rstrip())
        return "\n".join(lines)


def plot_in_characters(plot: Plot, say: Say) -> str:
    """Return a plot of 61 x 17 characters, with its legend underneath."""
    across, up = axes_of(plot)
    canvas = Canvas()
    left = max(len(text) for _, text in up.ticks) + 1
    _axes(canvas, across, up, left)
    for curve, sign in zip(plot.curves, SIGNS, strict=False):
        for x, y in curve.points:
            canvas.put(_row(up, y), left + 1 + _column(across, x), sign)
    canvas.put(HEIGHT + 2, left + 1 + (WIDTH - len(say(plot.across))) // 2, say(plot.across))
    names = [f"{sign} {say(curve.label)}" for curve, sign in zip(plot.curves, SIGNS, strict=False)]
    return canvas.text() + "\n\n" + "   ".join(names)


def _row(up: Axis, value: float) -> int:
    return round((HEIGHT - 1) * (1 - up.share(value)))


def _column(across: Axis, value: float) -> int:
    return round((WIDTH - 1) * across.share(value))


def _axes(canvas: Canvas, across: Axis, up: Axis, left: int) -> None:
    for row in range(HEIGHT):
        canvas.put(row, left, "|")
    canvas.put(HEIGHT, left, "+" + "-" * WIDTH)
    for value, text in up.ticks:
        canvas.put(_row(up, value), left - 1 - len(text), f"{text} +")
    for value, text in across.ticks:
        column = left + 1 + _column(across, value)
        canvas.put(HEIGHT, column, "+")
        canvas.put(HEIGHT + 1, column - len(text) // 2, text)
