"""Along which links a derivative flows: those on a way from the bottom up to the top."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from derive.solution.pictures.network import Link, Network

__all__ = ["lit", "on_a_way"]

Pair = tuple[str, str]


def on_a_way(pairs: Iterable[Pair], bottoms: Collection[str], tops: Collection[str]) -> set[Pair]:
    """Return the links between what can be reached from a bottom and what leads to a top."""
    up: dict[str, list[str]] = {}
    down: dict[str, list[str]] = {}
    pairs = list(pairs)
    for start, end in pairs:
        up.setdefault(start, []).append(end)
        down.setdefault(end, []).append(start)
    reached, leading = _reached(bottoms, up), _reached(tops, down)
    return {(a, b) for a, b in pairs if a in reached and b in leading}


def _reached(starts: Collection[str], links: Mapping[str, Sequence[str]]) -> set[str]:
    found, todo = set(starts), list(starts)
    while todo:
        for name in links.get(todo.pop(), ()):
            if name not in found:
                found.add(name)
                todo.append(name)
    return found


def lit(network: Network, ways: Collection[Pair], ends: Collection[str]) -> Network:
    """Pick out the links of some ways, what they join, and the ends themselves."""
    names = {name for pair in ways for name in pair} | set(ends)
    return replace(
        network, vertices=tuple(replace(v, lit=v.name in names) for v in network.vertices),
        links=tuple(_lit(link, (link.start, link.end) in ways) for link in network.links))


def _lit(link: Link, is_lit: bool) -> Link:
    return replace(link, lit=is_lit)
