"""An unrolled recurrence as a drawing: steps from left to right, quantities from the bottom up."""

from __future__ import annotations

from derive.formats.figures.bounds import fitted
from derive.formats.figures.drawing import Drawing
from derive.formats.figures.frames import Item, Measure, framed, frames_of
from derive.formats.figures.steps_parameters import Parameters
from derive.formats.figures.steps_places import Places
from derive.formats.figures.steps_routes import Routes
from derive.formats.figures.steps_rows import Rows
from derive.solution.pictures.network import Network

__all__ = ["steps_drawing"]


def steps_drawing(network: Network, measure: Measure) -> Drawing:
    """Draw what has a step in its column, and parameters at the left side."""
    places = Places(Rows(network, frames_of(network, measure)))
    return fitted(_items(places, Parameters(places, measure), Routes(places)), measure)


def _items(places: Places, parameters: Parameters, routes: Routes) -> list[Item]:
    """Return lines first, those that stand out over the others, then the boxes."""
    rows, found = places.rows, list[Item]()
    for is_lit in (False, True):
        found += [item for row in rows.side for item in parameters.lines(row, is_lit)]
        for link in rows.network.links:
            if link.lit is is_lit and link.start in rows.thing:
                found += routes.link(link)
    for name, at in places.at.items():
        found += framed(rows.frames[name], at, rows.network)
    return [*found, *(item for row in rows.side for item in parameters.boxes(row))]
