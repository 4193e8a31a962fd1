"""What stands in which row of an unrolled recurrence, and which parameters stand beside it.

A *row thing* is a series, or a quantity without a step. Within a column they stand in layers as in
the graph of a model; what belongs to no step has a row of its own, and so has a series that each
step reads from the one before, beside others: nothing stands in the way of its links.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from derive.formats.figures.frames import Frame
from derive.formats.figures.layers import Layers, Pair, layered
from derive.solution.pictures.network import Network
from derive.solution.pictures.ranks import longest_paths

__all__ = ["Rows"]

BESIDE = 0.35           # between neighbours in a column


@dataclass(frozen=True)
class Rows:
    """The rows of a picture in the making, before anything has a place."""

    network: Network
    frames: Mapping[str, Frame]

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
    def handed_on(self) -> set[str]:
        """Return the series that a step reads of another step to make the same series."""
        named = self.network.named
        found = {self.thing[link.start] for link in self.network.links
                 if link.start in self.thing and link.end in self.thing
                 and named[link.start].step != named[link.end].step
                 and self.thing[link.start] == self.thing[link.end]}
        return found - self.wide

    @cached_property
    def placed(self) -> dict[str, int]:
        """Return the layer of each row thing."""
        names = list(dict.fromkeys(self.thing.values()))
        layer = longest_paths(names, self.pairs)
        order = {name: (k, name in self.wide, self._own(name, layer)) for name, k in layer.items()}
        used = sorted(set(order.values()))
        return {name: used.index(place) for name, place in order.items()}

    def _own(self, name: str, layer: Mapping[str, int]) -> int:
        """Return 0 for those that share a row, else a number of its own."""
        beside = [other for other, k in layer.items() if k == layer[name]
                  and other not in self.wide]
        if name not in self.handed_on or len(beside) < 2:
            return 0
        return 1 + beside.index(name)

    @cached_property
    def layers(self) -> Layers:
        """Return the layers of one column, those of what has no step between them."""
        placed = self.placed
        room = {name: max(self.frames[v].width for v, t in self.thing.items() if t == name)
                for name in placed}
        upwards = [(a, b) for a, b in self.pairs if placed[a] < placed[b]
                   and not {a, b} & self.wide]
        return layered({n: 0.01 if n in self.wide else w for n, w in room.items()}, upwards,
                       BESIDE, placed, self.families)

    @cached_property
    def families(self) -> dict[str, str]:
        """Return the family of each series: a[1] and a[2] are of one."""
        return {self.thing[v.name]: v.series.partition("[")[0]
                for v in self.network.vertices if v.name in self.thing and v.step is not None}

    @cached_property
    def inner(self) -> list[Pair]:
        """Return the links within a column."""
        return list(self.layers.ways)

    @cached_property
    def row(self) -> dict[str, int]:
        """Return the layer of each vertex."""
        layer = self.layers.layer
        return {name: layer[thing] for name, thing in self.thing.items()}

    @cached_property
    def side(self) -> dict[int, list[str]]:
        """Return the parameters beside each row: the lowest row that reads them."""
        found: dict[int, list[str]] = {}
        for name, readers in self.parameters.items():
            rows = [self.row[r] for r in readers if r in self.row]
            found.setdefault(min(rows, default=0), []).append(name)
        return found
