"""``plot``: curves over an index or a series, such as a norm against the number of steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from derive.errors import DeriveError, nearest
from derive.expr.integers import named
from derive.expr.nodes import Dimension, Expr, Partial
from derive.expr.walk import free_indices, walk
from derive.question.binder import Binder
from derive.question.fields import asked, record, texts
from derive.question.keys.key import Key
from derive.question.prose import words
from derive.question.question import Request, Task
from derive.question.source import Listing, Mapping_, Node, Scalar

__all__ = ["PLOT", "Drawn", "derivatives_in"]

MOST_CURVES = 6     # more cannot be told apart without colours
EXAMPLE = 'write plot: {x: n, y: ["a[n]", "norm(dh[n]/dh[0])"]}'
AXES = ("x", "y")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn(Task):
    """Curves `ups` over `across`, one point for each value of `index`."""

    across: Expr
    ups: tuple[Expr, ...]
    index: str
    labels: tuple[str, ...] = ()
    logarithmic: frozenset[str] = frozenset()
    caption: str = ""

    @property
    def answers(self) -> tuple[Request, ...]:
        return ()


def _read(node: Node) -> dict[str, Any]:
    if isinstance(node, Mapping_):
        found = record(node, READERS, "a plot")
        if "y" not in found:
            raise DeriveError("`y` is missing in the plot", node.place, EXAMPLE)
        return {**found, "place": node.place}
    return {"y": asked(node), "place": node.place}


def _one(node: Node) -> Scalar:
    (first, *others) = asked(node)
    if others:
        raise DeriveError("one quantity goes along the horizontal axis", node.place)
    return first


def _axes(node: Node) -> frozenset[str]:
    for item in texts(node):
        if item.text not in AXES:
            raise DeriveError(f"`{item.text}` is not an axis", item.place, "write x or y")
    return frozenset(item.text for item in texts(node))


def _labels(node: Node) -> tuple[str, ...]:
    return tuple(words(item) for item in (node.items if isinstance(node, Listing) else (node,)))


READERS: Mapping[str, Any] = {
    "x": _one, "y": asked, "over": _one, "labels": _labels,
    "logarithmic": _axes, "caption": words,
}


def _bind(found: Mapping[str, Any], along: Mapping[str, Any], binder: Binder) -> Drawn:
    place = found["place"]
    if binder.scope.sizes:
        raise DeriveError("a plot needs numbers", place,
                          f"give {min(binder.scope.sizes)} a number")
    if len(found["y"]) > MOST_CURVES:
        raise DeriveError(f"a plot shows at most {MOST_CURVES} curves", place)
    typed: tuple[Scalar, ...] = found["y"]
    ups = tuple(_scalar(item, binder) for item in typed)
    across = _scalar(found["x"], binder) if "x" in found else None
    index = _index(found, [*ups, *([] if across is None else [across])], binder)
    labels = found.get("labels", ())
    if labels and len(labels) != len(ups):
        raise DeriveError(f"{len(labels)} labels for {len(ups)} curves", place)
    drawn = Dimension(named(index)) if across is None else across
    return Drawn(across=drawn, ups=ups, index=index, labels=labels,
                 logarithmic=found.get("logarithmic", frozenset()),
                 caption=found.get("caption", ""), requests=derivatives_in((drawn, *ups)))


def _scalar(item: Scalar, binder: Binder) -> Expr:
    found = binder.expression(item, derivatives=True)
    if found.shape:
        raise DeriveError(f"`{item.text}` is not a number at each point", item.place,
                          "draw an entry of it, h[n][0], or its norm, norm(h[n])")
    return found


def _index(found: Mapping[str, Any], exprs: list[Expr], binder: Binder) -> str:
    """Return the index that the points run over: the one named, or the only one there is."""
    used = frozenset().union(*map(free_indices, exprs))
    free = [n for n in binder.scope.indices if n in used]
    over: Scalar | None = found.get("over")
    if over is not None:
        if over.text not in binder.scope.indices:
            remedy = nearest(over.text, binder.scope.indices)
            raise DeriveError(f"`{over.text}` is not an index", over.place, remedy)
        free = free if set(free) - {over.text} else [over.text]
    if len(free) != 1:
        what = " and ".join(f"`{n}`" for n in free) or "no index"
        raise DeriveError(f"a plot goes over one index, but {what} stands in it", found["place"],
                          EXAMPLE)
    return free[0]


def derivatives_in(exprs: tuple[Expr, ...]) -> tuple[Request, ...]:
    """Return the derivatives that stand in expressions."""
    found = dict.fromkeys(n for expr in exprs for n in walk(expr) if isinstance(n, Partial))
    return tuple(Request(p.top, p.bottom) for p in found)


PLOT = Key("plot", _read, _bind)
