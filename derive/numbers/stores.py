"""Where numbers live: for every family one array over its positions, so that slices are cheap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.nodes import Ref

__all__ = ["Store", "Values"]


@dataclass
class Store:
    """Members of one family: ``array[position - offset]``; `known` says which positions exist."""

    array: Any
    offset: tuple[int, ...]
    known: Any

    @staticmethod
    def over(lows: tuple[int, ...], highs: tuple[int, ...], shape: tuple[int, ...]) -> Store:
        counts = tuple(h - lo + 1 for lo, h in zip(lows, highs, strict=True))
        return Store(np.zeros(counts + shape), lows, np.zeros(counts, dtype=bool))

    def slot(self, at: tuple[int, ...]) -> tuple[int, ...] | None:
        """Return where a position is kept, None where it is outside."""
        slot = tuple(i - o for i, o in zip(at, self.offset, strict=True))
        inside = all(0 <= i < n for i, n in zip(slot, self.known.shape, strict=True))
        return slot if inside else None


@dataclass
class Values:
    """Numbers of families, by reference: ``values[h[1]]``."""

    stores: Mapping[str, Store]

    def __getitem__(self, ref: Ref) -> Any:
        store = self.stores.get(ref.family)
        at = tuple(int(i) for i in ref.index)  # type: ignore[arg-type]
        slot = store.slot(at) if store else None
        if store is None or slot is None or not store.known[slot]:
            raise DeriveError(f"`{ref.family}{list(at) if at else ''}` has no value")
        return store.array[slot]

    def positions(self, family: str) -> list[tuple[int, ...]]:
        """Return the positions at which a family has values, in order."""
        store = self.stores[family]
        return [tuple(int(i) + o for i, o in zip(slot, store.offset, strict=True))
                for slot in np.argwhere(store.known)]
