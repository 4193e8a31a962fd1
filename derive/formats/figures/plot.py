"""A plot as a drawing: axes with ticks, curves that differ without colour, a legend above."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from derive.expr.nodes import Expr, Partial, Quotient
from derive.expr.walk import walk
from derive.formats.figures.drawing import Content, Drawing, Label, Mark, Path, Place
from derive.formats.figures.scales import Axis, linear, logarithmic, said
from derive.solution.exhibits import Curve, Plot

__all__ = ["DASHES", "SIGNS", "axes_of", "plot_drawing"]

WIDTH, HEIGHT = 9.5, 5.5        # of the area of the curves
LEFT, BELOW = 1.6, 1.2          # room for the numbers on the axes
TICK, LINE, TALL, GAP = 0.1, 0.55, 1.05, 0.8
SAMPLE = 1.0                    # the piece of a curve in the legend
MOST_MARKED = 25                # points of a curve that get a mark
SIGNS = ("disc", "square", "triangle", "circle", "cross", "diamond")
DASHES = ("solid", "dashed", "dotted", "dashdotted", "solid", "dashed")
Item = Path | Mark | Label


def axes_of(plot: Plot) -> tuple[Axis, Axis]:
    """Return the horizontal and the vertical axis."""
    xs = [x for curve in plot.curves for x, _ in curve.points]
    ys = [y for curve in plot.curves for _, y in curve.points]
    return (logarithmic(xs) if "x" in plot.logarithmic else linear(xs, tight=True),
            logarithmic(ys) if "y" in plot.logarithmic else linear(ys))


def plot_drawing(plot: Plot, measure: Callable[[Content], float]) -> Drawing:
    """Lay a plot out; *measure* estimates the width of a label in centimetres."""
    across, up = axes_of(plot)
    legend = list(_legend(plot, measure))
    rows = 1 + max((int(item.row) for item in legend), default=0)
    items = [*_grid(across, up), *_frame(), *_curves(plot, across, up), *_names(plot)]
    line = TALL if any(map(_is_tall, plot.curves)) else LINE
    for entry in legend:
        items += entry.items(BELOW + HEIGHT + 0.1 + line * (rows - entry.row - 0.5))
    return Drawing(LEFT + WIDTH + 0.5, BELOW + HEIGHT + 0.2 + line * rows, tuple(items))


def _is_tall(curve: Curve) -> bool:
    """True for a name with a fraction in it."""
    return isinstance(curve.label, Expr) and any(
        isinstance(node, (Partial, Quotient)) for node in walk(curve.label))


def _grid(across: Axis, up: Axis) -> Iterator[Item]:
    for value, text in across.ticks:
        x = LEFT + WIDTH * across.share(value)
        yield Path(((x, BELOW), (x, BELOW + TICK)))
        yield Label((x, BELOW - 0.1), said(text), "below", small=True)
    for value, text in up.ticks:
        y = BELOW + HEIGHT * up.share(value)
        yield Path(((LEFT, y), (LEFT + WIDTH, y)), tone="grey")
        yield Label((LEFT - 0.1, y), said(text), "left", small=True)


def _frame() -> Iterator[Item]:
    right, top = LEFT + WIDTH, BELOW + HEIGHT
    yield Path(((LEFT, BELOW), (right, BELOW), (right, top), (LEFT, top), (LEFT, BELOW)))


def _curves(plot: Plot, across: Axis, up: Axis) -> Iterator[Item]:
    for curve, dash, sign in zip(plot.curves, DASHES, SIGNS, strict=False):
        places = tuple((LEFT + WIDTH * across.share(x), BELOW + HEIGHT * up.share(y))
                       for x, y in curve.points)
        yield Path(places, dash)
        if len(places) <= MOST_MARKED:
            yield from (Mark(place, sign) for place in places)


def _names(plot: Plot) -> Iterator[Item]:
    yield Label((LEFT + WIDTH / 2, 0.5), plot.across, "below")


class _Entry:
    """One curve in the legend: a sample of it and its name."""

    def __init__(self, curve: Curve, number: int, x: float, row: int) -> None:
        self.curve, self.number, self.x, self.row = curve, number, x, row

    def items(self, y: float) -> list[Item]:
        ends: tuple[Place, Place] = ((self.x, y), (self.x + SAMPLE, y))
        found: list[Item] = [Path(ends, DASHES[self.number])]
        if len(self.curve.points) <= MOST_MARKED:
            found.append(Mark((self.x + SAMPLE / 2, y), SIGNS[self.number]))
        return [*found, Label((self.x + SAMPLE + 0.1, y), self.curve.label, "right")]


def _legend(plot: Plot, measure: Callable[[Content], float]) -> Iterator[_Entry]:
    """Place the entries from the left to the right, in as many rows as they need."""
    x, row = LEFT, 0
    for number, curve in enumerate(plot.curves):
        needed = SAMPLE + 0.1 + measure(curve.label)
        if x > LEFT and x + needed > LEFT + WIDTH:
            x, row = LEFT, row + 1
        yield _Entry(curve, number, x, row)
        x += needed + GAP
