"""The graph of a model in characters: its layers from the top down, then who reads what."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from derive.formats.figures.drawing import Content
from derive.formats.plain import width
from derive.solution.pictures.network import Network, Vertex
from derive.solution.pictures.ranks import longest_paths

__all__ = ["network_in_characters"]

Say = Callable[[Content], str]
GAP = "   "


def network_in_characters(network: Network, say: Say) -> str:
    """Write the layers in rows, last things on top, and below them what each quantity reads.

    A star marks what lies on a way that is picked out.
    """
    rows = list(_steps(network, say) if network.steps else _layers(network, say))
    return "\n".join([*rows, "", *_reading(network, say)])


def _boxed(vertex: Vertex, say: Say) -> str:
    star = "*" if vertex.lit else ""
    notes = "".join(f": {say(note)}" for note in vertex.notes)
    said = f"{say(vertex.shown)}{star}{notes}"
    return f" {said} " if vertex.role == "dots" else f"[{said}]"


def _layers(network: Network, say: Say) -> Iterator[str]:
    names = [vertex.name for vertex in network.vertices]
    layer = longest_paths(names, [(link.start, link.end) for link in network.links])
    for level in sorted(set(layer.values()), reverse=True):
        yield GAP.join(_boxed(v, say) for v in network.vertices if layer[v.name] == level)


def _steps(network: Network, say: Say) -> Iterator[str]:
    """Write a row for each series, a column for each step; then what stands beside them."""
    steps = sorted({v.step for v in network.vertices if v.step is not None})
    series = list(dict.fromkeys(v.series for v in network.vertices if v.step is not None))
    found = {(v.series, v.step): _boxed(v, say) for v in network.vertices if v.step is not None}
    widths = [max(width(found.get((name, step), "")) for name in series) for step in steps]
    rows = [GAP.join(found.get((name, step), "").ljust(wide + len(text) - width(text))
                     for step, wide in zip(steps, widths, strict=True)
                     for text in [found.get((name, step), "")]).rstrip() for name in series]
    alone = [v for v in network.vertices if v.step is None]
    for role in (False, True):
        beside = [_boxed(v, say) for v in alone if (v.role == "given") is role]
        if not role:
            yield from ([GAP.join(beside)] if beside else [])
            yield from reversed(rows)
        elif beside:
            yield f"at every step: {GAP.join(beside)}"


def _reading(network: Network, say: Say) -> Iterator[str]:
    named = network.named
    for vertex in network.vertices:
        parents = [link for link in network.links if link.end == vertex.name]
        if parents:
            read = ", ".join(say(named[link.start].shown) + "*" * link.lit for link in parents)
            yield f"{say(vertex.shown)} ← {read}"
