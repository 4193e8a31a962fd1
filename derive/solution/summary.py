"""The checks in one line."""

from __future__ import annotations

from collections.abc import Sequence

from derive.solution.step import Check

__all__ = ["summary"]


def summary(checks: Sequence[Check]) -> str:
    """Say how many lines were checked and how far the worst derivative was off."""
    lines = [c for c in checks if c.kind == "line"]
    gradients = [c.error for c in checks if c.kind == "gradient" and c.error is not None]
    good = sum(c.ok for c in lines)
    text = f"checked: {good} of {len(lines)} lines"
    if gradients:
        text += f"; largest gradient error {max(gradients):.0e}"
    return text
