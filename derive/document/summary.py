"""One line that says what was checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.solution.step import Check

__all__ = ["Tally", "say", "tally"]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many checks of a kind there were, how many came out right, the largest error."""

    kind: str
    right: int
    total: int
    error: float | None


def tally(checks: Sequence[Check]) -> tuple[Tally, ...]:
    """Count the checks by kind, lines first."""
    kinds = sorted({check.kind for check in checks}, key=lambda kind: (kind != "line", kind))
    return tuple(_count(kind, [c for c in checks if c.kind == kind]) for kind in kinds)


def _count(kind: str, checks: Sequence[Check]) -> Tally:
    errors = [check.error for check in checks if check.error is not None]
    return Tally(kind, sum(check.ok for check in checks), len(checks), max(errors, default=None))


def say(checks: Sequence[Check]) -> str:
    """Return ``checked: 41 of 41 lines, 3 of 3 gradients; largest gradient error 2e-11``."""
    rows = tally(checks)
    counted = ", ".join(f"{row.right} of {row.total} {row.kind}s" for row in rows)
    errors = [f"largest {row.kind} error {row.error:.0e}" for row in rows
              if row.error is not None and row.kind != "line"]
    return "; ".join([f"checked: {counted}", *errors])
