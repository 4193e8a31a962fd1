"""``find``: values and derivatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derive.errors import DeriveError, QuestionError
from derive.question.binder import Binder
from derive.question.fields import choice, texts, truth
from derive.question.keys.key import Key
from derive.question.question import Find, Request
from derive.question.source import Scalar

__all__ = ["FIND"]


def _bind(found: Sequence[Scalar], along: Mapping[str, Any], binder: Binder) -> Find:
    requests: list[Request] = []
    errors: list[DeriveError] = []
    for item in found:
        try:
            requests.append(binder.request(item))
        except DeriveError as error:
            errors.append(error)
    if errors:
        raise QuestionError(errors)
    settings = {"form": "paths", **along} if along.get("shapes") else along
    return Find(requests=tuple(requests), **settings)


FIND = Key("find", lambda node: tuple(texts(node)), _bind,
           along={"form": choice(("recurrence", "paths", "both")), "shapes": truth})
