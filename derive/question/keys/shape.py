"""``shape``: the shape of quantities and derivatives, with the arithmetic that gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from derive.errors import DeriveError
from derive.expr.nodes import Partial, Ref
from derive.question.binder import Binder
from derive.question.fields import asked, each
from derive.question.keys.key import Key
from derive.question.question import Task
from derive.question.source import Scalar

__all__ = ["SHAPE", "Shaped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaped(Task):
    """The quantities and derivatives whose shapes are asked for."""

    subjects: tuple[Ref, ...]


def _bind(found: Sequence[Scalar], along: Mapping[str, Any], binder: Binder) -> Shaped:
    return Shaped(subjects=each(found, lambda item: _subject(item, binder)))


def _subject(item: Scalar, binder: Binder) -> Ref:
    request = binder.request(item)
    if request.entry:
        raise DeriveError(f"`{item.text}` is one entry, which has no axes", item.start,
                          "ask for the shape of the whole")
    return request.top if request.bottom is None else Partial(request.top, request.bottom)


SHAPE = Key("shape", asked, _bind, needs_model=False)
