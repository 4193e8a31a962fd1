"""A diagram as a drawing: nodes in the cells of a grid, arrows from border to border."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from derive.formats.figures.drawing import Box, Content, Drawing, Label, Path, Place
from derive.question.keys.figure import Arrow, Diagram

__all__ = ["diagram_drawing", "is_blocked"]

HEIGHT, LEAST = 0.75, 0.9       # of a box
PADDING = 0.45                  # beside the text of a box
GAP, RISE = 0.9, 1.0            # between columns, between rows
MARGIN = 0.25
Item = Path | Box | Label
BOW = 0.75                      # how far an arrow goes around what stands in its way


def diagram_drawing(diagram: Diagram, labels: Mapping[str, Content],
                    measure: Callable[[Content], float]) -> Drawing:
    """Lay a diagram out; *measure* estimates the width of a label in centimetres."""
    width = max(LEAST, PADDING + max(map(measure, labels.values()), default=0.0))
    named = [measure(arrow.label) + 0.5 for arrow in diagram.arrows if arrow.label]
    column = width + max([GAP, *named])
    room = MARGIN + (BOW if any(_is_bowed(a, diagram) for a in diagram.arrows) else 0.0)
    rows, columns = len(diagram.rows) - 1, max(map(len, diagram.rows)) - 1
    places = {box: (MARGIN + width / 2 + column * c,
                    room + HEIGHT / 2 + (HEIGHT + RISE) * (rows - r))
              for box, (r, c) in diagram.places.items()}
    items: list[Item] = []
    for box, place in places.items():
        items += [Box(place, width, HEIGHT), Label(place, labels[box])]
    for arrow in diagram.arrows:
        path = _path(arrow, diagram, places, width)
        items += [path, _beside(path, arrow.label)] if arrow.label else [path]
    return Drawing(2 * MARGIN + width + column * columns,
                   2 * room + HEIGHT + (HEIGHT + RISE) * rows, tuple(items))


def _path(arrow: Arrow, diagram: Diagram, places: Mapping[str, Place], width: float) -> Path:
    a, b = places[arrow.start], places[arrow.end]
    if arrow.start == arrow.end:
        ways: tuple[Place, ...] = _loop(a, width)
    elif _is_bowed(arrow, diagram):
        ways = _around(a, b, width)
    else:
        ways = (_border(a, b, width), _border(b, a, width))
    return Path(ways, STROKES[arrow.stroke], arrow=arrow.stroke != "--", curved=len(ways) == 4)


STROKES = {"->": "solid", "..>": "dashed", "--": "solid"}


def _is_bowed(arrow: Arrow, diagram: Diagram) -> bool:
    return arrow.start == arrow.end or is_blocked(arrow, diagram)


def is_blocked(arrow: Arrow, diagram: Diagram) -> bool:
    """True where another box stands on the straight line between both ends."""
    at = diagram.places
    return any(_between(at[arrow.start], place, at[arrow.end]) for place in at.values())


def _between(a: tuple[int, int], c: tuple[int, int], b: tuple[int, int]) -> bool:
    """True where c lies on the line from a to b, strictly inside."""
    down, across = b[0] - a[0], b[1] - a[1]
    off = across * (c[0] - a[0]) - down * (c[1] - a[1])
    along = across * (c[1] - a[1]) + down * (c[0] - a[0])
    return off == 0 and 0 < along < across ** 2 + down ** 2


def _border(a: Place, b: Place, width: float) -> Place:
    """Return where the line from the middle of box a to b leaves the box."""
    across, up = b[0] - a[0], b[1] - a[1]
    shares = [size / 2 / abs(d) for size, d in ((width, across), (HEIGHT, up)) if d]
    share = min(shares)
    return a[0] + across * share, a[1] + up * share


def _around(a: Place, b: Place, width: float) -> tuple[Place, ...]:
    """Go around what stands between: above a row, to the right of a column, else in a bow."""
    if a[0] != b[0] and a[1] != b[1]:
        return _bow(_border(a, b, width), _border(b, a, width))
    if abs(b[0] - a[0]) >= abs(b[1] - a[1]):
        start, end = (a[0], a[1] + HEIGHT / 2), (b[0], b[1] + HEIGHT / 2)
        return start, (a[0], start[1] + BOW), (b[0], end[1] + BOW), end
    start, end = (a[0] + width / 2, a[1]), (b[0] + width / 2, b[1])
    return start, (start[0] + BOW, a[1]), (end[0] + BOW, b[1]), end


def _bow(start: Place, end: Place) -> tuple[Place, ...]:
    """Return a curve that leaves the straight line to its left."""
    across, up = end[0] - start[0], end[1] - start[1]
    length = (across ** 2 + up ** 2) ** 0.5
    aside = (-up / length * BOW, across / length * BOW)
    first, second = ((start[0] + across * s + aside[0], start[1] + up * s + aside[1])
                     for s in (0.25, 0.75))
    return start, first, second, end


def _loop(a: Place, width: float) -> tuple[Place, ...]:
    """Leave a box at its top and come back there."""
    top, half = a[1] + HEIGHT / 2, width / 4
    return ((a[0] - half, top), (a[0] - 2 * half, top + BOW), (a[0] + 2 * half, top + BOW),
            (a[0] + half, top))


def _beside(path: Path, label: Content) -> Label:
    """Set the name of an arrow above it, or to its right where it goes up or down."""
    (x0, y0), (x1, y1) = path.places[0], path.places[-1]
    if path.curved:
        middle = [(a + 3 * b + 3 * c + d) / 8 for a, b, c, d in zip(*path.places, strict=True)]
        return Label((middle[0], middle[1]), label, "above", small=True)
    side = "above" if abs(x1 - x0) > abs(y1 - y0) else "right"
    return Label(((x0 + x1) / 2, (y0 + y1) / 2), label, side, small=True)
