"""Links between layers: straight out of a box, bent only where no boxes are, straight into a box.

Between two layers is a band: a stub behind the boxes below, room for bends, and room for the heads
of arrows. What passes a layer goes straight through it, at a place kept free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from derive.formats.figures.drawing import Path, Place

__all__ = ["HEAD", "Bands", "Stop"]

HEAD = 0.25             # straight into a box
BEND, MOST_BEND = 0.7, 1.9      # along the flow, for links that move aside
EVEN = 1e-6
Stop = tuple[int, float]        # a layer, and the place along it


@dataclass(frozen=True)
class Bands:
    """Where each layer starts and ends along the flow, and how far its stubs go.

    place: turns (along the flow, along the layer) into a place of the drawing.
    """

    starts: Sequence[float]
    ends: Sequence[float]
    stubs: Sequence[float]
    place: Callable[[float, float], Place]

    @classmethod
    def of(cls, depths: Sequence[float], stubs: Sequence[float], moves: Sequence[float],
           place: Callable[[float, float], Place]) -> Bands:
        """Put layers one behind the other; far moves aside get more room to bend."""
        starts, ends, u = [], [], 0.0
        for depth, stub, move in zip(depths, stubs, moves, strict=True):
            starts.append(u)
            ends.append(u + depth)
            u = ends[-1] + stub + min(MOST_BEND, BEND + 0.16 * move) + HEAD
        return cls(starts, ends, stubs, place)

    def middle(self, layer: int) -> float:
        return (self.starts[layer] + self.ends[layer]) / 2

    def link(self, stops: Sequence[Stop], depths: tuple[float, float], dash: str, tone: str
             ) -> Iterator[Path]:
        """Go through places of layers, from a box of one depth to a box of another."""
        (k, v), (last, end) = stops[0], stops[-1]
        straight = [self.place(self.middle(k) + depths[0] / 2, v)]
        for (k, v), (j, w) in pairwise(stops):
            if abs(v - w) < EVEN:
                continue
            leaves, enters = self.ends[k] + self.stubs[k], self.starts[j] - HEAD
            half = (leaves + enters) / 2
            yield Path((*straight, self.place(leaves, v)), dash, tone)
            yield Path((self.place(leaves, v), self.place(half, v), self.place(half, w),
                        self.place(enters, w)), dash, tone, curved=True)
            straight = [self.place(enters, w)]
        straight.append(self.place(self.middle(last) - depths[1] / 2, end))
        yield Path(tuple(straight), dash, tone, arrow=True)
