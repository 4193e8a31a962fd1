"""Which members can lead to a given one at all: how far its position may lie ahead.

If o[t] reads h[t] and h[t] reads h[t-1], then h[t+1] leads to o[t+1], o[t+2], ..., never to o[t].
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from derive.calculus.system import System
from derive.expr.nodes import Symbol
from derive.expr.walk import refs

__all__ = ["Reach"]

Span = tuple[float, float]
EVERYWHERE: Span = (-inf, inf)


@dataclass(frozen=True, slots=True)
class Reach:
    """For each place of an index and each family, how far *top* may lie ahead of a member."""

    top: Symbol
    spans: tuple[dict[str, Span], ...]

    @classmethod
    def of(cls, system: System, top: Symbol) -> Reach:
        return cls(top, tuple(_spans(system, top, place) for place in range(len(top.index))))

    def may_lead(self, member: Symbol) -> bool:
        """False where no way goes from *member* to the top, whatever the sizes are."""
        for span, there, here in zip(self.spans, self.top.index, member.index, strict=False):
            ahead = there - here
            low, high = span.get(member.name, EVERYWHERE)
            if isinstance(ahead, int) and not low <= ahead <= high:
                return False
        return True


def _spans(system: System, top: Symbol, place: int) -> dict[str, Span]:
    """Go down from the top; a bound that still moves after a round of all families has no end."""
    steps = list(_steps(system, place))
    found: dict[str, Span] = {top.name: (0, 0)}
    for turn in range(3 * len(system.families) + 3):
        before = dict(found)
        for reader, read, (low, high) in steps:
            if reader in found:
                there = found[reader]
                new = (there[0] + low, there[1] + high)
                old = found.get(read, new)
                found[read] = (min(old[0], new[0]), max(old[1], new[1]))
        if found == before:
            break
        if turn > len(system.families):
            found = {name: _widened(before.get(name, span), span) for name, span in found.items()}
    return found


def _widened(before: Span, after: Span) -> Span:
    return (before[0] if after[0] == before[0] else -inf,
            before[1] if after[1] == before[1] else inf)


def _steps(system: System, place: int) -> Iterator[tuple[str, str, Span]]:
    """Yield who reads whom, and how far the reader lies ahead at one place of the index."""
    for equation in system.equations:
        for ref in refs(equation.rhs):
            if not isinstance(ref, Symbol):
                continue
            span = EVERYWHERE
            if place < min(len(ref.index), len(equation.target.index)):
                ahead = equation.target.index[place] - ref.index[place]
                span = (ahead, ahead) if isinstance(ahead, int) else EVERYWHERE
            yield equation.target.family, ref.family, span
