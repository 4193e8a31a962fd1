"""What `symbols` says of a quantity."""

from __future__ import annotations

from derive.expr.shapes import Shape

__all__ = ["Declared"]

# the index names, and the shape; None: it is to be worked out
Declared = tuple[tuple[str, ...], Shape | None]
