"""How much room the parts of a drawing take, and moving them into the drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import singledispatch

from derive.formats.figures.drawing import Box, Content, Drawing, Label, Mark, Path, Place

__all__ = ["corners", "fitted"]

Measure = Callable[[Content], tuple[float, float]]
Item = Path | Mark | Box | Label
MARGIN = 0.15
AROUND = 0.12       # between a place and a label beside it
# where a label begins, in parts of its width and of its height
SIDES = {"above": (-0.5, 0.0), "below": (-0.5, -1.0), "left": (-1.0, -0.5), "right": (0.0, -0.5),
         "centre": (-0.5, -0.5)}


def fitted(items: Sequence[Item], measure: Measure) -> Drawing:
    """Move everything so that it lies within the drawing, with a margin."""
    places = [place for item in items for place in corners(item, measure)]
    xs, ys = zip(*places, strict=True)
    by = MARGIN - min(xs), MARGIN - min(ys)
    return Drawing(max(xs) + by[0] + MARGIN, max(ys) + by[1] + MARGIN,
                   tuple(_moved(item, by) for item in items))


@singledispatch
def corners(item: object, measure: Measure) -> Iterator[Place]:
    """Yield places between which a part of a drawing lies."""
    raise TypeError(f"no corners of {type(item).__name__}")


@corners.register(Path)
def _(item: Path, measure: Measure) -> Iterator[Place]:
    yield from item.places


@corners.register(Mark)
def _(item: Mark, measure: Measure) -> Iterator[Place]:
    yield item.at


@corners.register(Box)
def _(item: Box, measure: Measure) -> Iterator[Place]:
    (x, y), w, h = item.at, item.width / 2, item.height / 2
    yield from ((x - w, y - h), (x + w, y + h))


@corners.register(Label)
def _(item: Label, measure: Measure) -> Iterator[Place]:
    width, height = measure(item.content)
    across, up = SIDES[item.side]
    x, y = item.at[0] + across * width, item.at[1] + up * height
    x += AROUND * {"left": -1, "right": 1}.get(item.side, 0)
    y += AROUND * {"below": -1, "above": 1}.get(item.side, 0)
    yield from ((x, y), (x + width, y + height))


@singledispatch
def _moved(item: object, by: Place) -> Item:
    raise TypeError(f"cannot move {type(item).__name__}")


@_moved.register(Path)
def _(item: Path, by: Place) -> Item:
    return replace(item, places=tuple((x + by[0], y + by[1]) for x, y in item.places))


@_moved.register(Mark)
@_moved.register(Box)
@_moved.register(Label)
def _(item: Mark | Box | Label, by: Place) -> Item:
    return replace(item, at=(item.at[0] + by[0], item.at[1] + by[1]))
