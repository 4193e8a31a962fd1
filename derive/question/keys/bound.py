"""``bound: dh[T]/dh[0]``: how large a derivative over many steps can get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derive.errors import DeriveError
from derive.question.binder import Binder
from derive.question.fields import scalar
from derive.question.keys.key import Key
from derive.question.question import Request, Task
from derive.question.source import Node, Scalar

__all__ = ["BOUND", "Bound"]


class Bound(Task):
    """A bound of the norm of d state / d earlier state; its only request is that derivative."""

    @property
    def request(self) -> Request:
        return self.requests[0]


def _read(node: Node) -> Scalar:
    found = scalar(node)
    if not found.text.strip():
        raise DeriveError("`bound` holds nothing", found.place, REMEDY)
    return found


REMEDY = "write bound: dh[T]/dh[0]"


def _bind(found: Scalar, along: Mapping[str, Any], binder: Binder) -> Bound:
    request = binder.request(found)
    bottom = request.bottom
    if bottom is None or request.entry or request.top.name != bottom.name:
        raise DeriveError(f"`{found.text}` is not how a state depends on an earlier one",
                          found.place, REMEDY)
    if len(bottom.index) != 1:
        raise DeriveError(f"`{bottom.name}` has no index to go along", found.place, REMEDY)
    return Bound(requests=(request,))


BOUND = Key("bound", _read, _bind)
