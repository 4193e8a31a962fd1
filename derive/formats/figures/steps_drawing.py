"""An unrolled recurrence as a drawing: a column for each step, all columns alike.

Within a column quantities stand in layers as in the graph of a model. What belongs to no step has a
row of its own; parameters stand at the side, and a line leads them along the row that reads them.
Links from column to column run where no boxes are: straight where that is possible, else out of
the row, up or down between two columns, and in again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from derive.formats.figures.bands import HEAD, Bands
from derive.formats.figures.bounds import fitted
from derive.formats.figures.drawing import Box, Drawing, Label, Path, Place
from derive.formats.figures.frames import (
    PADDING,
    Frame,
    Item,
    Measure,
    framed,
    frames_of,
    tone_of,
)
from derive.formats.figures.layers import Layers, Pair, layered, moves
from derive.solution.pictures.network import Link, Network
from derive.solution.pictures.ranks import longest_paths

__all__ = ["steps_drawing"]

BESIDE = 0.35           # between neighbours in a column
GUTTER = 1.0            # between columns
DOTS = 0.8              # a column of dots
LANE = 0.14             # between links that run side by side
STUB = 0.3
APART = 0.3             # between parameters in one box
IN_A_ROW = 3            # parameters side by side
CLEAR = 0.07            # how near a straight link may come to a box
LEDGE = 0.24            # from a box to the line of parameters below it


def steps_drawing(network: Network, measure: Measure) -> Drawing:
    """Draw steps from left to right and quantities from the bottom up."""
    return fitted(_Steps(network, frames_of(network, measure), measure).items(), measure)


@dataclass(frozen=True)
class _Steps:
    """The picture in the making. A *row thing* is a series, or a quantity without a step."""

    network: Network
    frames: Mapping[str, Frame]
    measure: Measure

    @cached_property
    def parameters(self) -> dict[str, list[str]]:
        """Return what is given for all steps, with what reads it."""
        readers: dict[str, list[str]] = {}
        for link in self.network.links:
            readers.setdefault(link.start, []).append(link.end)
        return {v.name: readers.get(v.name, []) for v in self.network.vertices
                if v.step is None and v.role == "given"}

    @cached_property
    def thing(self) -> dict[str, str]:
        """Return the row thing of each vertex that has a place in the rows."""
        return {v.name: v.name if v.step is None else f"{v.series} at steps"
                for v in self.network.vertices if v.name not in self.parameters}

    @cached_property
    def wide(self) -> set[str]:
        """Return the quantities without a step that stand in rows of their own."""
        return {v.name for v in self.network.vertices
                if v.step is None and v.name not in self.parameters}

    @cached_property
    def pairs(self) -> list[Pair]:
        """Return the links within a step, and those from and to what has no step."""
        named, found = self.network.named, {}
        for link in self.network.links:
            if link.start in self.thing and link.end in self.thing:
                steps = named[link.start].step, named[link.end].step
                if steps[0] == steps[1] or None in steps:
                    found[self.thing[link.start], self.thing[link.end]] = link
        return [pair for pair in found if pair[0] != pair[1]]

    @cached_property
    def layers(self) -> Layers:
        """Return the layers of one column, those of what has no step between them."""
        names = list(dict.fromkeys(self.thing.values()))
        layer = longest_paths(names, self.pairs)
        doubled = {name: 2 * k + (name in self.wide) for name, k in layer.items()}
        used = sorted(set(doubled.values()))
        placed = {name: used.index(k) for name, k in doubled.items()}
        room = {name: max(self.frames[v].width for v, t in self.thing.items() if t == name)
                for name in names}
        upwards = [(a, b) for a, b in self.pairs if placed[a] < placed[b]
                   and not {a, b} & self.wide]
        return layered({n: 0.01 if n in self.wide else w for n, w in room.items()}, upwards,
                       BESIDE, placed)

    @cached_property
    def inner(self) -> list[Pair]:
        return list(self.layers.ways)

    @cached_property
    def row(self) -> dict[str, int]:
        """Return the layer of each vertex."""
        layer = self.layers.layer
        return {name: layer[thing] for name, thing in self.thing.items()}

    @cached_property
    def reach(self) -> tuple[float, float]:
        """Return how far a column goes to the left and to the right of its middle."""
        ends = [(self.layers.at[t] - self.frames[v].width / 2,
                 self.layers.at[t] + self.frames[v].width / 2)
                for v, t in self.thing.items() if v not in self.wide]
        passing = [(at, at) for name, at in self.layers.at.items() if name not in
                   self.thing.values()]
        return (min(a for a, _ in (*ends, *passing)), max(b for _, b in (*ends, *passing)))

    @cached_property
    def columns(self) -> dict[int, float]:
        """Return the middle of each column."""
        found, x = {}, 0.0
        for step in sorted({v.step for v in self.network.vertices if v.step is not None}):
            low, high = self._reach(step)
            found[step] = x - low
            x += high - low + GUTTER
        return found

    def _local(self, name: str) -> float:
        """Return where a vertex stands in its column; dots stand alone, or side by side."""
        vertex = self.network.named[name]
        if vertex.role != "dots":
            return self.layers.at[self.thing[name]]
        beside = [v.name for v in self.network.vertices if v.role == "dots"
                  and v.step == vertex.step and self.row[v.name] == self.row[name]]
        beside.sort(key=lambda n: self.layers.at[self.thing[n]])
        return (beside.index(name) - (len(beside) - 1) / 2) * DOTS

    @cached_property
    def side(self) -> dict[int, list[str]]:
        """Return the parameters beside each row: the lowest row that reads them."""
        found: dict[int, list[str]] = {}
        for name, readers in self.parameters.items():
            rows = [self.row[r] for r in readers if r in self.row]
            found.setdefault(min(rows, default=0), []).append(name)
        return found

    @cached_property
    def bands(self) -> Bands:
        depths = []
        for k, row in enumerate(self.layers.rows):
            own = [self.frames[v].height for v, t in self.thing.items() if t in row]
            depths.append(max([*own, self._side_height(k)]))
        return Bands.of(depths, [STUB] * len(depths), moves(self.layers, self.inner),
                        lambda u, v: (v, u))

    @cached_property
    def at(self) -> dict[str, Place]:
        """Return the middle of each box."""
        named, found = self.network.named, {}
        last = max((row for name, row in self.row.items() if name not in self.wide), default=-1)
        first, right = self.borders
        for k, row in enumerate(self.layers.rows):
            alone = sorted((v for v in self.wide if v in row), key=row.index)
            width = sum(self.frames[v].width + GUTTER for v in alone) - GUTTER
            # above all steps in the middle, else to the right of them, where no link passes
            x = (first + right - width) / 2 if k > last else right + GUTTER
            for name in alone:
                found[name] = (x + self.frames[name].width / 2, self.bands.middle(k))
                x += self.frames[name].width + GUTTER
        for name, thing in self.thing.items():
            step = named[name].step
            if step is not None:
                found[name] = (self.columns[step] + self._local(name),
                               self.bands.middle(self.layers.layer[thing]))
        return found

    @cached_property
    def borders(self) -> tuple[float, float]:
        """Return where the columns begin and where they end."""
        ends = [(x + low, x + high) for step, x in self.columns.items()
                for low, high in [self._reach(step)]]
        return min((a for a, _ in ends), default=0.0), max((b for _, b in ends), default=0.0)

    def items(self) -> list[Item]:
        """Return lines first, those that stand out over the others, then the boxes."""
        found: list[Item] = []
        for is_lit in (False, True):
            found += [item for row in self.side for item in self._beside(row, is_lit)]
            for link in self.network.links:
                if link.lit is is_lit and link.start in self.thing:
                    found += self._link(link)
        for name, at in self.at.items():
            found += framed(self.frames[name], at, self.network)
        for row in self.side:
            has_notes = self._has_notes(self.side[row])
            found += self._with_notes(row) if has_notes else self._parameters(row)
        return found

    # links

    def _link(self, link: Link) -> list[Path]:
        named = self.network.named
        tone = tone_of(link.lit, self.network)
        a, b = named[link.start], named[link.end]
        pair = self.thing[link.start], self.thing[link.end]
        if a.step == b.step and a.step is not None and pair in self.layers.ways:
            return self._inside(pair, self.columns[a.step], link, tone)
        may = link.start in self.direct or b.role == "dots"
        places = self._straight(link) if may else None
        return [Path(places or self._around(link), tone=tone, arrow=True)]

    @cached_property
    def direct(self) -> set[str]:
        """Return what all steps can be left from in straight lines: one manner for a series."""
        named = self.network.named
        bent = {self.thing[link.start] for link in self.network.links
                if link.start in self.thing and named[link.start].step is not None
                and named[link.end].step not in (None, named[link.start].step)
                and named[link.end].role != "dots"
                and self._straight(link) is None}
        return {name for name, thing in self.thing.items() if thing not in bent}

    def _inside(self, pair: Pair, x: float, link: Link, tone: str) -> list[Path]:
        layers = self.layers
        chain = (pair[0], *layers.ways[pair], pair[1])
        stops = [(layers.layer[name], x + layers.at[name]) for name in chain]
        depths = self.frames[link.start].height, self.frames[link.end].height
        return list(self.bands.link(stops, depths, "solid", tone))

    def _straight(self, link: Link) -> tuple[Place, Place] | None:
        """Return a straight line from box to box that no other box is near to, if there is one."""
        (x0, y0), (x1, y1) = self.at[link.start], self.at[link.end]
        start, end = self.frames[link.start], self.frames[link.end]
        right = 1 if x1 > x0 else -1
        up = 1 if y1 > y0 else -1
        sideways = ((x0 + right * start.width / 2, y0), (x1 - right * end.width / 2, y1))
        upwards = ((x0, y0 + up * start.height / 2), (x1, y1 - up * end.height / 2))
        wide = link.start in self.wide or link.end in self.wide
        ways = [upwards] if wide else [sideways]
        return next((way for way in ways if self._is_free(way, {link.start, link.end})), None)

    def _is_free(self, way: Sequence[Place], ends: set[str]) -> bool:
        return not any(_meets(way, self.at[name], self.frames[name]) for name in self.at
                       if name not in ends)

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
        (x0, y0), (x1, y1) = self.at[link.start], self.at[link.end]
        start, end = self.frames[link.start], self.frames[link.end]
        enters = self.bands.starts[self.row[link.end]] - HEAD - 0.12 - lane
        last = ((gutter, enters), (x1, enters), (x1, y1 - end.height / 2))
        side = x0 + (1 if gutter > x0 else -1) * start.width / 2
        if (gutter - side) * (side - x0) > 0:
            yield ((side, y0), (gutter, y0), *last)
        leaves = self.bands.ends[self.row[link.start]] + 0.2 + lane
        yield ((x0, y0 + start.height / 2), (x0, leaves), (gutter, leaves), *last)

    def _outside(self, lane: float) -> tuple[float, float]:
        """Return places to the right and to the left of everything."""
        xs = [(x - self.frames[n].width / 2, x + self.frames[n].width / 2)
              for n, (x, _) in self.at.items()]
        return max(b for _, b in xs) + 0.3 + lane, min(a for a, _ in xs) - 0.3 - lane

    def _lane(self, name: str) -> int:
        return list(dict.fromkeys(self.thing.values())).index(self.thing[name])

    def _gutter(self, link: Link) -> float:
        """Return a place between two columns, beside where a link starts."""
        named = self.network.named
        (x0, _), (x1, _) = self.at[link.start], self.at[link.end]
        start, end = named[link.start].step, named[link.end].step
        if start is None:
            return x1 if end is None else self.columns[end] + self._reach(end)[0] - GUTTER + 0.3
        low, high = self._reach(start)
        return self.columns[start] + (high + 0.3 if x1 >= x0 else low - GUTTER + 0.3)

    def _reach(self, step: int) -> tuple[float, float]:
        """Return how far a column goes to both sides: one of dots is narrow."""
        is_gap = any(v.step == step and v.role == "dots" for v in self.network.vertices)
        return (-DOTS / 2, DOTS / 2) if is_gap else self.reach

    # parameters

    @cached_property
    def left(self) -> float:
        """Return where the boxes of parameters end."""
        first = min([x - self.frames[n].width / 2 for n, (x, _) in self.at.items()], default=0.0)
        return first - GUTTER

    def _beside(self, row: int, is_lit: bool) -> Iterator[Path]:
        """Lead the parameters of a row along under it, with a branch to each reader."""
        names = self.side[row]
        lit = {(link.start, link.end) for link in self.network.links if link.lit}
        for k in sorted({self.row[r] for n in names for r in self.parameters[n] if r in self.row}):
            pairs = [(n, r) for n in names for r in self.parameters[n] if self.row.get(r) == k
                     and ((n, r) in lit) is is_lit]
            readers = list(dict.fromkeys(r for _, r in pairs))
            if not readers:
                continue
            tone = "strong" if is_lit else "dim"
            y = self.bands.starts[k] - LEDGE - 0.1
            spine = self.left + 0.25
            ends = [self._branch(reader) for reader in readers]
            level = self.bands.middle(row)
            yield Path(((self.left, level), (spine, level), (spine, y), (max(ends), y)), tone=tone)
            for reader, x in zip(readers, ends, strict=True):
                yield Path(((x, y), (x, self.at[reader][1] - self.frames[reader].height / 2)),
                           tone=tone, arrow=True)

    def _branch(self, reader: str) -> float:
        return self.at[reader][0] - min(0.22, self.frames[reader].width / 4)

    def _side_height(self, row: int) -> float:
        names = self.side.get(row, [])
        if self._has_notes(names):
            return max(self.frames[name].height for name in names)
        return 0.6 * -(-len(names) // IN_A_ROW) + 0.1

    def _has_notes(self, names: Sequence[str]) -> bool:
        return any(self.network.named[name].notes for name in names)

    def _with_notes(self, row: int) -> Iterator[Item]:
        """Yield the parameters of a row each in its box, side by side."""
        x = self.left - sum(self.frames[name].width for name in self.side[row])
        for name in self.side[row]:
            frame = self.frames[name]
            yield from framed(frame, (x + frame.width / 2, self.bands.middle(row)), self.network)
            x += frame.width

    def _parameters(self, row: int) -> Iterator[Item]:
        """Yield the parameters of a row in one box at the side."""
        names = self.side[row]
        lines = [names[k:k + IN_A_ROW] for k in range(0, len(names), IN_A_ROW)]
        widths = [sum(self._width(n) for n in line) + APART * (len(line) - 1) for line in lines]
        width, height = max(widths) + PADDING, 0.6 * len(lines) + 0.06
        y = self.bands.middle(row)
        named = self.network.named
        is_lit = any(named[n].lit for n in names)
        tone = tone_of(is_lit, self.network)
        yield Box((self.left - width / 2, y), width, height,
                  tone="dim" if tone == "black" else tone)
        for k, line in enumerate(lines):
            x = self.left - width / 2 - widths[k] / 2
            for name in line:
                yield Label((x + self._width(name) / 2, y + 0.6 * ((len(lines) - 1) / 2 - k)),
                            named[name].shown)
                x += self._width(name) + APART

    def _width(self, name: str) -> float:
        return self.measure(self.network.named[name].shown)[0]


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
