"""Where numbers live: for every family one array over its positions, so that slices are cheap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.nodes import Ref
from derive.expr.positions import integers

__all__ = ["Layout", "Position", "Store", "Values"]

Position = tuple[int, ...]


@dataclass
class Store:
    """Members of one family: ``array[position - offset]``; `known` says which positions exist."""

    array: Any
    offset: Position
    known: Any

    @staticmethod
    def over(lows: Position, highs: Position, shape: tuple[int, ...]) -> Store:
        counts = tuple(h - lo + 1 for lo, h in zip(lows, highs, strict=True))
        return Store(np.zeros(counts + shape), lows, np.zeros(counts, dtype=bool))

    def slot(self, at: Position) -> Position | None:
        """Return where a position is kept, None where it is outside."""
        slot = tuple(i - o for i, o in zip(at, self.offset, strict=True))
        inside = all(0 <= i < n for i, n in zip(slot, self.known.shape, strict=True))
        return slot if inside else None


@dataclass(frozen=True, slots=True)
class Layout:
    """A store without its numbers: which cell of a program holds it, and its positions.

    alone: True where one equation defines the family, so that its values replace what is there.
    """

    cell: int
    offset: Position
    counts: tuple[int, ...]
    alone: bool = False


@dataclass
class Values:
    """Numbers of families, by reference: ``values[h[1]]``."""

    stores: Mapping[str, Store]

    def __getitem__(self, ref: Ref) -> Any:
        store = self.stores.get(ref.family)
        at = integers(ref.index)
        slot = store.slot(at) if store else None
        if store is None or slot is None or not store.known[slot]:
            raise DeriveError(f"`{ref.family}{list(at) if at else ''}` has no value")
        return store.array[slot]

    def positions(self, family: str) -> list[Position]:
        """Return the positions at which a family has values, in order."""
        store = self.stores[family]
        slots = np.argwhere(store.known) + np.asarray(store.offset, dtype=int)
        return [tuple(slot) for slot in slots.tolist()]
