"""Layers of a directed graph without circles: who stands in which, in what order, how far apart.

After Sugiyama, Tagawa and Toda (Methods for visual understanding of hierarchical system structures,
1981): layers by longest paths, places kept free where a link passes a layer, few crossings by
medians, then the places that are nearest to the neighbours' (least squares, order kept). The same
graph gives the same picture everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from derive.solution.pictures.ranks import Pair, longest_paths, neighbours

__all__ = ["Layers", "Pair", "layered", "moves", "spread"]

SWEEPS = 12
ROUNDS = 30
GIVEN = 1e-9        # the weight of what is given, beside 1 for what is worked out
PASS = "\N{RIGHTWARDS ARROW}"     # stands in the names of places that a link passes
PASSING = 0.5       # how much less room a link that passes a layer needs


@dataclass(frozen=True)
class Layers:
    """`rows` are the layers, first things first; `at` is the place of each thing along its layer.

    `ways` holds, for a link over several layers, the places that it passes through.
    """

    rows: tuple[tuple[str, ...], ...]
    at: Mapping[str, float]
    ways: Mapping[Pair, tuple[str, ...]]

    @property
    def layer(self) -> dict[str, int]:
        return {name: k for k, row in enumerate(self.rows) for name in row}


def layered(sizes: Mapping[str, float], links: Sequence[Pair], gap: float,
            layer: Mapping[str, int] | None = None,
            families: Mapping[str, str] | None = None) -> Layers:
    """Order the layers and place everything along them.

    sizes:    how much room each thing takes along its layer, in the order of the author.
    gap:      the room left between neighbours.
    families: members of one family keep the order of the author among themselves.
    """
    names = list(sizes)
    layer = longest_paths(names, links) if layer is None else layer
    ways, short, room = _through(links, layer, sizes)
    first = min(layer.values(), default=0)
    count = max(layer.values(), default=-1) - first + 1
    rows: list[list[str]] = [[] for _ in range(count)]
    for name in room:
        rows[(layer[name] if name in layer else _passed(name)) - first].append(name)
    below, above = neighbours(list(room), short)
    rows = _ordered(rows, below, above, families or {})
    at = _placed(rows, room, gap, below, above)
    return Layers(tuple(map(tuple, rows)), at, ways)


def _through(links: Sequence[Pair], layer: Mapping[str, int], sizes: Mapping[str, float]
             ) -> tuple[dict[Pair, tuple[str, ...]], list[Pair], dict[str, float]]:
    """Cut links over several layers into short ones, through places of no size."""
    ways: dict[Pair, tuple[str, ...]] = {}
    short: list[Pair] = []
    room = dict(sizes)
    for k, (start, end) in enumerate(links):
        passed = tuple(f"{PASS}{level}{PASS}{k}" for level in range(layer[start] + 1, layer[end]))
        ways[start, end] = passed
        room |= dict.fromkeys(passed, 0.0)
        chain = (start, *passed, end)
        short += pairwise(chain)
    return ways, short, room


def _passed(name: str) -> int:
    return int(name.split(PASS)[1])


Neighbours = Mapping[str, Sequence[str]]


def moves(layers: Layers, links: Sequence[Pair]) -> list[float]:
    """Return how far links move aside behind each layer at most."""
    found, layer = [0.0] * len(layers.rows), layers.layer
    for start, end in links:
        for a, b in pairwise((start, *layers.ways[start, end], end)):
            found[layer[a]] = max(found[layer[a]], abs(layers.at[a] - layers.at[b]))
    return found


def _ordered(rows: list[list[str]], below: Neighbours, above: Neighbours,
             families: Mapping[str, str]) -> list[list[str]]:
    """Sweep up and down, each layer by the medians of its neighbours; the best order is kept."""
    best, fewest = rows, _crossings(rows, above)
    rank = {name: k for row in rows for k, name in enumerate(row)}
    for sweep in range(SWEEPS):
        up = sweep % 2 == 0
        rows = _swept(rows if up else rows[::-1], below if up else above)
        rows = rows if up else rows[::-1]
        rows = _exchanged(rows, below, above)
        rows = [_families_in_order(row, families, rank) for row in rows]
        count = _crossings(rows, above)
        if count < fewest:
            best, fewest = rows, count
    return best


def _swept(rows: Sequence[list[str]], neighbours: Neighbours) -> list[list[str]]:
    found = [list(rows[0])] if rows else []
    for row in rows[1:]:
        rank = {name: k for k, name in enumerate(found[-1])}
        medians = {name: _median([rank[n] for n in neighbours[name] if n in rank], k)
                   for k, name in enumerate(row)}
        found.append(sorted(row, key=medians.__getitem__))
    return found


def _families_in_order(row: Sequence[str], families: Mapping[str, str], rank: Mapping[str, int]
                       ) -> list[str]:
    """Sort the members of each family among the places that they have."""
    own: dict[str, list[str]] = {}
    for name in sorted(row, key=rank.__getitem__):
        own.setdefault(families.get(name, name), []).append(name)
    following = {family: iter(names) for family, names in own.items()}
    return [next(following[families.get(name, name)]) for name in row]


def _median(places: list[int], own: int) -> float:
    if not places:
        return float(own)
    ordered, middle = sorted(places), len(places) // 2
    return ordered[middle] if len(places) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _exchanged(rows: list[list[str]], below: Neighbours, above: Neighbours) -> list[list[str]]:
    """Exchange neighbours of a layer where that saves crossings."""
    rows = [list(row) for row in rows]
    for k, row in enumerate(rows):
        beside = [{n: i for i, n in enumerate(rows[j])} if 0 <= j < len(rows) else {}
                  for j in (k - 1, k + 1)]
        for i in range(len(row) - 1):
            a, b = row[i], row[i + 1]
            saved = sum(_between(a, b, ns, rank) - _between(b, a, ns, rank)
                        for ns, rank in zip((below, above), beside, strict=True))
            if saved > 0:
                row[i], row[i + 1] = b, a
    return rows


def _between(left: str, right: str, neighbours: Neighbours, rank: Mapping[str, int]) -> int:
    """Count the crossings of the links of two things that stand side by side."""
    return sum(rank[a] > rank[b] for a in neighbours[left] if a in rank
               for b in neighbours[right] if b in rank)


def _crossings(rows: Sequence[Sequence[str]], above: Neighbours) -> int:
    count = 0
    for row, following in pairwise(rows):
        rank = {name: k for k, name in enumerate(following)}
        ends = [sorted(rank[n] for n in above[name] if n in rank) for name in row]
        flat = [end for part in ends for end in part]
        count += sum(a > b for k, a in enumerate(flat) for b in flat[k + 1:])
        count -= sum(a > b for part in ends for k, a in enumerate(part) for b in part[k + 1:])
    return count


def _placed(rows: Sequence[Sequence[str]], room: Mapping[str, float], gap: float,
            below: Neighbours, above: Neighbours) -> dict[str, float]:
    """Move each layer towards its neighbours, from below and from above in turn."""
    at: dict[str, float] = {}
    weights = {name: _weight(name, room, below) for name in room}
    for row in rows:
        at |= zip(row, spread([0.0] * len(row), _distances(row, room, gap)), strict=True)
    for turn in range(ROUNDS):
        for row in (rows if turn % 2 else rows[::-1]):
            wanted = [_wish(name, at, weights, (*below[name], *above[name])) for name in row]
            found = spread(wanted, _distances(row, room, gap), [weights[name] for name in row])
            at |= zip(row, found, strict=True)
    return at


def _weight(name: str, room: Mapping[str, float], below: Neighbours) -> float:
    """Return how much a place counts: links that pass are straight, and so is the main line."""
    if not room[name]:
        return 4.0
    return 1.0 if below[name] else GIVEN


def _wish(name: str, at: Mapping[str, float], weights: Mapping[str, float],
          near: Sequence[str]) -> float:
    """Return the middle of the neighbours; what is given follows, and does not pull."""
    near = [n for n in near if weights[n] > GIVEN] or near
    total = sum(weights[n] for n in near)
    return sum(weights[n] * at[n] for n in near) / total if total else at[name]


def _distances(row: Sequence[str], room: Mapping[str, float], gap: float) -> list[float]:
    """Return how far apart neighbours stand at least; links that pass need less room."""
    return [(room[a] + room[b]) / 2 + gap * (1.0 if room[a] and room[b] else PASSING)
            for a, b in pairwise(row)]


def spread(wanted: Sequence[float], distances: Sequence[float],
           weights: Sequence[float] | None = None) -> list[float]:
    """Return the places nearest to those wanted, in the same order, so far apart at least.

    Least squares under an order: neighbours that would be too close form a block, whose places are
    the mean of what its members want (pool adjacent violators).
    """
    shifts = [0.0]
    for distance in distances:
        shifts.append(shifts[-1] + distance)
    blocks: list[tuple[float, float, int]] = []     # mean, weight, members
    for k, place in enumerate(wanted):
        mean, weight, count = place - shifts[k], weights[k] if weights else 1.0, 1
        while blocks and blocks[-1][0] > mean:
            other, heavy, more = blocks.pop()
            mean = (mean * weight + other * heavy) / (weight + heavy)
            weight, count = weight + heavy, count + more
        blocks.append((mean, weight, count))
    flat = [mean for mean, _, count in blocks for _ in range(count)]
    return [place + shift for place, shift in zip(flat, shifts, strict=False)]
