"""``find``: values and derivatives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from derive.errors import DeriveError, QuestionError
from derive.expr.integers import names_in
from derive.question.binder import Binder
from derive.question.fields import asked, choice, scalar, truth
from derive.question.keys.holding import Held, bind_held
from derive.question.keys.key import Key
from derive.question.named_results import Named
from derive.question.names import valid_name
from derive.question.question import Find, Request
from derive.question.source import Node, Scalar

__all__ = ["FIND"]


def _bind(found: Sequence[Scalar], along: Mapping[str, Any], binder: Binder) -> Find | Held:
    requests: list[Request] = []
    errors: list[DeriveError] = []
    for item in found:
        try:
            requests.append(binder.request(item))
        except DeriveError as error:
            errors.append(error)
    name = along.get("as")
    if name is not None and not errors:
        errors += _faults(name, requests, binder)
    if name is not None and not errors:
        binder.named[name.text] = Named(binder.parsed(found[0])[0], _letters(requests[0], binder))
    if errors:
        raise QuestionError(errors)
    if "holding" in along:
        return bind_held(requests, along["holding"], along, binder)
    settings = {"form": "paths", **along} if along.get("shapes") else {**along}
    settings.pop("as", None)
    return Find(requests=tuple(requests), name="" if name is None else name.text, **settings)


def _faults(name: Scalar, requests: Sequence[Request], binder: Binder) -> Iterator[DeriveError]:
    """Yield what is wrong with a name for a result."""
    scope = binder.scope
    if len(requests) != 1 or not requests[0].is_derivative or requests[0].entry:
        yield DeriveError(f"`as: {name.text}` names one derivative", name.place,
                          "ask for that alone in its part")
    if name.text in binder.named or name.text in {*scope.arity, *scope.indices, *scope.sizes}:
        yield DeriveError(f"`{name.text}` has a meaning already", name.place,
                          "take a name that is not used")


def _letters(request: Request, binder: Binder) -> tuple[str, ...]:
    """Return the letters of a name's brackets: those of what stands below, then those on top."""
    assert request.bottom is not None, "only derivatives are named"
    places = (*request.bottom.index, *request.top.index)
    return tuple(dict.fromkeys(n for p in places for n in sorted(names_in(p))
                               if n not in binder.scope.sizes))


def _name(node: Node) -> Scalar:
    found = scalar(node)
    return replace(found, text=valid_name(found.text.strip(), found.place))


FORMS = ("recurrence", "closed", "paths", "both")

FIND = Key("find", asked, _bind,
           along={"form": choice(FORMS), "shapes": truth, "as": _name,
                  "holding": asked})
