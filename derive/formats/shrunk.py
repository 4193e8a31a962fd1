"""Formulas that fit the page only when they are set smaller are told of, step by step.

They go to the log named ``derive``: Python shows warnings on standard error unless it is told
otherwise, so both the command line and a program see them.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from derive.document.blocks import Anchor, Item
from derive.formats.rows import Row

__all__ = ["tell_of_narrowed", "tell_of_overfull", "tell_of_shrunk"]

LOG = logging.getLogger("derive")
SEEN = 5.0      # points by which a line may stick out
_OVERFULL = re.compile(r"Overfull \\hbox \((\d+\.\d+)pt too wide\)")


def tell_of_shrunk(shown: Iterable[tuple[Item, Mapping[str, Any]]]) -> None:
    """Log a warning for each step that holds such a formula."""
    smallest: dict[str, float] = {}
    step = "the model"
    for block, view in shown:
        step = block.step if isinstance(block, Anchor) else step
        for scale in _scales(view):
            smallest[step] = min(scale, smallest.get(step, 1.0))
    for where, scale in smallest.items():
        LOG.warning("%s: a formula is set at %d%% of its size to fit the page", where, 100 * scale)


def tell_of_narrowed(found: str) -> None:
    """Log what the pages set smaller themselves: metadata of Typst's, ``{"scale", "page"}`` each.

    Those are displays that are a little wider than was estimated.
    """
    for display in json.loads(found):
        LOG.warning("page %d: a formula is set at %d%% of its size to fit the page",
                    display["value"]["page"], 100 * display["value"]["scale"])


def tell_of_overfull(log: str) -> None:
    """Log what TeX let stick out of the text, where it can be seen."""
    for points in filter(lambda wide: wide > SEEN, map(float, _OVERFULL.findall(log))):
        LOG.warning("a line is %d points too wide for the page", points)


def _scales(view: Mapping[str, Any]) -> Iterator[float]:
    """Yield by how much formulas of a block are set smaller."""
    groups = [view, *view.get("groups", ()), *view.get("behind", ())]
    rows = (row for group in groups for row in group.get("rows", ()) if isinstance(row, Row))
    return (link.scale for row in rows for link in row.links if link.scale < 1)
