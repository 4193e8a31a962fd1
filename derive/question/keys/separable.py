"""``separable``: are there weights that put every row on the side of its label?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from derive.errors import DeriveError, Place
from derive.expr.nodes import Symbol
from derive.question.binder import Binder
from derive.question.fields import choice, record, scalar
from derive.question.keys.key import Key
from derive.question.question import Task
from derive.question.source import Mapping_, Node, Scalar

__all__ = ["SEPARABLE", "Separable"]

EXAMPLE = "write separable: {features: x, labels: y}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Separable(Task):
    """Whether rows can be separated by a linear threshold.

    features: a series of vectors, or a matrix with one row each; labels: a series of numbers, or
    a vector. bias: whether a number b may be added to w x. weights: weights to judge first.
    """

    features: Symbol
    labels: Symbol
    weights: Symbol | None
    bias: bool
    place: Place


def _truth(node: Node) -> bool:
    return choice(("true", "false", "yes", "no"))(node) in ("true", "yes")


READERS = {"features": scalar, "labels": scalar, "weights": scalar, "bias": _truth}


def _read(node: Node) -> tuple[dict[str, Any], Place]:
    if not isinstance(node, Mapping_):
        raise DeriveError("`separable` is a mapping", node.place, EXAMPLE)
    found = record(node, READERS, "`separable`")
    for name in ("features", "labels"):
        if name not in found:
            raise DeriveError(f"`separable` needs `{name}`", node.place, EXAMPLE)
    return found, node.place


def _bind(read: tuple[dict[str, Any], Place], along: Mapping[str, Any], binder: Binder
          ) -> Separable:
    found, place = read
    if binder.scope.sizes:
        raise DeriveError("separability is decided for numbers, not for symbols", place,
                          f"give {min(binder.scope.sizes)} a number")
    features = _rows(found["features"], 1, "a series of vectors or a matrix", binder)
    labels = _rows(found["labels"], 0, "a series of numbers or a vector", binder)
    weights = _weights(found["weights"], features, binder) if "weights" in found else None
    if weights is not None and found.get("bias"):
        raise DeriveError("given weights are judged without a bias", found["weights"].place,
                          "let the features hold a constant 1, and leave `bias` out")
    return Separable(features=features, labels=labels, weights=weights,
                     bias=found.get("bias", False), place=place)


def _rows(item: Scalar, rank: int, what: str, binder: Binder) -> Symbol:
    """Read a quantity that has one row after the other: members, or entries along an axis."""
    symbol = _quantity(item, binder)
    if len(symbol.index) + len(symbol.shape) != rank + 1 or len(symbol.index) > 1:
        raise DeriveError(f"`{item.text}` is not {what}", item.place,
                          "one row or member for each example")
    return symbol


def _quantity(item: Scalar, binder: Binder) -> Symbol:
    request = binder.request(item)
    if request.is_derivative or request.entry:
        raise DeriveError(f"`{item.text}` is not a quantity of the model", item.place)
    return request.top


def _weights(item: Scalar, features: Symbol, binder: Binder) -> Symbol:
    symbol = _quantity(item, binder)
    if symbol.index or symbol.shape != features.shape[-1:]:
        raise DeriveError(f"`{item.text}` has not one weight for each feature", item.place,
                          f"a row has {features.shape[-1]} features")
    return symbol


SEPARABLE = Key("separable", _read, _bind, needs_model=False)
