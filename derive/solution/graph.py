"""The unrolled graph: single members, what reads what, and an order in which they can be made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from derive.expr.nodes import Ref
from derive.solution.members import ancestors

__all__ = ["Graph"]


@dataclass
class Graph:
    """Members with their place in an order in which each comes after all that it reads.

    `parents` gives what a member reads; `rank` is its place, `readers` the members that read it.
    """

    parents: Callable[[Ref], Iterable[Ref]]
    rank: dict[Ref, int] = field(default_factory=dict)
    readers: dict[Ref, list[Ref]] = field(default_factory=dict)
    _above: dict[Ref, list[Ref]] = field(default_factory=dict)

    def add(self, member: Ref) -> None:
        """Add a member all of whose parents are there."""
        self.rank[member] = len(self.rank)
        for parent in self.parents(member):
            self.readers.setdefault(parent, []).append(member)

    def above(self, top: Ref) -> list[Ref]:
        """Return all that *top* depends on, in order, and *top* itself."""
        if top not in self._above:
            self._above[top] = ancestors([top], self.parents, lambda _: False)
        return self._above[top]

    def between(self, bottom: Ref, top: Ref) -> list[Ref]:
        """Return the members on a way from *bottom* to *top*, in order, without *bottom*.

        Nothing that comes after *top* is looked at: a loss of one time step is two steps above its
        scores, however long the series is.
        """
        last, found, todo = self.rank[top], {bottom}, [bottom]
        while todo:
            for reader in self.readers.get(todo.pop(), ()):
                if reader not in found and self.rank[reader] <= last:
                    found.add(reader)
                    todo.append(reader)
        ordered = sorted(found - {bottom}, key=self.rank.__getitem__)
        leading = {top}
        for member in reversed(ordered):
            if not leading.isdisjoint(self.readers.get(member, ())):
                leading.add(member)
        return [member for member in ordered if member in leading]
