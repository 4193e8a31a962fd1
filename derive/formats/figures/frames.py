"""The boxes of a network: how large each is, and what stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from derive.formats.figures.drawing import Box, Content, Label, Path, Place
from derive.solution.pictures.network import Network, Vertex

__all__ = ["Frame", "Measure", "framed", "frames_of", "tone_of"]

Measure = Callable[[Content], tuple[float, float]]
PADDING = 0.36      # beside the text of a box
LEAST = 0.8         # the narrowest box
LINE = 0.66         # the height of a name
NOTE = 0.16         # above and below a note
Item = Path | Box | Label


@dataclass(frozen=True)
class Frame:
    """A vertex with the size of its box, and the height of each line in it, in centimetres."""

    vertex: Vertex
    width: float
    lines: tuple[float, ...]

    @property
    def height(self) -> float:
        return sum(self.lines)


def frames_of(network: Network, measure: Measure) -> dict[str, Frame]:
    """Return the box of each vertex; *measure* estimates the width and the height of a label."""
    return {vertex.name: _frame(vertex, measure) for vertex in network.vertices}


def _frame(vertex: Vertex, measure: Measure) -> Frame:
    sizes = [measure(vertex.shown), *map(measure, vertex.notes)]
    heights = [max(LINE, sizes[0][1] + NOTE), *(size[1] + NOTE for size in sizes[1:])]
    least = 0.0 if vertex.role == "dots" else LEAST
    return Frame(vertex, max(least, PADDING + max(w for w, _ in sizes)), tuple(heights))


def tone_of(is_lit: bool, network: Network) -> str:
    """Return the tone of what is picked out or not, in a picture where something may be."""
    if not network.is_lit:
        return "black"
    return "strong" if is_lit else "dim"


def framed(frame: Frame, at: Place, network: Network) -> Iterator[Item]:
    """Yield a box with its name and its notes, a rule between them."""
    vertex, (x, y) = frame.vertex, at
    tone = tone_of(vertex.lit, network)
    if vertex.role != "dots":
        given = "dim" if vertex.role == "given" and tone == "black" else tone
        dash = "dashed" if vertex.role == "elsewhere" else "solid"
        yield Box(at, frame.width, frame.height, dash, given)
    top = y + frame.height / 2
    for k, (content, height) in enumerate(zip((vertex.shown, *vertex.notes), frame.lines,
                                              strict=True)):
        if k:
            yield Path(((x - frame.width / 2, top), (x + frame.width / 2, top)), tone="grey")
        yield Label((x, top - height / 2), content, small=k > 0)
        top -= height
