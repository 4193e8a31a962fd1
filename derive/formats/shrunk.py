"""Formulas that fit the page only when they are set smaller are told of, step by step.

They go to the log named ``derive``: Python shows warnings on standard error unless it is told
otherwise, so both the command line and a program see them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from derive.document.blocks import Anchor, Item
from derive.formats.rows import Row

__all__ = ["tell_of_shrunk"]

LOG = logging.getLogger("derive")


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


def _scales(view: Mapping[str, Any]) -> Iterator[float]:
    """Yield by how much formulas of a block are set smaller."""
    groups = [view, *view.get("groups", ()), *view.get("behind", ())]
    rows = (row for group in groups for row in group.get("rows", ()) if isinstance(row, Row))
    return (link.scale for row in rows for link in row.links if link.scale < 1)
