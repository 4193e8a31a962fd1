"""How links run through an unrolled recurrence.

Within a column they run as in the graph of a model. Links from column to column run where no boxes
are: straight where that is possible, else out of the row, up or down between two columns, and in
again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from derive.formats.figures.bands import HEAD
from derive.formats.figures.drawing import Path, Place
from derive.formats.figures.frames import Frame, tone_of
from derive.formats.figures.layers import Pair
from derive.formats.figures.steps_places import GUTTER, Places
from derive.formats.figures.steps_rows import Rows
from derive.solution.pictures.network import Link

__all__ = ["Routes"]

LANE = 0.14             # between links that run side by side
CLEAR = 0.07            # how near a straight link may come to a box


@dataclass(frozen=True)
class Routes:
    """Ways between boxes that have their places."""

    places: Places

    @property
    def rows(self) -> Rows:
        return self.places.rows

    def link(self, link: Link) -> list[Path]:
        named = self.rows.network.named
        tone = tone_of(link.lit, self.rows.network)
        a, b = named[link.start], named[link.end]
        pair = self.rows.thing[link.start], self.rows.thing[link.end]
        if a.step == b.step and a.step is not None and pair in self.rows.layers.ways:
            return self._inside(pair, self.places.columns[a.step], link, tone)
        may = link.start in self.direct or b.role == "dots" or link.end in self.rows.wide
        places = self._straight(link) if may else None
        return [Path(places or self._around(link), tone=tone, arrow=True)]

    @cached_property
    def direct(self) -> set[str]:
        """Return what all steps can be left from in straight lines: one manner for a series."""
        named = self.rows.network.named
        bent = {self.rows.thing[link.start] for link in self.rows.network.links
                if link.start in self.rows.thing and named[link.start].step is not None
                and named[link.end].step not in (None, named[link.start].step)
                and named[link.end].role != "dots"
                and self._straight(link) is None}
        return {name for name, thing in self.rows.thing.items() if thing not in bent}

    def _inside(self, pair: Pair, x: float, link: Link, tone: str) -> list[Path]:
        layers = self.rows.layers
        chain = (pair[0], *layers.ways[pair], pair[1])
        stops = [(layers.layer[name], x + layers.at[name]) for name in chain]
        depths = self.rows.frames[link.start].height, self.rows.frames[link.end].height
        return list(self.places.bands.link(stops, depths, "solid", tone))

    def _straight(self, link: Link) -> tuple[Place, Place] | None:
        """Return a straight line from box to box that no other box is near to, if there is one."""
        (x0, y0), (x1, y1) = self.places.at[link.start], self.places.at[link.end]
        start, end = self.rows.frames[link.start], self.rows.frames[link.end]
        right = 1 if x1 > x0 else -1
        up = 1 if y1 > y0 else -1
        sideways = ((x0 + right * start.width / 2, y0), (x1 - right * end.width / 2, y1))
        upwards = ((x0, y0 + up * start.height / 2), (x1, y1 - up * end.height / 2))
        wide = link.start in self.rows.wide or link.end in self.rows.wide
        ways = [upwards] if wide else [sideways]
        return next((way for way in ways if self._is_free(way, {link.start, link.end})), None)

    def _is_free(self, way: Sequence[Place], ends: set[str]) -> bool:
        return not any(_meets(way, at, self.rows.frames[name])
                       for name, at in self.places.at.items() if name not in ends)

    def _around(self, link: Link) -> tuple[Place, ...]:
        """Leave the row, change rows where nothing stands, and come in from below."""
        lane = LANE * (self._lane(link.start) % 4)
        ways = [way for gutter in (self._gutter(link) + lane, *self._outside(lane))
                for way in self._ways(link, gutter, lane)]
        free = (way for way in ways if all(
            self._is_free(piece, {link.start, link.end}) for piece in pairwise(way)))
        return next(free, ways[-1])

    def _ways(self, link: Link, gutter: float, lane: float) -> Iterator[tuple[Place, ...]]:
        """Yield the way that leaves a box at its side, and the one that leaves it at its top."""
        (x0, y0), (x1, y1) = self.places.at[link.start], self.places.at[link.end]
        start, end = self.rows.frames[link.start], self.rows.frames[link.end]
        enters = self.places.bands.starts[self.rows.row[link.end]] - HEAD - 0.12 - lane
        last = ((gutter, enters), (x1, enters), (x1, y1 - end.height / 2))
        side = x0 + (1 if gutter > x0 else -1) * start.width / 2
        if (gutter - side) * (side - x0) > 0:
            yield ((side, y0), (gutter, y0), *last)
        leaves = self.places.bands.ends[self.rows.row[link.start]] + 0.2 + lane
        yield ((x0, y0 + start.height / 2), (x0, leaves), (gutter, leaves), *last)

    def _outside(self, lane: float) -> tuple[float, float]:
        """Return places to the right and to the left of everything."""
        xs = [(x - self.rows.frames[n].width / 2, x + self.rows.frames[n].width / 2)
              for n, (x, _) in self.places.at.items()]
        return max(b for _, b in xs) + 0.3 + lane, min(a for a, _ in xs) - 0.3 - lane

    def _lane(self, name: str) -> int:
        return list(dict.fromkeys(self.rows.thing.values())).index(self.rows.thing[name])

    def _gutter(self, link: Link) -> float:
        """Return a place between two columns, beside where a link starts."""
        named = self.rows.network.named
        (x0, _), (x1, _) = self.places.at[link.start], self.places.at[link.end]
        start, end = named[link.start].step, named[link.end].step
        if start is None:
            left = 0.0 if end is None else self.places.reach_of(end)[0]
            return x1 if end is None else self.places.columns[end] + left - GUTTER + 0.3
        low, high = self.places.reach_of(start)
        goes_right = x1 >= x0 or link.end in self.rows.wide
        return self.places.columns[start] + (high + 0.3 if goes_right else low - GUTTER + 0.3)


def _meets(way: Sequence[Place], at: Place, frame: Frame) -> bool:
    """True where a straight line comes near a box (Liang and Barsky's clipping)."""
    (x0, y0), (x1, y1) = way
    first, last = 0.0, 1.0
    for start, move, middle, half in ((x0, x1 - x0, at[0], frame.width / 2 + CLEAR),
                                      (y0, y1 - y0, at[1], frame.height / 2 + CLEAR)):
        low, high = middle - half - start, middle + half - start
        if abs(move) < 1e-9:
            if low > 0 or high < 0:
                return False
            continue
        near, far = sorted((low / move, high / move))
        first, last = max(first, near), min(last, far)
    return first < last
