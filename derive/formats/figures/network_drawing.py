"""The graph of a model as a drawing: layers from the given quantities up to the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from derive.formats.figures.bands import Bands
from derive.formats.figures.bounds import fitted
from derive.formats.figures.drawing import Drawing, Label, Path
from derive.formats.figures.frames import Frame, Item, Measure, framed, frames_of, tone_of
from derive.formats.figures.layers import Layers, layered, moves
from derive.solution.pictures.network import Link, Network

__all__ = ["network_drawing"]

BESIDE = 0.45           # between neighbours of a layer
STUB = 0.18             # straight out of a box, without a shape to be written there
LINE = 0.55             # the height of a shape beside a link that goes up
PAGE, TALL = 16.0, 21.0         # centimetres


def network_drawing(network: Network, measure: Measure) -> Drawing:
    """Draw from left to right where a page is wide enough, else from below."""
    frames = frames_of(network, measure)
    shapes = {link.start: measure(link.shape)[0] for link in network.links if link.shape}
    drawings = []
    for upwards in (False, True):
        flow = _flow(network, frames, shapes, upwards)
        drawings.append(fitted(flow.items(), measure))
        if drawings[0].width <= PAGE:
            return drawings[0]
    return min(drawings, key=lambda d: max(d.width / PAGE, d.height / TALL))


@dataclass(frozen=True)
class _Flow:
    """A picture in the making: quantities in layers, across the page or up it."""

    network: Network
    frames: Mapping[str, Frame]
    layers: Layers
    bands: Bands
    upwards: bool

    def items(self) -> list[Item]:
        """Return links first, those that stand out over the others, then the boxes."""
        found: list[Item] = []
        for link in sorted(self.network.links, key=lambda link: link.lit):
            found += self._link(link)
        found += [self._shape(link) for link in {
            link.start: link for link in self.network.links if link.shape}.values()]
        for name, frame in self.frames.items():
            at = self.bands.place(self.bands.middle(self.layers.layer[name]),
                                  self.layers.at[name])
            found += framed(frame, at, self.network)
        return found

    def _link(self, link: Link) -> list[Path]:
        chain = (link.start, *self.layers.ways[link.start, link.end], link.end)
        stops = [(self.layers.layer[name], self.layers.at[name]) for name in chain]
        depths = self._depth(link.start), self._depth(link.end)
        return list(self.bands.link(stops, depths, "dashed" if link.dashed else "solid",
                                    tone_of(link.lit, self.network)))

    def _depth(self, name: str) -> float:
        return self.frames[name].height if self.upwards else self.frames[name].width

    def _shape(self, link: Link) -> Label:
        """Write the shape of a quantity on the first stretch of its links."""
        assert link.shape is not None
        k = self.layers.layer[link.start]
        at = self.bands.place(self.bands.ends[k] + self.bands.stubs[k] / 2,
                              self.layers.at[link.start])
        return Label(at, link.shape, "right" if self.upwards else "above", small=True)


def _flow(network: Network, frames: Mapping[str, Frame], shapes: Mapping[str, float],
          upwards: bool) -> _Flow:
    pairs = [(link.start, link.end) for link in network.links]
    room = {name: frame.height for name, frame in frames.items()}
    if upwards:     # a shape stands to the right of the link
        room = {name: max(frame.width, 2 * shapes.get(name, 0.0) + 0.3)
                for name, frame in frames.items()}
    layers = layered(room, pairs, BESIDE)
    depths = [max((frames[n].height if upwards else frames[n].width for n in row if n in frames),
                  default=0.0) for row in layers.rows]
    bands = Bands.of(depths, [_stub(row, shapes, upwards) for row in layers.rows],
                     moves(layers, pairs), lambda u, v: (v, u) if upwards else (u, -v))
    return _Flow(network, frames, layers, bands, upwards)


def _stub(row: Sequence[str], shapes: Mapping[str, float], upwards: bool) -> float:
    written = [shapes[name] for name in row if name in shapes]
    if not written:
        return STUB
    return LINE if upwards else max(written) + 0.3
