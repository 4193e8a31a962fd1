"""Layers of a directed graph by longest paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["Pair", "longest_paths", "neighbours"]

Pair = tuple[str, str]


def longest_paths(names: Sequence[str], links: Sequence[Pair]) -> dict[str, int]:
    """Return layers so that links go up; what reads nothing stands right below its first reader."""
    parents, readers = neighbours(names, links)
    layer: dict[str, int] = {}
    for name in _sorted(names, parents):
        layer[name] = max((layer[p] + 1 for p in parents[name] if p in layer), default=0)
    for name in names:
        if not parents[name] and readers[name]:
            layer[name] = min(layer[r] for r in readers[name]) - 1
    return layer


def neighbours(names: Sequence[str], links: Sequence[Pair]
                ) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    down: dict[str, list[str]] = {name: [] for name in names}
    up: dict[str, list[str]] = {name: [] for name in names}
    for start, end in links:
        down[end].append(start)
        up[start].append(end)
    return down, up


def _sorted(names: Sequence[str], parents: Mapping[str, Sequence[str]]) -> list[str]:
    """Return everything after what it reads; a link that closes a circle is passed over."""
    found: dict[str, bool] = {}
    order: list[str] = []
    for name in names:
        stack = [] if name in found else [(name, iter(parents[name]))]
        found.setdefault(name, True)
        while stack:
            _here, rest = stack[-1]
            following = next((p for p in rest if p not in found), None)
            if following is None:
                order.append(stack.pop()[0])
            else:
                found[following] = True
                stack.append((following, iter(parents[following])))
    return order
