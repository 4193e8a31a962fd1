"""The settings of sliding windows as people type them: stride=2, not stride=(2, 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.expr.nodes import Apply

__all__ = ["short", "window_settings"]

Settings = list[tuple[str, Any]]


def window_settings(expr: Apply) -> Settings | None:
    """Return the settings that must be said; one without a name stands behind the arguments.

    None for an operation that has no window.
    """
    read = READ.get(expr.op.removesuffix("_input_gradient").removesuffix("_kernel_gradient"))
    pooled = expr.op.removesuffix("_gradient").removesuffix("_picked")
    read = read or READ.get(pooled)
    return read(dict(expr.params)) if read else None


def short(value: Any) -> Any:
    """Return 2 for (2, 2) and for ((2, 2), (2, 2))."""
    if isinstance(value, tuple) and value:
        parts = [short(part) for part in value]
        return parts[0] if len(set(parts)) == 1 else tuple(parts)
    return value


def _conv(params: dict[str, Any]) -> Settings:
    understood = {"stride": 1, "padding": 0, "output_padding": 0, "dilation": 1, "groups": 1}
    found = [(name, short(params[name])) for name in understood if name in params]
    return [(name, value) for name, value in found if value != understood[name]]


def _pool(params: dict[str, Any]) -> Settings:
    size, stride, padding = (params.get(name) for name in ("size", "stride", "padding"))
    found: Settings = [("", short(size))]
    found += [("stride", short(stride))] if stride != size else []
    return found + ([("padding", short(padding))] if short(padding) else [])


READ: dict[str, Callable[[dict[str, Any]], Settings]] = {
    "conv1d": _conv, "conv2d": _conv, "conv_transpose1d": _conv, "conv_transpose2d": _conv,
    "max_pool1d": _pool, "max_pool2d": _pool, "avg_pool1d": _pool, "avg_pool2d": _pool,
    "reshape": lambda params: [("", params["shape"])],
    "flatten": lambda params: [],
    "flip": lambda params: [] if params["whole"] else [("axis", params["axis"])],
    "crop": lambda params: [("", short(params["padding"]))],
}
