"""Large graphs with fewer boxes: one for each layer, and one for the parameters that it reads.

A graph of more than `MOST` quantities shows each call of a cell or a layer as one box, named by
what the call defines, if it stands for no more than `LARGEST` equations and holds no other such
call; of a longer call, what only one box reads goes into that box, `IN_A_STAGE` equations in each.
Parameters that only one box reads stand together, a few in a box. A first member that
stands alone is left out. What is on a way that stands out, or says its value, keeps its own box.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from derive.expr.nodes import Expr, Symbol
from derive.question.question import Cell
from derive.solution.pictures.network import Link, Network, Vertex
from derive.solution.words import Sentence
from derive.syntax.write_text import write

__all__ = ["merged"]

MOST = 24
LARGEST = 12
IN_A_STAGE = 5      # of a long call: one head of attention, one normalisation of a layer
IN_A_BOX = 4        # parameters


def merged(network: Network, cells: Sequence[Cell]) -> Network:
    """Return a graph with fewer boxes where it has more than `MOST`, else the graph itself."""
    if len(network.vertices) <= MOST or any(v.notes for v in network.vertices):
        return network
    found = replace(network, merged=True)
    for cell in _innermost(cells):
        found = _in_one_box(found, cell)
    for cell in _longest(cells):
        found = _in_stages(found, cell)
    return _side_by_side(_linked(found))


def _linked(network: Network) -> Network:
    """Leave out what nothing reads and what reads nothing: first members, read as h[t-1]."""
    ends = {end for link in network.links for end in (link.start, link.end)}
    return replace(network, vertices=tuple(v for v in network.vertices if v.name in ends))


def _innermost(cells: Iterable[Cell]) -> list[Cell]:
    """Return the calls of a few equations that hold no other call."""
    made = [(cell, {write(e.target) for e in cell.equations}) for cell in cells
            if 0 < len(cell.equations) <= LARGEST]
    return [cell for cell, own in made if not any(other < own for _, other in made)]


def _in_one_box(network: Network, cell: Cell) -> Network:
    """Put what the equations of a call define into one box, if no way leads out of it and back."""
    named = network.named
    own = {write(equation.target) for equation in cell.equations} & set(named)
    outputs = [output for output in cell.outputs if write(output) in own]
    if not outputs or any(named[name].lit for name in own):
        return network
    name = write(outputs[-1])
    found = _joined(network, dict.fromkeys(own, name), replace(named[name], shown=_list(outputs)))
    return found if _has_no_circle(found) else network


def _longest(cells: Iterable[Cell]) -> list[Cell]:
    """Return the calls that are too long for a box."""
    return [cell for cell in cells if len(cell.equations) > LARGEST]


def _in_stages(network: Network, cell: Cell) -> Network:
    """Put what only one box of a call reads into that box, first things first, while it is small.

    The one reader comes after all that is read, so no way can lead out of the box and back.
    """
    held = {name: 1 for e in cell.equations if (name := write(e.target)) in network.named
            and not network.named[name].lit}
    while pair := _stage(network, held):
        name, reader = pair
        held[reader] += held.pop(name)
        network = _joined(network, {name: reader, reader: reader}, network.named[reader])
    return network


def _stage(network: Network, held: Mapping[str, int]) -> tuple[str, str] | None:
    """Return the first box that only one other of the same call reads, if both are small."""
    for name in held:
        readers = {link.end for link in network.links if link.start == name}
        reader = next(iter(readers), "")
        if len(readers) == 1 and reader in held and held[name] + held[reader] <= IN_A_STAGE:
            return name, reader
    return None


def _side_by_side(network: Network) -> Network:
    """Put parameters that have one reader in common into boxes together."""
    readers: dict[str, list[str]] = {}
    for link in network.links:
        readers.setdefault(link.start, []).append(link.end)
    alone: dict[str, list[Vertex]] = {}
    for vertex in network.vertices:
        is_parameter = vertex.role == "given" and isinstance(vertex.shown, Symbol)
        if is_parameter and not vertex.lit and len(readers.get(vertex.name, [])) == 1 and not (
                isinstance(vertex.shown, Symbol) and vertex.shown.index):
            alone.setdefault(readers[vertex.name][0], []).append(vertex)
    for together in alone.values():
        for k in range(0, len(together), IN_A_BOX):
            network = _one_box(network, together[k:k + IN_A_BOX])
    return network


def _one_box(network: Network, together: Sequence[Vertex]) -> Network:
    first = together[0]
    shown = _list([v.shown for v in together if isinstance(v.shown, Expr)])
    return _joined(network, {v.name: first.name for v in together}, replace(first, shown=shown))


def _list(shown: Sequence[Expr]) -> Expr | Sentence:
    return shown[0] if len(shown) == 1 else Sentence(", ".join(["{}"] * len(shown)), tuple(shown))


def _joined(network: Network, into: Mapping[str, str], box: Vertex) -> Network:
    """Replace some vertices by one; the links between them go, the others meet at it.

    Links that carried different things carry no shape.
    """
    links: dict[tuple[str, str], Link] = {}
    for link in network.links:
        ends = into.get(link.start, link.start), into.get(link.end, link.end)
        if ends[0] == ends[1]:
            continue
        moved = replace(link, start=ends[0], end=ends[1])
        before = links.get(ends)
        links[ends] = moved if before is None else replace(
            before, lit=before.lit or link.lit, dashed=before.dashed and link.dashed,
            shape=link.shape if before.shape == link.shape else None)
    if isinstance(box.shown, Sentence):
        links = {ends: replace(link, shape=None) if ends[0] == box.name else link
                 for ends, link in links.items()}
    kept = [box if v.name == box.name else v for v in network.vertices
            if into.get(v.name, v.name) == v.name]
    return replace(network, vertices=tuple(kept), links=tuple(links.values()))


def _has_no_circle(network: Network) -> bool:
    """True where every vertex can be reached before what reads it (Kahn's order)."""
    waiting = {vertex.name: 0 for vertex in network.vertices}
    for link in network.links:
        waiting[link.end] += 1
    free = [name for name, count in waiting.items() if count == 0]
    for name in free:
        for link in network.links:
            if link.start == name:
                waiting[link.end] -= 1
                free += [link.end] if waiting[link.end] == 0 else []
    return len(free) == len(waiting)
