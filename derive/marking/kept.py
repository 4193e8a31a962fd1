"""What is worked out when it is first asked for, one after the other, and then kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

__all__ = ["Kept"]

T = TypeVar("T")


@dataclass
class Kept(Generic[T]):
    """The items of an iterator, which may be gone through many times, and not to the end."""

    more: Iterator[T]
    found: list[T] = field(default_factory=list)

    def __iter__(self) -> Iterator[T]:
        place = 0
        while True:
            if place == len(self.found):
                try:
                    self.found.append(next(self.more))
                except StopIteration:
                    return
            yield self.found[place]
            place += 1
