"""The checks in one line."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

from derive.solution.step import Check

__all__ = ["bound", "summary"]

SMALLEST = 1e-12    # what is below is rounding, and differs from machine to machine


def summary(checks: Sequence[Check]) -> str:
    """Say how many lines were checked and how far the worst derivative was off."""
    lines = [c for c in checks if c.kind == "line"]
    gradients = [c.error for c in checks if c.kind == "gradient" and c.error is not None]
    if not checks:
        return "nothing to compute"
    what, counted = ("lines", lines) if lines else ("values", checks)
    text = f"checked: {sum(c.ok for c in counted)} of {len(counted)} {what}"
    if gradients:
        text += f"; largest gradient error below {bound(max(gradients)):.0e}"
    return text


def bound(error: float) -> float:
    """Return the power of ten that an error stays below: the same on every machine."""
    if not error < 1:
        return error
    return max(SMALLEST, float(f"1e{floor(log10(error)) + 1}")) if error else SMALLEST
